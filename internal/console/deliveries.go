package console

import (
	"context"
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/store"
)

// deliveryRow is something that was told outside, or is to be.
type deliveryRow struct {
	Name, Topic, To string
	State           string
	Attempts        int
	Error           string
	Due, Created    string
	Body            string
	Again           string // address that sends it once more
}

func (v *visit) deliveryRow(m *store.Message) deliveryRow {
	row := deliveryRow{Name: m.ID.Named("msg"), Topic: m.Topic, State: m.State, Attempts: m.Attempts, Error: m.Error, Created: v.moment(m.Created)}
	if m.State == store.Waiting {
		row.Due = v.moment(m.Due)
	}
	if m.Channel != notify.Webhook {
		row.To = v.say("webhook.letter")
		return row // letters hold invitations
	}
	row.Body = prettied(m.Body)
	if to, err := id.Parse(m.To); err == nil && m.To != "" {
		row.To = to.Named("whk")
		if v.may(access.WebhookWrite) {
			row.Again = v.at("/deliveries/" + row.Name + "/again")
		}
	}
	return row
}

// deliveryState is what the list is narrowed to; empty: all.
func deliveryState(r *http.Request) string {
	switch state := r.URL.Query().Get("state"); state {
	case store.Waiting, store.Sent, store.Dead:
		return state
	}
	return ""
}

// deliveries lists what was sent, what waits and what was given up.
func (s *Server) deliveries(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, o, err := s.findDeliveries(v, pageRows)
	if err != nil {
		return err
	}
	f := v.blank()
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "deliveries", &Page{Title: v.say("webhook.deliveries"), Lead: v.say("webhook.deliveries_lead"), Here: v.at("/webhooks"), Crumbs: v.crumbs(Link{v.say("nav.webhooks"), v.at("/webhooks")}),
		Body: map[string]any{"Form": f, "Rows": rows, "Order": o, "State": o.kept.Get("state"), "States": []string{store.Waiting, store.Sent, store.Dead}, "Files": o.files(v.at("/deliveries"))}})
	return nil
}

// findDeliveries is what was told in the state and the order that the address asks
// for, so many at most.
func (s *Server) findDeliveries(v *visit, most int) (rows []deliveryRow, o *order, err error) {
	state := deliveryState(v.r)
	o = v.order(url.Values{"state": {state}}, "-created", column{"created", "key.created", true})
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, err := stored(o, "msg", nil, most, func(p store.Page) ([]store.Message, error) { return tx.Outbox().List(v.company, state, p) },
			func(m *store.Message, _ string) (id.ID, string, error) { return m.ID, "", nil })
		rows = nil
		for i := range list {
			rows = append(rows, v.deliveryRow(&list[i]))
		}
		return err
	})
	return rows, o, err
}

// deliveriesFile gives the list as a file.
func (s *Server) deliveriesFile(v *visit) (*sheet, error) {
	rows, o, err := s.findDeliveries(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("webhook.message", "webhook.topic", "webhook.to", "companies.state", "webhook.attempts", "webhook.error", "key.created")
	for _, d := range rows {
		t.add(d.Name, d.Topic, d.To, v.say("webhook.s_"+d.State), d.Attempts, d.Error, d.Created)
	}
	t.full(v, o.Next != "")
	return t, nil
}

// sendAgain sends a delivery once more.
func (s *Server) sendAgain(w http.ResponseWriter, _ *http.Request, v *visit) error {
	i, err := id.ParseNamed("msg", v.r.PathValue("message"))
	if err != nil {
		return fault.New(fault.NotFound, "there is no such delivery")
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	return s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		_, err := s.d.Post.Again(tx, v.company, i)
		return access.Deed{Action: "message.again", Target: i.Named("msg")}, v.at("/deliveries"), err
	})
}
