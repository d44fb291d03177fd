package console

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// usageFilter is what the list is narrowed to, as its form has it.
type usageFilter struct {
	*form
	order       *order
	deal        *app.Deal // nil: the company has no contract
	deals       []app.Deal
	first, last timex.Date
	query       store.CallQuery
}

// usageFields are the words of the form, in its order.
var usageFields = []string{"contract", "first", "last", "component", "label", "agent", "campaign", "trunk", "to", "from", "result", "unpriced"}

// usageFilter reads the form; days and contract are those of what runs if none
// are named.
func (s *Server) usageFilter(v *visit) (*usageFilter, error) {
	f := &usageFilter{form: v.blank()}
	asked := v.r.URL.Query()
	for _, name := range usageFields {
		f.Values.Set(name, strings.TrimSpace(asked.Get(name)))
	}
	f.Values.Set("to", writtenNumber(asked.Get("to")))
	err := s.byName(v, f.form, "agent", "campaign", "trunk")
	if err != nil {
		return nil, err
	}
	if f.deals, err = s.d.System.Deals(v.r.Context(), v.company); err != nil {
		return nil, err
	}
	loc := time.UTC
	if f.deal = dealOf(f.deals, f.Value("contract")); f.deal != nil {
		loc = f.deal.Loc
		if f.Value("contract") != "" {
			f.query.Contract = f.deal.ID
		}
	}
	f.days(loc)
	f.query.Component, f.query.Label = f.optional("component", 200), f.optional("label", 200)
	f.query.Agent, f.query.Campaign, f.query.Trunk = f.optional("agent", 200), f.optional("campaign", 200), f.optional("trunk", 200)
	f.query.To = f.optional("to", 40)
	f.query.From = writtenNumber(f.optional("from", 40))
	f.query.Unpriced = f.Value("unpriced") != ""
	if f.Value("result") != "" {
		f.query.Result = usage.Result(f.choice("result", usage.Result("").Choices()...))
	}
	// Time alone: an index serves it both ways, and no other of fifty million calls.
	f.order = v.order(f.kept(), "-start", column{"start", "usage.start", true})
	f.query.Up = !f.order.Down
	f.query.Before, err = cursorOf(f.order.After)
	return f, err
}

// writtenNumber is the beginning of a number as the list shows it: without what
// people put between digits, and with the plus that a hand-written address turned
// into a space.
func writtenNumber(s string) string {
	plus := strings.HasPrefix(s, " ") && strings.TrimSpace(s) != ""
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.()\t\u00a0", r) {
			return -1
		}
		return r
	}, s)
	if plus && !strings.HasPrefix(s, "+") {
		s = "+" + s
	}
	return s
}

// days are the first and last day of the list, in the zone of the contract.
func (f *usageFilter) days(loc *time.Location) {
	today := timex.DateOf(time.Now().In(loc))
	if f.deal != nil {
		today = f.deal.Today
	}
	f.first, f.last = today-30, today
	if f.deal != nil {
		if p, ok := f.deal.PeriodOn(today); ok {
			f.first, f.last = p.First, p.After-1
		}
	}
	written := func(name string, day *timex.Date) { // what is no day changes nothing
		if f.Value(name) == "" {
			return
		}
		if d := f.date(name); f.Error(name) == "" {
			*day = d
		}
	}
	written("first", &f.first)
	f.last = max(f.last, f.first)
	written("last", &f.last)
	if f.OK() && (f.last < f.first || f.last >= f.first+usageDays) {
		f.wrong("last", "usage.too_long", "days", itoa(usageDays))
		f.last = min(max(f.last, f.first), f.first+usageDays-1)
	}
	f.Values.Set("first", f.first.String())
	f.Values.Set("last", f.last.String())
	f.query.Period = timex.Days(f.first, f.last+1, loc)
}

// loc is where the days are.
func (f *usageFilter) loc() *time.Location {
	if f.deal == nil {
		return time.UTC
	}
	return f.deal.Loc
}

// kept are the words of the filter that are filled in.
func (f *usageFilter) kept() url.Values {
	q := url.Values{}
	for _, name := range usageFields {
		q.Set(name, f.Value(name))
	}
	return q
}

// pickDeal finds the contract that is named among those that are offered, or the
// first of them; nil: there is none. The list is of those to choose from.
func pickDeal(deals []app.Deal, name string, offered func(*app.Deal) bool) (at *app.Deal, list []option) {
	for i := range deals {
		d := &deals[i]
		if !offered(d) {
			continue
		}
		word := d.ID.Named("con")
		list = append(list, option{"value": word, "label": d.Contract})
		if at == nil && (name == "" || name == word) {
			at = d
		}
	}
	return at, list
}

// dealOf finds a contract by its address or its word; without either it is the
// first in the list.
func dealOf(list []app.Deal, name string) *app.Deal {
	for i := range list {
		if name == "" || list[i].ID.Named("con") == name || list[i].Contract == name {
			return &list[i]
		}
	}
	return nil
}

// cursorOf is the place in the list that an address names.
func cursorOf(s string) (store.CallCursor, error) {
	if s == "" {
		return store.CallCursor{}, nil
	}
	at, position, _ := strings.Cut(s, ".")
	a, err := strconv.ParseInt(at, 10, 64)
	b, err2 := strconv.ParseInt(position, 10, 64)
	if err != nil || err2 != nil {
		return store.CallCursor{}, fault.New(fault.NotFound, "there is no such page of calls")
	}
	return store.CallCursor{Start: timex.Instant(a), Position: b}, nil
}
