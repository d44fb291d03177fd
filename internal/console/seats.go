package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	figures "waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/store"
)

func (s *Server) seatPages() {
	s.page("GET /c/{company}/seats", access.UsageRead, s.seats)
	s.exports("/c/{company}/seats", access.UsageRead, "seats", "nav.seats", s.seatsFile)
	s.page("POST /c/{company}/seats/begin", access.UsageWrite, s.beginStretch)
	s.page("POST /c/{company}/seats/end", access.UsageWrite, s.endStretch)
}

// seatsBody is who sits where and what is on.
type seatsBody struct {
	Form      *form
	Refused   string
	Contracts []option
	Contract  string // its name in addresses
	Name      string // of it, with its address
	Deal      string
	Href      string
	Draft     string
	Floor     *app.Floor
	At        string // what is "now"
	Dates     string
	Lines     []seatLine
	Places    []placeRow
	Order     *order
	Files     []Link
	Modules   []moduleRow
	People    []option // whom a seat can be assigned to
	Types     []option
	MayChange bool
	MayAssign bool
	Assigned  bool    // seats are somebody's own here, or can be
	Live      *island // nil: nobody tells what is now
}

// placeRow is a person with their seat and log-in.
type placeRow struct {
	app.Place
	Name         string // as people read it
	Kind         string // of the seat
	Since, Last  string
	State        string
	Campaign     string
	CampaignHref string
	Here         bool   // the floor of this node tells of them
	End          string // the stretch that a button ends
	CallsHref    string
	Today        string // logged in since midnight, as far as it was counted
	TodayHref    string
}

// moduleRow is a module and its switch.
type moduleRow struct {
	app.ModuleState
	Name   string
	Since  string
	End    string
	Amend  string // where the contract switches it off
	Href   string // the line of the draft that charges it
	Unused bool
}

// seats shows the running contract that is named, or the first.
func (s *Server) seats(w http.ResponseWriter, r *http.Request, v *visit) error {
	return s.seatsPage(w, v, http.StatusOK, v.blank("contract", r.URL.Query().Get("contract")), "")
}

func (s *Server) seatsPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	b := seatsBody{Form: f, Refused: refused, Href: v.at("/seats"), MayChange: v.may(access.UsageWrite)}
	if err := s.findSeats(v, &b); err != nil {
		return err
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	page := &Page{Title: v.say("nav.seats"), Lead: v.say("seats.lead"), Here: v.at("/seats"), Crumbs: v.crumbs()}
	if b.Floor != nil && s.d.Seated != nil && v.may(access.FloorWatch) {
		live, err := s.islandOf(w, v, "seats.live", "seats.as_of", "desk.state_")
		if err != nil {
			return err
		}
		b.Live, page.Island = &live, "seats"
	}
	for i := range b.Lines {
		page.Chart = page.Chart || len(b.Lines[i].Days) > 1
	}
	page.Body = b
	s.render(w, v, status, "seats", page)
	return nil
}

// findSeats fills the page of the contract that its form names, or of the first that
// runs.
func (s *Server) findSeats(v *visit, b *seatsBody) error {
	f := b.Form
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	var d *app.Deal
	for i := range deals {
		if !deals[i].Serves() {
			continue
		}
		b.Contracts = append(b.Contracts, option{"value": deals[i].ID.Named("con"), "label": deals[i].Contract})
		if name := f.Value("contract"); d == nil && (name == "" || name == deals[i].ID.Named("con")) {
			d = &deals[i]
		}
	}
	if f.Value("contract") != "" && d == nil {
		return fault.New(fault.NotFound, "there is no such contract that is running")
	}
	if d != nil {
		floor, err := s.d.System.Floor(v.r.Context(), v.company, d.ID)
		if err != nil && fault.KindOf(err) != fault.Conflict { // it does not serve today
			return err
		}
		if err == nil {
			s.floor(v, b, d, &floor)
			s.nameSeats(v, b)
			if err := s.choices(v, b, d); err != nil {
				return err
			}
		}
	}
	v.sortSeats(b)
	return nil
}

// nameSeats has people stand by their names.
func (s *Server) nameSeats(v *visit, b *seatsBody) {
	agents := make([]string, len(b.Places))
	for i := range b.Places {
		agents[i] = b.Places[i].User
	}
	s.meet(v, agents...)
	for i := range b.Places {
		b.Places[i].Name = s.agentName(v, b.Places[i].User)
	}
}

func (v *visit) sortSeats(b *seatsBody) {
	b.Order = v.order(url.Values{"contract": {b.Contract}}, "user", column{"user", "seats.user", false}, column{"seat", "seats.seat", false}, column{"since", "seats.since", true}, column{"now", "seats.now", true},
		column{"last", "seats.last", true}, column{"calls", "usage.calls", true}, column{"talk", "usage.talked", true})
	b.Files = b.Order.files(b.Href)
	b.Places = arranged(b.Order, b.Places, len(b.Places), func(p *placeRow) string { return p.User }, keys[placeRow]{
		"user":  func(p *placeRow) string { return store.OrderText(p.Name) },
		"seat":  func(p *placeRow) string { return p.stateKey() },
		"since": func(p *placeRow) string { return p.Since },
		"now":   func(p *placeRow) string { return given(p.Logged, cmp.Or(string(p.State), "-")) },
		"last":  func(p *placeRow) string { return p.Last },
		"calls": func(p *placeRow) string { return store.OrderInt(p.Calls) },
		"talk":  func(p *placeRow) string { return store.OrderInt(p.Talk) },
	})
}

// stateKey is the phrase of what becomes of a seat.
func (p *placeRow) stateKey() string {
	switch {
	case p.Idle():
		return "seats.s_idle"
	case p.Seat:
		return "seats.s_used"
	}
	return "seats.s_none"
}

// seatsFile gives the people and their seats as a file.
func (s *Server) seatsFile(v *visit) (*sheet, error) {
	b := seatsBody{Form: v.blank("contract", v.r.URL.Query().Get("contract")), Href: v.at("/seats")}
	err := s.findSeats(v, &b)
	t := v.sheet("seats.user", "seats.type", "seats.seat", "seats.since", "seats.now", "seats.last", "usage.calls", "usage.talked")
	for i := range b.Places {
		p := &b.Places[i]
		t.add(p.Name, p.Kind, v.say(p.stateKey()), p.Since, p.State, p.Last, p.Calls, p.Talk)
	}
	return t, err
}

// floor fills the page.
func (s *Server) floor(v *visit, b *seatsBody, d *app.Deal, floor *app.Floor) {
	b.Floor, b.Contract, b.Dates = floor, d.ID.Named("con"), lang.Dates(v.Tag, floor.First, floor.After)
	b.Name, b.Deal, b.At = d.Contract, v.contractAt(d.ID, ""), clockTime(floor.At, d.Loc)
	if v.may(access.InvoiceDraft) {
		b.Draft = v.contractAt(d.ID, "/draft?day="+floor.First.String())
	}
	for i := range floor.Seats {
		b.Lines = append(b.Lines, v.seatLine(b, d, &floor.Seats[i]))
	}
	for i := range floor.Places {
		b.Places = append(b.Places, s.placeRow(v, b, d, &floor.Places[i]))
	}
	for i := range floor.Modules {
		m := &floor.Modules[i]
		row := moduleRow{ModuleState: *m, Name: m.Module.Name.Or(m.Module.ID).In(v.Tag), Since: clockTime(m.Since, d.Loc), Href: b.lineAt(m.Line), Unused: m.On && m.Told && m.Uses == 0}
		if !m.Open.IsZero() {
			row.End = m.Open.Named("st")
		}
		if m.Contract && v.may(access.ContractAmend) {
			row.Amend = v.contractAt(d.ID, "/amend?kind=module_off")
		}
		b.Modules = append(b.Modules, row)
	}
}

func (s *Server) placeRow(v *visit, b *seatsBody, d *app.Deal, p *app.Place) placeRow {
	row := placeRow{Place: *p, Kind: seatTypeName(v.Tag, p.Type), Since: clockTime(p.Since, d.Loc), Last: clockTime(p.Last, d.Loc), Here: p.Node != "" && p.Node == s.d.System.Node,
		CallsHref: v.callsOf(d.ID, b.Floor.First, b.Floor.After) + "&agent=" + queryEscape(p.User)}
	if p.Logged {
		row.State = stateName(v.Tag, string(p.State))
	}
	if !p.At.IsZero() {
		row.Campaign = s.campaignName(v, p.At.Named("cmp"))
		if v.may(access.CampaignRead) {
			row.CampaignHref = v.at("/campaigns/" + p.At.Named("cmp"))
		}
	}
	if !p.Open.IsZero() {
		row.End = p.Open.Named("st")
	}
	if n := p.Today[figures.Logged]; n > 0 {
		row.Today = lang.Clock(n / 1000)
		if v.may(access.CampaignRead) {
			q := url.Values{"first": {b.Floor.Today.String()}, "last": {b.Floor.Today.String()}, "zone": {b.Floor.Zone.String()}, "agent": {p.User}}
			row.TodayHref = v.at("/reports/agents?") + q.Encode()
		}
	}
	return row
}

// stateName is what somebody who is logged in does; a phone system that tells no state
// says only that they are.
func stateName(tag lang.Tag, state string) string {
	if key := "desk.state_" + state; lang.Has(key) {
		return lang.Phrase(tag, key, nil)
	}
	return cmp.Or(word(tag, "state", state), lang.Phrase(tag, "seats.logged", nil))
}

// beginStretch assigns a seat or switches a module on.
func (s *Server) beginStretch(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	in := app.Begin{Contract: f.id("contract", "con"), What: f.choice("what", app.SeatStretch, app.ModuleStretch), Of: cmp.Or(f.optional("other", 200), f.optional("of", 200)), Type: f.optional("type", 64)}
	if in.Of == "" {
		f.wrong("of", "form.needed")
	}
	if !f.OK() {
		return s.seatsPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		x, err := s.d.System.Begin(ctx, v.company, in)
		return access.Deed{Action: "stretch.begin", Target: x.ID.Named("st"), After: x}, v.at("/seats?contract=" + f.Value("contract")), err
	})
	return s.refusedSeat(w, v, f, err)
}

// endStretch frees a seat or switches a module off.
func (s *Server) endStretch(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	i := f.id("stretch", "st")
	if !f.OK() {
		return s.seatsPage(w, v, http.StatusUnprocessableEntity, v.blank("contract", f.Value("contract")), v.say("form.choose"))
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		x, err := s.d.System.End(ctx, v.company, i, 0)
		return access.Deed{Action: "stretch.end", Target: i.Named("st"), Before: x}, v.at("/seats?contract=" + f.Value("contract")), err
	})
	return s.refusedSeat(w, v, f, err)
}

// refusedSeat shows the page again with what stood in the way.
func (s *Server) refusedSeat(w http.ResponseWriter, v *visit, f *form, err error) error {
	switch {
	case err == nil:
		return nil
	case fault.KindOf(err) == fault.Conflict:
		return s.seatsPage(w, v, http.StatusConflict, f, err.Error())
	case fault.KindOf(err) == fault.Invalid:
		return s.seatsPage(w, v, http.StatusUnprocessableEntity, f, err.Error())
	}
	return err
}
