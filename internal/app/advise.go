package app

import (
	"context"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/meter"
	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// Advise reads the usage of a period and says what was wasted and what a change
// of size would have saved. Of a billing it needs terms, files and intake.
func Advise(ctx context.Context, b Billing) (_ []cheapest.Advice, intake *cdr.Intake, err error) {
	defer fault.Wrap(&err, "advise")
	m, err := meter.New(b.Terms, meter.Options{})
	if err != nil {
		return nil, nil, err
	}
	uses := newModuleUse(b.Terms.Plan, m)
	intake = cdr.NewIntake(uses, b.Intake)
	for _, file := range b.Files {
		if _, err := intake.File(ctx, file); err != nil {
			return nil, intake, err
		}
	}
	g, err := m.Finish()
	if err != nil {
		return nil, intake, err
	}
	out, err := cheapest.Advise(g, uses.known())
	return out, intake, err
}

// moduleUse hands facts on to a meter and counts how often modules are used, as
// far as facts tell: a way of dialling by calls placed so, a metered module by
// events whose kind begins with its name. Other modules leave no trace, and
// nothing is said of them; nor of ways of dialling where no record names one.
type moduleUse struct {
	*meter.Meter
	count map[string]*int64 // never set for a word of a call, which would then be the key
	modes bool              // some call says how it was placed
}

func newModuleUse(p *catalog.Plan, m *meter.Meter) *moduleUse {
	out := &moduleUse{Meter: m, count: map[string]*int64{}}
	for i := range p.Modules {
		id := p.Modules[i].ID
		metered := slices.ContainsFunc(p.Components, func(c catalog.Component) bool {
			return c.Measure == catalog.Events && slices.ContainsFunc(c.Where.Kind, func(kind string) bool { return strings.HasPrefix(kind, id) })
		})
		if metered || slices.Contains(usage.Mode("").Choices(), id) {
			out.count[id] = new(int64)
		}
	}
	return out
}

// known are the modules whose use the facts told.
func (u *moduleUse) known() map[string]int64 {
	out := map[string]int64{}
	for id, n := range u.count {
		if u.modes || !slices.Contains(usage.Mode("").Choices(), id) {
			out[id] = *n
		}
	}
	return out
}

func (u *moduleUse) Call(c *usage.Call) error {
	u.modes = u.modes || c.Mode != ""
	if n := u.count[string(c.Mode)]; n != nil {
		*n++
	}
	return u.Meter.Call(c)
}

func (u *moduleUse) Event(e usage.Event) error {
	for id, n := range u.count {
		if strings.HasPrefix(e.Kind, id) {
			*n++
		}
	}
	return u.Meter.Event(e)
}
