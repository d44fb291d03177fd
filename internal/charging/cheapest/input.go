package cheapest

import (
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Month is the usage of one billing period: a month, or whatever period the
// offers that are searched are billed for. Facts gives the facts of some segments of the usage to a sink, the same ones each time it is called; no
// segments are all of it.
type Month struct {
	First, After timex.Date
	Facts        func(segments []int, sink usage.Sink) error
}

// Offer is one that can be bought, with what can be chosen in it.
type Offer struct {
	ID         string
	Name       lang.Text
	Plan       *catalog.Plan // checked
	Decks      map[string]*deck.Deck
	Quantities map[string]exact.Number // fixed quantities where no choice says otherwise
	Has        []string                // modules that are part of it without a fee
	Choices    []Choice
	Rate       exact.Number // units of the common currency for one of its own; 0: 1
}

// Choice is something of which exactly one option is taken.
type Choice struct {
	ID      string
	Name    lang.Text
	Options []Option // the first is what the plan says by itself
}

// Option is what taking it changes.
type Option struct {
	ID         string
	Name       lang.Text
	Quantities map[string]exact.Number      // fixed quantities by component
	Commits    map[string]exact.Number      // least quantities charged, by component
	Prices     map[string]contract.Override // other prices that come with it
	Adds       []catalog.Component          // fees that come with it
	Packages   []catalog.Package            // included quantities; one with the id of the plan's takes its place
	Without    []string                     // components that are not charged: another method
	Modules    []string                     // modules that are switched on
}

// Need is what must be had, and how totals are compared.
type Need struct {
	Modules  []string   // must be on; those of the usage itself are not looked at
	AnyUse   bool       // modules of the usage are on as well
	Tax      bool       // compare with tax
	Bills    int        // most bills that are rated for one offer; 0: DefaultBills
	Segments int        // parts of the usage that may go to different offers; 0 or 1: none
	Start    timex.Date // first day of service; 0: of the first month
	End      timex.Date // day after the last of service; 0: it goes on
	Zone     *time.Location
	Holidays map[string]*timex.Calendar
}

// Bounds of a search.
const (
	DefaultBills = 50_000
	MaxSegments  = 4
	MaxOffers    = 64
	maxMonths    = 3_660 // ten years of days, as in a comparison
	maxChoices   = 32
	maxOptions   = 1_000
)

// check refuses what cannot be searched.
func check(offers []Offer, months []Month, need *Need) error {
	switch {
	case len(offers) == 0 || len(offers) > MaxOffers:
		return fault.New(fault.Invalid, "%d offers: give 1 to %d", len(offers), MaxOffers)
	case len(months) == 0 || len(months) > maxMonths:
		return fault.New(fault.Invalid, "%d periods of usage: give 1 to %d", len(months), maxMonths)
	case need.Segments > MaxSegments:
		return fault.New(fault.Invalid, "usage in %d parts: at most %d can go to different offers", need.Segments, MaxSegments)
	}
	for _, o := range offers {
		if len(o.Choices) > maxChoices {
			return fault.New(fault.Invalid, "offer %s has %d choices: at most %d are searched", o.ID, len(o.Choices), maxChoices)
		}
		for _, c := range o.Choices {
			if len(c.Options) == 0 || len(c.Options) > maxOptions {
				return fault.New(fault.Invalid, "offer %s, choice %s has %d options: 1 to %d are searched", o.ID, c.ID, len(c.Options), maxOptions)
			}
		}
	}
	return nil
}

func (n *Need) bills() int {
	if n.Bills <= 0 {
		return DefaultBills
	}
	return n.Bills
}

func (o *Offer) rate() exact.Number {
	if o.Rate.IsZero() {
		return exact.One
	}
	return o.Rate
}
