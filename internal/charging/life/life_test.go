package life

import (
	"errors"
	"math"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

var cny = money.MustCurrency("CNY")

func day(s string) timex.Date { return timex.MustDate(s) }

func yuan(n int64) money.Amount { return money.Micros(n*money.Micro, cny) }

func term(s string) contract.Term {
	t, err := contract.ParseTerm(s)
	if err != nil {
		panic(err)
	}
	return t
}

// yearly is a contract of a year from March that renews by three months.
func yearly() *contract.Contract {
	return &contract.Contract{ID: "c", Plan: "p@1", Start: day("2026-03-01"), Term: term("12 months"),
		Renewal: &contract.Renewal{Auto: true, NoticeDays: 30, Term: term("3 months")}}
}

func plan() *catalog.Plan {
	return &catalog.Plan{ID: "p", Version: 1, Currency: cny, Zone: "Asia/Shanghai",
		Components: []catalog.Component{{ID: "seats", Measure: catalog.Recurring, UnitPrice: catalog.PriceOf(exact.Int(100))}}}
}

func running(t *testing.T, c *contract.Contract) Life {
	t.Helper()
	l := Quote(c.Start-20, c.Start)
	if err := l.Sign(c.Start-10, strings.Repeat("a1", 32)); err != nil {
		t.Fatal(err)
	}
	if err := l.Begin(c, c.Start); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestArrows tries every step in every state.
func TestArrows(t *testing.T) {
	c := yearly()
	on := day("2026-04-01")
	sha := strings.Repeat("a1", 32)
	steps := map[string]func(*Life) error{
		"sign":     func(l *Life) error { return l.Sign(on, sha) },
		"withdraw": func(l *Life) error { return l.Withdraw(on) },
		"begin":    func(l *Life) error { return l.Begin(c, on) },
		"amend":    func(l *Life) error { return l.Amend(c, on, "a1") },
		"notice":   func(l *Life) error { _, err := l.GiveNotice(c, on, 0); return err },
		"early":    func(l *Life) error { return l.EndEarly(c, on, on+30) },
	}
	may := map[State]string{Quoted: "sign withdraw", Signed: "begin amend", Running: "amend notice early", Notice: "amend early", Ended: "", Withdrawn: ""}
	for state, allowed := range may {
		for name, step := range steps {
			l := Life{State: state, TermFrom: c.Start, TermTo: day("2027-03-01"), Steps: []Step{{On: c.Start, What: "x"}}}
			err := step(&l)
			if want := strings.Contains(" "+allowed+" ", " "+name+" "); want != (err == nil) {
				t.Errorf("%s a contract that is %s: %v", name, state, err)
			}
			if err != nil && (l.State != state || len(l.Steps) != 1) {
				t.Errorf("%s a contract that is %s changed it all the same", name, state)
			}
		}
	}
	l := Quote(on, on+10)
	for what, err := range map[string]error{"too late": l.Sign(on+10, sha), "before the quote": l.Sign(on-1, sha), "no document": l.Sign(on, "abc")} {
		if err == nil {
			t.Errorf("signed %s", what)
		}
	}
	early := Life{State: Signed}
	if err := early.Begin(c, c.Start-1); fault.KindOf(err) != fault.Conflict {
		t.Errorf("service before the first day: %v", err)
	}
}

func TestTermsFollowEachOther(t *testing.T) {
	c := yearly()
	l := running(t, c)
	for on, want := range map[string]string{"2027-01-30": "2027-03-01", "2027-01-31": "2027-06-01", "2027-04-01": "2027-06-01"} {
		if got := l.FreeExit(c, day(on)); got.On != day(want) || len(got.Clauses) == 0 {
			t.Errorf("notice on %s ends it on %s, want %s: %+v", on, got.On, want, got.Clauses)
		}
	}
	if changed, err := l.Advance(c, day("2027-06-01")); err != nil || !changed || l.Renewals != 2 || l.TermTo != day("2027-09-01") || l.State != Running {
		t.Errorf("after two terms: %+v, %v", l, err)
	}
	if again, err := l.Advance(c, day("2027-06-01")); err != nil || again {
		t.Errorf("the calendar does a thing once: %v", err)
	}
	ends, err := l.GiveNotice(c, day("2027-06-10"), 0)
	if err != nil || ends != day("2027-09-01") || l.State != Notice {
		t.Errorf("notice: ends %s, %v", ends, err)
	}
	if _, err := l.Advance(c, day("2027-08-31")); err != nil || l.State != Notice {
		t.Errorf("it serves until its last day: %s, %v", l.State, err)
	}
	if _, err := l.Advance(c, day("2027-09-01")); err != nil || l.State != Ended {
		t.Errorf("%s, %v", l.State, err)
	}
	fixed := yearly()
	fixed.Renewal = nil
	l = running(t, fixed)
	if _, err := l.Advance(fixed, day("2027-03-01")); err != nil || l.State != Ended || l.EndsOn != day("2027-03-01") {
		t.Errorf("a contract that does not renew ends with its term: %+v, %v", l, err)
	}
	open := yearly()
	open.Term = contract.Term{}
	l = running(t, open)
	if exit := l.FreeExit(open, day("2026-05-10")); exit.On != day("2026-06-09") {
		t.Errorf("an open contract ends when the notice has run: %s", exit.On)
	}
	if ends, err := l.GiveNotice(open, day("2026-05-10"), day("2026-12-01")); err != nil || ends != day("2026-12-01") {
		t.Errorf("a later day may be wished for: %s, %v", ends, err)
	}
}

// flat is 100 a month and 10 for use; a month cut short costs by days; leaving
// before March costs half of the months left.
func flat(_ *contract.Contract, p *catalog.Plan, b contract.BillingPeriod, ends timex.Date, used bool) (Cost, error) {
	monthly := int64(100)
	if p.ID == "small" {
		monthly = 40
	}
	net := monthly * int64(b.ServedTo-b.ServedFrom) / int64(b.After-b.First)
	if used {
		net += 10
	}
	fee := int64(0)
	if ends != 0 && ends <= b.After && ends < day("2027-03-01") {
		for d := ends; d < day("2027-03-01"); d = d.AddMonths(1) {
			fee += monthly / 2
		}
	}
	return Cost{yuan(net + fee), yuan(fee)}, nil
}

func ask(t *testing.T, w Want) Question {
	t.Helper()
	c := yearly()
	c.Termination = &catalog.Termination{Share: catalog.Percent{Number: exact.Frac(1, 2)}}
	return Question{Want: w, Today: day("2026-12-10"), Contract: c, Plan: plan(), Life: running(t, c), Price: flat, Component: "seats", Quantity: exact.Int(3)}
}

func TestWhatIfCancel(t *testing.T) {
	a, err := WhatIf(ask(t, Cancel))
	if err != nil {
		t.Fatal(err)
	}
	if a.Now != yuan(110) || len(a.Ways) != 2 {
		t.Fatalf("%+v", a)
	}
	early, late := a.Ways[0], a.Ways[1]
	if early.On != day("2027-01-01") || early.Until != yuan(110) || early.Fee != yuan(100) || early.Rest != yuan(200) || early.Total != yuan(210) || early.Clauses[0].Path != "early_termination" {
		t.Errorf("early: %+v", early)
	}
	if late.On != day("2027-03-01") || late.NoticeBy != day("2027-01-30") || late.Until != yuan(330) || !late.Fee.IsZero() || !late.Rest.IsZero() || late.Total != yuan(330) {
		t.Errorf("at the end of the term: %+v", late)
	}
	if a.Best != 0 {
		t.Errorf("210 is less than 330")
	}
	q := ask(t, Cancel)
	q.Contract.Termination = nil
	if a, err = WhatIf(q); err != nil || a.Ways[0].Fee != yuan(200) || a.Ways[0].Clauses[0].Key != "no_early_exit" {
		t.Errorf("without a clause all that is committed is owed: %+v, %v", a.Ways, err)
	}
	q.Life.State = Ended
	if _, err := WhatIf(q); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what is over: %v", err)
	}
}

func TestWhatIfSwitch(t *testing.T) {
	q := ask(t, Switch)
	if _, err := WhatIf(q); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no plan to switch to: %v", err)
	}
	q.To, q.ToTerms = plan(), &contract.Contract{ID: "n", Plan: "small@1"}
	q.To.ID = "small"
	a, err := WhatIf(q)
	if err != nil {
		t.Fatal(err)
	}
	// January and February on the small plan cost 2 x 50; the one that ends before
	// March has its own fee of nothing, since it is priced until then.
	if w := a.Ways[0]; w.After != yuan(50) || w.Total != yuan(310) || a.Ways[1].Total != yuan(330) || a.Best != 0 {
		t.Errorf("%+v", a)
	}
	q.To.Currency = money.MustCurrency("USD")
	if _, err := WhatIf(q); fault.KindOf(err) != fault.Invalid {
		t.Errorf("two currencies: %v", err)
	}
}

func TestWhatIfDownsize(t *testing.T) {
	q := ask(t, Downsize)
	q.Plan.Components[0].Commitment = exact.Int(5)
	q.Price = func(c *contract.Contract, p *catalog.Plan, b contract.BillingPeriod, ends timex.Date, used bool) (Cost, error) {
		n := exact.Int(10)
		for _, a := range c.Amendments {
			if h, ok := a.Quantities["seats"]; ok && a.On <= b.First {
				n = h.Quantity
			}
		}
		m, _ := exact.Max(n, exact.Int(5)).Int64()
		return Cost{yuan(m), yuan(0)}, nil
	}
	a, err := WhatIf(q)
	if err != nil {
		t.Fatal(err)
	}
	w := a.Ways[0]
	if w.On != q.Today || !w.Stub || w.After != yuan(5) || w.Rest != yuan(5) || w.Clauses[0].Key != "credit_days" || w.Clauses[1].Key != "committed" {
		t.Errorf("days are credited, the commitment stays: %+v", w)
	}
	q.Plan.Components[0].Measure = catalog.SeatsAssigned
	if a, err = WhatIf(q); err != nil || a.Ways[0].On != day("2027-01-01") || a.Ways[0].Clauses[0].Key != "next_period" {
		t.Errorf("a level is charged to the end of a period: %+v, %v", a, err)
	}
	q.Component = "nothing"
	if _, err := WhatIf(q); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a component that is not there: %v", err)
	}
}

// TestPricerErrorsPass: an error at any period an answer looks at is the answer's,
// and so is a sum beyond what can be counted.
func TestPricerErrorsPass(t *testing.T) {
	broken := errors.New("no price")
	for _, want := range []Want{Cancel, Switch, Downsize} {
		for fails := 1; ; fails++ {
			q, calls := ask(t, want), 0
			q.To, q.ToTerms = plan(), &contract.Contract{ID: "n", Plan: "small@1"}
			q.Price = func(c *contract.Contract, p *catalog.Plan, b contract.BillingPeriod, ends timex.Date, used bool) (Cost, error) {
				if calls++; calls == fails {
					return Cost{}, broken
				}
				return flat(c, p, b, ends, used)
			}
			if _, err := WhatIf(q); err == nil {
				if fails < 4 {
					t.Errorf("%s asks for %d prices", want, fails-1)
				}
				break
			} else if !errors.Is(err, broken) {
				t.Fatalf("%s, price %d: %v", want, fails, err)
			}
		}
		q := ask(t, want)
		q.To, q.ToTerms = plan(), &contract.Contract{ID: "n", Plan: "small@1"}
		q.Price = func(*contract.Contract, *catalog.Plan, contract.BillingPeriod, timex.Date, bool) (Cost, error) {
			return Cost{money.Micros(math.MaxInt64, cny), yuan(0)}, nil
		}
		if _, err := WhatIf(q); want != Downsize && fault.KindOf(err) != fault.Overflow {
			t.Errorf("%s: sums beyond what can be counted: %v", want, err)
		}
	}
	q := ask(t, "sing")
	if _, err := WhatIf(q); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a wish nobody knows: %v", err)
	}
	q = ask(t, Cancel)
	q.Contract.Term = term("100 years")
	q.Life.TermTo = q.Contract.Term.From(q.Contract.Start)
	if _, err := WhatIf(q); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a hundred years of months: %v", err)
	}
}

// TestExits of contracts in other states than running.
func TestExits(t *testing.T) {
	c := yearly()
	signed := Life{State: Signed}
	if exit := signed.FreeExit(c, day("2026-02-01")); exit.On != day("2027-03-01") {
		t.Errorf("signed, not begun: %s", exit.On)
	}
	noticed := Life{State: Notice, EndsOn: day("2026-09-01"), TermTo: day("2027-03-01")}
	if exit := noticed.FreeExit(c, day("2026-08-01")); exit.On != day("2026-09-01") || exit.Clauses[0].Key != "notice_given" {
		t.Errorf("notice was given: %+v", exit)
	}
	fixed := yearly()
	fixed.Renewal, fixed.End = nil, day("2026-12-01")
	if l := running(t, fixed); l.FreeExit(fixed, day("2026-08-01")).On != day("2026-12-01") {
		t.Errorf("a contract with an end")
	}
	endless := yearly()
	endless.Term, endless.End, endless.Renewal.Term = contract.Term{}, day("2026-12-01"), contract.Term{}
	l := running(t, endless)
	if exit := l.FreeExit(endless, day("2026-11-20")); exit.On != day("2026-12-20") {
		t.Errorf("what renews without a length is open from then on: %s", exit.On)
	}
	early := running(t, c)
	for what, err := range map[string]error{"before today": early.EndEarly(c, day("2026-05-01"), day("2026-04-01")), "after the notice": (&Life{State: Notice, EndsOn: day("2026-06-01")}).EndEarly(c, day("2026-05-01"), day("2026-07-01"))} {
		if err == nil {
			t.Errorf("ended %s", what)
		}
	}
	moved := yearly()
	moved.Amendments = []contract.Amendment{{ID: "a1", On: day("2026-05-01"), End: day("2027-06-01")}}
	if err := early.Amend(moved, day("2026-05-01"), "a1"); err != nil || early.TermTo != day("2027-06-01") {
		t.Errorf("an amendment moves the end: %s, %v", early.TermTo, err)
	}
	full := Life{State: Quoted, Steps: make([]Step, maxSteps)}
	if err := full.Withdraw(1); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a history without end: %v", err)
	}
}

// TestClausesHaveSentences writes every clause an answer can name.
func TestClausesHaveSentences(t *testing.T) {
	for _, c := range []struct {
		clause Clause
		want   string
	}{
		{Clause{Key: "notice", Args: map[string]string{"days": "1"}}, "Notice of 1 day must be given"},
		{Clause{Key: "early_termination", Args: map[string]string{"share": "1/2", "months": "2", "amount": "100"}}, "Leaving before the term costs: 50% of what is left of it; 2 months of fees; 100"},
		{Clause{Key: "early_termination", Args: map[string]string{"share": "1/2"}}, "Leaving before the term costs: 50% of what is left of it"},
		{Clause{Key: "committed", Args: map[string]string{"quantity": "5"}}, "5 are committed: fewer cost the same"},
		{Clause{Key: "term_ends", Args: map[string]string{"date": "2027-02-28"}}, "The last day of the term is 28 Feb 2027"},
	} {
		if got := lang.Phrase(lang.English, "clause."+c.clause.Key, c.clause.Args); got != c.want {
			t.Errorf("%s: %q", c.clause.Key, got)
		}
	}
}
