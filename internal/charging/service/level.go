package service

import (
	"slices"
	"strings"

	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Availability is the metric that is measured by outages; others by samples.
const Availability = "availability"

// Outage is a stretch the service was not there.
type Outage struct {
	From    timex.Instant `json:"from"`
	To      timex.Instant `json:"to,omitzero"` // zero: it goes on
	Planned bool          `json:"planned,omitempty"`
	Note    string        `json:"note,omitempty"`
}

// Sample is a quality figure of a stretch of work: the mean opinion score of a
// day's calls, the share answered in an hour.
type Sample struct {
	Metric string        `json:"metric"`
	At     timex.Instant `json:"at"`
	Value  exact.Number  `json:"value"`
	Weight int64         `json:"weight"` // how much it stands for: calls, minutes; at least 1
}

// Attained is what became of a promise.
type Attained struct {
	Metric   string       `json:"metric"`
	Target   string       `json:"target"`
	Measured string       `json:"measured,omitempty"` // a bill states it so; empty: nobody measured
	Value    exact.Number `json:"value"`
	Met      bool         `json:"met"`
	Known    bool         `json:"known"`
}

const minute = timex.Instant(60_000_000)

// minutes is the whole minutes an instant stretch touches: [first, after).
func minutes(from, to timex.Instant) (first, after int64) {
	return int64(from / minute), int64((to + minute - 1) / minute)
}

// span is minutes [from, to).
type span struct{ from, to int64 }

// spans are the minutes of outages within a period, joined where they meet.
func spans(list []Outage, p timex.Period, planned bool) []span {
	var all []span
	for _, o := range list {
		to := o.To
		if to == 0 || to > p.To {
			to = p.To
		}
		if o.Planned != planned || to <= max(o.From, p.From) {
			continue
		}
		from, after := minutes(max(o.From, p.From), to)
		all = append(all, span{from, after})
	}
	slices.SortFunc(all, func(a, b span) int { return int(a.from - b.from) })
	var out []span
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Up is the minutes of a period in which the service was there, and those in
// which it should have been: all but planned work.
func Up(list []Outage, p timex.Period) (up, due int64) {
	first, after := minutes(p.From, p.To)
	planned := spans(list, p, true)
	due = after - first - length(planned)
	down := length(spans(list, p, false)) - common(spans(list, p, false), planned)
	return due - down, due
}

func length(list []span) (n int64) {
	for _, s := range list {
		n += s.to - s.from
	}
	return n
}

// common is the minutes two joined lists share.
func common(a, b []span) (n int64) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		n += max(min(a[i].to, b[j].to)-max(a[i].from, b[j].from), 0)
		if a[i].to < b[j].to {
			i++
		} else {
			j++
		}
	}
	return n
}

// Mean is the weighted mean of a metric's samples in a period; ok is false where
// there are none.
func Mean(list []Sample, metric string, p timex.Period) (mean exact.Number, ok bool) {
	weights := int64(0)
	for _, s := range list {
		if s.Metric == metric && p.Contains(s.At) {
			weights += s.Weight
			mean = mean.Add(s.Value.Mul(exact.Int(s.Weight)))
		}
	}
	if weights == 0 {
		return exact.Zero, false
	}
	return mean.Div(exact.Int(weights)), true
}

// Attain measures what a contract promises over a period, and compares it with
// the targets; measured figures are cut, not rounded, to six decimals, so that
// 99.8999 % never passes for 99.9 %.
func Attain(levels []contract.ServiceLevel, outages []Outage, samples []Sample, p timex.Period) ([]Attained, error) {
	var out []Attained
	for _, l := range levels {
		a := Attained{Metric: l.Metric, Target: l.Target}
		target, percent, err := figure(l.Target)
		if err != nil {
			return nil, fault.New(fault.Invalid, "service level %s: %v", l.Metric, err)
		}
		if l.Metric == Availability {
			up, due := Up(outages, p)
			a.Known = due > 0
			if a.Known {
				a.Value = exact.Frac(up, due)
			}
		} else {
			a.Value, a.Known = Mean(samples, l.Metric, p)
		}
		if a.Known {
			a.Value = a.Value.Round(exact.Down, decimals)
			a.Met = a.Value.Cmp(target) >= 0
			if l.Better == contract.Lower {
				a.Met = a.Value.Cmp(target) <= 0
			}
			a.Measured = written(a.Value, percent)
		}
		out = append(out, a)
	}
	return out, nil
}

// decimals of a measured figure: a share of a month is counted in minutes.
const decimals = 6

// figure reads a target: 99.9% or 4.2.
func figure(s string) (n exact.Number, percent bool, err error) {
	digits, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	if n, err = exact.Parse(strings.TrimSpace(digits)); err != nil {
		return n, percent, err
	}
	if percent {
		n = n.Div(exact.Int(100))
	}
	return n, percent, nil
}

func written(n exact.Number, percent bool) string {
	if percent {
		return n.Mul(exact.Int(100)).String() + "%"
	}
	return n.String()
}

// Figures are the measured values as a bill states them, by metric.
func Figures(list []Attained) map[string]string {
	out := map[string]string{}
	for _, a := range list {
		if a.Known {
			out[a.Metric] = a.Measured
		}
	}
	return out
}
