package cases

import (
	"fmt"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// hour is one row of a price that depends on the hour.
type hour struct {
	Name       string   `json:"name"`
	Days       []int    `json:"days"` // 1 is Monday
	From       string   `json:"from"`
	To         string   `json:"to"`
	Dates      []string `json:"dates"`
	Weight     int      `json:"weight"`
	ConnectFee num      `json:"connect_fee"`
	Bands      []band   `json:"bands"`
}

var weekdays = []catalog.DayWord{"", catalog.Mon, catalog.Tue, catalog.Wed, catalog.Thu, catalog.Fri, catalog.Sat, catalog.Sun}

// schedule is when the row holds.
func (h *hour) schedule() (catalog.Schedule, error) {
	out := catalog.Schedule{ID: h.Name, Weight: h.Weight, Windows: []catalog.Window{{}}}
	w := &out.Windows[0]
	for _, d := range h.Days {
		w.Days = append(w.Days, weekdays[d])
	}
	for _, text := range h.Dates {
		d, err := catalog.ParseDateWord(text)
		if err != nil {
			return out, err
		}
		w.Dates = append(w.Dates, d)
	}
	var err error
	if w.From, err = catalog.ParseClock(h.From); err != nil {
		return out, err
	}
	w.To, err = catalog.ParseClock(h.To)
	return out, err
}

// row is what the row costs. The bands of these cases are one price each.
func (h *hour) row() (catalog.RateRow, catalog.UnitOf, error) {
	if len(h.Bands) != 1 || h.Bands[0].From != 0 {
		return catalog.RateRow{}, "", fmt.Errorf("schedule %s has %d bands", h.Name, len(h.Bands))
	}
	b := h.Bands[0]
	unit, err := unitOf(b.Per)
	return catalog.RateRow{ID: h.Name, Match: catalog.Filter{Schedule: []string{h.Name}}, UnitPrice: b.Rate.price(), ConnectFee: h.ConnectFee.price(),
		Increment: catalog.Increment{First: int32(b.Step), Next: int32(b.Step)}}, unit, err
}

func rateCallByHour(c *charge) (answer, error) {
	var price struct {
		Kind     string `json:"kind"`
		TZ       string `json:"tz"`
		Schedule []hour `json:"schedule"`
	}
	var use struct {
		From         timex.Instant `json:"from"`
		To           timex.Instant `json:"to"`
		Continuation bool          `json:"continuation"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	crossing, err := c.word("crossing", "split_restart", string(catalog.CrossingSplit), "increment_start", string(catalog.CrossingIncrementStart), "start_rate", string(catalog.CrossingCallStart))
	if err != nil {
		return nil, err
	}
	comp := catalog.Component{ID: "call", Measure: catalog.TalkTime, Crossing: catalog.Crossing(crossing)}
	w := newWorld()
	w.plan.Zone, w.detail = price.TZ, true
	for i := range price.Schedule {
		s, err := price.Schedule[i].schedule()
		if err != nil {
			return nil, err
		}
		row, unit, err := price.Schedule[i].row()
		if err != nil {
			return nil, err
		}
		comp.Unit, comp.Rates = unit, append(comp.Rates, row)
		w.plan.Schedules = append(w.plan.Schedules, s)
	}
	w.plan.Components = []catalog.Component{comp}
	loc, err := w.zone()
	if err != nil {
		return nil, err
	}
	w.first, w.after = timex.Cycle{Unit: timex.Month, Count: 1, Anchor: timex.MustDate("2000-01-01")}.Containing(use.From.DateIn(loc))
	call := talk(0)
	call.Start, call.Talk = use.From, use.To.Sub(use.From)
	w.call(call, 1)
	l, _, err := w.lineOf("call")
	if err != nil {
		return nil, err
	}
	amount := l.Exact
	if use.Continuation { // the slice of a call that runs on: its time without the fee its first slice paid
		for _, p := range l.Parts {
			amount = amount.Sub(p.Flat)
		}
	}
	var parts []int64
	for _, part := range w.charged {
		parts = append(parts, part.Raw)
	}
	return answer{"amount": amount, "parts_s": parts, "billed_seconds": billedSeconds(l, comp.Unit)}, nil
}

// unpriced is the case's word for usage the engine found no price for.
func unpriced(inv *invoice.Invoice) string {
	for _, u := range inv.Unpriced {
		switch u.Reason {
		case meter.NoPrefix, meter.NoRow, meter.NoComponent:
			return "no_rate"
		case meter.BlockedCall:
			return "blocked"
		}
	}
	return ""
}

func matchRate(c *charge) (answer, error) {
	var price struct {
		Kind    string `json:"kind"`
		Entries []struct {
			Prefix     string `json:"prefix"`
			Rate       num    `json:"rate"`
			Per        int64  `json:"per_s"`
			First      int32  `json:"first_s"`
			Next       int32  `json:"next_s"`
			ConnectFee num    `json:"connect_fee"`
		} `json:"entries"`
	}
	var use struct {
		To       string `json:"to"`
		Duration int64  `json:"duration_s"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := catalog.Component{ID: "call", Measure: catalog.TalkTime, Deck: "world", Unit: catalog.Minute}
	if err := c.callRules(&comp); err != nil {
		return nil, err
	}
	rows := catalog.Deck{ID: "world"}
	var entries []deck.Entry
	for _, e := range price.Entries {
		nano, err := e.Rate.Mul(exact.Int(deck.Nano)).Int64()
		if err != nil {
			return nil, err
		}
		connect, err := e.ConnectFee.Mul(exact.Int(deck.Nano)).Int64()
		if err != nil {
			return nil, err
		}
		entries = append(entries, deck.Entry{Prefix: e.Prefix, Rate: deck.Rate{Price: nano, Per: int32(e.Per), First: e.First, Next: e.Next, Connect: connect}})
		rows.Rows = append(rows.Rows, catalog.DeckRow{Prefix: e.Prefix, UnitPrice: e.Rate.price(), ConnectFee: e.ConnectFee.price(), Increment: catalog.Increment{First: e.First, Next: e.Next}})
	}
	built, found := deck.Build(entries)
	if err := found.Err(); err != nil {
		return nil, err
	}
	number, written := phone.Parse(use.To)
	if _, whole := phone.Normalize("+"+use.To, ""); written && !whole {
		// Too short for any number: a call record with it has no price. What the
		// deck says of the digits is asked of the deck.
		i, ok := built.Match(number, timex.MustDate("2026-01-01"))
		if !ok {
			return answer{"error": "no_rate"}, nil
		}
		rate := built.Rate(i)
		return answer{"matched_prefix": built.Prefix(i), "amount": rate.Cost(rate.Billed(use.Duration, deck.Count{}))}, nil
	}
	w := newWorld(comp)
	w.plan.Unmetered, w.plan.Decks, w.decks = nil, []catalog.Deck{rows}, map[string]*deck.Deck{"world": built}
	call := talk(use.Duration)
	call.To = use.To
	if written {
		call.To = "+" + use.To // the numbers of the cases are international
	}
	w.call(call, 1)
	l, inv, err := w.lineOf("call")
	if err != nil {
		return nil, err
	}
	out := answer{"amount": l.Exact}
	if why := unpriced(inv); why != "" {
		out["error"] = why
	}
	for _, p := range l.Parts {
		out["matched_prefix"] = strings.TrimPrefix(p.Key, "prefix:")
	}
	return out, nil
}

// destinations are the cases' words for the kind of line called.
var destinations = map[string]usage.Line{"": "", "mobile": usage.Mobile, "landline": usage.Landline, "400": usage.SharedFee}

func rateByType(c *charge) (answer, error) {
	type kind struct {
		Direction   usage.Direction `json:"direction"`
		Destination string          `json:"destination"`
		Mode        usage.Mode      `json:"mode"`
	}
	var price struct {
		Kind string `json:"kind"`
		Rows []struct {
			Name  string `json:"name"`
			Match kind   `json:"match"`
			Rate  num    `json:"rate"`
			Per   int64  `json:"per_s"`
			First int32  `json:"first_s"`
			Next  int32  `json:"next_s"`
			Legs  int    `json:"legs"`
		} `json:"rows"`
	}
	var use struct {
		Call     kind  `json:"call"`
		Duration int64 `json:"duration_s"`
	}
	if err := c.read(&price, &use, nil); err != nil {
		return nil, err
	}
	comp := catalog.Component{ID: "call", Measure: catalog.TalkTime}
	for _, r := range price.Rows {
		row := catalog.RateRow{ID: r.Name, UnitPrice: r.Rate.price(), Increment: catalog.Increment{First: r.First, Next: r.Next}, LegFactor: r.Legs}
		row.Match.Direction = []usage.Direction{r.Match.Direction}
		if r.Match.Destination != "" {
			row.Match.Line = []usage.Line{destinations[r.Match.Destination]}
		}
		if r.Match.Mode != "" {
			row.Match.Mode = []usage.Mode{r.Match.Mode}
		}
		var err error
		if comp.Unit, err = unitOf(r.Per); err != nil {
			return nil, err
		}
		comp.Rates = append(comp.Rates, row)
	}
	w := newWorld(comp)
	w.plan.Unmetered, w.plan.Home = nil, "CN"
	call := talk(use.Duration)
	call.Direction, call.Line, call.Mode = use.Call.Direction, destinations[use.Call.Destination], use.Call.Mode
	w.call(call, 1)
	l, inv, err := w.lineOf("call")
	if err != nil {
		return nil, err
	}
	out := answer{"amount": l.Exact}
	if why := unpriced(inv); why != "" {
		out["error"] = why
	}
	for _, p := range l.Parts {
		out["matched"] = strings.TrimPrefix(p.Key, "row:")
	}
	return out, nil
}
