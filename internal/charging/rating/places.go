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
	"waihu/internal/lang"
	"waihu/internal/timex"
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
	r.where(l, &c.Where)
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

// where names what a component's filter asks for; modules go by their names.
func (r *rater) where(l *Line, f *catalog.Filter) {
	for _, w := range f.Words() {
		key, value, _ := strings.Cut(w, "=")
		if key == "module" {
			l.named("where_module", "value", r.moduleNames(f.Module))
			continue
		}
		l.rule("where_"+key, "value", strings.ReplaceAll(value, "|", ","))
	}
}

// moduleNames lists modules in each language.
func (r *rater) moduleNames(ids []string) lang.Text {
	return namesOf(ids, func(id string) lang.Text {
		if m, ok := r.plan.Module(id); ok {
			return m.Name
		}
		return lang.Text{}
	})
}

// componentNames lists components in each language.
func (r *rater) componentNames(ids ...string) lang.Text {
	return namesOf(ids, func(id string) lang.Text {
		if c, ok := r.plan.Component(id); ok {
			return c.Name
		}
		return lang.Text{}
	})
}

// namesOf lists what has names in each language; what has none goes by its
// identifier.
func namesOf(ids []string, name func(id string) lang.Text) lang.Text {
	in := func(tag lang.Tag) string {
		words := make([]string, len(ids))
		for i, id := range ids {
			words[i] = name(id).Or(id).In(tag)
		}
		return strings.Join(words, ", ")
	}
	return lang.Text{En: in(lang.English), Hant: in(lang.Traditional), Hans: in(lang.Simplified)}
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
		l.Rules = append(l.Rules, called(rule("per_seat", "seats", seats.String(), "of", c.PerSeatOf), "of", r.componentNames(c.PerSeatOf)))
	}
	n = r.rounded(c, n, l)
	l.Billed = n
	if c.Included != nil {
		l.Included = exact.Min(r.includedPlain(c, l), n)
	}
	r.charge(c, n, served, l)
	n = l.Charged
	p := r.priced(c, l)
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
