package forecast

import (
	"slices"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Describe writes real usage as a profile: the usual month is the mean of the
// whole months, and each month has its own share of it and its own seats. The
// talk time of each month is that of the usage to within a few seconds; the mix
// of types and lengths is that of all months together.
func (o *Observed) Describe(id string, cal string, calendars map[string]*timex.Calendar) (*Profile, error) {
	loc, err := timex.LoadZone(o.Zone)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	base := o.whole()
	p := &Profile{ID: id, Zone: o.Zone, Home: o.Home, Calendar: cal, From: o.Months[0].Month,
		Sources: []lang.Text{source("profile.from.usage", map[string]string{"first": o.Months[0].Month.String(), "last": o.Months[len(o.Months)-1].Month.String()}), source("profile.seen."+string(o.SeatsBy), nil)}}
	p.Calls = usualCalls(base)
	p.Length = o.histogram()
	p.Hours = o.openHours(loc, calendars[cal])
	p.Seats = usualSeats(base)
	p.Service.WrapUp = catalog.Duration(o.AfterCall())
	mean := exact.Zero
	for _, m := range base {
		mean = mean.Add(exact.Frac(m.Count.Seconds, int64(len(base))))
	}
	for _, m := range o.Months {
		average := m.Seats.Average.Round(exact.HalfAway, 3)
		need := MonthNeed{Month: m.Month, Average: &average, Peak: max(m.Seats.Peak, int(ceil(average))), Minimum: m.Seats.Minimum}
		if mean.Sign() > 0 {
			need.Factor = &catalog.Percent{Number: exact.Int(m.Count.Seconds).Div(mean).Round(exact.HalfAway, 8)}
		}
		p.Months = append(p.Months, need)
	}
	for _, m := range o.Modules {
		p.Modules = append(p.Modules, ModuleNeed{m, Must})
	}
	return p, p.makeRoom(calendars)
}

// makeRoom raises the seats of months whose calls would not fit into the seat
// hours that were seen, and says so: records of calls alone do not tell breaks,
// and a busy half hour is not a working day.
func (p *Profile) makeRoom(calendars map[string]*timex.Calendar) error {
	for i := range p.Months {
		n := &p.Months[i]
		t := p.Totals(n.Month, i)
		days, err := p.days(n.Month, calendars)
		if err != nil {
			return err
		}
		open := int64(0)
		for _, d := range days {
			open += d.seconds()
		}
		sum := t.Sum()
		if open == 0 {
			continue
		}
		least := exact.Int(sum.Seconds+sum.Answered*p.aside()).Div(exact.Int(open)).Mul(exact.Frac(10, 9)).Round(exact.Ceiling, 1)
		if t.Average.Less(least) {
			n.Average, n.Peak = &least, max(t.Peak, int(ceil(least)))
			p.Sources = append(p.Sources, source("profile.from.raised", map[string]string{"month": n.Month.String(), "was": t.Average.String(), "now": least.String()}))
		}
		p.Seats.Average, p.Seats.Peak = exact.Max(p.Seats.Average, least), max(p.Seats.Peak, n.Peak)
	}
	return nil
}

// whole are the months that count as whole; all, if none does.
func (o *Observed) whole() []ObservedMonth {
	out := slices.DeleteFunc(slices.Clone(o.Months), func(m ObservedMonth) bool { return m.Partial })
	if len(out) == 0 {
		return o.Months
	}
	return out
}

// usualCalls are the mean calls of a month by kind, those that talk most first;
// beyond maxTypes the rest is one row.
func usualCalls(base []ObservedMonth) []CallType {
	sums := map[Kind]*Count{}
	var order []Kind
	for _, m := range base {
		for _, k := range m.Kinds {
			if sums[k.Kind] == nil {
				order = append(order, k.Kind)
			}
			addTo(sums, k.Kind, k.Count)
		}
	}
	slices.SortStableFunc(order, func(a, b Kind) int {
		return int(min(max(sums[b].Seconds-sums[a].Seconds, -1), 1))
	})
	var out []CallType
	months := int64(len(base))
	rest := Count{}
	for i, k := range order {
		n := sums[k]
		if i >= maxTypes-1 && len(order) > maxTypes {
			rest.add(*n)
			continue
		}
		out = append(out, callType(k.String(), k, *n, months))
	}
	if rest.Attempts > 0 {
		out = append(out, callType("rest", Kind{}, rest, months))
	}
	return out
}

func callType(id string, k Kind, n Count, months int64) CallType {
	c := CallType{ID: id, Direction: k.direction(), Line: k.Line, Reach: k.Reach, Mode: k.Mode, Purpose: k.Purpose,
		Minutes: exact.Frac(n.Seconds, 60*months).Round(exact.HalfAway, 3), Answered: (n.Answered + months/2) / months, Attempts: (n.Attempts + months/2) / months}
	c.Answered = min(c.Answered, floor(c.Minutes.Mul(exact.Int(60))))
	c.Attempts = max(c.Attempts, c.Answered)
	return c
}

func usualSeats(base []ObservedMonth) SeatNeed {
	out := SeatNeed{}
	sum := exact.Zero
	for i, m := range base {
		sum = sum.Add(m.Seats.Average)
		out.Peak = max(out.Peak, m.Seats.Peak)
		if i == 0 || m.Seats.Minimum < out.Minimum {
			out.Minimum = m.Seats.Minimum
		}
	}
	out.Average = sum.Div(exact.Int(int64(len(base)))).Round(exact.HalfAway, 3)
	return out
}

// lengthBounds are where the lengths of real calls are cut, in seconds.
var lengthBounds = []int64{6, 12, 30, 60, 90, 120, 180, 300, 600, 1200, 3600, longestCall}

// histogram is the law of the talk times that were seen.
func (o *Observed) histogram() Length {
	total := int64(0)
	for _, l := range o.Lengths {
		total += l.Calls
	}
	if total == 0 {
		return Length{}
	}
	counts := make([]int64, len(lengthBounds))
	for _, l := range o.Lengths {
		i, _ := slices.BinarySearch(lengthBounds, l.Seconds)
		counts[min(i, len(counts)-1)] += l.Calls
	}
	out := Length{Shape: Histogram}
	for i, parts := range apportion(100_000, counts) { // thousandths of a per cent, that sum to all
		if parts > 0 {
			out.Bins = append(out.Bins, Bin{catalog.Duration(time.Duration(lengthBounds[i]) * time.Second), catalog.Percent{Number: exact.Frac(parts, 100_000)}})
		}
	}
	return out
}
