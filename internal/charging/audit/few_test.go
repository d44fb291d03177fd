package audit_test

import (
	"fmt"
	"slices"
	"testing"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
)

// TestFewCallsOfAList: some calls rounded up to the minute, or to the cent, in a
// list that is right otherwise, beside calls charged for longer or at another
// price, are told apart from them.
func TestFewCallsOfAList(t *testing.T) {
	c := confusion{table: map[string]map[string]int{}}
	for seed := range uint64(rounds(t, 100, 400)) {
		cents := seed%2 == 0
		l := newList(t, seed)
		l.decimals = 6
		l.inc = catalog.Increment{First: 6, Next: 6}
		l.w.component("talk").Increment = l.inc
		for i := range l.rows {
			l.rows[i].Seconds = steps(l.rows[i].call.Seconds(), l.inc)
		}
		l.Shuffle(len(l.rows), func(i, j int) { l.rows[i], l.rows[j] = l.rows[j], l.rows[i] })
		n, planted, other := 3+l.IntN(6), 0, 3
		want := []string{string(audit.Duration), string(audit.Increment)}
		if cents {
			want = []string{string(audit.Rate), string(audit.Rounding)}
		}
		for i := range l.rows {
			r := &l.rows[i]
			switch {
			case other > 0 && cents:
				r.price, other = r.price.Mul(exact.Frac(5, 4)), other-1
			case other > 0:
				r.Seconds, other = r.Seconds+6*(20+l.Int64N(9)), other-1
			case planted < n && !cents:
				if minutes := steps(r.call.Seconds(), catalog.Increment{First: 60, Next: 60}); minutes != r.Seconds {
					r.Seconds, planted = minutes, planted+1
				}
			}
		}
		rows := l.finish(seed * 2) // whose price is not asked again
		for i := range rows {
			at := rows[i].Micros
			if up := (at + 9_999) / 10_000 * 10_000; cents && planted < n && up != at && l.rows[i].price.Equal(l.price()) {
				rows[i].Micros, planted = up, planted+1
			}
		}
		if planted < 3 { // where prices come to whole cents: one or two may be chance
			want = want[:1]
		}
		got := found(l.audit(t, 1000, rows))
		if !cents { // a list of six decimals may still round the last
			got = slices.DeleteFunc(got, func(s string) bool { return s == string(audit.Rounding) })
		}
		c.note(fmt.Sprint("seed ", seed, " ", planted), want, got)
	}
	c.print(t)
	if c.right*100 < c.bills*99 {
		t.Errorf("%d of %d lists are explained by what was planted; at least 99 of 100 must be", c.right, c.bills)
	}
}

// price is the price of most rows.
func (l *list) price() exact.Number {
	least := l.rows[0].price
	for i := range l.rows {
		if l.rows[i].price.Less(least) {
			least = l.rows[i].price
		}
	}
	return least
}
