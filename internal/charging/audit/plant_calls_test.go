package audit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/usage"
)

// vendorCall is a row of a vendor's list with the call it was made of.
type vendorCall struct {
	audit.CallRow
	call  usage.Call
	price exact.Number // a second
}

// list is a vendor's list of the calls of a world, being spoiled.
type list struct {
	*rand.Rand
	w        *world
	inc      catalog.Increment
	rows     []vendorCall
	decimals int
}

// calledWorld is a world whose talk time stands for itself, with a call that
// comes in and that the contract has no price for.
func calledWorld(seed uint64) *world {
	w := newWorld(seed)
	c := w.component("talk")
	c.Included = nil
	c.Where.Direction = []usage.Direction{usage.Outbound}
	start := w.at(3, 10*3600)
	w.calls = append(w.calls, usage.Call{ID: "in", Source: "switch", Direction: usage.Inbound, Result: usage.Answered, To: "8675500000001", Line: usage.Landline,
		Start: start, Answer: start, End: start.Add(time.Minute), Total: time.Minute, Talk: time.Minute})
	return w
}

// newList lists the calls as the contract charges them.
func newList(t testing.TB, seed uint64) *list {
	w := calledWorld(seed)
	l := &list{Rand: rand.New(rand.NewPCG(seed, 5)), w: w, inc: w.component("talk").Increment, decimals: 2 + int(seed%3)}
	w.draft(t, &w.plan, func(c *meter.Charged) {
		if c.Component == "talk" && c.Reason == "" {
			l.rows = append(l.rows, vendorCall{audit.CallRow{ID: c.Call.ID, To: c.Call.To, Start: c.Call.Start, Seconds: c.Billed}, *c.Call, c.Label.Rate.UnitPrice()})
		}
	})
	return l
}

// some picks n different rows.
func (l *list) some(n int) []int {
	return l.Perm(len(l.rows))[:min(n, len(l.rows))]
}

// steps are billed seconds by increments.
func steps(seconds int64, inc catalog.Increment) int64 {
	if seconds <= int64(inc.First) {
		return int64(inc.First)
	}
	n := (seconds - int64(inc.First) + int64(inc.Next) - 1) / int64(inc.Next)
	return int64(inc.First) + n*int64(inc.Next)
}

// callPlants are the faults of lists of calls.
func callPlants() map[audit.Cause]func(*list) {
	return map[audit.Cause]func(*list){
		audit.Missing: func(l *list) {
			i := l.IntN(len(l.rows))
			l.rows = slices.Delete(l.rows, i, i+1)
		},
		audit.Duplicate: func(l *list) { l.rows = append(l.rows, l.rows[l.IntN(len(l.rows))]) },
		audit.NoRecord: func(l *list) {
			r := l.rows[l.IntN(len(l.rows))]
			r.ID, r.To, r.Start = "nobody", "8613999999999", l.w.at(l.IntN(30), 12*3600)
			l.rows = append(l.rows, r)
		},
		audit.Duration: func(l *list) {
			for _, i := range l.some(1 + l.IntN(8)) {
				l.rows[i].Seconds = steps(l.rows[i].Seconds+1+l.Int64N(200), l.inc)
			}
		},
		audit.Increment: func(l *list) {
			for _, inc := range []catalog.Increment{{First: 60, Next: 60}, {First: 30, Next: 30}, {First: 6, Next: 6}, {First: 30, Next: 6}} {
				if inc != l.inc {
					l.inc = inc
					break
				}
			}
			for i := range l.rows {
				l.rows[i].Seconds = steps(l.rows[i].call.Seconds(), l.inc)
			}
		},
		audit.Rate: func(l *list) {
			for _, i := range l.some(1 + l.IntN(40)) {
				l.rows[i].price = l.rows[i].price.Mul(exact.Frac(3, 2))
			}
		},
		audit.Counting: func(l *list) {
			for i := range l.w.calls {
				if c := l.w.calls[i]; !c.IsAnswered() {
					l.rows = append(l.rows, vendorCall{audit.CallRow{ID: c.ID, To: c.To, Start: c.Start, Seconds: 60}, c, exact.Frac(1, 300)})
				}
			}
		},
		audit.Unpriced: func(l *list) {
			c := l.w.calls[len(l.w.calls)-1]
			l.rows = append(l.rows, vendorCall{audit.CallRow{ID: c.ID, To: c.To, Start: c.Start, Seconds: 60}, c, exact.Frac(1, 300)})
		},
	}
}

// finish writes amounts, and as the seed has it leaves out identifiers, moves
// clocks and writes numbers in another way.
func (l *list) finish(seed uint64) []audit.CallRow {
	l.Shuffle(len(l.rows), func(i, j int) { l.rows[i], l.rows[j] = l.rows[j], l.rows[i] })
	out := make([]audit.CallRow, len(l.rows))
	for i := range l.rows {
		r := l.rows[i].CallRow
		r.Row = i + 2
		micros, err := l.rows[i].price.Mul(exact.Int(r.Seconds)).Round(exact.HalfAway, l.decimals).Mul(exact.Int(1_000_000)).Int64()
		if err != nil {
			panic(err) // the worlds' prices have three decimals
		}
		r.Micros = micros
		if seed%2 == 0 {
			r.ID, r.Start, r.To = "", r.Start.Add(2*time.Second), strings.TrimPrefix(r.To, "86")
		}
		out[i] = r
	}
	return out
}

// audit audits a bill of these calls and of correct lines beside them; the causes
// must sum to the difference. held is how many calls and rows it holds at a time.
func (l *list) audit(t testing.TB, held uint64, rows []audit.CallRow) *audit.Result {
	t.Helper()
	bill := &audit.Bill{Name: "calls", Currency: cny, Calls: []audit.CallList{{Component: "talk", Tolerance: 5 * time.Second, Read: func(take func(*audit.CallRow) error) error {
		for i := range rows {
			r := rows[i]
			if err := take(&r); err != nil {
				return err
			}
		}
		return nil
	}}}}
	inv := l.w.draft(t, &l.w.plan, nil)
	asked := exact.Zero
	for i := range inv.Lines {
		if inv.Lines[i].Component != "talk" {
			bill.Lines = append(bill.Lines, linesOf(&inv.Lines[i])...)
			asked = asked.Add(inv.Lines[i].Amount.Exact())
		}
	}
	for i := range rows {
		asked = asked.Add(rows[i].Amount())
	}
	res, err := audit.Run(audit.Inputs{Bill: bill, Terms: l.w.terms(t, &l.w.plan), Facts: l.w.tell, Held: int64(held)})
	if err != nil {
		t.Fatal(err)
	}
	accounted(t, res, asked)
	return res
}

// TestPlantedFaultsInCalls plants faults in lists of calls, one or two a list.
func TestPlantedFaultsInCalls(t *testing.T) {
	plants := callPlants()
	var causes []audit.Cause
	for _, c := range audit.Causes() {
		if plants[c] != nil {
			causes = append(causes, c)
		}
	}
	c := confusion{table: map[string]map[string]int{}}
	for seed := range uint64(rounds(t, 100, 250)) {
		l := newList(t, seed)
		planted := []audit.Cause{causes[int(seed)%len(causes)]}
		if other := causes[l.IntN(len(causes))]; seed%3 == 0 && other != planted[0] {
			planted = append(planted, other)
		}
		// An increment is of all rows, so it comes first.
		sort.Slice(planted, func(i, j int) bool { return planted[i] == audit.Increment && planted[j] != audit.Increment })
		for _, p := range planted {
			plants[p](l)
		}
		res := l.audit(t, 20+seed, l.finish(seed))
		got := slices.DeleteFunc(found(res), func(s string) bool { return s == string(audit.Rounding) }) // amounts of calls are rounded: that is no fault
		var want []string
		for _, p := range planted {
			want = append(want, string(p))
		}
		sort.Strings(want)
		c.note("seed "+strconv.FormatUint(seed, 10)+fmt.Sprint(planted), want, got)
	}
	c.print(t)
	if c.right*100 < c.bills*99 {
		t.Errorf("%d of %d lists are explained by what was planted; at least 99 of 100 must be", c.right, c.bills)
	}
}
