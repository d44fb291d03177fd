package compliance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/phone"
	"waihu/internal/timex"
)

// naive checks rules one after another in the plainest way there is, from their
// text as it stands in the packs, with the wall clock of package time. It names
// those that forbid a call.
func naive(p *Packs, zonesOf map[string][]*time.Location, c *Campaign, q *Query, at timex.Instant) (forbid []string) {
	codes := []string{Everywhere}
	var zones []*time.Location
	for _, place := range []Place{q.ByNumber, q.ByAddress} {
		if place.Code != "" {
			codes = append(codes, place.Code)
			if up := p.parent[place.Code]; up != "" {
				codes = append(codes, up)
			}
			if country, _, parted := strings.Cut(place.Code, "-"); parted {
				codes = append(codes, country)
			}
		}
		zones = append(zones, place.Zones...)
	}
	check := func(rules []Rule) {
		for i := range rules {
			if r := &rules[i]; slices.Contains(codes, r.Place) && naiveHolds(zonesOf, c, r, q, at) && naiveForbids(p, r, q, at, zones) {
				forbid = append(forbid, r.Name)
			}
		}
	}
	for _, pack := range p.List() {
		check(pack.Rules)
	}
	check(c.Own)
	slices.Sort(forbid)
	return slices.Compact(forbid)
}

func naiveHolds(zonesOf map[string][]*time.Location, c *Campaign, r *Rule, q *Query, at timex.Instant) bool {
	if len(r.Purposes) > 0 && !slices.Contains(r.Purposes, c.Purpose) || len(r.Modes) > 0 && !slices.Contains(r.Modes, c.Mode) {
		return false
	}
	if len(r.Lines) > 0 && q.Line != "" && !slices.Contains(r.Lines, q.Line) {
		return false
	}
	consented := q.Consent.At <= at && (q.Consent.Until == 0 || at < q.Consent.Until)
	if slices.Contains(r.Unless, q.Consent.Basis) && consented {
		return false
	}
	for _, s := range c.Switches {
		if s.Rule == r.Name && s.From <= at && (s.To == 0 || at < s.To) {
			return false
		}
	}
	if r.From == 0 && r.To == 0 {
		return true
	}
	zones := zonesOf[r.Place]
	begun := slices.ContainsFunc(zones, func(z *time.Location) bool { return at.DateIn(z) >= r.From })
	lasts := slices.ContainsFunc(zones, func(z *time.Location) bool { return r.To == 0 || at.DateIn(z) < r.To })
	return begun && lasts
}

func naiveForbids(p *Packs, r *Rule, q *Query, at timex.Instant, zones []*time.Location) bool {
	switch r.Kind {
	case Hours:
		return slices.ContainsFunc(zones, func(z *time.Location) bool { return !naiveOpen(p, r, at.In(z)) })
	case Attempts:
		if r.EachDay {
			return slices.ContainsFunc(zones, func(z *time.Location) bool {
				return naiveCount(r, q, func(t timex.Instant) bool { return t.DateIn(z) >= at.DateIn(z) }) >= r.Most
			})
		}
		return naiveCount(r, q, func(t timex.Instant) bool { return at.Sub(t) < time.Duration(r.Within) }) >= r.Most
	case Spacing:
		return naiveCount(r, q, func(t timex.Instant) bool { return at.Sub(t) < time.Duration(r.Within) }) > 0
	case Agreed:
		c := q.Consent
		return c.Basis == "" || !slices.Contains(r.Bases, c.Basis) || r.Evidence && !c.Evidence || at < c.At || c.Until != 0 && at >= c.Until
	case List:
		for _, m := range q.Marks {
			if m.List == r.List && m.Since <= at && (m.Until == 0 || at < m.Until) {
				return true
			}
		}
		return r.Fresh > 0 && !slices.ContainsFunc(q.Asked, func(a Asked) bool {
			return a.List == r.List && a.At <= at && at.Sub(a.At) < time.Duration(r.Fresh)*24*time.Hour
		})
	case Refusal:
		return q.Refused.At != 0 && q.Refused.At <= at
	case Shown:
		return slices.Contains(r.Caller, Visible) && (!q.Caller.Shown || q.Caller.Number == 0) || slices.Contains(r.Caller, Owned) && !q.Caller.Owned || slices.Contains(r.Caller, Callable) && !q.Caller.Callable
	case Where:
		for _, place := range []Place{q.ByNumber, q.ByAddress} {
			if place.Code != "" && (p.places[place.Code].Code == "" || len(place.Zones) == 0) {
				return true
			}
		}
		return q.ByNumber.Code == "" && q.ByAddress.Code == ""
	}
	return false
}

// naiveOpen reads the windows of a rule against a wall clock.
func naiveOpen(p *Packs, r *Rule, local time.Time) bool {
	if r.Calendar != "" && !p.calendars[r.Calendar].Covers(timex.DateOf(local)) {
		return false
	}
	holiday := r.Calendar != "" && p.calendars[r.Calendar].IsHoliday(timex.DateOf(local))
	clock := local.Format("15:04:05")
	for _, w := range r.Hours {
		from, to := w.From.String(), w.To.String()
		if clock < from || clock >= to && to != "24:00" {
			continue
		}
		for word := range strings.SplitSeq(w.Days, ",") {
			if holiday {
				if word == "holiday" {
					return true
				}
				continue
			}
			bits, err := daysOf(word)
			if err == nil && bits&(1<<local.Weekday()) != 0 {
				return true
			}
		}
	}
	return false
}

func naiveCount(r *Rule, q *Query, in func(timex.Instant) bool) (n int) {
	for _, c := range q.Past {
		if (r.Whole || c.Number == q.Number) && in(c.At) && (r.Counted == Dialed || r.Counted == Talked && c.Talked || r.Counted == Abandoned && c.Abandoned) {
			n++
		}
	}
	return n
}

// world draws questions: places of all packs, and people about whom much is known,
// so that what holds them back changes with time.
type world struct {
	*rand.Rand
	p *Packs
}

func pick[T any](w *world, of ...T) T { return of[w.IntN(len(of))] }

func (w *world) chance(of float64) bool { return w.Float64() < of }

func (w *world) campaign(base timex.Instant) Campaign {
	c := Campaign{Purpose: pick(w, Sales, Sales, Service, Survey, Debt), Mode: pick(w, Manual, Preview, Progressive, Predictive, Robot)}
	if w.chance(.3) {
		c.Own = append(c.Own, Rule{Name: "own.hours", Place: Everywhere, Kind: Hours, Force: Own, Confidence: "A", Source: "test",
			Calendar: pick(w, "", "us", "cn"), Hours: []Window{{"mon-sat", 9 * 3600, 12*3600 + 90}, {"sat-mon", 13 * 3600, 24 * 3600}, {"daily", 0, 3600}}})
	}
	if w.chance(.3) {
		c.Own = append(c.Own, Rule{Name: "own.spacing", Place: pick(w, Everywhere, "US", "EU", "CN"), Kind: Spacing, Force: Own, Confidence: "A", Source: "test",
			Within: Span(pick(w, 90*time.Minute, 50*time.Hour)), Counted: pick(w, Dialed, Talked), Whole: w.chance(.5)})
	}
	if w.chance(.4) {
		s := Switch{Rule: pick(w, "us.hours", "cn.hours", "gb.hours", "all.caller", "eu.hours", "cn.attempts_day"), Reason: "for a test of switches", By: "tester", From: base.Add(w.near())}
		if w.chance(.5) {
			s.To = s.From.Add(w.span(9 * 24 * time.Hour))
		}
		c.Switches = append(c.Switches, s)
	}
	return c
}

func (w *world) span(max time.Duration) time.Duration {
	return time.Duration(1+w.Int64N(int64(max/time.Microsecond))) * time.Microsecond
}

func (w *world) near() time.Duration { return w.span(10*24*time.Hour) - 5*24*time.Hour }

// query draws a question about an instant near base.
func (w *world) query(base timex.Instant) Query {
	codes := []string{"US-FL", "US-CA", "US-AL", "US-TX", "US-IN", "US", "CN", "TW", "HK", "GB", "FR", "PT", "DE", "PR", "CA", ""}
	n := phone.Of(4_471_000_000_00+uint64(w.IntN(3)), 12)
	q := Query{Number: n, Line: pick(w, AnyLine, Mobile, Landline, Line("voip")), ByNumber: w.p.country(pick(w, codes...)),
		Caller: Caller{Number: n + 5, Shown: w.chance(.95), Owned: w.chance(.95), Callable: w.chance(.95)}}
	if w.chance(.5) {
		q.ByAddress = w.p.country(pick(w, codes...))
	} else if w.chance(.3) && len(q.ByNumber.Zones) > 0 {
		q.ByAddress = Place{Code: q.ByNumber.Code, Zones: []*time.Location{pick(w, q.ByNumber.Zones...)}}
	}
	if w.chance(.8) {
		q.Consent = Consent{Basis: pick(w, Consented, Written, Written, Customer, Requested, Published), Evidence: w.chance(.9), At: base.Add(-w.span(40 * 24 * time.Hour))}
		if w.chance(.2) {
			q.Consent.At = base.Add(w.near())
		}
		if w.chance(.3) {
			q.Consent.Until = q.Consent.At.Add(w.span(50 * 24 * time.Hour))
		}
	}
	if w.chance(.1) {
		q.Refused = Refused{At: base.Add(w.near()), Source: "agent"}
	}
	for _, list := range []string{"us.national", "gb.tps", "gb.ctps", "hk.prerecorded", "fr.bloctel", "cn.decline"} {
		if w.chance(.9) {
			q.Asked = append(q.Asked, Asked{List: list, At: base.Add(-w.span(33 * 24 * time.Hour))})
		}
		if w.chance(.1) {
			m := Mark{List: list, Source: "import", Since: base.Add(w.near())}
			if w.chance(.7) {
				m.Until = m.Since.Add(w.span(9 * 24 * time.Hour))
			}
			q.Marks = append(q.Marks, m)
		}
	}
	for range w.IntN(9) {
		q.Past = append(q.Past, Past{At: base.Add(-w.span(pick(w, 3*time.Hour, 40*24*time.Hour))), Number: n + phone.Number(w.IntN(4)/3), Talked: w.chance(.3), Abandoned: w.chance(.2)})
	}
	slices.SortFunc(q.Past, func(a, b Past) int { return int(a.At - b.At) })
	return q
}

// instants that matter: the days around changes of the clocks, of rules and of years.
func (w *world) instant(t *testing.T) timex.Instant {
	day := pick(w, "2026-11-26", "2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2025-12-31", "2026-08-10", "2008-09-30", "2023-02-28", "2024-05-31", "2004-12-31", "2026-07-03", "2026-02-14", "2021-06-30")
	at := instant(t, day+"T12:00:00Z").Add(w.near())
	if w.chance(.4) { // whole hours and half hours are where things change
		at -= at % (1_800 * second)
	}
	if w.chance(.1) {
		at--
	}
	return at
}

// TestNothingAllowedBreaksARule: the answer is that of the plain check, rule by rule;
// Again is the first instant the plain check allows; until Until it allows all.
func TestNothingAllowedBreaksARule(t *testing.T) {
	w := &world{Rand: rand.New(rand.NewPCG(7, 53)), p: loaded(t)}
	zonesOf := map[string][]*time.Location{} // of a place and what lies within it
	for code, place := range w.p.places {
		zonesOf[code] = append(zonesOf[code], place.Zones...)
		if up := w.p.parent[code]; up != code {
			zonesOf[up] = append(zonesOf[up], place.Zones...)
		}
	}
	yes, later, never := 0, 0, 0
	var a Answer
	for i := range 3_000 {
		at := w.instant(t)
		c, q := w.campaign(at), w.query(at)
		b, err := w.p.For(c)
		if err != nil {
			t.Fatal(err)
		}
		tell := func() string { return fmt.Sprintf("question %d at %s, %+v,\n%+v,\n%+v", i, at, c, q, a) }
		b.Ask(&q, at, &a)
		var held []string
		for _, h := range a.Holds {
			held = append(held, h.Rule.Name)
			if h.Until != 0 && h.Until <= at {
				t.Fatalf("%s lets go before it holds: %s", h.Rule.Name, tell())
			}
		}
		slices.Sort(held)
		mixed := q
		mixed.Past = slices.Clone(q.Past)
		w.Shuffle(len(mixed.Past), func(i, j int) { mixed.Past[i], mixed.Past[j] = mixed.Past[j], mixed.Past[i] })
		want := naive(w.p, zonesOf, &c, &q, at)
		if held = slices.Compact(held); !slices.Equal(held, want) || a.OK != (len(want) == 0) || b.May(&q, at) != a.OK || b.May(&mixed, at) != a.OK {
			t.Fatalf("held by %v, should be by %v: %s", held, want, tell())
		}
		free := func(t timex.Instant) bool { return len(naive(w.p, zonesOf, &c, &q, t)) == 0 }
		switch {
		case a.OK:
			yes++
			if a.Until <= at || !free(a.Until-1) || !free(at+(a.Until-at)/2) || !free(at.Add(min(w.span(36*time.Hour), a.Until.Sub(at)-time.Microsecond))) {
				t.Fatalf("not allowed until %s: %s", a.Until, tell())
			}
		case a.Again != 0:
			later++
			if a.Again <= at || !free(a.Again) || free(a.Again-1) || free(a.Again.Add(-time.Second)) && a.Again.Add(-time.Second) >= at || free(at+timex.Instant(w.Int64N(int64(a.Again-at)))) {
				t.Fatalf("%s is not the first instant: %s", a.Again, tell())
			}
		default:
			never++
			if x := at.Add(w.span(Horizon)); free(x) && !slices.ContainsFunc(q.Asked, func(o Asked) bool { return o.At > at }) {
				t.Fatalf("it may be called at %s, and never is the answer: %s", x, tell())
			}
		}
	}
	if yes < 100 || later < 100 || never < 100 {
		t.Errorf("allowed %d, later %d, never %d: the questions are too much alike", yes, later, never)
	}
}
