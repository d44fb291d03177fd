package cases

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// world is what one bill is made of. It is drafted the way every bill is: the
// plan is checked, terms are worked out, facts are metered, lines are priced.
type world struct {
	plan         catalog.Plan
	first, after timex.Date // of the period
	start, end   timex.Date // of service; 0: before and after it
	held         map[string]contract.Held
	opening      []contract.Opening
	decks        map[string]*deck.Deck
	facts        []func(usage.Sink) error
	detail       bool
	charged      []meter.Charged // every call at every price, where detail asks for it
}

// newWorld is a month of a plan with components and no facts.
func newWorld(components ...catalog.Component) *world {
	return &world{
		plan:  catalog.Plan{ID: "case", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "UTC", Components: components, Unmetered: []string{"calls"}},
		first: timex.MustDate("2026-01-01"), after: timex.MustDate("2026-02-01"),
		held: map[string]contract.Held{},
	}
}

func (w *world) zone() (*time.Location, error) { return timex.LoadZone(w.plan.Zone) }

// draft bills the world.
func (w *world) draft() (*invoice.Invoice, error) {
	if err := w.plan.Validate().Err(); err != nil {
		return nil, err
	}
	agreed := &contract.Contract{ID: "case", Start: w.start, End: w.end}
	agreed.Quantities = w.held
	terms, found := contract.TermsFor(contract.Inputs{Plan: &w.plan, Decks: w.decks, Contract: agreed, First: w.first, After: w.after, Opening: w.opening})
	if err := found.Err(); err != nil {
		return nil, err
	}
	options := meter.Options{Evidence: true}
	if w.detail {
		options.Detail = func(c *meter.Charged) {
			one := *c
			one.Call = nil // valid during the call only
			w.charged = append(w.charged, one)
		}
	}
	m, err := meter.New(terms, options)
	if err != nil {
		return nil, err
	}
	for _, give := range w.facts {
		if err := give(m); err != nil {
			return nil, err
		}
	}
	g, err := m.Finish()
	if err != nil {
		return nil, err
	}
	return invoice.Draft(g, invoice.Heading{Contract: "case"})
}

// lineOf drafts a world and finds the one line of a component.
func (w *world) lineOf(id string) (*rating.Line, *invoice.Invoice, error) {
	inv, err := w.draft()
	if err != nil {
		return nil, nil, err
	}
	l, err := line(inv, id)
	return l, inv, err
}

// line finds the line of a component.
func line(inv *invoice.Invoice, id string) (*rating.Line, error) {
	for i := range inv.Lines {
		if inv.Lines[i].Component == id {
			return &inv.Lines[i], nil
		}
	}
	return nil, fmt.Errorf("the invoice has no line of %s", id)
}

// exactTotal is what the lines come to before they are rounded.
func exactTotal(inv *invoice.Invoice) exact.Number {
	sum := exact.Zero
	for i := range inv.Lines {
		sum = sum.Add(inv.Lines[i].Exact)
	}
	return sum
}

// amount is the amount of a line as the case wants it rounded: to the minor unit
// as the invoice has it, otherwise of its exact amount; exact if no rounding is
// named.
func (c *charge) amount(l *rating.Line) (any, error) {
	var r rounding
	if !c.optionInto("rounding", &r) {
		return l.Exact, nil
	}
	mode, err := r.mode()
	if err != nil {
		return nil, err
	}
	if mode == exact.HalfAway && r.Decimals == l.Amount.Currency().Exponent() {
		return l.Amount, nil
	}
	return l.Exact.Round(mode, r.Decimals), nil
}

// call puts calls of one length in, n of them, a second after each other. A
// call of no length was not answered.
func (w *world) call(c usage.Call, n int64) {
	w.facts = append(w.facts, func(to usage.Sink) error {
		loc, err := w.zone()
		if err != nil {
			return err
		}
		at := w.first.Start(loc)
		if c.Start != 0 {
			at = c.Start
		}
		for i := range n {
			one := c
			one.Source, one.ID = "case", fmt.Sprintf("%d-%s-%d", len(w.facts), c.ID, i)
			one.Start = at.Add(time.Duration(i) * time.Second)
			one.End = one.Start.Add(one.Talk)
			if one.Result = usage.NoAnswer; one.Talk > 0 {
				one.Result, one.Answer = usage.Answered, one.Start
			}
			one.Total = one.Talk
			if err := to.Call(&one); err != nil {
				return err
			}
		}
		return nil
	})
}

// event puts a quantity of a kind in, at the start of the period.
func (w *world) event(id, kind string, quantity exact.Number) {
	w.facts = append(w.facts, func(to usage.Sink) error {
		loc, err := w.zone()
		if err != nil {
			return err
		}
		return to.Event(usage.Event{ID: id, Source: "case", Kind: kind, Quantity: quantity, At: max(w.first, w.start).Start(loc)})
	})
}

// units is a component that prices a metered quantity, and the world it is in.
func units(price catalog.Component, quantity exact.Number) *world {
	price.ID, price.Measure = "units", catalog.Events
	price.Where.Kind = []string{"unit"}
	w := newWorld(price)
	if !quantity.IsZero() {
		w.event("1", "unit", quantity)
	}
	return w
}

// fee is a fixed fee of a period.
func fee(id string, price catalog.Price) catalog.Component {
	return catalog.Component{ID: id, Measure: catalog.Recurring, UnitPrice: price}
}

// hold fixes the quantity of a component.
func (w *world) hold(id string, quantity exact.Number, changes ...contract.Change) {
	w.held[id] = contract.Held{Quantity: quantity, Changes: changes}
}

// days is the period of a case.
type days struct {
	From        string `json:"from"`
	To          string `json:"to"`
	TZ          string `json:"tz"`
	ServiceFrom string `json:"service_from"`
	ServiceTo   string `json:"service_to"`
	Change      string `json:"change"`
}

// during sets period, zone and service.
func (w *world) during(d days) error {
	if d.TZ != "" {
		w.plan.Zone = d.TZ
	}
	for _, f := range []struct {
		text string
		into *timex.Date
	}{{d.From, &w.first}, {d.To, &w.after}, {d.ServiceFrom, &w.start}, {d.ServiceTo, &w.end}} {
		if f.text == "" {
			continue
		}
		var err error
		if *f.into, err = timex.ParseDate(f.text); err != nil {
			return err
		}
	}
	return nil
}

// instant reads a stamp: local to the zone unless it says Z. A date is its start.
func instant(s string, loc *time.Location) (timex.Instant, error) {
	layout := "2006-01-02T15:04:05"
	switch {
	case strings.HasSuffix(s, "Z"):
		layout += "Z07:00"
	case len(s) == len("2006-01-02"):
		d, err := timex.ParseDate(s)
		return d.Start(loc), err
	}
	t, err := time.ParseInLocation(layout, s, loc)
	if err != nil {
		return 0, err
	}
	return timex.At(t), nil
}

// price is a known price, or the unknown one.
func (n num) price() catalog.Price {
	if n.null {
		return catalog.Price{Set: true, Unknown: true}
	}
	return catalog.Price{Number: n.Number, Set: n.given}
}

func known(n exact.Number) catalog.Price { return catalog.PriceOf(n) }

func seconds(n int64) catalog.Duration { return catalog.Duration(time.Duration(n) * time.Second) }
