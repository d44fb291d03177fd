package meter

import (
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/fault"
	"waihu/internal/usage"
)

// CallTimes counts calls that are just alike, n of them, as n times Call would.
// It is Invalid for a meter that keeps evidence or tells details: there every
// call is a fact of its own.
func (m *Meter) CallTimes(c *usage.Call, n int64) error {
	switch {
	case n == 0:
		return nil
	case n < 0 || m.options.Evidence || m.options.Detail != nil:
		return fault.New(fault.Internal, "%d calls at once under a meter that looks at each", n)
	}
	m.view.times = n
	return m.call(c)
}

// OneByOne names the first component whose calls must be counted one by one:
// a package of several prices that is used up in the order of the calls, or one
// of each seat. Empty: calls that are alike can be counted together.
func OneByOne(terms *contract.Terms) (component string, err error) {
	m, err := New(terms, Options{})
	if err != nil {
		return "", err
	}
	for _, cm := range m.calls {
		if cm.keepBurns {
			return cm.comp.ID, nil
		}
	}
	return "", nil
}

// Regather is what the same facts come to under terms that differ in nothing a
// meter looks at: the age of the contract, or what earlier periods left over.
func (g *Gathered) Regather(terms *contract.Terms) (*Gathered, error) {
	if terms.Period != g.Terms.Period || terms.Plan != g.Terms.Plan || served(terms) != served(g.Terms) {
		return nil, fault.New(fault.Internal, "terms of %s cannot take what was gathered for %s", terms.Period, g.Terms.Period)
	}
	again := *g
	again.Terms = terms
	return &again, nil
}

func served(t *contract.Terms) Dates {
	first, after := t.Service()
	return Dates{first, after}
}

// asks is the union of what filters ask of a call's own words.
type asks struct {
	direction, mode, purpose, result, by, outcome, campaign, account, trunk, place, far, part bool
}

func (a *asks) filter(f *catalog.Filter) {
	a.direction = a.direction || len(f.Direction) > 0
	a.mode = a.mode || len(f.Mode) > 0
	a.purpose = a.purpose || len(f.Purpose) > 0
	a.result = a.result || len(f.Result) > 0
	a.by = a.by || len(f.AnsweredBy) > 0
	a.outcome = a.outcome || len(f.Outcome) > 0
	a.campaign = a.campaign || len(f.Campaign) > 0
	a.account = a.account || len(f.Account) > 0
	a.trunk = a.trunk || len(f.Trunk) > 0
	a.place = a.place || asksNumber(f)
	a.far = a.far || len(f.Reach)+len(f.Region) > 0
	a.part = a.part || f.LongerThan%catalog.Duration(second) != 0
}
