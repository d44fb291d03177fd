package cdr

import (
	"strings"
	"unique"

	"waihu/internal/timex"
	"waihu/internal/usage"
)

func (o *intakeOut) Seat(s usage.Seat) error {
	if o.refused(s.ID, s.From, s.To) || !o.admit(s.Source, s.ID, &s, s.From) {
		return o.err
	}
	own(&s.ID, &s.Source, &s.User, &s.Type)
	return o.t.sink.Seat(s)
}

func (o *intakeOut) Session(s usage.Session) error {
	if failed := o.t.check.session(&s); failed != 0 && o.fails(failed, &usage.Call{Start: s.From, End: s.To}) || !o.admit(s.Source, s.ID, &s, s.From) {
		return o.err
	}
	own(&s.ID, &s.Source, &s.User, &s.Type)
	s.State = usage.State(unique.Make(string(s.State)).Value())
	return o.t.sink.Session(s)
}

func (o *intakeOut) Module(m usage.Module) error {
	if o.refused(m.ID, m.From, m.To) || !o.admit(m.Source, m.ID, &m, m.From) {
		return o.err
	}
	own(&m.ID, &m.Source, &m.Module)
	return o.t.sink.Module(m)
}

func (o *intakeOut) Rental(r usage.Rental) error {
	if o.refused(r.ID, r.From, r.To) || !o.admit(r.Source, r.ID, &r, r.From) {
		return o.err
	}
	own(&r.ID, &r.Source, &r.Item)
	return o.t.sink.Rental(r)
}

func (o *intakeOut) Event(e usage.Event) error {
	if o.refused(e.ID, e.At, 0) || !o.admit(e.Source, e.ID, &e, e.At) {
		return o.err
	}
	own(&e.ID, &e.Source, &e.Kind)
	return o.t.sink.Event(e)
}

// own copies the texts of a fact: sinks keep facts that are no calls, and a text
// that is part of a block would keep the whole block. All but the identifier are
// words that come again and again, and are kept once.
func own(id *string, words ...*string) {
	*id = strings.Clone(*id)
	for _, w := range words {
		*w = unique.Make(*w).Value()
	}
}

// refused tells whether the checks refuse a fact that is no call.
func (o *intakeOut) refused(id string, from, to timex.Instant) bool {
	failed := o.t.check.stretch(id, from, to)
	return failed != 0 && o.fails(failed, &usage.Call{Start: from, End: to})
}
