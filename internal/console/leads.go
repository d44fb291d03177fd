package console

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"

	"waihu/internal/app"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// leadRow is a lead in a list.
type leadRow struct {
	store.Lead
	Href    string
	Numbers string
	Label   string // its state, and the rule of one that is forbidden
	Due     string
	Last    string
	List    *Link
}

func (s *Server) leadRow(v *visit, l *store.Lead) leadRow {
	row := leadRow{Lead: *l, Href: v.at("/leads/" + l.ID.Named("lead")), Label: v.say("leads.s_" + string(l.State)), Due: v.moment(l.Due), Last: v.moment(l.Last)}
	if l.Rule != "" {
		packs, _ := rulePacks() // a rule nobody knows stands by its name
		row.Label = v.say("leads.by_rule", "state", row.Label, "rule", v.ruleSaid(packs, l.Rule))
	}
	var numbers []string
	for _, n := range l.Lead.Numbers {
		numbers = append(numbers, shownNumber(n.Number))
	}
	row.Numbers = strings.Join(numbers, ", ")
	return row
}

// leadsBody is leads of a list in a state, or those that were looked for.
type leadsBody struct {
	Rows   []leadRow
	Q      string
	State  string
	States []option // with counts
	All    string
	Find   string
	Next   string
	File   string
	Lists  bool   // rows name their list
	Wrong  string // what was looked for is neither number nor key
}

func (s *Server) leads(w http.ResponseWriter, r *http.Request, v *visit) error {
	l, err := s.listOf(v)
	if err != nil {
		return err
	}
	b := leadsBody{Q: strings.TrimSpace(r.URL.Query().Get("q")), All: v.listAt(l.ID, "/leads"), Find: v.listAt(l.ID, "/leads"), States: statesOf(v, l)}
	b.State = r.URL.Query().Get("state")
	if !slices.Contains(leadStateWords(), b.State) {
		b.State = firstState(l)
	}
	b.File = v.listAt(l.ID, "/leads.csv") + "?state=" + queryEscape(b.State)
	if b.Q != "" {
		b.State = ""
		err = s.lookUp(v, &b, l)
	} else {
		err = s.leadsIn(v, &b, l.ID, r.URL.Query().Get("after"))
	}
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "leads", &Page{Title: v.say("leads.of", "list", l.Name), Lead: v.say("leads.lead"), Here: v.at("/lists"), Crumbs: v.crumbs(Link{v.say("nav.lists"), v.at("/lists")}, Link{l.Name, v.listAt(l.ID, "")}), Body: b})
	return nil
}

// statesOf are the states leads of a list are in, summed over rules.
func statesOf(v *visit, l *app.ListedLeads) (out []option) {
	for _, state := range lead.States() {
		if n := stateCount(l, state); n > 0 {
			out = append(out, option{"value": string(state), "label": v.say("leads.s_" + string(state)), "count": n})
		}
	}
	return out
}

// firstState is that of most interest: what is still to be called, else what there is.
func firstState(l *app.ListedLeads) string {
	for _, state := range lead.States() {
		if stateCount(l, state) > 0 {
			return string(state)
		}
	}
	return string(lead.Pending)
}

// leadsIn are the leads of a list in a state, those behind a cursor.
func (s *Server) leadsIn(v *visit, b *leadsBody, list id.ID, after string) error {
	cursor, err := readCursor(after)
	if err != nil {
		return err
	}
	found, err := s.d.System.FindLeads(v.r.Context(), v.company, app.LeadQuery{List: list, State: lead.State(b.State), After: cursor, Limit: pageRows + 1})
	if err != nil {
		return err
	}
	if len(found) > pageRows {
		found = found[:pageRows]
		last := &found[pageRows-1]
		b.Next = "?state=" + b.State + "&after=" + writeCursor(store.DueCursor{Due: last.Due, ID: last.ID})
	}
	for i := range found {
		b.Rows = append(b.Rows, s.leadRow(v, &found[i]))
	}
	return nil
}

// writeCursor is a place among leads that are due, in an address.
func writeCursor(c store.DueCursor) string {
	return base64.RawURLEncoding.EncodeToString(append(binary.BigEndian.AppendUint64(nil, uint64(c.Due)), c.ID[:]...))
}

func readCursor(s string) (c store.DueCursor, err error) {
	if s == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 8+len(c.ID) {
		return c, fault.New(fault.Invalid, "after is no place in this list")
	}
	c.Due = timex.Instant(binary.BigEndian.Uint64(b))
	copy(c.ID[:], b[8:])
	return c, nil
}

// lookUp finds leads by a number, as it is written at home or with its country, or by
// the company's own key; of one list where that is not nil.
func (s *Server) lookUp(v *visit, b *leadsBody, of *app.ListedLeads) error {
	home := homeOf(s.zoneOf(v))
	if of != nil && of.Country != "" {
		home = of.Country
	}
	var found []store.Lead
	var err error
	if n, ok := phone.Normalize(b.Q, home); ok {
		if found, err = s.d.System.FindLeads(v.r.Context(), v.company, app.LeadQuery{Number: n, Limit: pageRows}); err != nil {
			return err
		}
	}
	if len(found) == 0 && len(b.Q) <= lead.MaxText {
		if found, err = s.d.System.FindLeads(v.r.Context(), v.company, app.LeadQuery{Key: b.Q, Limit: pageRows}); err != nil {
			return err
		}
	}
	for i := range found {
		if of != nil && found[i].List != of.ID {
			continue
		}
		row := s.leadRow(v, &found[i])
		if of == nil {
			l, err := s.d.System.GetLeadList(v.r.Context(), v.company, found[i].List)
			if err != nil {
				return err
			}
			row.List = &Link{l.Name, v.listAt(l.ID, "")}
		}
		b.Rows = append(b.Rows, row)
	}
	return nil
}

// findLeads looks a person up in all lists.
func (s *Server) findLeads(w http.ResponseWriter, r *http.Request, v *visit) error {
	b := leadsBody{Q: strings.TrimSpace(r.URL.Query().Get("q")), Find: v.at("/leads"), All: v.at("/leads"), Lists: true}
	if b.Q != "" {
		if err := s.lookUp(v, &b, nil); err != nil {
			return err
		}
	}
	s.render(w, v, http.StatusOK, "leads", &Page{Title: v.say("leads.find"), Lead: v.say("leads.find_lead"), Here: v.at("/lists"), Crumbs: v.crumbs(Link{v.say("nav.lists"), v.at("/lists")}), Body: b})
	return nil
}

// leadsFile gives the leads of a list, of one state or of all, as a file; larger lists are read over the interface.
func (s *Server) leadsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	l, err := s.listOf(v)
	if err != nil {
		return err
	}
	states := lead.States()
	if state := lead.State(r.URL.Query().Get("state")); slices.Contains(states, state) {
		states = []lead.State{state}
	}
	t := v.sheet("leads.key", "leads.name", "leads.numbers", "companies.state", "leads.rule", "leads.due", "leads.tries", "leads.outcome", "leads.last")
	full := false
	for _, state := range states {
		cursor := store.DueCursor{}
		for more := true; more; {
			if full = len(t.Rows) >= exportRows; full {
				break
			}
			page, err := s.d.System.FindLeads(r.Context(), v.company, app.LeadQuery{List: l.ID, State: state, After: cursor, Limit: store.MaxPage})
			if err != nil {
				return err
			}
			for i := range page {
				row := s.leadRow(v, &page[i])
				t.add(row.Key, row.Name, row.Numbers, string(row.State), row.Rule, stamp(page[i].Due), row.Attempts, row.Outcome, stamp(page[i].Last))
				cursor = store.DueCursor{Due: page[i].Due, ID: page[i].ID}
			}
			more = len(page) == store.MaxPage
		}
	}
	t.full(v, full)
	return s.sendSheet(w, v, "leads", extOf(r), v.say("leads.find"), t)
}
