package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/report"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Place is a person who has a seat, or worked without one, in a period.
type Place struct {
	User   string
	Type   string
	Seat   bool          // a seat is assigned now
	Since  timex.Instant // of the seat
	Open   id.ID         // the stretch that ends it; zero: a source outside keeps it
	State  agent.State   // of the log-in now; empty: logged out, or nobody tells
	Logged bool          // logged in now
	Here   timex.Instant // of the state, where the floor tells it
	At     id.ID         // the campaign they are logged in to on the floor
	Node   string        // that looks after them there
	Last   timex.Instant // last log-in or call of the period
	Calls  int64
	Talk   int64       // seconds
	Today  report.Sums // what was counted of them since midnight, where the clock of the contract tells
}

// Idle tells whether a seat was paid for and not used in the period.
func (p *Place) Idle() bool { return p.Seat && p.Last == 0 }

// ModuleState is a module of the plan and whether it is on.
type ModuleState struct {
	Module   *catalog.Module
	On       bool
	Contract bool  // on by the contract: an amendment switches it off
	Open     id.ID // the stretch that ends it
	Since    timex.Instant
	Cost     money.Amount // on the running period's draft, before tax
	Line     string       // of that draft; empty: none charges it
	Uses     int64
	Told     bool // facts tell whether it was used
}

// Floor is who sits where under a contract, what is on, and what that costs in
// the running period.
type Floor struct {
	First, After timex.Date
	Today        timex.Date // in the zone of the contract
	Zone         *time.Location
	At           timex.Instant // what is "now"
	Places       []Place
	Seats        []SeatLine
	Modules      []ModuleState
	Paid         exact.Number // seats on the draft, of all lines
	Cost         money.Amount // of the seats
}

// maxSeen bounds the people of one floor.
const maxSeen = 20_000

// Floor looks at the running period of a contract.
func (s *System) Floor(ctx context.Context, c id.Company, contractID id.ID) (out Floor, err error) {
	defer fault.Wrap(&err, "floor")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, of, b, err := s.runningPeriod(tx, c, contractID)
		if err != nil {
			return err
		}
		open, err := all[Stretch](tx, c, KindOpen, store.Key{Name: "contract", Value: a.ID.String()})
		if err != nil {
			return err
		}
		d, err := s.draft(ctx, tx, c, &a, of, b, s.billedOrKept)
		if err != nil {
			return err
		}
		t, err := of.terms(b.First, b.After, d.inv.Inputs)
		if err != nil {
			return err
		}
		w, err := s.sighted(ctx, tx, c, &a, of, t, d.inv)
		if err != nil {
			return err
		}
		out = Floor{First: b.First, After: b.After, At: tx.Now(), Zone: of.loc, Today: tx.Now().DateIn(of.loc), Seats: slices.Clone(w.lines)}
		out.Places = w.places(open)
		if err := out.sit(tx, c, a.ID); err != nil {
			return err
		}
		if err := out.today(tx, c); err != nil {
			return err
		}
		if out.Modules, err = w.modules(t, open, d.inv, tx.Now()); err != nil {
			return err
		}
		return out.count(d.inv.Currency)
	})
	return out, err
}

// sit adds who is logged in to campaigns of the contract on the live floor: what they do
// becomes usage only when it is over.
func (f *Floor) sit(tx store.Tx, c id.Company, contractID id.ID) error {
	nodes, err := lookedAfter(tx, c)
	if err != nil {
		return err
	}
	of := map[string]int{}
	for i := range f.Places {
		of[f.Places[i].User] = i
	}
	err = each(tx, c, KindSitting, store.Key{}, func(x Sitting, _ *store.Record) error {
		if x.Contract != contractID || f.At.Sub(nodes.seen(&x)) >= lostAfter {
			return nil
		}
		i, seen := of[x.User]
		if !seen {
			i = len(f.Places)
			f.Places = append(f.Places, Place{User: x.User})
		}
		p := &f.Places[i]
		p.Type = cmp.Or(p.Type, x.Seat)
		p.Logged, p.State, p.Here, p.At, p.Node, p.Last = true, x.State, x.Since, x.Campaign, x.Node, f.At
		return nil
	})
	slices.SortStableFunc(f.Places, func(a, b Place) int { return strings.Compare(a.User, b.User) })
	return err
}

// today adds what was counted of each person since midnight: time is counted when a
// state is over, so the one they are in is not in it.
func (f *Floor) today(tx store.Tx, c id.Company) error {
	day := timex.Days(f.Today, f.Today+1, f.Zone)
	list, err := tx.Reports().Sums(c, store.SumQuery{Dim: report.Agent, First: report.SlotOf(day.From), After: report.SlotOf(day.To)})
	if err != nil {
		return err
	}
	of := map[string]*report.Sums{}
	for i := range list {
		of[list[i].Value] = &list[i].Sums
	}
	for i := range f.Places {
		if s := of[f.Places[i].User]; s != nil {
			f.Places[i].Today = *s
		}
	}
	return nil
}

// watched is who and what was seen in a period.
func (s *System) watched(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod) (*watch, error) {
	key := figureKey{company: c, contract: a.ID, plan: of.plan, zone: of.loc.String(), first: b.First, after: b.After, use: timex.Days(b.First, b.After, of.loc)}
	w, there, err := s.floors.look(tx, key, of.contract, invoice.Inputs{})
	if err != nil || there {
		return w, err
	}
	w = newWatch()
	if err := tx.Usage().Each(ctx, c, a.ID, key.use, 0, w); err != nil {
		return nil, err
	}
	return w, s.floors.keep(tx, key, of.contract, invoice.Inputs{}, w)
}

// watch notes people and uses of modules among facts. What was noted may be kept
// and is only read.
type watch struct {
	people map[string]*Place
	uses   map[string]int64
	modes  bool
	own    bool // calls of our own lines, which tell whether they were recorded
}

func newWatch() *watch { return &watch{people: map[string]*Place{}, uses: map[string]int64{}} }

func (w *watch) of(user string) *Place {
	p := w.people[user]
	if p == nil {
		if len(w.people) >= maxSeen {
			return &Place{}
		}
		user = strings.Clone(user) // the call's own text does not outlive it
		p = &Place{User: user}
		w.people[user] = p
	}
	return p
}

func (w *watch) Call(c *usage.Call) error {
	if c.Mode != "" {
		w.modes = true
		w.uses[strings.Clone(string(c.Mode))]++
	}
	if c.Course != nil {
		if w.own = true; c.Course.Recording != "" {
			w.uses[recordingModule]++
		}
	}
	if c.Agent != "" {
		p := w.of(c.Agent)
		p.Calls++
		p.Talk += c.Seconds()
		p.Last = max(p.Last, c.Start)
	}
	return nil
}

func (w *watch) Seat(f usage.Seat) error {
	p := w.of(f.User)
	if p.Type = cmp.Or(f.Type, p.Type); f.To == 0 {
		p.Seat, p.Since = true, f.From
	}
	return nil
}

func (w *watch) Session(f usage.Session) error {
	p := w.of(f.User)
	p.Type = cmp.Or(p.Type, f.Type)
	p.Last = max(p.Last, f.From, f.To)
	if f.To == 0 {
		p.Logged, p.State = true, agent.State(f.State)
	}
	return nil
}

func (w *watch) Module(usage.Module) error { return nil }
func (w *watch) Rental(usage.Rental) error { return nil }

func (w *watch) Event(f usage.Event) error {
	w.uses[f.Kind]++
	return nil
}

// places are the people in the order of their names; those with a seat of our own
// get the stretch that ends it.
func (w *watch) places(open []Stretch) []Place {
	ends := map[string]id.ID{}
	for i := range open {
		if open[i].What == SeatStretch {
			ends[open[i].Of] = open[i].ID
		}
	}
	out := []Place{}
	for _, user := range slices.Sorted(maps.Keys(w.people)) {
		p := *w.people[user]
		p.Open = ends[user]
		out = append(out, p)
	}
	return out
}

// modules are those of the plan in its order.
func (w *watch) modules(t *contract.Terms, open []Stretch, inv *invoice.Invoice, now timex.Instant) ([]ModuleState, error) {
	nets, err := netOfLines(inv)
	if err != nil {
		return nil, err
	}
	var out []ModuleState
	for i := range t.Plan.Modules {
		m := ModuleState{Module: &t.Plan.Modules[i], Cost: money.Zero(inv.Currency)}
		for _, f := range t.Modules {
			m.Contract = m.Contract || strings.EqualFold(f.Module, m.Module.ID) && f.From <= now && (f.To == 0 || f.To > now)
		}
		for _, o := range open {
			if o.What == ModuleStretch && o.Of == m.Module.ID {
				m.Open, m.Since = o.ID, o.From
			}
		}
		m.On = m.Contract || !m.Open.IsZero()
		m.Uses, m.Told = w.used(m.Module.ID)
		for j := range inv.Lines {
			if c, ok := t.Plan.Component(inv.Lines[j].Component); ok && slices.Contains(c.Where.Module, m.Module.ID) {
				m.Line = inv.Lines[j].ID
				if m.Cost, err = plus(m.Cost, nets[j]); err != nil {
					return nil, err
				}
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// used counts the calls placed by a way of dialling, or the events whose kind
// begins with the name of a module. Other modules leave no trace.
func (w *watch) used(module string) (n int64, told bool) {
	for kind, k := range w.uses {
		if strings.HasPrefix(kind, module) {
			n += k
		}
	}
	return n, n > 0 || w.modes && slices.Contains(usage.Mode("").Choices(), module) || w.own && module == recordingModule
}

// recordingModule is the module that records calls.
const recordingModule = "recording"

// countsSeats tells whether a component charges seats: by its measure, or as a
// recurring fee whose quantity other parts of the plan take for seats.
func countsSeats(p *catalog.Plan, c *catalog.Component) bool {
	if c.Measure.OfSeats() {
		return c.Measure != catalog.SeatDays
	}
	if c.Measure != catalog.Recurring {
		return false
	}
	if c.Category == "seats" || c.ID == "seats" {
		return true
	}
	for i := range p.Components {
		k := &p.Components[i]
		if k.PerSeatOf == c.ID || k.Included != nil && k.Included.SeatsOf == c.ID {
			return true
		}
	}
	return false
}
