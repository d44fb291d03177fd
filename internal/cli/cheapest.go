package cli

import (
	"fmt"
	"slices"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/cheapest"
	"waihu/internal/charging/forecast"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex/holiday"
)

// cheapestCmd finds the smallest bill possible.
type cheapestCmd struct {
	Offers  []string `arg:"" help:"Plan files: each is an offer; package sizes and methods that can be chosen are offers of their own." type:"existingfile"`
	Usage   []string `help:"Files of real usage. Can be repeated." placeholder:"FILE" type:"existingfile" sep:"none"`
	Profile string   `help:"sales, service, survey or a profile file, in the place of real usage."`
	monthsFlags
	recordFlags
	Must  []string `help:"A module that must be had; the profile's must-haves if absent; none for none. Can be repeated." placeholder:"MODULE" sep:"none"`
	Need  int64    `help:"Seats that must be bought at the least; the most in use at a time if absent." placeholder:"SEATS"`
	Split string   `default:"" enum:",purpose,direction,line" help:"Let parts of the usage go to different offers: purpose, direction or line."`
	Bills int      `default:"${bills}" help:"Most bills that are made for one offer; beyond it the answer says that it is not proven."`
	Lang  string   `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	JSON  bool     `help:"Write the answer as JSON."`
}

// Run searches.
func (c *cheapestCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	if (c.Profile == "") == (len(c.Usage) == 0) {
		return coded{exitUsage, fmt.Errorf("give the usage: either --profile or --usage")}
	}
	facts, must, loc, err := c.load(e, tag)
	if err != nil {
		return err
	}
	seats := c.Need
	if seats == 0 {
		if seats, err = mostSeats(facts, loc); err != nil {
			return err
		}
	}
	offers, currency, err := c.offers(e, seats)
	if err != nil {
		return err
	}
	calendars, err := holiday.Calendars()
	if err != nil {
		return err
	}
	parts := facts.Parts(app.Split(c.Split))
	months := facts.Months(loc, app.Split(c.Split), parts)
	answer, err := cheapest.Search(offers, months, cheapest.Need{Modules: must, Bills: c.Bills, Segments: len(parts), Zone: loc, Holidays: calendars})
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(e.Out, answer)
	}
	_, err = fmt.Fprint(e.Out, explain.Cheapest(&explain.Bound{Answer: answer, Currency: currency, Months: len(months), Parts: parts, Bills: c.Bills}, tag).Text())
	return err
}

// load keeps the usage in memory.
func (c *cheapestCmd) load(e *env, tag lang.Tag) (*app.Remembered, []string, *time.Location, error) {
	facts := &app.Remembered{}
	s := &app.Source{Files: c.Usage}
	opt, err := c.options(e, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	s.Intake = opt
	loc, must := opt.Zone, c.Must
	if c.Profile != "" {
		if s.Profile, err = readProfile(e, c.Profile); err != nil {
			return nil, nil, nil, err
		}
		if s.Plan, err = c.plan(); err != nil {
			return nil, nil, nil, err
		}
		if len(must) == 0 {
			must, _ = s.Profile.MustModules()
		}
		if loc, err = time.LoadLocation(s.Profile.Zone); err != nil { // the profile was checked
			return nil, nil, nil, err
		}
	}
	_, intake, err := s.Read(e.ctx, facts)
	if intake != nil {
		reportIntake(e.Err, tag, intake.Reports(), intake.Total())
	}
	return facts, slices.DeleteFunc(must, func(m string) bool { return m == "none" }), loc, err
}

// mostSeats is the most seats in use at a time, over all months.
func mostSeats(facts *app.Remembered, loc *time.Location) (int64, error) {
	g := forecast.Gather(loc, "")
	if err := facts.Give(g, nil, nil); err != nil {
		return 0, err
	}
	o, err := g.Finish()
	if err != nil {
		return 0, err
	}
	most := 0
	for i := range o.Months {
		most = max(most, o.Months[i].Seats.Peak)
	}
	return int64(most), nil
}

// offers reads the plans. Amounts in several currencies cannot be compared here.
func (c *cheapestCmd) offers(e *env, seats int64) ([]cheapest.Offer, money.Currency, error) {
	var out []cheapest.Offer
	var currency money.Currency
	var first string
	for _, path := range c.Offers {
		a, err := readAgreement(e, path)
		if err != nil {
			return nil, currency, err
		}
		if first == "" {
			first, currency = path, a.Plan.Currency
		}
		if a.Plan.Currency != currency {
			return nil, currency, fault.New(fault.Invalid, "%s is in %s, %s in %s: only offers in one currency are searched: leave out those in others", first, currency, path, a.Plan.Currency)
		}
		id := a.Plan.ID
		if slices.ContainsFunc(out, func(o cheapest.Offer) bool { return o.ID == id }) {
			id = fmt.Sprintf("%s-%d", id, len(out)+1)
		}
		out = append(out, cheapest.Offer{ID: id, Name: a.Plan.Name.Or(a.Plan.ID), Plan: a.Plan, Decks: a.Decks, Choices: cheapest.Menu(a.Plan, seats)})
	}
	return out, currency, nil
}
