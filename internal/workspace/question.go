package workspace

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Question is what a comparison is asked beside its usage and offers. The zero
// Question leaves everything open. It is written as the query of an address, so
// that an answer can be sent as a link.
type Question struct {
	Months   []int
	Currency money.Currency
	Tax      compare.TaxBasis
	Seats    int
	Budget   *exact.Number
	Rates    []compare.Rate
	Weights  map[compare.Criterion]int
	Current  string
	Changes  []compare.Change // the sliders
	Span     int              // months the sliders cost; 0: the horizon that decides
}

// Bounds of a question.
const (
	maxRates   = 20
	maxModules = 20
	maxSeats   = 100_000
)

// Wrong is what is wrong with a field of a question: a phrase of the console.
type Wrong map[string]string

func (w Wrong) tell(field, key string) {
	if w[field] == "" {
		w[field] = key
	}
}

// ParseQuestion reads a question from the query of an address. What cannot be
// read is left open, and told by field: the answer must come, and say so.
func ParseQuestion(v url.Values) (Question, Wrong) {
	q, wrong := Question{}, Wrong{}
	q.Months = parseMonths(v.Get("months"), wrong)
	if s := strings.ToUpper(strings.TrimSpace(v.Get("currency"))); s != "" {
		c, err := money.ParseCurrency(s)
		if err != nil {
			wrong.tell("currency", "ask.wrong_currency")
		}
		q.Currency = c
	}
	switch s := v.Get("tax"); s {
	case "", string(compare.Exclusive), string(compare.Inclusive):
		q.Tax = compare.TaxBasis(s)
	default:
		wrong.tell("tax", "form.choose")
	}
	if s := strings.TrimSpace(v.Get("seats")); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > maxSeats {
			wrong.tell("seats", "ask.wrong_seats")
		} else {
			q.Seats = n
		}
	}
	if s := strings.ReplaceAll(strings.TrimSpace(v.Get("budget")), ",", ""); s != "" {
		n, err := exact.Parse(s)
		if err != nil || n.Sign() <= 0 {
			wrong.tell("budget", "ask.wrong_budget")
		} else {
			q.Budget = &n
		}
	}
	q.Current = v.Get("current")
	q.rates(v, wrong)
	q.weights(v, wrong)
	q.changes(v, wrong)
	return q, wrong
}

// parseMonths reads horizons such as 1,12,36.
func parseMonths(s string, wrong Wrong) (out []int) {
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > 120 || len(out) == 6 {
			wrong.tell("months", "ask.wrong_months")
			return nil
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rates reads rate.CNY=0.14 and rate.CNY.on=2026-11-01. A rate without its day
// cannot be checked by anybody, so both are asked for.
func (q *Question) rates(v url.Values, wrong Wrong) {
	for name := range v {
		code, ok := strings.CutPrefix(name, "rate.")
		value := strings.TrimSpace(v.Get(name))
		if !ok || strings.HasSuffix(code, ".on") || value == "" {
			continue
		}
		c, err := money.ParseCurrency(code)
		n, err2 := exact.Parse(value)
		on, err3 := timex.ParseDate(strings.TrimSpace(v.Get(name + ".on")))
		switch {
		case err != nil || len(q.Rates) == maxRates:
			wrong.tell(name, "ask.wrong_currency")
		case err2 != nil || n.Sign() <= 0:
			wrong.tell(name, "ask.wrong_rate")
		case err3 != nil:
			wrong.tell(name+".on", "form.date")
		default:
			q.Rates = append(q.Rates, compare.Rate{From: c, Rate: n, On: on})
		}
	}
	slices.SortFunc(q.Rates, func(a, b compare.Rate) int { return cmp.Compare(a.From.String(), b.From.String()) })
}

func (q *Question) weights(v url.Values, wrong Wrong) {
	sum, set := 0, false
	weights := map[compare.Criterion]int{}
	for _, k := range compare.Criteria() {
		s := strings.TrimSpace(v.Get("weight." + string(k)))
		if s == "" {
			continue
		}
		set = true
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 || n > 100 {
			wrong.tell("weight", "ask.wrong_weight")
			return
		}
		weights[k] = n
		sum += n
	}
	switch {
	case set && sum != 100:
		wrong.tell("weight", "ask.wrong_weights")
	case set:
		q.Weights = weights
	}
}

// Sliders are the changes that have a slider, in the order in which they are
// made.
func Sliders() []compare.ChangeKind {
	return []compare.ChangeKind{compare.VolumeChange, compare.LengthChange, compare.AnswerChange, compare.SeatsChange}
}

// SliderName is the name of a change in an address: seats is how many there are,
// so more of them have another.
func SliderName(kind compare.ChangeKind) string {
	if kind == compare.SeatsChange {
		return "more_seats"
	}
	return string(kind)
}

// changes reads volume=20 (per cent more) and its like, and module=+recording.
func (q *Question) changes(v url.Values, wrong Wrong) {
	for _, kind := range Sliders() {
		s := strings.TrimSpace(v.Get(SliderName(kind)))
		if s == "" || s == "0" {
			continue
		}
		ch, err := compare.ParseChange(string(kind) + "=" + strings.TrimSuffix(s, "%") + "%")
		if err != nil {
			wrong.tell(SliderName(kind), "ask.wrong_change")
			continue
		}
		q.Changes = append(q.Changes, ch)
	}
	var modules []string
	for _, m := range v["module"] {
		if m == "" {
			continue
		}
		if len(m) < 2 || m[0] != '+' && m[0] != '-' || len(modules) == maxModules {
			wrong.tell("module", "ask.wrong_change")
			continue
		}
		modules = append(modules, m)
	}
	if len(modules) > 0 {
		q.Changes = append(q.Changes, compare.Change{Kind: compare.ModuleChange, Names: modules})
	}
	if s := v.Get("span"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 120 {
			wrong.tell("span", "ask.wrong_months")
			return
		}
		q.Span = n
	}
}

// key tells questions apart by what the whole answer depends on: the sliders
// have a step of their own.
func (q *Question) key() string {
	budget := ""
	if q.Budget != nil {
		budget = q.Budget.String()
	}
	rates := ""
	for _, r := range q.Rates {
		rates += fmt.Sprintf("%s=%s@%s,", r.From, r.Rate, r.On)
	}
	weights := ""
	for _, k := range compare.Criteria() {
		weights += strconv.Itoa(q.Weights[k]) + ","
	}
	return fmt.Sprintf("%v|%s|%s|%d|%s|%s|%s|%s", q.Months, q.Currency, q.Tax, q.Seats, budget, rates, weights, q.Current)
}
