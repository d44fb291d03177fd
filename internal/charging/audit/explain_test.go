package audit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/usage"
)

// mistake is one way a vendor counts differently, and the sentence that tells it.
type mistake struct {
	key  string
	own  func(*world) // what the contract says beyond the common world
	made func(*world) // what the vendor makes of it
	bare bool         // the bill states amounts only
}

func sessions(w *world) {
	for i := range 6 {
		for day := range 20 {
			from := w.at(day, 9*3600+i*60)
			w.sessions = append(w.sessions, usage.Session{ID: strconv.Itoa(i) + "-" + strconv.Itoa(day), Source: "desk", User: "u" + strconv.Itoa(i%4), State: usage.Ready, From: from, To: from.Add(time.Hour)})
		}
	}
	from := w.at(25, 9*3600) // a short crowd
	for i := range 9 {
		w.sessions = append(w.sessions, usage.Session{ID: "x" + strconv.Itoa(i), Source: "desk", User: "x" + strconv.Itoa(i), State: usage.Paused, From: from, To: from.Add(5 * time.Minute)})
	}
}

// only makes a world of one component.
func only(c catalog.Component) func(*world) {
	return func(w *world) { w.plan.Components = []catalog.Component{c} }
}

// then applies one change after another.
func then(list ...func(*world)) func(*world) {
	return func(w *world) {
		for _, f := range list {
			f(w)
		}
	}
}

func first(f func(*catalog.Component)) func(*world) {
	return func(w *world) { f(&w.plan.Components[0]) }
}

func price(s string) catalog.Price { return catalog.PriceOf(exact.MustParse(s)) }

var mistakes = []mistake{
	{"ignore_below", then(sessions, only(catalog.Component{ID: "peak", Measure: catalog.SeatsConcurrentPeak, IgnoreBelow: catalog.Duration(10 * time.Minute), UnitPrice: price("37")})), first(func(c *catalog.Component) { c.IgnoreBelow = 0 }), false},
	{"merge", then(sessions, only(catalog.Component{ID: "peak", Measure: catalog.SeatsConcurrentPeak, IgnoreBelow: catalog.Duration(10 * time.Minute), UnitPrice: price("37")})), first(func(c *catalog.Component) { no := false; c.MergeUser = &no }), false},
	{"measure", then(sessions, only(catalog.Component{ID: "peak", Measure: catalog.SeatsConcurrentPeak, UnitPrice: price("37"), IgnoreBelow: catalog.Duration(10 * time.Minute)})), first(func(c *catalog.Component) { c.Measure, c.IgnoreBelow = catalog.SeatsActive, 0 }), false},
	{"more", then(sessions, only(catalog.Component{ID: "peak", Measure: catalog.SeatsConcurrentPeak, UnitPrice: price("37")})), first(func(c *catalog.Component) { c.Measure, c.Quantity = catalog.Recurring, exact.Int(11) }), false},
	{"fewer", only(catalog.Component{ID: "fee", Measure: catalog.Recurring, Quantity: exact.Int(9), UnitPrice: price("13.5")}), first(func(c *catalog.Component) { c.Quantity = exact.Int(7) }), true},
	{"all_states", then(sessions, only(catalog.Component{ID: "hours", Measure: catalog.SystemTime, Unit: catalog.Hour, UnitPrice: price("1.2"), Where: catalog.Filter{State: []usage.State{usage.Ready}}})), first(func(c *catalog.Component) { c.Where.State = nil }), true},
	{"off_day", then(func(w *world) { w.modules[0].To = w.at(25, 3600) }, only(catalog.Component{ID: "recording", Measure: catalog.ModuleDays, UnitPrice: price("310")})), first(func(c *catalog.Component) { c.OffDay = catalog.OffDayCharged }), true},
	{"round_total", only(catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 1, Next: 1}, UnitPrice: price("0.137")}), first(func(c *catalog.Component) { c.RoundTotal = &catalog.Multiple{Mode: exact.Up, To: exact.Int(10)} }), false},
	{"each_rounded", only(catalog.Component{ID: "talk", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 6, Next: 6}, UnitPrice: price("0.137")}), first(func(c *catalog.Component) { c.RoundEach = &catalog.Rounding{Mode: exact.Up, Decimals: 2} }), true},
	{"grace", only(catalog.Component{ID: "talk", Measure: catalog.TalkTime, Grace: catalog.Duration(30 * time.Second), UnitPrice: price("0.137")}), first(func(c *catalog.Component) { c.Grace = 0 }), true},
	{"rate_implied", only(catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: price("0.137")}), first(func(c *catalog.Component) { c.UnitPrice = price("0.193") }), true},
	{"all_results", only(catalog.Component{ID: "answered", Measure: catalog.Calls, UnitPrice: price("0.31"), Where: catalog.Filter{Result: []usage.Result{usage.Answered}}}), first(func(c *catalog.Component) { c.Where.Result = nil }), true},
	{"discount", then(only(catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("900")}), func(w *world) {
		d := percent(10)
		w.plan.Discounts = []catalog.Discount{{ID: "year", Percent: &d}}
	}), func(w *world) { w.plan.Discounts = nil }, false},
	{"included", then(only(catalog.Component{ID: "talk", Measure: catalog.TalkTime, UnitPrice: price("0.137")}), func(w *world) {
		w.plan.Packages = []catalog.Package{{ID: "minutes", AppliesTo: []string{"talk"}, Included: catalog.Included{Quantity: exact.Int(50)}}}
	}), func(w *world) { w.plan.Packages = nil }, false},
	{"quantity", only(catalog.Component{ID: "sms", Measure: catalog.Events, UnitPrice: price("0.05"), Where: catalog.Filter{Kind: []string{"sms"}}}), func(w *world) { w.events[0].Quantity = exact.Int(77) }, false},
	{"not_due", only(catalog.Component{ID: "setup", Measure: catalog.OneOff, UnitPrice: price("500")}), first(func(c *catalog.Component) { c.Measure = catalog.Recurring }), true},
}

// TestEveryMistakeIsTold: for each way of counting differently, the audit names
// just that one.
func TestEveryMistakeIsTold(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.key, func(t *testing.T) {
			w := newWorld(99)
			m.own(w)
			vendor := w.copy()
			vendor.events = slices.Clone(w.events)
			m.made(vendor)
			bill := &audit.Bill{Name: "bill", Currency: cny, Lines: billLines(vendor.draft(t, &vendor.plan, nil))}
			if m.bare {
				for i := range bill.Lines {
					bill.Lines[i].Quantity, bill.Lines[i].UnitPrice = nil, nil
				}
			}
			total(t, bill, &w.plan, w.after-1)
			r, err := audit.Run(audit.Inputs{Bill: bill, Terms: w.terms(t, &w.plan), Facts: w.tell})
			if err != nil {
				t.Fatal(err)
			}
			accounted(t, r, *bill.Total)
			if len(r.Findings) != 1 || r.Findings[0].Key != m.key {
				t.Errorf("want %s alone; due %s, billed %s: %+v", m.key, r.Expected, r.Billed, r.Findings)
			}
		})
	}
}

// TestAnErrorIsFollowed: what hangs on a line that is wrong is wrong with it, and
// no error of its own.
func TestAnErrorIsFollowed(t *testing.T) {
	w := newWorld(7)
	five := percent(5)
	w.plan.Components = []catalog.Component{
		{ID: "care", Measure: catalog.PercentOf, Of: []string{"seats"}, Percent: &five},
		{ID: "recording", Measure: catalog.ModuleDays, Where: catalog.Filter{Module: []string{"recording"}}, PerSeatOf: "seats", UnitPrice: price("7")},
		{ID: "seats", Measure: catalog.SeatsHighest, UnitPrice: price("150")}}
	vendor := w.copy()
	for i := range 3 {
		vendor.seats = append(vendor.seats, usage.Seat{ID: "x" + strconv.Itoa(i), Source: "desk", From: w.at(-3, 0)})
	}
	bill := &audit.Bill{Name: "bill", Currency: cny, Lines: billLines(vendor.draft(t, &vendor.plan, nil))}
	total(t, bill, &w.plan, w.after-1)
	r, err := audit.Run(audit.Inputs{Bill: bill, Terms: w.terms(t, &w.plan), Facts: w.tell})
	if err != nil {
		t.Fatal(err)
	}
	accounted(t, r, *bill.Total)
	if len(r.Findings) != 1 || r.Findings[0].Cause != audit.Seats || r.Findings[0].Count == 0 {
		t.Errorf("want seats alone, with evidence: %+v", r.Findings)
	}
}

// TestListPrice: the plan's price charged in spite of the contract's is called
// that.
func TestListPrice(t *testing.T) {
	w := newWorld(8)
	agreed := &contract.Contract{ID: "c", Start: w.first}
	only(catalog.Component{ID: "numbers", Measure: catalog.Rentals, UnitPrice: price("23")})(w)
	agreed.Prices = map[string]contract.Override{"numbers": {UnitPrice: price("11")}}
	terms, problems := contract.TermsFor(contract.Inputs{Plan: &w.plan, Contract: agreed, First: w.first, After: w.after})
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	bill := &audit.Bill{Name: "bill", Currency: cny, Lines: billLines(w.draft(t, &w.plan, nil))}
	bill.Lines[0].Quantity, bill.Lines[0].UnitPrice = nil, nil
	r, err := audit.Run(audit.Inputs{Bill: bill, Terms: terms, List: w.terms(t, &w.plan), Facts: w.tell})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 1 || r.Findings[0].Key != "list_price" || r.WithTax {
		t.Errorf("want the list price: %+v", r.Findings)
	}
}

// TestUnexplainedIsSaid: an amount that nothing leads to is a finding with its
// amount.
func TestUnexplainedIsSaid(t *testing.T) {
	w := newWorld(9)
	only(catalog.Component{ID: "talk", Measure: catalog.TalkTime, Rates: []catalog.RateRow{{ID: "a", Default: true, UnitPrice: price("0.1")}}})(w)
	bill := &audit.Bill{Name: "bill", Currency: cny, Lines: []audit.Line{{Text: "talk", Component: "talk", Amount: exact.MustParse("987654.32")}}}
	r, err := audit.Run(audit.Inputs{Bill: bill, Terms: w.terms(t, &w.plan), Facts: w.tell})
	if err != nil {
		t.Fatal(err)
	}
	accounted(t, r, exact.MustParse("987654.32"))
	if len(r.Findings) != 1 || r.Findings[0].Cause != audit.Unexplained || !r.Explained.IsZero() {
		t.Errorf("want it unexplained: %+v", r.Findings)
	}
}

// TestSharesGiveOneResult: matching in many parts gives what matching at once
// gives, for calls whose numbers agree.
func TestSharesGiveOneResult(t *testing.T) {
	l := newList(t, 4)
	callPlants()[audit.Duplicate](l)
	callPlants()[audit.Duration](l)
	rows := l.finish(4)
	var before string
	for _, held := range []int64{1_000_000, 40, 7} {
		read := 0
		bill := &audit.Bill{Name: "calls", Currency: cny, Calls: []audit.CallList{{Component: "talk", Tolerance: 5 * time.Second, Read: func(take func(*audit.CallRow) error) error {
			read++
			for i := range rows {
				if err := take(&rows[i]); err != nil {
					return err
				}
			}
			return nil
		}}}}
		r, err := audit.Run(audit.Inputs{Bill: bill, Terms: l.w.terms(t, &l.w.plan), Facts: l.w.tell, Held: held})
		if err != nil {
			t.Fatal(err)
		}
		var now strings.Builder
		for _, c := range r.Causes {
			now.WriteString(string(c.Cause) + " " + c.Amount.String() + "\n")
		}
		if before != "" && now.String() != before {
			t.Errorf("held %d:\n%s\nat once:\n%s", held, now.String(), before)
		}
		before = now.String()
		if want := int((int64(len(rows))+int64(len(l.w.calls)))/held + 1); read != want+1 {
			t.Errorf("held %d: the list was read %d times, want %d", held, read, want+1)
		}
	}
}

// TestEverySentenceIsThere: each key an explanation or a cause names has its
// phrase.
func TestEverySentenceIsThere(t *testing.T) {
	keys := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			var e ast.Expr
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok && (id.Name == "key" || id.Name == "Key") {
					e = n.Value
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "drop" || id.Name == "put") {
					e = n.Args[0]
				}
			}
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, _ := strconv.Unquote(lit.Value)
				keys[s] = true
			}
			return true
		})
	}
	if len(keys) < 40 {
		t.Errorf("only %d keys were found: the test looks at the wrong places", len(keys))
	}
	for key := range keys {
		if !lang.Has("audit.why."+key) && !lang.Has("audit.why."+key+"missing") {
			t.Errorf("no phrase audit.why.%s", key)
		}
	}
	for _, c := range audit.Causes() {
		if !lang.Has("audit.cause." + string(c)) {
			t.Errorf("no phrase audit.cause.%s", c)
		}
	}
}
