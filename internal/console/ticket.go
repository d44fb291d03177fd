package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// ticketBody is one ticket, or the form of a new one.
type ticketBody struct {
	Form    *form
	Row     *ticketRow // nil: a new one
	Plans   []option
	May     bool // write
	MayMove bool
	Refused string
	Back    string
	Support string // where plans of support are made, for whoever may
}

func (s *Server) newTicket(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.ticketForm(w, v, http.StatusOK, v.blank("subject", r.URL.Query().Get("subject")))
}

func (s *Server) ticketForm(w http.ResponseWriter, v *visit, status int, f *form) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	b := ticketBody{Form: f, May: true, Back: v.at("/tickets")}
	plans, err := s.d.System.Supports(v.r.Context())
	if err != nil {
		return err
	}
	for i := range plans {
		b.Plans = append(b.Plans, option{"value": plans[i].Name, "label": v.say("ticket.plan_label", "name", plans[i].Name, "first", minutes(plans[i].First), "resolution", minutes(plans[i].Resolution))})
	}
	if access.Can(v.actor, access.ServiceWrite, id.Platform) {
		b.Support = "/support"
	}
	s.render(w, v, status, "ticket", &Page{Title: v.say("ticket.new"), Lead: v.say("ticket.new_why"), Here: v.at("/tickets"), Crumbs: v.crumbs(Link{v.say("nav.tickets"), v.at("/tickets")}), Body: b})
	return nil
}

// minutes is a time a desk promises, as a clock.
func minutes(n int) string { return lang.Clock(int64(n) * 60) }

// wordOf is something the visitor writes on a ticket.
func (v *visit) wordOf(text string) app.TicketWord {
	return app.TicketWord{By: v.actor.Name, Staff: access.Can(v.actor, access.TicketResolve, id.Platform), Text: text}
}

// openTicket asks for help, or objects to a bill.
func (s *Server) openTicket(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	plans, err := s.d.System.Supports(v.r.Context())
	if err != nil {
		return err
	}
	var names []string
	for i := range plans {
		names = append(names, plans[i].Name)
	}
	in, text := app.OpenTicket{Subject: f.line("subject", 200), Plan: f.choice("plan", names...)}, f.text("text", 5000)
	if len(in.Subject) > 200 {
		f.wrong("subject", "form.too_long", "n", "66") // bytes are counted: Chinese takes three
	}
	if !f.OK() {
		return s.ticketForm(w, v, http.StatusUnprocessableEntity, f)
	}
	return s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		t, err := s.d.System.OpenTicket(ctx, v.company, in)
		if err != nil {
			return access.Deed{}, "", err
		}
		word := v.wordOf(text)
		word.Staff = false // the question is the customer's, whoever writes it down
		t, err = s.d.System.WriteTicket(ctx, v.company, t.ID, word)
		return access.Deed{Action: "ticket.open", Target: t.ID.Named("tic"), After: t}, v.at("/tickets/" + t.ID.Named("tic")), err
	})
}

func (s *Server) ticketOf(v *visit) (out app.TicketClocks, err error) {
	i, err := id.ParseNamed("tic", v.r.PathValue("ticket"))
	if err != nil {
		return out, fault.New(fault.NotFound, "there is no such ticket")
	}
	return s.d.System.GetTicket(v.r.Context(), v.company, i)
}

func (s *Server) ticket(w http.ResponseWriter, _ *http.Request, v *visit) error {
	t, err := s.ticketOf(v)
	if err != nil {
		return err
	}
	return s.ticketPage(w, v, http.StatusOK, &t, v.blank(), "")
}

func (s *Server) ticketPage(w http.ResponseWriter, v *visit, status int, t *app.TicketClocks, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	row := v.ticketRow(t)
	open := t.State != app.TicketResolved
	b := ticketBody{Form: f, Row: &row, May: open && v.may(access.TicketWrite), MayMove: open && v.may(access.TicketResolve), Refused: refused, Back: v.at("/tickets")}
	s.render(w, v, status, "ticket", &Page{Title: t.Subject, Lead: v.say("ticket.of_plan", "plan", t.Plan), Here: v.at("/tickets"), Crumbs: v.crumbs(Link{v.say("nav.tickets"), v.at("/tickets")}), Body: b})
	return nil
}

// writeTicket answers: the desk the customer, or the customer the desk.
func (s *Server) writeTicket(w http.ResponseWriter, _ *http.Request, v *visit) error {
	t, f, err := sentAbout(w, v, s.ticketOf)
	if err != nil {
		return err
	}
	text := f.text("text", 3000)
	if !f.OK() {
		return s.ticketPage(w, v, http.StatusUnprocessableEntity, &t, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		after, err := s.d.System.WriteTicket(ctx, v.company, t.ID, v.wordOf(text))
		return access.Deed{Action: "ticket.write", Target: t.ID.Named("tic"), After: after}, v.at("/tickets/" + t.ID.Named("tic")), err
	})
	return s.refusedTicket(w, v, &t, f, err)
}

func (s *Server) refusedTicket(w http.ResponseWriter, v *visit, t *app.TicketClocks, f *form, err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return s.ticketPage(w, v, http.StatusConflict, t, f, v.say("ticket.moved"))
	}
	return err
}

// moveTicket waits for the customer, goes on or resolves.
func (s *Server) moveTicket(w http.ResponseWriter, _ *http.Request, v *visit) error {
	t, f, err := sentAbout(w, v, s.ticketOf)
	if err != nil {
		return err
	}
	step := app.TicketStep(f.choice("step", string(app.WaitTicket), string(app.ResumeTicket), string(app.ResolveTicket)))
	if !f.OK() {
		return s.ticketPage(w, v, http.StatusUnprocessableEntity, &t, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		after, err := s.d.System.MoveTicket(ctx, v.company, t.ID, step)
		return access.Deed{Action: "ticket." + string(step), Target: t.ID.Named("tic"), Before: t, After: after}, v.at("/tickets/" + t.ID.Named("tic")), err
	})
	return s.refusedTicket(w, v, &t, f, err)
}
