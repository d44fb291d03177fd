package console

import (
	"net/http"
	"slices"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/service"
	"waihu/internal/lang"
)

func (s *Server) ticketPages() {
	s.page("GET /c/{company}/tickets", access.TicketRead, s.tickets)
	s.page("GET /c/{company}/tickets.csv", access.TicketRead, s.ticketsFile)
	s.page("GET /c/{company}/tickets/new", access.TicketWrite, s.newTicket)
	s.page("POST /c/{company}/tickets/new", access.TicketWrite, s.openTicket)
	s.page("GET /c/{company}/tickets/{ticket}", access.TicketRead, s.ticket)
	s.page("POST /c/{company}/tickets/{ticket}", access.TicketWrite, s.writeTicket)
	s.page("POST /c/{company}/tickets/{ticket}/move", access.TicketResolve, s.moveTicket)
	s.page("GET /support", access.ServiceRead, s.supports)
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

func clockOf(c service.Clock) clockRow {
	row := clockRow{Took: lang.Clock(int64(c.Took / time.Second)), Due: stamp(c.Due), Missed: c.Missed}
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
	row := ticketRow{TicketClocks: *t, Name: name, Href: v.at("/tickets/" + name), Opened: stamp(t.Opened), FirstC: clockOf(t.First), Resolves: clockOf(t.Resolution)}
	for _, w := range t.Words {
		row.Words = append(row.Words, wordRow{w, stamp(w.At), actorShown(w.By)})
	}
	return row
}

var ticketStates = []string{app.TicketOpen, app.TicketWaiting, app.TicketResolved}

// findTickets are a company's tickets in a state, the newest first.
func (s *Server) findTickets(v *visit) (rows []ticketRow, state string, err error) {
	if state = v.r.URL.Query().Get("state"); !slices.Contains(ticketStates, state) {
		state = ""
	}
	list, err := s.d.System.Tickets(v.r.Context(), v.company, state)
	slices.Reverse(list)
	for i := range list {
		rows = append(rows, v.ticketRow(&list[i]))
	}
	return rows, state, err
}

func (s *Server) tickets(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, state, err := s.findTickets(v)
	if err != nil {
		return err
	}
	after, err := afterOf(r, "tic")
	if err != nil {
		return err
	}
	if !after.IsZero() {
		rows = rows[slices.IndexFunc(rows, func(t ticketRow) bool { return t.ID == after })+1:]
	}
	next := ""
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		next = "?state=" + state + "&after=" + rows[pageRows-1].Name
	}
	b := map[string]any{"Rows": rows, "State": state, "States": ticketStates, "Next": next, "All": v.at("/tickets"), "File": v.at("/tickets.csv?state=" + state), "New": given(v.may(access.TicketWrite), v.at("/tickets/new"))}
	s.render(w, v, http.StatusOK, "tickets", &Page{Title: v.say("nav.tickets"), Lead: v.say("ticket.lead"), Here: v.at("/tickets"), Crumbs: v.crumbs(), Body: b})
	return nil
}

func (s *Server) ticketsFile(w http.ResponseWriter, _ *http.Request, v *visit) error {
	list, _, err := s.findTickets(v)
	if err != nil {
		return err
	}
	rows := [][]string{{v.say("ticket.word"), v.say("ticket.subject"), v.say("ticket.plan"), v.say("companies.state"), v.say("ticket.opened"), v.say("ticket.first"), v.say("ticket.due"), v.say("ticket.resolution"), v.say("ticket.due")}}
	for _, t := range list {
		rows = append(rows, []string{t.Name, t.Subject, t.Plan, v.say("ticket.s_" + t.State), t.Opened, t.FirstC.Took, t.FirstC.Due, t.Resolves.Took, t.Resolves.Due})
	}
	return sendCSV(w, "tickets.csv", rows)
}
