package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/fault"
)

// Change is a what-if: one thing about the usage that becomes another.
type Change struct {
	Kind  ChangeKind
	By    exact.Number // volume, length, seats: share, 0.2 for 20 % more; answer_rate: points, 0.1 for ten
	Names []string     // module: +recording switches on, -recording switches off
}

// ChangeKind names what changes.
type ChangeKind string

const (
	VolumeChange ChangeKind = "volume"      // attempts and answered calls alike
	LengthChange ChangeKind = "length"      // talk time of every answered call
	AnswerChange ChangeKind = "answer_rate" // more attempts answered, as many attempts
	SeatsChange  ChangeKind = "seats"       // seats and log-ins, the calls as they are
	ModuleChange ChangeKind = "module"      // a module added or dropped
)

// ParseChange reads "volume=+20%", "answer_rate=-5%", "seats=-10%" or
// "module=+recording". A share without sign is more.
func ParseChange(s string) (Change, error) {
	kind, value, ok := strings.Cut(s, "=")
	c := Change{Kind: ChangeKind(kind)}
	bad := fmt.Errorf("%q is not a change: write volume=+20%%, length=-50%%, answer_rate=+10%%, seats=-20%% or module=+recording", s)
	if !ok || value == "" {
		return c, bad
	}
	switch c.Kind {
	case VolumeChange, LengthChange, AnswerChange, SeatsChange:
		digits, percent := strings.CutSuffix(strings.TrimPrefix(value, "+"), "%")
		n, err := exact.Parse(digits)
		if !percent || err != nil || n.Less(exact.Int(-100)) || exact.Int(1000).Less(n) {
			return c, bad
		}
		c.By = n.Div(exact.Int(100))
	case ModuleChange:
		for _, m := range strings.Split(value, ",") {
			if m = strings.TrimSpace(m); len(m) < 2 || m[0] != '+' && m[0] != '-' {
				return c, bad
			}
			c.Names = append(c.Names, m)
		}
	default:
		return c, bad
	}
	return c, nil
}

// Value is the change as it is written: "+20%".
func (c *Change) Value() string {
	if c.Kind == ModuleChange {
		return strings.Join(c.Names, ",")
	}
	s := c.By.Mul(exact.Int(100)).String() + "%"
	if c.By.Sign() > 0 {
		s = "+" + s
	}
	return s
}

// ID names the change: "volume:+20%".
func (c *Change) ID() string { return string(c.Kind) + ":" + c.Value() }

// Why a change cannot be made, as Scenario.Note says it.
const (
	noSeats      = "no_seats"
	noUnanswered = "no_unanswered"
	noAnswered   = "no_answered"
	noModule     = "no_module"
)

// changed is the load a change makes of another; note says why it cannot be.
func (c *Comparison) changed(from *load, ch Change) (l *load, note string) {
	l = new(load)
	*l = *from
	factor := exact.One.Add(ch.By)
	switch ch.Kind {
	case VolumeChange:
		num, den := ratio(factor)
		l.counts = from.scaled(num, den, anyCell)
	case LengthChange:
		l.seconds = from.lengthened(factor)
	case AnswerChange:
		l.counts, note = from.answered(ch.By)
	case SeatsChange:
		if len(l.sessions) == 0 && len(l.places) == 0 {
			return l, noSeats
		}
		c.reseat(l, factor)
	case ModuleChange:
		note = c.switched(l, ch.Names)
	}
	return l, note
}

// scaled multiplies the counts of the cells that are taken by num/den, the
// others staying.
// Calls stay whole: each cell gets the difference of rounded running totals, so
// that what is lost in one is gained in the next.
func (l *load) scaled(num, den int64, takes func(i int) bool) []int64 {
	out := make([]int64, len(l.u.cells))
	before, after, epoch := int64(0), int64(0), int32(-1)
	for i := range l.u.cells {
		n := l.count(i)
		if e := l.u.classes[l.u.cells[i].class].like.Epoch; e != epoch {
			before, after, epoch = 0, 0, e
		}
		if !takes(i) {
			out[i] = n
			continue
		}
		before += n
		now := mulDiv(before, num, den)
		out[i], after = now-after, now
	}
	return out
}

// lengthened multiplies the talk seconds of answered calls: to the next whole
// second, at least one.
func (l *load) lengthened(factor exact.Number) []int32 {
	out := make([]int32, len(l.u.cells))
	num, den := ratio(factor)
	for i := range l.u.cells {
		s := l.talk(i)
		if out[i] = s; s > 0 && l.u.isAnswered(i) {
			out[i] = int32(min(max(mulDiv(int64(s), num, den), 1), 1<<30))
		}
	}
	return out
}

// answered moves attempts between answered and not, by points of the rate; new
// answered calls are like those there are.
func (l *load) answered(points exact.Number) ([]int64, string) {
	yes, all := int64(0), int64(0)
	for i := range l.u.cells {
		all += l.count(i)
		if l.u.isAnswered(i) {
			yes += l.count(i)
		}
	}
	switch {
	case yes == 0:
		return nil, noAnswered
	case yes == all:
		return nil, noUnanswered // the records hold no attempt that failed
	}
	want := exact.Min(exact.Max(exact.Int(yes).Add(points.Mul(exact.Int(all))), exact.Zero), exact.Int(all))
	whole, err := want.Round(exact.HalfAway, 0).Int64()
	if err != nil {
		return nil, noAnswered // counts fit 64 bits: want lies between 0 and all
	}
	up := l.scaled(whole, yes, l.u.isAnswered)
	down := l.scaled(all-whole, all-yes, func(i int) bool { return !l.u.isAnswered(i) })
	for i := range up {
		if !l.u.isAnswered(i) {
			up[i] = down[i]
		}
	}
	return up, ""
}

func anyCell(int) bool { return true }

// ratio is a factor as two whole numbers, in millionths where it has more.
func ratio(f exact.Number) (num, den int64) {
	const parts = 1_000_000
	n, err := f.Mul(exact.Int(parts)).Round(exact.HalfAway, 0).Int64()
	if err != nil {
		return 0, 1 // a factor beyond nine trillion: Input refuses it
	}
	return n, parts
}

// mulDiv is a x num / den, rounded half up; all are not negative.
func mulDiv(a, num, den int64) int64 {
	if a < 1<<39 && num < 1<<23 { // the product stays below 62 bits
		return (a*num + den/2) / den
	}
	n, err := exact.Int(a).Mul(exact.Frac(num, den)).Round(exact.HalfAway, 0).Int64()
	if err != nil {
		return 1<<62 - 1
	}
	return n
}

// switched switches modules on (+) or off (-).
func (c *Comparison) switched(l *load, names []string) string {
	off := map[string]bool{}
	maps.Copy(off, l.off)
	l.off = off
	known := false
	for _, n := range names {
		for _, cand := range c.cands {
			_, has := cand.Plan.Module(n[1:])
			known = known || has
		}
		if n[0] == '-' {
			l.off[lower(n[1:])] = true
		} else {
			l.on = append(slices.Clone(l.on), n[1:])
		}
	}
	if !known {
		return noModule
	}
	return ""
}

// maxGrowth is the most a change makes of the usage, and changes of one kind
// together: what they copy is kept in memory, and counts must fit 64 bits.
var maxGrowth = exact.Int(11)

// Validate refuses changes that make no sense.
func (c *Change) Validate() error { return validated([]Change{*c}) }

// validated refuses changes that make no sense, each or together.
func validated(list []Change) error {
	grown := map[ChangeKind]exact.Number{}
	for i := range list {
		c := &list[i]
		if c.Kind == ModuleChange {
			continue
		}
		now := exact.One.Add(c.By)
		if was, more := grown[c.Kind]; more {
			now = now.Mul(was)
		}
		if now.Sign() < 0 || maxGrowth.Less(now) {
			return fault.New(fault.Invalid, "change %s: from -100%% to +1000%%, with other changes of its kind", c.ID())
		}
		grown[c.Kind] = exact.Max(now, exact.One) // less of more is more in between
	}
	return nil
}
