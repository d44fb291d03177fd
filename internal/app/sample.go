package app

import (
	"sync"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
)

// Samples is example usage for trying plans: one month of each profile that
// comes with the program, made when it is asked for first. The zero value is
// ready and safe for many goroutines.
type Samples struct {
	mu   sync.Mutex
	made map[string]*sample
}

// sample is the usage of one month.
type sample struct {
	month forecast.Month
	facts Remembered
}

// sampleSeed makes the same facts each time.
const sampleSeed = 1

// get makes the facts of a profile, once.
func (s *Samples) get(name string) (*sample, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.made[name]; x != nil {
		return x, nil
	}
	p := forecast.ReadyProfile(name)
	if p == nil {
		return nil, fault.New(fault.NotFound, "there is no example usage %q", name)
	}
	holidays, err := calendars()
	if err != nil {
		return nil, err
	}
	x := &sample{}
	made, err := p.Expand(forecast.Plan{Months: 1, Seed: sampleSeed, Cal: holidays}, &x.facts)
	if err != nil {
		return nil, err
	}
	x.month = made.Months[0].Month
	if s.made == nil {
		s.made = map[string]*sample{}
	}
	s.made[name] = x
	return x, nil
}

// Bill bills the example usage of a name under a plan that is valid, for the
// billing period in which its month begins. Modules of the plan are all on.
func (s *Samples) Bill(name string, p *catalog.Plan, decks map[string]*deck.Deck) (inv *invoice.Invoice, err error) {
	defer fault.Wrap(&err, "bill the example %s", name)
	x, err := s.get(name)
	if err != nil {
		return nil, err
	}
	holidays, err := calendars()
	if err != nil {
		return nil, err
	}
	k := &contract.Contract{ID: "example", Plan: versionName(p.ID, max(p.Version, 1)), Start: x.month.First().AddMonths(-12)}
	for _, m := range p.Modules {
		k.Modules = append(k.Modules, contract.ModuleTerm{Module: m.ID})
	}
	periods, err := contract.Periods(p, k, x.month.First(), x.month.First()+1)
	if err != nil {
		return nil, err
	}
	return draft(contract.Inputs{Plan: p, Decks: decks, Contract: k, First: periods[0].First, After: periods[0].After, Holidays: holidays}, &x.facts)
}

// ReadPlan reads the text of a plan with its decks, which are files by name. Plan
// and decks are nil if there is an error; warnings may come with them.
func ReadPlan(file string, decks map[string]string) (*catalog.Plan, map[string]*deck.Deck, fault.Problems) {
	return readPlan(file, decks)
}
