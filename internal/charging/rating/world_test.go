package rating_test

import (
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// world is a plan, its terms and facts of March 2026.
type world struct {
	plan     catalog.Plan
	held     map[string]contract.Held
	start    timex.Date
	end      timex.Date
	opening  []contract.Opening
	decks    map[string]*deck.Deck
	calls    []usage.Call
	sessions []usage.Session
	seats    []usage.Seat
	modules  []usage.Module
	rentals  []usage.Rental
	events   []usage.Event
	first    timex.Date
	after    timex.Date
}

func newWorld(components ...catalog.Component) *world {
	return &world{
		plan:  catalog.Plan{ID: "test", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Components: components},
		held:  map[string]contract.Held{},
		first: timex.MustDate("2026-03-01"), after: timex.MustDate("2026-04-01"),
	}
}

// at is an hour of a day of the period, from 1.
func (w *world) at(day, hour int) timex.Instant {
	return (w.first + timex.Date(day-1)).Start(time.UTC).Add(time.Duration(hour) * time.Hour)
}

// call adds a call; one with talk time was answered. Calls follow each other by
// a minute unless they say when.
func (w *world) call(c usage.Call) {
	c.Source = "test"
	if c.Start == 0 {
		c.Start = w.at(1, 0).Add(time.Duration(len(w.calls)) * time.Minute)
	}
	c.Result = usage.NoAnswer
	if c.Talk > 0 {
		c.Result, c.Answer = usage.Answered, c.Start
	}
	w.calls = append(w.calls, c)
}

func (w *world) talk(seconds int64) { w.call(usage.Call{Talk: time.Duration(seconds) * time.Second}) }

func (w *world) hold(id string, n int64, changes ...contract.Change) {
	w.held[id] = contract.Held{Quantity: exact.Int(n), Changes: changes}
}

// gather checks the plan and meters the facts.
func (w *world) gather(t testing.TB) *meter.Gathered {
	t.Helper()
	if err := w.plan.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	agreed := &contract.Contract{ID: "test", Start: w.start, End: w.end}
	agreed.Quantities = w.held
	terms, found := contract.TermsFor(contract.Inputs{Plan: &w.plan, Decks: w.decks, Contract: agreed, First: w.first, After: w.after, Opening: w.opening})
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return w.under(t, terms)
}

// under meters the facts under terms as they are.
func (w *world) under(t testing.TB, terms *contract.Terms) *meter.Gathered {
	t.Helper()
	m, err := meter.New(terms, meter.Options{Evidence: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.calls {
		err = m.Call(&w.calls[i])
	}
	for _, f := range w.sessions {
		err = m.Session(f)
	}
	for _, f := range w.seats {
		err = m.Seat(f)
	}
	for _, f := range w.modules {
		err = m.Module(f)
	}
	for _, f := range w.rentals {
		err = m.Rental(f)
	}
	for _, f := range w.events {
		err = m.Event(f)
	}
	if err != nil {
		t.Fatal(err)
	}
	g, err := m.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (w *world) rate(t testing.TB) *rating.Rated {
	t.Helper()
	rated, err := rating.Rate(w.gather(t))
	if err != nil {
		t.Fatal(err)
	}
	return rated
}

// line rates the world and gives the one line of an identifier.
func (w *world) line(t testing.TB, id string) *rating.Line {
	t.Helper()
	return find(t, w.rate(t), id)
}

func find(t testing.TB, rated *rating.Rated, id string) *rating.Line {
	t.Helper()
	for i := range rated.Lines {
		if rated.Lines[i].ID == id {
			return &rated.Lines[i]
		}
	}
	t.Fatalf("there is no line %s", id)
	return nil
}

// rule gives the arguments of a rule that decided a line, nil if it did not.
func rule(l *rating.Line, key string) map[string]string {
	for _, r := range l.Rules {
		if r.Key == key {
			if r.Args == nil {
				return map[string]string{}
			}
			return r.Args
		}
	}
	return nil
}

func price(s string) catalog.Price {
	p, err := catalog.ParsePrice(s)
	if err != nil {
		panic(err)
	}
	return p
}

func num(s string) exact.Number { return exact.MustParse(s) }

func bound(n int64) *exact.Number {
	out := exact.Int(n)
	return &out
}

// wants checks exact amounts: decimals, or fractions such as 28/3.
func wants(t testing.TB, what string, got exact.Number, want string) {
	t.Helper()
	var n exact.Number
	if err := n.UnmarshalJSON([]byte(`"` + want + `"`)); err != nil {
		t.Fatal(err)
	}
	if !got.Equal(n) {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}
