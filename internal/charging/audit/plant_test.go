package audit_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// bad is a bill being spoiled: the world as the vendor saw it, and the bill.
type bad struct {
	t     testing.TB
	own   *world // ours
	w     *world // as the vendor counts
	bill  *audit.Bill
	after []func() // faults of the finished bill
}

// plant is a fault: what it is, where, and how it is planted. line names what
// it spoils: two faults of a pair that need a line for themselves spoil two.
type plant struct {
	cause audit.Cause
	name  string
	line  string
	put   func(*bad)
}

// plants are the faults of bills of lines.
func plants() []plant {
	return []plant{
		{audit.Increment, "other increment", "talk", func(b *bad) {
			c := b.w.component("talk")
			c.Increment = pick(b.w.Rand, catalog.Increment{First: 60, Next: 60}, catalog.Increment{First: 6, Next: 6}, catalog.Increment{First: 30, Next: 30}, catalog.Increment{First: 60, Next: 30}, catalog.Increment{First: 10, Next: 10})
		}},
		{audit.Duration, "ring time charged", "talk", func(b *bad) {
			for i := range b.w.calls {
				if c := &b.w.calls[i]; c.IsAnswered() {
					c.Talk = c.Total
				}
			}
		}},
		{audit.Duration, "a few seconds more", "talk", func(b *bad) {
			n := pick(b.w.Rand, 1, 2, 3, 5, 10)
			for i := range b.w.calls {
				if c := &b.w.calls[i]; c.IsAnswered() {
					c.Talk += time.Duration(n) * time.Second
				}
			}
		}},
		{audit.Included, "included minutes forgotten", "talk", func(b *bad) { b.w.component("talk").Included = nil }},
		{audit.Rate, "other price of talk", "talk", func(b *bad) {
			if c := b.w.component("talk"); c.UnitPrice.Set {
				c.UnitPrice = catalog.PriceOf(c.UnitPrice.Add(exact.Scaled(3+b.w.Int64N(60), 3)))
			}
		}},
		{audit.Rate, "other price of a seat", "seats", func(b *bad) {
			c := b.w.component("seats")
			c.UnitPrice = catalog.PriceOf(c.UnitPrice.Add(exact.Int(3 + b.w.Int64N(40))))
		}},
		{audit.Discount, "discount forgotten", "seats", func(b *bad) { b.w.component("seats").Discount = nil }},
		{audit.Seats, "seats too many", "seats", func(b *bad) {
			for i := range 1 + b.w.IntN(4) {
				b.w.seats = append(b.w.seats, usage.Seat{ID: fmt.Sprint("x", i), Source: "desk", User: fmt.Sprint("x", i), From: b.w.at(-3, 0)})
			}
		}},
		{audit.Seats, "numbers too many", "numbers", func(b *bad) {
			for i := range 1 + b.w.IntN(3) {
				b.w.rentals = append(b.w.rentals, usage.Rental{ID: fmt.Sprint("x", i), Source: "desk", Item: "number", From: b.w.at(-3, 0)})
			}
		}},
		{audit.Proration, "whole month for a seat added", "seats", func(b *bad) { b.w.component("seats").Proration = catalog.NoProration }},
		{audit.Proration, "whole month for a module", "recording", func(b *bad) {
			b.w.component("recording").Proration = pick(b.w.Rand, catalog.NoProration, catalog.Fixed30)
		}},
		{audit.Counting, "attempts charged as answered", "answered", func(b *bad) { b.w.component("answered").Where.Result = nil }},
		{audit.Duplicate, "a line twice", "base", func(b *bad) {
			b.after = append(b.after, func() { b.repeat(pick(b.w.Rand, "base", "recording")) })
		}},
		{audit.Missing, "a line left out", "numbers", func(b *bad) {
			b.after = append(b.after, func() { b.drop("numbers") })
		}},
		{audit.NotInContract, "a fee nobody agreed on", "", func(b *bad) {
			b.after = append(b.after, func() {
				b.bill.Lines = append(b.bill.Lines, audit.Line{Text: "line maintenance", Amount: exact.Int(10 + b.w.Int64N(90))})
			})
		}},
		{audit.Unpriced, "usage without a price", "", func(b *bad) {
			b.after = append(b.after, func() {
				b.bill.Lines = append(b.bill.Lines, audit.Line{Text: "SMS", Usage: "events:sms", Amount: exact.Scaled(200+b.w.Int64N(900), 2)})
			})
		}},
		{audit.Arithmetic, "a product that is none", "base", func(b *bad) {
			b.after = append(b.after, func() {
				i := b.find("base")
				b.bill.Lines[i].Amount = b.bill.Lines[i].Amount.Add(exact.Scaled(101+b.w.Int64N(9000), 2))
			})
		}},
		{audit.Arithmetic, "a total that is no sum", "total", nil},
		{audit.TaxRate, "other tax rate", "tax", nil},
	}
}

func (b *bad) find(component string) int {
	return slices.IndexFunc(b.bill.Lines, func(l audit.Line) bool { return l.Component == component })
}

func (b *bad) repeat(component string) {
	b.bill.Lines = append(b.bill.Lines, b.bill.Lines[b.find(component)])
}

func (b *bad) drop(component string) {
	i := b.find(component)
	b.bill.Lines = slices.Delete(b.bill.Lines, i, i+1)
}

// spoil makes the vendor's bill of a world with faults in it.
func spoil(t testing.TB, seed uint64, faults []plant) *bad {
	w := newWorld(seed)
	b := &bad{t: t, own: w, w: w.copy(), bill: &audit.Bill{Name: "bill", Currency: cny}}
	for _, f := range faults {
		if f.put != nil {
			f.put(b)
		}
	}
	right := w.draft(t, &w.plan, nil)
	wrong := b.w.draft(t, &b.w.plan, nil)
	spoiled := func(id string) bool {
		return slices.ContainsFunc(faults, func(f plant) bool { return f.line == id })
	}
	for i := range right.Lines {
		l := &right.Lines[i]
		for j := range wrong.Lines {
			if wrong.Lines[j].ID == l.ID && spoiled(l.ID) {
				l = &wrong.Lines[j]
			}
		}
		b.bill.Lines = append(b.bill.Lines, linesOf(l)...)
	}
	for _, f := range b.after {
		f()
	}
	for i := range b.bill.Lines {
		b.bill.Lines[i].Row = i + 2
	}
	total(t, b.bill, &w.plan, w.after-1)
	for _, f := range faults {
		switch f.line {
		case "tax":
			r := exact.Scaled(pick(b.w.Rand, int64(10), int64(13), int64(16)), 2)
			off := exact.Zero
			for i := range b.bill.Taxes {
				base := b.bill.Taxes[i].Amount.Div(*b.bill.Taxes[i].Rate)
				was := b.bill.Taxes[i].Amount
				b.bill.Taxes[i].Rate, b.bill.Taxes[i].Amount = &r, base.Mul(r).Round(exact.HalfAway, 2)
				off = off.Add(b.bill.Taxes[i].Amount.Sub(was))
			}
			sum := b.bill.Total.Add(off)
			b.bill.Total = &sum
		case "total":
			sum := b.bill.Total.Add(exact.Scaled(1+b.w.Int64N(9999), 2))
			b.bill.Total = &sum
		}
	}
	return b
}

func (b *bad) audit() *audit.Result {
	r, err := audit.Run(audit.Inputs{Bill: b.bill, Terms: b.own.terms(b.t, &b.own.plan), Facts: b.own.tell})
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// found are the causes of a result's findings that moved the total.
func found(r *audit.Result) []string {
	var out []string
	for _, c := range r.Causes {
		if c.Amount.Sign() != 0 {
			out = append(out, string(c.Cause))
		}
	}
	sort.Strings(out)
	return out
}

// accounted checks that the findings sum to the difference, and the difference
// to what the bill asks and the contract's side comes to.
func accounted(t testing.TB, r *audit.Result, asked exact.Number) {
	t.Helper()
	sum := exact.Zero
	for _, f := range r.Findings {
		sum = sum.Add(f.Amount.Exact())
		if !f.Net.Exact().Add(f.Tax.Exact()).Equal(f.Amount.Exact()) {
			t.Errorf("%s: %s + %s is not %s", f.Cause, f.Net, f.Tax, f.Amount)
		}
	}
	if !sum.Equal(r.Difference.Exact()) || !r.Billed.Exact().Sub(r.Expected.Exact()).Equal(r.Difference.Exact()) {
		t.Errorf("findings sum to %s, the difference is %s: %s - %s", sum, r.Difference, r.Billed, r.Expected)
	}
	if !r.Billed.Exact().Equal(asked) {
		t.Errorf("billed %s, the bill asks %s", r.Billed, asked)
	}
	if own := r.Own.Total; r.WithTax && own.Cmp(r.Expected) != 0 {
		t.Errorf("expected %s, the contract's side is %s", r.Expected, own)
	}
}

// confusion counts what was found for what was planted.
type confusion struct {
	table         map[string]map[string]int
	bills, right  int
	wrongExamples []string
}

func (c *confusion) note(name string, planted, got []string) {
	c.bills++
	if slices.Equal(planted, got) {
		c.right++
	} else if len(c.wrongExamples) < 12 {
		c.wrongExamples = append(c.wrongExamples, fmt.Sprintf("%s: planted %v, found %v", name, planted, got))
	}
	for _, p := range planted {
		if c.table[p] == nil {
			c.table[p] = map[string]int{}
		}
		if slices.Contains(got, p) {
			c.table[p][p]++
			continue
		}
		for _, g := range got {
			if !slices.Contains(planted, g) {
				c.table[p][g]++
			}
		}
	}
}

func (c *confusion) print(t *testing.T) {
	for _, cause := range audit.Causes() {
		row := c.table[string(cause)]
		var words []string
		for _, other := range audit.Causes() {
			if n := row[string(other)]; n > 0 {
				words = append(words, fmt.Sprintf("%s %d", other, n))
			}
		}
		if len(words) > 0 {
			t.Logf("planted %-16s found as %s", cause, strings.Join(words, ", "))
		}
	}
	t.Logf("%d of %d bills with exactly the causes planted", c.right, c.bills)
	for _, s := range c.wrongExamples {
		t.Log(s)
	}
}

// TestPlantedFaults plants faults of every cause, one or two a bill, in bills
// of random plans and usage: at least 99 of 100 bills are explained by exactly
// the causes that were planted, and every cent of all of them is accounted for.
func TestPlantedFaults(t *testing.T) {
	const bills = 500
	list := plants()
	c := confusion{table: map[string]map[string]int{}}
	for n, tries := 0, 0; n < bills; tries++ {
		if tries > 20*bills {
			t.Fatal("too few faults changed anything: the worlds are too plain")
		}
		r := newWorld(uint64(tries)).Rand
		faults := []plant{list[(tries+n)%len(list)]}
		if n%2 == 1 {
			other := list[r.IntN(len(list))]
			if other.cause == faults[0].cause || other.line == faults[0].line && (other.line == "base" || other.line == "numbers") {
				continue
			}
			faults = append(faults, other)
		}
		if !effective(t, uint64(tries), faults) {
			continue
		}
		n++
		b := spoil(t, uint64(tries), faults)
		res := b.audit()
		accounted(t, res, *b.bill.Total)
		var planted, names []string
		for _, f := range faults {
			planted, names = append(planted, string(f.cause)), append(names, f.name)
		}
		sort.Strings(planted)
		c.note(fmt.Sprintf("seed %d, %s", tries, strings.Join(names, " and ")), planted, found(res))
	}
	c.print(t)
	if c.right*100 < c.bills*99 {
		t.Errorf("%d of %d bills are explained by what was planted; at least 99 of 100 must be", c.right, c.bills)
	}
}

// effective tells whether each of the faults changes the bill, alone and beside
// the other.
func effective(t testing.TB, seed uint64, faults []plant) bool {
	sum := func(fs []plant) exact.Number { return *spoil(t, seed, fs).bill.Total }
	totals := []exact.Number{sum(nil), sum(faults)}
	for i := range faults {
		if len(faults) > 1 {
			totals = append(totals, sum(faults[i:i+1]))
		}
	}
	for i := range totals {
		for j := range i {
			if totals[i].Equal(totals[j]) {
				return false
			}
		}
	}
	return true
}

// TestRightBillHasNoFinding: bills that are right give no finding.
func TestRightBillHasNoFinding(t *testing.T) {
	for seed := range uint64(60) {
		b := spoil(t, seed, nil)
		if r := b.audit(); len(r.Findings) != 0 || !r.Difference.IsZero() {
			t.Errorf("seed %d: %s, %+v", seed, r.Difference, r.Findings)
		}
	}
}
