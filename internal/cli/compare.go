package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"waihu/internal/app"
	"waihu/internal/charging/compare"
	"waihu/internal/charging/forecast"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// compareCmd finds the cheapest offer for real usage.
type compareCmd struct {
	Usage   []string `arg:"" optional:"" help:"Files of call records, sessions and other usage, in any supported format."`
	Offers  []string `required:"" help:"Offer or plan files, or folders of them; commas between." placeholder:"FILE|DIR"`
	Profile string   `help:"Described usage, where there are no records yet: sales, service, survey or a profile file." placeholder:"PROFILE"`
	Period  string   `help:"Whole months to compare: 2026-01..2026-07 (last not included), 2026; those of the records if absent."`

	Months     []int    `default:"1,12,36" help:"Horizons in months."`
	Currency   string   `help:"Currency of all figures; the first offer's if absent."`
	Rates      []string `help:"Exchange rate with its day: USD=7.1@2026-11-01. Can be repeated." placeholder:"CODE=RATE@DATE"`
	Tax        string   `default:"exclusive" enum:"exclusive,inclusive" help:"Whether figures contain tax: exclusive or inclusive."`
	Seats      int      `help:"How many seats there are, where no record tells."`
	Budget     string   `help:"Budget of a month, for the chance to exceed it."`
	Seed       uint64   `default:"1" help:"Seed of resampling: one seed gives one answer."`
	Replicates int      `default:"1000" help:"How many periods are resampled."`
	Weights    string   `help:"Weights of the score, together 100: price=50,functions=15,quality=15,support=10,flexibility=10."`
	Must       []string `help:"Functions or modules you need."`
	Nice       []string `help:"Functions or modules that are welcome."`
	WhatIf     []string `help:"Further what-if: volume=+30%, length=-50%, answer_rate=+10%, seats=-20%, module=+recording. Can be repeated." placeholder:"CHANGE" sep:"none"`
	Between    []string `help:"Break-even points of two more offers: A=B. Can be repeated." placeholder:"A=B"`
	Current    string   `help:"Offer in force today, for the cost of switching." placeholder:"OFFER"`

	recordFlags

	Lang  string `default:"en" help:"Language of the report: en, zh-Hant, zh-Hans."`
	Brief bool   `help:"Leave out what takes longest: the smallest bill possible, sizes, months ahead."`
	JSON  bool   `help:"Write the result as JSON to standard output."`
	Save  string `help:"Write the result as JSON here." placeholder:"FILE"`
	reportFlags
}

// Run compares and reports.
func (c *compareCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	first, err := c.offers(e, &in)
	if err != nil {
		return err
	}
	if (len(c.Usage) == 0) == (c.Profile == "") {
		return coded{exitUsage, errors.New("no usage, or two of them: name either files of call records or a --profile")}
	}
	job := app.Comparing{Input: in, Source: app.Source{Files: c.Usage}, Beside: !c.Brief}
	if err := c.profile(e, &job); err != nil {
		return err
	}
	if job.Source.Intake, err = c.options(e, first); err != nil {
		return err
	}
	bar := newProgress(e, c.Usage)
	job.Source.Intake.Progress = bar.told
	done, err := app.Compare(e.ctx, job)
	bar.stop()
	if done != nil {
		reportIntake(e.Err, tag, done.Reports, done.Total)
	}
	if err != nil {
		return err
	}
	if err := c.write(e, done.Result, tag); err != nil {
		return err
	}
	return decideCompared(done)
}

// input reads the flags.
func (c *compareCmd) input() (in compare.Input, err error) {
	bad := func(flag string, err error) (compare.Input, error) {
		return in, coded{exitUsage, fmt.Errorf("--%s: %w", flag, err)}
	}
	in = compare.Input{Months: c.Months, Tax: compare.TaxBasis(c.Tax), Seats: c.Seats, Seed: c.Seed, Replicates: c.Replicates, Must: c.Must, Nice: c.Nice, Current: c.Current}
	if c.Period != "" {
		if in.First, in.After, err = parseMonths(c.Period); err != nil {
			return bad("period", err)
		}
	}
	if c.Currency != "" {
		if in.Currency, err = money.ParseCurrency(c.Currency); err != nil {
			return bad("currency", err)
		}
	}
	for _, s := range c.Rates {
		r, err := parseRate(s)
		if err != nil {
			return bad("rates", err)
		}
		in.Rates = append(in.Rates, r)
	}
	if c.Budget != "" {
		n, err := exact.Parse(c.Budget)
		if err != nil {
			return bad("budget", err)
		}
		in.Budget = &n
	}
	if in.Weights, err = parseWeights(c.Weights); err != nil {
		return bad("weights", err)
	}
	for _, s := range c.WhatIf {
		ch, err := compare.ParseChange(s)
		if err != nil {
			return bad("what-if", err)
		}
		in.Changes = append(in.Changes, ch)
	}
	for _, s := range c.Between {
		a, b, ok := strings.Cut(s, "=")
		if !ok {
			return bad("between", fmt.Errorf("%q: write two offers, A=B", s))
		}
		in.Pairs = append(in.Pairs, [2]string{a, b})
	}
	if in.Holidays, err = holiday.Calendars(); err != nil {
		return in, err
	}
	return in, nil
}

// parseMonths reads 2026-01..2026-07 (months, the last not included), or any
// period.
func parseMonths(s string) (first, after timex.Date, err error) {
	from, to, ranged := strings.Cut(s, "..")
	if ranged && len(from) == len("2026-01") && len(to) == len("2026-01") {
		s = from + "-01.." + to + "-01"
	}
	return timex.ParsePeriod(s)
}

// parseRate reads USD=7.1@2026-11-01. The day is asked for: a rate without one
// cannot be checked by anybody.
func parseRate(s string) (r compare.Rate, err error) {
	code, rest, ok := strings.Cut(s, "=")
	value, on, dated := strings.Cut(rest, "@")
	if !ok || !dated {
		return r, fmt.Errorf("%q: write CODE=RATE@DATE, such as USD=7.1@2026-11-01", s)
	}
	if r.From, err = money.ParseCurrency(code); err != nil {
		return r, err
	}
	if r.Rate, err = exact.Parse(value); err != nil {
		return r, err
	}
	r.On, err = timex.ParseDate(on)
	return r, err
}

func parseWeights(s string) (map[compare.Criterion]int, error) {
	if s == "" {
		return nil, nil
	}
	out := map[compare.Criterion]int{}
	for _, part := range strings.Split(s, ",") {
		name, value, ok := strings.Cut(part, "=")
		n, err := strconv.Atoi(value)
		if !ok || err != nil {
			return nil, fmt.Errorf("%q: write price=50,functions=15,quality=15,support=10,flexibility=10", part)
		}
		out[compare.Criterion(name)] = n
	}
	return out, nil
}

// offers reads every offer; the first says in which zone stamps without one are.
func (c *compareCmd) offers(e *env, in *compare.Input) (first *agreed, err error) {
	files, err := offerFiles(c.Offers)
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		b, err := readOffer(e, path, true)
		if err != nil {
			return nil, err
		}
		in.Candidates = append(in.Candidates, compare.Candidate{Offer: b.Offer, Plan: b.Plan, Decks: b.Decks})
		if first == nil {
			loc, err := timex.LoadZone(b.Plan.Zone)
			if err != nil {
				return nil, err
			}
			first = &agreed{b.Bundle, loc}
		}
	}
	return first, nil
}

// monthsOfProfile is how many months of a description are made where --period
// does not say.
const monthsOfProfile = 12

// profile reads the described usage, and what it says about months, needs and
// the budget.
func (c *compareCmd) profile(e *env, job *app.Comparing) (err error) {
	if c.Profile == "" {
		return nil
	}
	p, err := readProfile(e, c.Profile)
	if err != nil {
		return err
	}
	in := &job.Input
	from, months := p.From, monthsOfProfile
	if in.First != 0 {
		from = forecast.MonthOf(in.First)
		months = int(forecast.MonthOf(in.After) - from)
	}
	in.First, in.After = from.First(), (from + forecast.Month(months)).First()
	if from == 0 {
		return coded{exitUsage, fmt.Errorf("profile %s names no first month: say --period 2026-01..2027-01", p.ID)}
	}
	must, nice := p.MustModules()
	in.Must, in.Nice, in.Profile = append(in.Must, must...), append(in.Nice, nice...), true
	if in.Budget == nil && p.Budget.Sign() > 0 && p.Currency == in.Currency {
		in.Budget = &p.Budget
	}
	job.Source.Profile, job.Source.Plan = p, forecast.Plan{From: from, Months: months, Seed: c.Seed, Cal: in.Holidays}
	return nil
}

// write writes the result in every form asked for.
func (c *compareCmd) write(e *env, r *compare.Result, tag lang.Tag) error {
	if c.Save != "" {
		if err := toFile(c.Save, func(w io.Writer) error { return writeJSON(w, r) }); err != nil {
			return err
		}
	}
	tell := func(tag lang.Tag) (*explain.Document, error) { return explain.Comparison(r, tag), nil }
	if err := c.reports(tell, tag, "comparison", func(w io.Writer) error { return writeJSON(w, r) }); err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(e.Out, r)
	}
	_, err := fmt.Fprint(e.Out, explain.Comparison(r, tag).Text())
	return err
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// decideCompared gives exit code 3 where somebody must decide something.
func decideCompared(done *app.Compared) error {
	var open []error
	if n := len(done.Result.Refused); n > 0 {
		open = append(open, fmt.Errorf("%d %s not compared; the reasons are in the report", n, plural(n, "offer was", "offers were")))
	}
	if n := done.Total.Rejected; n > 0 {
		open = append(open, fmt.Errorf("%d %s not read: mend and feed them in again (--rejects DIR writes them out)", n, plural(int(n), "record was", "records were")))
	}
	if done.Result.Recommendation.Offer == "" {
		open = append(open, errors.New("no offer can be totalled: find out the unknown prices, or state their ends in the offer"))
	}
	if len(open) == 0 {
		return nil
	}
	return coded{exitDecide, errors.Join(open...)}
}
