package planfile

import (
	"fmt"
	"io/fs"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/voice/trunk"
)

// LoadTrunks reads and checks a file of trunks and the decks beside it. It is nil
// if there is an error.
func LoadTrunks(fsys fs.FS, file string) (*trunk.Config, fault.Problems) {
	c := &trunk.Config{}
	where, problems := LoadInto(fsys, file, c)
	if problems.Err() != nil {
		return nil, problems
	}
	problems = append(problems, where.Locate(c.Validate())...)
	for i := range c.Trunks {
		if t := &c.Trunks[i]; t.Deck != "" {
			prices, more := carrierPrices(fsys, where, fmt.Sprintf("trunks[%d].deck", i), t.Deck)
			t.Prices, problems = prices, append(problems, more...)
		}
	}
	if problems = inOrder(problems); problems.Err() != nil {
		return nil, problems
	}
	return c, problems
}

// prices are a rate deck as trunks are chosen by it.
type prices struct{ deck *deck.Deck }

// carrierPrices reads the deck of a trunk: prices are a minute, in whole minutes
// where its rows do not say.
func carrierPrices(fsys fs.FS, where Positions, path, name string) (trunk.Prices, fault.Problems) {
	entries, problems := readDeck(fsys, where, path, &catalog.Deck{File: name, Unit: catalog.Minute})
	if problems.Err() != nil {
		return nil, problems
	}
	d, more := deck.Build(entries)
	return prices{d}, append(problems, more...)
}

// Minute is part of trunk.Prices. A destination without a row, or one that is
// blocked, is not served.
func (p prices) Minute(n phone.Number, on timex.Date) (cost exact.Number, known, served bool) {
	at, ok := p.deck.Match(n, on)
	if !ok {
		return cost, false, false
	}
	switch r := p.deck.Rate(at); r.Status {
	case deck.Blocked:
		return cost, false, false
	case deck.Unknown:
		return cost, false, true
	default:
		return r.Cost(r.Billed(60, deck.Count{})), true, true
	}
}
