package store

import (
	"cmp"
	"slices"
	"strings"
)

// Takes tells whether a call is one a query asks for, its period and cursor
// left aside.
func (q *CallQuery) Takes(c *ChargedCall) bool {
	if !q.Contract.IsZero() && c.Contract != q.Contract || q.Agent != "" && c.Call.Agent != q.Agent || q.Campaign != "" && c.Call.Campaign != q.Campaign ||
		q.Trunk != "" && c.Call.Trunk != q.Trunk || q.Result != "" && c.Call.Result != q.Result || q.From != "" && plain(c.Call.From) != plain(q.From) || !strings.HasPrefix(plain(c.Call.To), plain(q.To)) {
		return false
	}
	if q.Unpriced && !slices.ContainsFunc(c.Charges, func(ch Charge) bool { return ch.Reason != "" }) {
		return false
	}
	return q.Component == "" && q.Label == "" || slices.ContainsFunc(c.Charges, func(ch Charge) bool {
		return (q.Component == "" || ch.Component == q.Component) && (q.Label == "" || ch.Label == q.Label)
	})
}

// plain is a number without the plus that some switches write and others do not.
func plain(number string) string { return strings.TrimPrefix(number, "+") }

// Narrow tells whether the query passes calls over that its period, contract and
// cursor do not.
func (q *CallQuery) Narrow() bool {
	return q.Component != "" || q.Label != "" || q.Agent != "" || q.Campaign != "" || q.Trunk != "" || q.To != "" || q.From != "" || q.Result != "" || q.Unpriced
}

// SortTallies puts tallies in the order of period, component and label.
func SortTallies(ts []Tally) {
	slices.SortFunc(ts, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Cost.Currency().String(), b.Cost.Currency().String()))
	})
}
