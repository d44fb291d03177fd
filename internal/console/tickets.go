package console

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/service"
	"waihu/internal/lang"
	"waihu/internal/store"
)

func (s *Server) ticketPages() {
	s.page("GET /c/{company}/tickets", access.TicketRead, s.tickets)
	s.exports("/c/{company}/tickets", access.TicketRead, "tickets", "nav.tickets", s.ticketsFile)
	s.page("GET /c/{company}/tickets/new", access.TicketWrite, s.newTicket)
	s.page("POST /c/{company}/tickets/new", access.TicketWrite, s.openTicket)
	s.page("GET /c/{company}/tickets/{ticket}", access.TicketRead, s.ticket)
	s.page("POST /c/{company}/tickets/{ticket}", access.TicketWrite, s.writeTicket)
	s.page("POST /c/{company}/tickets/{ticket}/move", access.TicketResolve, s.moveTicket)
	s.page("GET /support", access.ServiceRead, s.supports)
	s.exports("/support", access.ServiceRead, "support-plans", "nav.support", s.supportFile)
	s.page("POST /support", access.ServiceWrite, s.setSupport)
}

// clockRow is one of the clocks of a ticket.
type clockRow struct {
	Took   string
	Due    string
	Tone   string // good, warn, bad, or empty: no promise
	State  string // word of a phrase
	Missed bool
}

func (v *visit) clockOf(c service.Clock) clockRow {
	row := clockRow{Took: lang.Clock(int64(c.Took / time.Second)), Due: v.moment(c.Due), Missed: c.Missed}
	switch {
	case c.Missed:
		row.Tone, row.State = "bad", "missed"
	case c.Due.IsZero() && c.Runs:
		row.State = "runs"
	case c.Runs:
		row.Tone, row.State = "warn", "runs"
	default:
		row.Tone, row.State = "good", "kept"
	}
	return row
}

// ticketRow is a ticket in the list.
type ticketRow struct {
	app.TicketClocks
	Name     string
	Href     string
	Opened   string
	FirstC   clockRow
	Resolves clockRow
	Words    []wordRow
}

type wordRow struct {
	app.TicketWord
	At  string
	Who string
}

func (v *visit) ticketRow(t *app.TicketClocks) ticketRow {
	name := t.ID.Named("tic")
	row := ticketRow{TicketClocks: *t, Name: name, Href: v.at("/tickets/" + name), Opened: v.moment(t.Opened), FirstC: v.clockOf(t.First), Resolves: v.clockOf(t.Resolution)}
	for _, w := range t.Words {
		row.Words = append(row.Words, wordRow{w, v.moment(w.At), actorShown(w.By)})
	}
	return row
}

var ticketStates = []string{app.TicketOpen, app.TicketWaiting, app.TicketResolved}

// findTickets are a company's tickets in the state and the order that the address asks
// for, so many at most.
func (s *Server) findTickets(v *visit, most int) (rows []ticketRow, o *order, err error) {
	state := v.r.URL.Query().Get("state")
	if !slices.Contains(ticketStates, state) {
		state = ""
	}
	list, err := s.d.System.Tickets(v.r.Context(), v.company, state)
	for i := range list {
		rows = append(rows, v.ticketRow(&list[i]))
	}
	o = v.order(url.Values{"state": {state}}, "-opened", column{"subject", "ticket.subject", false}, column{"plan", "ticket.plan", false}, column{"opened", "ticket.opened", true},
		column{"first", "ticket.first", false}, column{"resolution", "ticket.resolution", false})
	rows = arranged(o, rows, most, func(t *ticketRow) string { return t.Name }, keys[ticketRow]{
		"subject":    func(t *ticketRow) string { return store.OrderText(t.Subject) },
		"plan":       func(t *ticketRow) string { return store.OrderText(t.Plan) },
		"opened":     func(t *ticketRow) string { return store.OrderInt(int64(t.TicketClocks.Opened)) },
		"first":      func(t *ticketRow) string { return store.OrderInt(int64(t.First.Due)) },
		"resolution": func(t *ticketRow) string { return store.OrderInt(int64(t.Resolution.Due)) },
	})
	return rows, o, err
}

func (s *Server) tickets(w http.ResponseWriter, _ *http.Request, v *visit) error {
	rows, o, err := s.findTickets(v, pageRows)
	if err != nil {
		return err
	}
	b := map[string]any{"Rows": rows, "Order": o, "State": o.kept.Get("state"), "States": ticketStates, "Files": o.files(v.at("/tickets")), "New": given(v.may(access.TicketWrite), v.at("/tickets/new"))}
	s.render(w, v, http.StatusOK, "tickets", &Page{Title: v.say("nav.tickets"), Lead: v.say("ticket.lead"), Here: v.at("/tickets"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// ticketsFile gives the list as a file.
func (s *Server) ticketsFile(v *visit) (*sheet, error) {
	list, o, err := s.findTickets(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("ticket.word", "ticket.subject", "ticket.plan", "companies.state", "ticket.opened", "ticket.first", "ticket.due", "ticket.resolution", "ticket.due")
	for i := range list {
		x := &list[i]
		t.add(x.Name, x.Subject, x.Plan, v.say("ticket.s_"+x.State), x.Opened, x.FirstC.Took, x.FirstC.Due, x.Resolves.Took, x.Resolves.Due)
	}
	t.full(v, o.Next != "")
	return t, nil
}
