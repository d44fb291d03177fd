package main

import (
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/money"
	"waihu/internal/timex"
)

const (
	home  = "CN"
	zone  = "Asia/Shanghai"
	first = "2026-03-01"
	after = "2026-04-01"
)

// termsOf are the terms of March 2026 under a plan that charges talk time by a
// deck and nothing else.
func termsOf(entries []deck.Entry) (*contract.Terms, error) {
	d, problems := deck.Build(entries)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	currency, err := money.ParseCurrency("CNY")
	if err != nil {
		return nil, err
	}
	loc, err := timex.LoadZone(zone)
	if err != nil {
		return nil, err
	}
	t := &contract.Terms{Loc: loc, First: timex.MustDate(first), After: timex.MustDate(after), Decks: map[string]*deck.Deck{"deck": d}}
	t.Period = timex.Days(t.First, t.After, loc)
	t.Plan = &catalog.Plan{ID: "bench", Version: 1, Currency: currency, Zone: zone, Home: home,
		Tax:        catalog.Tax{Default: "none", Classes: []catalog.TaxClass{{ID: "none"}}},
		Components: []catalog.Component{{ID: "talk", Measure: catalog.TalkTime, Unit: catalog.Minute, Deck: "deck", TaxClass: "none"}}}
	return t, nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
