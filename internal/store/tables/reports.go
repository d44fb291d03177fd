package tables

import (
	"cmp"
	"slices"
	"strings"

	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

type reports struct{ *Tx }

// sumsAtOnce is how many rows of counts one INSERT has; the rest go in one by one.
const sumsAtOnce = 8

// measures are the columns of report_sums that count.
func measures() []string {
	out := make([]string, report.Measures)
	for m := range report.Measures {
		out[m] = m.String()
	}
	return out
}

// measureColumns are they as an archive lists them.
func measureColumns() string { return "i " + strings.Join(measures(), ", i ") }

// addSums is the statement that adds n rows of counts.
func addSums(n int) string {
	list := measures()
	mark := "(?, ?, ?, ?, ?" + strings.Repeat(", ?", len(list)) + ")"
	var b strings.Builder
	b.WriteString("INSERT INTO report_sums (company, dim, slot, campaign, value, " + strings.Join(list, ", ") + ") VALUES " + mark + strings.Repeat(", "+mark, n-1))
	b.WriteString(" ON CONFLICT (company, dim, slot, campaign, value) DO UPDATE SET ")
	for i, m := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(m + " = report_sums." + m + " + excluded." + m)
	}
	return b.String()
}

// sumStatements are made once: they are long.
var sumStatements = struct{ many, single string }{addSums(sumsAtOnce), addSums(1)}

const addCostSQL = `INSERT INTO report_costs (company, dim, slot, campaign, value, currency, calls, micros, own) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (company, dim, slot, campaign, value, currency) DO UPDATE SET calls = report_costs.calls + excluded.calls, micros = report_costs.micros + excluded.micros, own = report_costs.own + excluded.own`

// count keeps what facts added up to, in the order of keys: neighbours are written
// one after another, and two writers never wait for each other crosswise.
func (t *Tx) count(c id.Company, counts *report.Counts) error {
	if err := t.countSums(c, counts.Sums); err != nil {
		return err
	}
	keys := make([]report.CostKey, 0, len(counts.Costs))
	for k := range counts.Costs {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b report.CostKey) int {
		return cmp.Or(byKey(a.Key, b.Key), strings.Compare(a.Currency.String(), b.Currency.String()))
	})
	for _, k := range keys {
		x := counts.Costs[k]
		if _, err := t.exec(addCostSQL, c, string(k.Dim), k.Slot, k.Campaign, k.Value, k.Currency, x.Calls, x.Micros, x.Own); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) countSums(c id.Company, sums map[report.Key]*report.Sums) error {
	keys := make([]report.Key, 0, len(sums))
	for k, s := range sums {
		if !s.IsZero() {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, byKey)
	for len(keys) > 0 {
		n, sql := 1, sumStatements.single
		if len(keys) >= sumsAtOnce {
			n, sql = sumsAtOnce, sumStatements.many
		}
		args := make([]any, 0, n*(5+int(report.Measures)))
		for _, k := range keys[:n] {
			args = append(args, c, string(k.Dim), k.Slot, k.Campaign, k.Value)
			for _, v := range sums[k] {
				args = append(args, v)
			}
		}
		if _, err := t.exec(sql, args...); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

func byKey(a, b report.Key) int {
	return cmp.Or(cmp.Compare(a.Dim, b.Dim), cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Value, b.Value))
}

// sumKey is what rows of one answer differ by.
type sumKey struct {
	slot            int64
	campaign, value string
}

func keyOf(s *store.Summed) sumKey { return sumKey{s.Slot, s.Campaign, s.Value} }

// countCall counts a call with its charges.
func countCall(to *report.Counts, k *store.ChargedCall, again bool) {
	var costs []money.Amount
	unpriced := false
	for i := range k.Charges {
		h := &k.Charges[i]
		unpriced = unpriced || h.Reason != ""
		if h.Cost.Currency().IsZero() {
			continue
		}
		at := slices.IndexFunc(costs, func(a money.Amount) bool { return a.Currency() == h.Cost.Currency() })
		if at < 0 {
			costs = append(costs, h.Cost)
		} else if sum, err := costs[at].Add(h.Cost); err == nil {
			costs[at] = sum
		}
	}
	if again {
		to.Priced(&k.Call, costs, unpriced)
		return
	}
	to.Call(&k.Call, costs, unpriced)
}

// summing is the text of a query: what is asked for, of which rows, grouped how.
func summing(q *store.SumQuery) (keys, where string, args []any) {
	var list []string
	if q.BySlot {
		list = append(list, "slot")
	}
	if q.ByCampaign {
		list = append(list, "campaign")
	}
	if !q.WholeValues {
		list = append(list, "value")
	}
	where = " WHERE company = ? AND dim = ? AND slot >= ? AND slot < ?"
	args = []any{string(q.Dim), q.First, q.After}
	if q.Campaign != "" {
		where, args = where+" AND campaign = ?", append(args, q.Campaign)
	}
	if q.Value != nil {
		where, args = where+" AND value = ?", append(args, *q.Value)
	}
	return strings.Join(list, ", "), where, args
}

func (t reports) Sums(c id.Company, q store.SumQuery) ([]store.Summed, error) {
	keys, where, args := summing(&q)
	args = append([]any{c}, args...)
	cut := func(r Row) (out store.Summed, n int) {
		if q.BySlot {
			out.Slot, n = r.Int(n), n+1
		}
		if q.ByCampaign {
			out.Campaign, n = r.Text(n), n+1
		}
		if !q.WholeValues {
			out.Value, n = r.Text(n), n+1
		}
		return out, n
	}
	head, group := "SELECT ", ""
	if keys != "" {
		head, group = "SELECT "+keys+", ", " GROUP BY "+keys+" ORDER BY "+keys
	}
	columns := make([]string, report.Measures)
	for m := range report.Measures {
		columns[m] = "CAST(SUM(" + m.String() + ") AS BIGINT)"
	}
	var out []store.Summed
	at := map[sumKey]int{}
	err := t.query(head+strings.Join(columns, ", ")+" FROM report_sums"+where+group+" LIMIT ?", append(slices.Clone(args), store.MaxSums+1), func(r Row) error {
		one, n := cut(r)
		for m := range one.Sums {
			one.Sums[m] = r.Int(n + m)
		}
		at[keyOf(&one)] = len(out)
		out = append(out, one)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(out) > store.MaxSums {
		return nil, fault.New(fault.Invalid, "more than %d rows of a report: fewer days or one campaign were expected", store.MaxSums)
	}
	if keys != "" {
		head = "SELECT " + keys + ", currency, "
		group = " GROUP BY " + keys + ", currency ORDER BY " + keys + ", currency"
	} else {
		head, group = "SELECT currency, ", " GROUP BY currency ORDER BY currency"
	}
	err = t.query(head+"CAST(SUM(calls) AS BIGINT), CAST(SUM(micros) AS BIGINT), CAST(SUM(own) AS BIGINT) FROM report_costs"+where+group, args, func(r Row) error {
		one, n := cut(r)
		a, err := r.Amount(n+2, n)
		if i, known := at[keyOf(&one)]; known && err == nil {
			out[i].Costs = append(out[i].Costs, report.CostOf{Calls: r.Int(n + 1), Total: a, Own: money.Micros(r.Int(n+3), a.Currency())})
		}
		return err
	})
	if len(out) == 1 && out[0].Sums.IsZero() && keys == "" {
		return nil, err // the sum of no rows
	}
	return out, err
}
