package compare

import (
	"maps"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/fault"
)

// hundred is the best mark.
var hundred = exact.Int(100)

// usualWeights are used where a buyer states none: half for the price.
var usualWeights = map[Criterion]int{Price: 50, FunctionFit: 15, Quality: 15, Support: 10, Flexible: 10}

// weightsOf checks weights; what is not named weighs nothing, and they must sum
// to 100.
func weightsOf(in map[Criterion]int) (map[Criterion]int, error) {
	if len(in) == 0 {
		return maps.Clone(usualWeights), nil
	}
	out, total := map[Criterion]int{}, 0
	for _, k := range Criteria() {
		out[k] = in[k]
		total += in[k]
		if in[k] < 0 {
			return nil, fault.New(fault.Invalid, "weight of %s: %d; 0 or more", k, in[k])
		}
	}
	for k := range in {
		if _, known := out[k]; !known {
			return nil, fault.New(fault.Invalid, "no criterion %q; there are price, functions, quality, support and flexibility", k)
		}
	}
	if total != 100 {
		return nil, fault.New(fault.Invalid, "the weights sum to %d: make it 100", total)
	}
	return out, nil
}

// scores marks every offer on each criterion and weighs the marks.
func (c *Comparison) scores(r *Result, at int) error {
	out := &Scores{Weights: c.in.Weights}
	for i, cand := range c.cands {
		out.Offers = append(out.Offers, Score{Offer: cand.Offer.ID, Marks: map[Criterion]Mark{
			Price: priceMark(r.Offers, i, at), FunctionFit: c.functionMark(cand), Quality: qualityMark(&cand.Offer.Service),
			Support: supportMark(&cand.Offer.Service), Flexible: flexibleMark(cand)}})
	}
	rank(out.Offers, out.Weights)
	out.Best = out.Offers[0].Offer
	out.Certain = true
	for _, s := range out.Offers[1:] {
		out.Certain = out.Certain && s.High.Less(out.Offers[0].Low)
	}
	for _, k := range Criteria() {
		if s, ok := switchAt(out, k); ok {
			out.Switches = append(out.Switches, s)
		}
	}
	r.Scores = out
	return nil
}

// rank weighs marks and sorts, best first.
func rank(scores []Score, weights map[Criterion]int) {
	for i := range scores {
		s := &scores[i]
		s.Low, s.High = exact.Zero, exact.Zero
		for _, k := range Criteria() {
			w := exact.Frac(int64(weights[k]), 100)
			s.Low, s.High = s.Low.Add(s.Marks[k].Low.Mul(w)), s.High.Add(s.Marks[k].High.Mul(w))
		}
	}
	slices.SortStableFunc(scores, func(a, b Score) int { return b.Low.Add(b.High).Cmp(a.Low.Add(a.High)) })
}

// switchAt is the nearest weight of a criterion, the others keeping their
// shares, at which another offer comes first.
func switchAt(s *Scores, k Criterion) (WeightSwitch, bool) {
	lines := make([]scoreLine, len(s.Offers))
	for i := range s.Offers {
		lines[i] = lineOf(&s.Offers[i], s.Weights, k)
	}
	from := s.Weights[k]
	for step := 1; step <= 100; step++ {
		for _, to := range []int{from + step, from - step} {
			if to < 0 || to > 100 {
				continue
			}
			if best := s.Offers[bestAt(lines, to)].Offer; best != s.Best {
				return WeightSwitch{Criterion: k, From: from, To: to, Best: best}, true
			}
		}
	}
	return WeightSwitch{}, false
}

// scoreLine is an offer's score as the weight of one criterion moves: own for
// each hundredth it has, rest for each it leaves to the others.
type scoreLine struct{ own, rest exact.Number }

// lineOf keeps the shares of the other criteria; where one had all the weight the
// others share evenly. Marks count with twice their middle.
func lineOf(s *Score, weights map[Criterion]int, k Criterion) scoreLine {
	var out scoreLine
	left := int64(100 - weights[k])
	for _, other := range Criteria() {
		mark := s.Marks[other].Low.Add(s.Marks[other].High)
		switch {
		case other == k:
			out.own = mark
		case left == 0:
			out.rest = out.rest.Add(mark.Div(exact.Int(int64(len(Criteria()) - 1))))
		default:
			out.rest = out.rest.Add(mark.Mul(exact.Frac(int64(weights[other]), left)))
		}
	}
	return out
}

// bestAt is who comes first at a weight; the earlier of equals.
func bestAt(lines []scoreLine, weight int) int {
	own, rest := exact.Int(int64(weight)), exact.Int(int64(100-weight))
	best, most := 0, exact.Zero
	for i, l := range lines {
		if n := l.own.Mul(own).Add(l.rest.Mul(rest)); i == 0 || most.Less(n) {
			best, most = i, n
		}
	}
	return best
}

// priceMark is 100 for the cheapest, 50 for twice its cost. An open total can be
// anything above what is known.
func priceMark(costs []Cost, i, at int) Mark {
	best := exact.Zero
	for k, c := range costs {
		if low := c.Horizons[at].Total.Low.Exact(); !c.Horizons[at].Total.Open && (best.IsZero() || low.Less(best)) || k == 0 {
			best = low
		}
	}
	t := costs[i].Horizons[at].Total
	of := func(n exact.Number) exact.Number {
		if n.Sign() <= 0 || n.Less(best) {
			return hundred
		}
		return best.Div(n).Mul(hundred)
	}
	m := Mark{Low: of(t.High.Exact()), High: of(t.Low.Exact()), From: "price"}
	if t.Open {
		m.Low = exact.Zero
	}
	return m
}

func point100(n int64, from string) Mark { return Mark{exact.Int(n), exact.Int(n), from} }

func unknownMark() Mark { return Mark{exact.Zero, hundred, "unknown"} }

// functionMark is how much of the needs an offer covers; what is needed counts
// twice what is welcome.
func (c *Comparison) functionMark(cand *candidate) Mark {
	if g := cand.Offer.Service.FunctionGrade; g != nil {
		return point100(int64(*g)*10, "grade")
	}
	low, high, all := int64(0), int64(0), int64(0)
	for i, list := range [][]string{c.in.Must, c.in.Nice} {
		weight := int64(2 - i)
		for _, need := range list {
			all += weight
			switch functionOf(cand, need) {
			case offer.FunctionIncluded, offer.FunctionModule:
				low, high = low+weight, high+weight
			case offer.FunctionUnknown:
				high += weight
			}
		}
	}
	if all == 0 {
		return point100(50, "no_needs") // nobody said what is needed: the same for all
	}
	return Mark{exact.Frac(100*low, all), exact.Frac(100*high, all), "needs"}
}

// functionOf is how an offer has a function: as it says, else as a module of its
// plan, else nobody knows.
func functionOf(cand *candidate, need string) offer.Function {
	for name, f := range cand.Offer.Functions {
		if strings.EqualFold(name, need) {
			return f
		}
	}
	if _, has := cand.Plan.Module(need); has {
		return offer.FunctionModule
	}
	return offer.FunctionUnknown
}

// qualityMark goes by a grade, else by the promised availability.
func qualityMark(s *offer.Service) Mark {
	if s.QualityGrade != nil {
		return point100(int64(*s.QualityGrade)*10, "grade")
	}
	if s.Availability == nil {
		return unknownMark()
	}
	mark := int64(0)
	for _, step := range []struct {
		from string
		mark int64
	}{{"0.99", 20}, {"0.995", 40}, {"0.999", 60}, {"0.9995", 70}, {"0.9999", 85}, {"0.99999", 100}} {
		if !s.Availability.Number.Less(exact.MustParse(step.from)) {
			mark = step.mark
		}
	}
	return point100(mark, "availability")
}

// supportMark goes by a grade, else by hours and promised response.
func supportMark(s *offer.Service) Mark {
	if s.SupportGrade != nil {
		return point100(int64(*s.SupportGrade)*10, "grade")
	}
	hours := map[offer.SupportHours]int64{offer.BusinessHours: 40, offer.ExtendedHours: 60, offer.AlwaysOpen: 80}[s.SupportHours]
	if hours == 0 {
		return unknownMark()
	}
	switch r := time.Duration(s.Response); {
	case r == 0:
		return Mark{exact.Int(hours), exact.Int(hours + 20), "support_terms"} // a promise nobody told of
	case r <= time.Hour:
		hours += 20
	case r <= 4*time.Hour:
		hours += 10
	}
	return point100(hours, "support_terms")
}

// flexibleMark is half for the term (none is best, three years worst), half for
// giving seats back.
func flexibleMark(cand *candidate) Mark {
	o := cand.Offer
	low, high := exact.Zero, exact.Int(50)
	if o.NoTerm || !o.Term.IsZero() {
		low = exact.Frac(50*int64(36-min(cand.term, 36)), 36)
		high = low
	}
	give, known := map[offer.DownsizeWhen]int64{offer.AnyTime: 50, offer.PeriodEnd: 40, offer.TermEnd: 15, offer.NotAtAll: 0}[o.Downsize.When]
	if known {
		return Mark{low.Add(exact.Int(give)), high.Add(exact.Int(give)), "exit"}
	}
	return Mark{low, high.Add(exact.Int(50)), "exit"}
}
