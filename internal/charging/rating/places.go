package rating

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// measured prices a component whose quantity is counted over the period as a
// whole: seats, logged-in time, modules, rentals, events, recurring fees. terms
// are those of the bill, or of the fee's own period.
func (r *rater) measured(c *catalog.Component, terms *contract.Terms) error {
	if c.Measure == catalog.Events {
		return r.events(c)
	}
	q, err := r.quantity(c, terms)
	if err != nil {
		return err
	}
	l := r.line(c)
	served := meter.Served(c, terms)
	l.First, l.After = served.First, served.After
	l.Evidence = r.evidence(c, q.Count)
	l.where(&c.Where)
	r.steps(l, &q)
	l.Raw = q.Raw
	if c.Measure == catalog.SystemTime {
		l.Raw = q.Raw.Div(exact.Int(c.Unit.Seconds()))
	}
	if begin := max(terms.Start, terms.First); c.Trial > 0 && terms.Start != 0 && served.First > begin {
		l.rule("trial", "days", fmt.Sprint(int64(served.First-begin)), "until", served.First.String())
	}
	share := r.shareOf(c, q, terms, l)
	if c.Tiers != nil && len(q.Runs) > 0 && (c.Measure == catalog.SeatsAssigned || c.Measure == catalog.Recurring) {
		if err := r.tieredRuns(c, q, terms, l); err != nil {
			return err
		}
	} else {
		r.wholeQuantity(c, q, share, r.servedShare(c, q, terms), l)
	}
	if err := r.finish(c, l); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// servedShare is the part of the period a commitment is for, where the quantity
// carries the shares itself; elsewhere the price does.
func (r *rater) servedShare(c *catalog.Component, q meter.Quantity, terms *contract.Terms) exact.Number {
	if len(q.Runs) == 0 && len(q.Parts) == 0 || !c.Measure.Prorates() {
		return exact.One
	}
	return meter.Share(c.Proration, meter.Served(c, terms), meter.Dates{First: terms.First, After: terms.After}, terms.Loc).Value()
}

// quantity counts a component's facts.
func (r *rater) quantity(c *catalog.Component, terms *contract.Terms) (meter.Quantity, error) {
	switch {
	case c.Measure.OfSeats():
		return meter.CountSeats(c, r.g.Seats, r.g.Sessions, terms)
	case c.Measure == catalog.SystemTime:
		return meter.SystemTime(c, r.g.Sessions, terms)
	case c.Measure == catalog.ModuleDays:
		return meter.CountModules(c, r.g.Modules, terms)
	case c.Measure == catalog.Rentals:
		return meter.CountRentals(c, r.g.Rentals, terms)
	}
	levels, _, err := meter.AssignedLevels(c, nil, terms) // recurring: the quantity is fixed
	if err != nil {
		return meter.Quantity{}, err
	}
	return meter.ChargeAssigned(c, levels, terms), nil
}

// where names what a component's filter asks for.
func (l *Line) where(f *catalog.Filter) {
	for _, w := range f.Words() {
		key, value, _ := strings.Cut(w, "=")
		l.rule("where_"+key, "value", strings.ReplaceAll(value, "|", ","))
	}
}

// steps takes over what decided a quantity, in the words of an invoice: moments
// on the local clock, lengths in seconds.
func (r *rater) steps(l *Line, q *meter.Quantity) {
	local := func(s string) string {
		var at timex.Instant
		if at.UnmarshalText([]byte(s)) != nil || at.IsZero() {
			return s
		}
		return at.In(r.terms.Loc).Format(time.DateTime)
	}
	for _, s := range q.Steps {
		a := s.Args
		switch s.Key {
		case "seats_assigned":
			if len(q.Runs) > 1 { // else no seat came or went
				l.rule("seat_increase", "rule", a["increase"])
				l.rule("seat_decrease", "rule", a["decrease"])
			}
		case "fixed_quantity":
			if a["changes"] == "0" {
				l.rule("fixed_quantity", "quantity", a["quantity"])
			} else {
				l.rule("fixed_quantity", "quantity", a["quantity"], "changes", a["changes"])
			}
		case "module_base":
			l.rule("base_module", "module", a["module"])
		case "days_on":
			if a["off_day"] == string(catalog.OffDayCharged) {
				l.rule("off_day", "rule", a["off_day"])
			}
		case "peak", "seats_highest":
			l.rule("peak_at", "level", a["level"], "at", local(a["at"]))
		case "peak_ignored":
			l.rule("ignore_below", "seconds", inSeconds(a["bound"]))
			l.rule("peak_ignored", "level", a["level"], "at", local(a["at"]), "held", inSeconds(a["held"]))
		case "percentile":
			l.rule("p95", "level", a["level"], "above", inSeconds(a["above"]))
		case "same_user_merged":
			l.rule("merge_same_user", "merge", "yes")
		case "state":
			if a["state"] == "" {
				continue // the source tells no states
			}
			l.rule("state", "state", a["state"], "seconds", wholeSeconds(a["seconds"]))
		default:
			l.Rules = append(l.Rules, Rule{Key: s.Key, Args: a})
		}
	}
}

// inSeconds writes a length of time as whole seconds.
func inSeconds(s string) string {
	if d, err := catalog.ParseDuration(s); err == nil {
		return fmt.Sprint(catalog.Span(d))
	}
	return s
}

func wholeSeconds(s string) string {
	if n, err := exact.Parse(s); err == nil {
		return n.Round(exact.Ceiling, 0).String()
	}
	return s
}

// shareOf is the part of the period that counted seats are charged for: all of
// it, but where the contract began or ended within it. Assigned seats, modules
// and rentals carry their own shares.
func (r *rater) shareOf(c *catalog.Component, q meter.Quantity, terms *contract.Terms, l *Line) *Fraction {
	if len(q.Parts) > 0 || len(q.Runs) > 0 || !c.Measure.Prorates() {
		return nil
	}
	f := meter.Share(c.Proration, meter.Served(c, terms), meter.Dates{First: terms.First, After: terms.After}, terms.Loc)
	if f.Value().Equal(exact.One) {
		return nil
	}
	out := &Fraction{Num: f.Num, Den: f.Den, Basis: orDefault(c.Proration, catalog.ByDay)}
	l.Proration = out
	l.rule("proration", "basis", string(out.Basis), "num", f.Num.String(), "den", f.Den.String())
	return out
}

// wholeQuantity prices one quantity: rounded, committed, less what is included,
// times the seats it is for.
func (r *rater) wholeQuantity(c *catalog.Component, q meter.Quantity, share *Fraction, served exact.Number, l *Line) {
	n := l.Raw
	if c.PerSeatOf != "" {
		seats := r.seatsOf(c.PerSeatOf)
		n = n.Mul(seats)
		l.rule("per_seat", "seats", seats.String(), "of", c.PerSeatOf)
	}
	n = r.rounded(c, n, l)
	l.Billed = n
	if c.Included != nil {
		l.Included = exact.Min(r.includedPlain(c, l), n)
	}
	r.charge(c, n, served, l)
	n = l.Charged
	p := quantity(c, n)
	if share != nil {
		for i := range p.parts {
			p.parts[i].Proration = share
			p.parts[i].Exact = p.parts[i].Exact.Mul(share.Share())
		}
	}
	if len(q.Parts) > 1 && c.Tiers == nil && c.Block == nil && n.Equal(l.Raw) {
		r.take(priced{parts: partsOf(c, q), unknown: c.UnitPrice.Unknown && n.Sign() > 0}, l)
		return
	}
	if len(q.Parts) == 1 && share == nil {
		f := q.Parts[0].Share
		if !f.Value().Equal(exact.One) {
			l.Proration = &Fraction{Num: f.Num, Den: f.Den, Basis: orDefault(c.Proration, catalog.ByDay)}
			l.rule("proration", "basis", string(l.Proration.Basis), "num", f.Num.String(), "den", f.Den.String())
		}
	}
	r.take(p, l)
}

// partsOf shows who is charged for how much of the period.
func partsOf(c *catalog.Component, q meter.Quantity) []Part {
	var out []Part
	for i := range q.Parts {
		m := &q.Parts[i]
		p := Part{Key: m.Key, Count: m.Count, Raw: m.Quantity, Quantity: m.Amount(), UnitPrice: c.UnitPrice.Number, Exact: m.Amount().Mul(c.UnitPrice.Number)}
		if m.Key == "" {
			p.Key = m.First.String()
		}
		p.Name.En = p.Key
		p.Proration = &Fraction{Num: m.Share.Num, Den: m.Share.Den, Basis: orDefault(c.Proration, catalog.ByDay)}
		out = append(out, p)
	}
	return out
}

// includedPlain is the free quantity of a component that is not of calls.
func (r *rater) includedPlain(c *catalog.Component, l *Line) exact.Number {
	size := c.Included.Quantity
	if c.Included.Per == catalog.PerSeatCount {
		seats := r.seatsOf(c.Included.SeatsOf)
		l.rule("included_per_seat", "package", c.ID, "quantity", size.String(), "seats", seats.String(), "scope", string(catalog.Pooled), "unit", l.Unit)
		return size.Mul(seats)
	}
	l.rule("included", "package", c.ID, "quantity", size.String(), "unit", l.Unit)
	return size
}

// tieredRuns prices assigned seats by tiers: each day's level at its tiers, for
// the share of the period the day is.
func (r *rater) tieredRuns(c *catalog.Component, q meter.Quantity, terms *contract.Terms, l *Line) error {
	l.Billed, l.Charged = q.Raw, q.Raw
	if c.Tiers.Mode == catalog.Volume {
		r.volumeRuns(c, q, terms, l)
		return nil
	}
	known, open := knownTiers(c)
	tiers, err := meter.GraduatedProrated(known, q.Runs, terms)
	if err != nil {
		return err
	}
	for _, t := range tiers {
		if open[t.Tier] && t.Units.Num.Sign() > 0 {
			r.unknown(l)
		}
		if t.Exact.IsZero() && t.Units.Value().IsZero() {
			continue
		}
		n := t.Units.Value()
		l.Parts = append(l.Parts, Part{Key: fmt.Sprintf("tier:%d", t.Tier+1), Name: l.Name, Raw: n, Quantity: n, UnitPrice: t.UnitPrice, Flat: t.Flat, Exact: t.Exact,
			Proration: &Fraction{Num: t.Units.Num, Den: t.Units.Den, Basis: orDefault(c.Proration, catalog.ByDay)}})
	}
	l.rule("tier_graduated", "tier", fmt.Sprint(len(l.Parts)))
	return nil
}

// knownTiers is a component whose unknown prices count as nothing, and which
// tiers had one.
func knownTiers(c *catalog.Component) (*catalog.Component, map[int]bool) {
	out, tiers, open := *c, *c.Tiers, map[int]bool{}
	tiers.Rows = slices.Clone(tiers.Rows)
	for i := range tiers.Rows {
		if p := &tiers.Rows[i].UnitPrice; p.Unknown {
			open[i], p.Unknown = true, false
		}
	}
	out.Tiers = &tiers
	return &out, open
}

// volumeRuns prices each level at the tier it falls in, for the days it held.
func (r *rater) volumeRuns(c *catalog.Component, q meter.Quantity, terms *contract.Terms, l *Line) {
	period := meter.Dates{First: terms.First, After: terms.After}
	runs := q.Runs
	if c.Proration == catalog.NoProration || c.Proration == catalog.AnyUse { // the highest level, whole
		runs = []meter.Run{highest(q.Runs)}
	}
	for i := range runs {
		run := &runs[i]
		f := meter.Share(c.Proration, run.Dates, period, terms.Loc)
		if c.Proration == catalog.BySecond {
			f = meter.ShareOfTime(run.Time, terms.Period)
		}
		p := quantity(c, run.Level)
		for j := range p.parts {
			p.parts[j].Key += "@" + run.First.String()
			p.parts[j].Proration = &Fraction{Num: f.Num, Den: f.Den, Basis: orDefault(c.Proration, catalog.ByDay)}
			p.parts[j].Exact = p.parts[j].Exact.Mul(f.Value())
		}
		if i > 0 {
			p.rules = nil // said once
		}
		r.take(p, l)
	}
}

// ofKind tells whether a component takes events of a kind; capitals do not
// matter, as in every filter.
func ofKind(c *catalog.Component, kind string) bool {
	return len(c.Where.Kind) == 0 || slices.ContainsFunc(c.Where.Kind, func(want string) bool { return strings.EqualFold(want, kind) })
}

// highest is the first run of the highest level.
func highest(runs []meter.Run) meter.Run {
	best := runs[0]
	for _, run := range runs[1:] {
		if best.Level.Less(run.Level) {
			best = run
		}
	}
	return best
}

// events prices metered events: their sum, or each of them.
func (r *rater) events(c *catalog.Component) error {
	l := r.line(c)
	var digest usage.Digest
	for kind, e := range r.g.Events {
		if !ofKind(c, kind) {
			continue
		}
		l.Raw = l.Raw.Add(e.Quantity)
		l.Evidence.Count += e.Count
		digest.Merge(&e.Evidence)
	}
	l.Evidence.Facts = "events"
	if digest.Count() > 0 {
		l.Evidence.Digest = digest.String()
	}
	l.where(&c.Where)
	l.Billed = l.Raw
	if c.PricesEach() {
		r.eachEvent(c, l)
	} else {
		r.wholeQuantity(c, meter.Quantity{Raw: l.Raw}, nil, exact.One, l)
		if len(l.Parts) > 0 {
			l.Parts[0].Count = l.Evidence.Count
		}
	}
	if err := r.finish(c, l); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// eachEvent prices events one by one: what is included is used in time order,
// each event has its fee, its least and its most. An event that is wholly
// included costs nothing.
func (r *rater) eachEvent(c *catalog.Component, l *Line) {
	left := exact.Zero
	if c.Included != nil {
		left = r.includedPlain(c, l)
	}
	free, paid, fees, atMin, atMax := exact.Zero, exact.Zero, exact.Zero, int64(0), int64(0)
	linear := exact.Zero
	for _, e := range r.g.Each {
		if !ofKind(c, e.Kind) {
			continue
		}
		n := exact.Min(left, e.Quantity)
		left, free = left.Sub(n), free.Add(n)
		rest := e.Quantity.Sub(n)
		if rest.IsZero() && !e.Quantity.IsZero() {
			continue
		}
		cost := rest.Mul(c.UnitPrice.Number).Add(c.FeeEach)
		switch {
		case cost.Less(c.MinEach):
			atMin++
			fees = fees.Add(c.MinEach)
		case c.MaxEach.Sign() > 0 && c.MaxEach.Less(cost):
			atMax++
			fees = fees.Add(c.MaxEach)
		default:
			linear = linear.Add(rest)
			fees = fees.Add(c.FeeEach)
		}
		paid = paid.Add(rest)
	}
	l.Included, l.Charged = free, paid
	l.Unknown = c.UnitPrice.Unknown && paid.Sign() > 0
	l.Parts = []Part{{Key: "unit", Name: l.Name, Count: l.Evidence.Count, Raw: l.Raw, Quantity: linear, UnitPrice: c.UnitPrice.Number, Flat: fees, Exact: linear.Mul(c.UnitPrice.Number).Add(fees)}}
	if atMin > 0 {
		l.rule("each_min", "calls", fmt.Sprint(atMin), "minimum", c.MinEach.String())
	}
	if atMax > 0 {
		l.rule("each_max", "calls", fmt.Sprint(atMax), "maximum", c.MaxEach.String())
	}
}

// oneOff prices a fee that is due once: on its day, or when the contract starts.
// Without a start it falls due on no day of any period.
func (r *rater) oneOff(c *catalog.Component) error {
	due := c.On
	if due == 0 {
		due = r.terms.Start
	}
	if due == 0 || due < r.terms.First || due >= r.terms.After || r.terms.End != 0 && due >= r.terms.End {
		return nil
	}
	l := r.line(c)
	l.First, l.After = due, due+1
	l.Raw = r.fixed(c)
	l.Billed, l.Charged = l.Raw, l.Raw
	l.rule("one_off", "on", due.String())
	r.take(quantity(c, l.Raw), l)
	if err := r.finish(c, l); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// fixed is the quantity a contract or plan fixes, 1 where neither does.
func (r *rater) fixed(c *catalog.Component) exact.Number {
	if q, ok := r.terms.Quantities[c.ID]; ok {
		return q
	}
	if c.Quantity.IsZero() {
		return exact.One
	}
	return c.Quantity
}

// maxOwnPeriods bounds how many periods of a fee fall due in one bill: a daily
// fee in a bill of a year.
const maxOwnPeriods = 400

// ownPeriods prices a fee whose period is not that of the bill: each of its
// periods that begins in the bill (advance) or ends in it (arrears).
func (r *rater) ownPeriods(c *catalog.Component) error {
	cycle := timex.CalendarCycle(c.Every)
	if r.terms.Start != 0 {
		cycle.Anchor = r.terms.Start
	}
	n := cycle.Index(r.terms.First) - 1
	for range maxOwnPeriods {
		first, after := cycle.Boundary(n), cycle.Boundary(n+1)
		n++
		due := after - 1 // the last day of service falls in the bill
		if r.terms.End != 0 {
			due = min(due, r.terms.End-1)
		}
		if c.Timing == catalog.Advance {
			due = first
		}
		if due >= r.terms.After {
			return nil
		}
		if due < r.terms.First {
			continue
		}
		own := r.terms.Within(first, after)
		if f, a := own.Service(); f == a {
			continue
		}
		if err := r.measured(c, own); err != nil {
			return err
		}
		l := r.lines[len(r.lines)-1]
		l.ID = c.ID + "@" + first.String()
		if c.Timing == catalog.Advance {
			l.rule("advance", "first", first.String())
		}
	}
	return nil
}

// evidence is the digest over the facts of a component that is not of calls.
func (r *rater) evidence(c *catalog.Component, count int64) Evidence {
	if count == 0 || r.g.Digest == "" {
		return Evidence{}
	}
	e := Evidence{Count: count}
	var facts []usage.Fact
	switch c.Measure {
	case catalog.ModuleDays:
		e.Facts, facts = "modules", factsOf(r.g.Modules, func(f *usage.Module) bool { return meter.Takes(c.Where.Module, f.Module) })
	case catalog.Rentals:
		e.Facts, facts = "rentals", factsOf(r.g.Rentals, func(f *usage.Rental) bool { return meter.Takes(c.Where.Item, f.Item) })
	case catalog.SeatsAssigned, catalog.SeatsHighest, catalog.SeatsNamed, catalog.SeatsAtEnd, catalog.SeatsAverage:
		e.Facts, facts = "seats", factsOf(r.g.Seats, func(f *usage.Seat) bool { return meter.Takes(c.Where.SeatType, f.Type) })
	default:
		e.Facts, facts = "sessions", factsOf(r.g.Sessions, func(f *usage.Session) bool { return meter.Takes(c.Where.SeatType, f.Type) })
	}
	var d usage.Digest
	var elements usage.Elements
	for _, f := range facts {
		d.Add(elements.Of(f))
	}
	e.Count, e.Digest = d.Count(), d.String()
	return e
}

// factsOf points at each of a list that a filter takes.
func factsOf[T any, P interface {
	*T
	usage.Fact
}](list []T, takes func(*T) bool) []usage.Fact {
	var out []usage.Fact
	for i := range list {
		if takes(&list[i]) {
			out = append(out, P(&list[i]))
		}
	}
	return out
}
