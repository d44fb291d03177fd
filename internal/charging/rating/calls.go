package rating

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// calls prices the calls of a component: talk time by rates, or calls as events.
func (r *rater) calls(c *catalog.Component) error {
	cc := r.g.Calls[c.ID]
	if cc == nil {
		cc = &meter.CallCount{}
	}
	l := r.line(c)
	l.Evidence = Evidence{Facts: "calls", Count: cc.Matched, Digest: cc.Evidence}
	r.callRules(c, l)
	r.trialCalls(c, cc, l)
	if c.Measure == catalog.Calls {
		r.countedCalls(c, cc, l)
	} else {
		r.talkTime(c, cc, l)
	}
	if err := r.finish(c, l); err != nil {
		return err
	}
	r.add(l)
	return nil
}

// callRules names how each call is counted.
func (r *rater) callRules(c *catalog.Component, l *Line) {
	r.where(l, &c.Where)
	if c.Measure != catalog.TalkTime {
		return
	}
	inc := c.Increment
	if inc.IsZero() {
		inc = catalog.Increment{First: 60, Next: 60}
	}
	r.incrementRules(c, inc, l)
	if c.Grid == catalog.MultipleFromZero {
		l.rule("grid", "grid", string(c.Grid))
	}
	if c.Grace > 0 {
		l.rule("grace", "seconds", fmt.Sprint(catalog.Span(c.Grace)), "rule", string(orDefault(c.GraceRule, catalog.FreeIfWithin)))
	}
	if c.MinDuration > 0 {
		l.rule("min_duration", "seconds", fmt.Sprint(catalog.Span(c.MinDuration)))
	}
	if c.ConnectFee.Sign() > 0 {
		l.rule("connect_fee", "fee", c.ConnectFee.String())
	}
	if c.Legs != "" && c.Legs != catalog.EachLeg {
		l.rule("legs", "legs", string(c.Legs))
	}
	if c.Crossing != "" {
		l.rule("crossing", "crossing", string(c.Crossing))
	}
	if c.RoundEach != nil {
		l.rule("round_each", "mode", string(orDefault(c.RoundEach.Mode, exact.HalfAway)), "decimals", fmt.Sprint(c.RoundEach.Decimals))
	}
	if c.Deck != "" {
		l.rule("deck", "deck", c.Deck)
	}
}

// incrementRules names the increments: the component's, and those of rows that
// have their own.
func (r *rater) incrementRules(c *catalog.Component, inc catalog.Increment, l *Line) {
	general := len(c.Rates) == 0 && c.Deck == ""
	for i := range c.Rates {
		row := &c.Rates[i]
		general = general || row.Increment.IsZero() && row.Deck == "" && len(row.Bands) == 0
	}
	if general {
		l.rule("increment", "increment", inc.String())
	}
	for i := range c.Rates {
		if row := &c.Rates[i]; !row.Increment.IsZero() {
			l.Rules = append(l.Rules, withName(rule("increment", "increment", row.Increment.String()), "row", row.Name.Or(row.ID)))
		}
	}
}

// named is rule with a first argument that is a name of the plan.
func (l *Line) named(key, arg string, name lang.Text, args ...string) {
	l.Rules = append(l.Rules, withName(rule(key, args...), arg, name))
}

// withName adds a name in each language it has.
func withName(r Rule, key string, name lang.Text) Rule {
	if r.Args == nil {
		r.Args = map[string]string{}
	}
	lang.Put(r.Args, key, name)
	return r
}

// called keeps an identifier under key and says its name where a sentence shows it.
func called(r Rule, key string, name lang.Text) Rule {
	id := r.Args[key]
	r = withName(r, key, name)
	r.Args[key] = id
	return r
}

func orDefault[T ~string](v, d T) T {
	if v == "" {
		return d
	}
	return v
}

// single tells whether a component has one price for all its calls, so that its
// quantity can be rounded, committed and tiered as a whole.
func single(c *catalog.Component) bool { return len(c.Rates) == 0 && c.Deck == "" }

// talkTime prices seconds of talk.
func (r *rater) talkTime(c *catalog.Component, cc *meter.CallCount, l *Line) {
	scale := exact.Int(c.Unit.Seconds())
	used := r.pots.used[c.ID]
	for i := range cc.Slots {
		s := &cc.Slots[i]
		l.Raw = l.Raw.Add(exact.Int(s.Raw).Div(scale))
		l.Billed = l.Billed.Add(exact.Int(s.Billed).Div(scale))
		l.Included = l.Included.Add(used[s.Index].Div(scale))
		r.slotRules(s, l)
	}
	r.includedRules(c, l)
	if single(c) {
		r.singlePrice(c, cc, l, scale)
		return
	}
	for i := range cc.Slots {
		l.Parts = append(l.Parts, r.slotPart(c, &cc.Slots[i], used[cc.Slots[i].Index], scale, l))
	}
	l.Charged = l.Billed.Sub(l.Included)
}

// slotRules names the bounds that decided calls of a slot.
func (r *rater) slotRules(s *meter.Slot, l *Line) {
	if s.AtMin > 0 {
		l.rule("each_min", "calls", fmt.Sprint(s.AtMin), "minimum", exact.Scaled(s.Rate.MinCost, 9).String())
	}
	if s.AtMax > 0 {
		l.rule("each_max", "calls", fmt.Sprint(s.AtMax), "maximum", exact.Scaled(s.Rate.MaxCost, 9).String())
	}
}

// slotPart is the part of a line at one rate.
func (r *rater) slotPart(c *catalog.Component, s *meter.Slot, included, scale exact.Number, l *Line) Part {
	p := Part{Key: "row:" + s.Row, Name: s.Name.Or(s.Row), Count: s.Calls, Raw: exact.Int(s.Raw).Div(scale),
		UnitPrice: s.Rate.UnitPrice().Mul(scale), Flat: fees(s)}
	if s.Deck != "" {
		p.Key = "prefix:" + s.Prefix
		p.Name = lang.Text{En: s.Prefix}
		if s.Name.En != "" {
			p.Name = lang.Text{En: s.Prefix + " " + s.Name.En}
		}
	}
	if s.Banded {
		p.Key += fmt.Sprintf("@%ds", s.From)
	}
	p.Quantity = exact.Int(s.Linear).Sub(included).Div(scale)
	p.Exact = p.Quantity.Mul(p.UnitPrice).Add(p.Flat)
	if c.RoundEach != nil {
		p.Quantity = exact.Int(s.Billed).Div(scale)
		p.Exact = exact.Scaled(s.Nano, 9)
	}
	if s.Rate.Status == deck.Unknown && p.Quantity.Sign() > 0 {
		l.Unknown, p.Unknown = true, true
		l.Rules = append(l.Rules, withName(rule("unknown_price"), "what", p.Name))
	}
	return p
}

// fees are what calls cost beside their seconds: connect fees, and calls at the
// minimum or maximum of their rate.
func fees(s *meter.Slot) exact.Number {
	return exact.Sum(exact.Int(s.Fees).Mul(exact.Scaled(s.Rate.Connect, 9)), exact.Int(s.AtMin).Mul(exact.Scaled(s.Rate.MinCost, 9)),
		exact.Int(s.AtMax).Mul(exact.Scaled(s.Rate.MaxCost, 9)))
}

// singlePrice prices talk time that has one unit price, tiers or blocks.
func (r *rater) singlePrice(c *catalog.Component, cc *meter.CallCount, l *Line, scale exact.Number) {
	linear, flat, count, paying := exact.Zero, exact.Zero, int64(0), int64(0)
	rounded := exact.Zero
	for i := range cc.Slots {
		s := &cc.Slots[i]
		linear = linear.Add(exact.Int(s.Linear).Div(scale))
		flat = flat.Add(fees(s))
		count += s.Calls
		paying += min(s.Fees+s.AtMin+s.AtMax, s.Calls) // a record can stand for two legs
		rounded = rounded.Add(exact.Scaled(s.Nano, 9))
		if s.Billed > 0 && (c.ConnectFee.Unknown || c.RoundEach != nil && c.UnitPrice.Unknown) {
			r.unknown(l)
		}
	}
	if c.RoundEach != nil {
		l.Charged = l.Billed
		l.Parts = []Part{{Key: "unit", Name: c.Name.Or(c.ID), Count: count, Raw: l.Raw, Quantity: l.Billed, UnitPrice: c.UnitPrice.Number, Exact: rounded}}
		return
	}
	q := r.rounded(c, linear, l)
	if total := r.rounded(c, l.Billed, nil); linear.Equal(l.Billed) && !total.Equal(l.Billed) {
		l.Billed = total
	}
	r.charge(c, q, r.trialShare(c), l)
	r.take(r.priced(c, l), l)
	if len(l.Parts) > 0 {
		l.Parts[0].Count = count
	}
	if flat.Sign() > 0 {
		l.Parts = append(l.Parts, Part{Key: "fees", Name: c.Name.Or(c.ID), Count: paying, Flat: flat, Exact: flat})
	}
}

// take moves priced parts onto a line.
func (r *rater) take(p priced, l *Line) {
	for i := range p.parts {
		if p.parts[i].Name == (lang.Text{}) {
			p.parts[i].Name = l.Name
		}
		p.parts[i].Unknown = p.unknown && p.parts[i].UnitPrice.IsZero() && p.parts[i].Quantity.Sign() > 0
	}
	l.Parts = append(l.Parts, p.parts...)
	l.Rules = append(l.Rules, p.rules...)
	if p.unknown {
		r.unknown(l)
	}
}

// unknown marks a line with a price nobody knows, once.
func (r *rater) unknown(l *Line) {
	if !l.Unknown {
		l.Unknown = true
		l.Rules = append(l.Rules, withName(rule("unknown_price"), "what", l.Name))
	}
}

// rounded rounds the quantity of the period where the component says so.
func (r *rater) rounded(c *catalog.Component, q exact.Number, l *Line) exact.Number {
	if c.RoundTotal == nil {
		return q
	}
	if l != nil {
		l.rule("round_total", "mode", string(orDefault(c.RoundTotal.Mode, exact.Up)), "to", c.RoundTotal.To.String(), "unit", l.Unit, "from", q.String())
	}
	return q.Multiple(orDefault(c.RoundTotal.Mode, exact.Up), c.RoundTotal.To)
}

// charge works out what of a quantity is priced: what is not included, raised
// to the commitment for the share of the period that is served.
func (r *rater) charge(c *catalog.Component, q, share exact.Number, l *Line) {
	l.Charged = exact.Max(q.Sub(l.Included), exact.Zero)
	if need := c.Commitment.Mul(share); l.Charged.Less(need) {
		l.rule("commitment", "quantity", need.String(), "unit", l.Unit, "actual", l.Charged.String())
		l.Charged = need
		l.Billed = l.Included.Add(need)
	}
}

// countedCalls prices calls as events.
func (r *rater) countedCalls(c *catalog.Component, cc *meter.CallCount, l *Line) {
	used := r.pots.used[c.ID]
	total := int64(0)
	for i := range cc.Slots {
		total += cc.Slots[i].Calls
		l.Included = l.Included.Add(used[cc.Slots[i].Index])
	}
	l.Raw = exact.Int(total)
	l.Billed = l.Raw
	r.includedRules(c, l)
	if !single(c) {
		for i := range cc.Slots {
			s := cc.Slots[i]
			s.Linear = s.Calls
			part := r.slotPart(c, &s, used[s.Index], exact.One, l)
			part.Raw = exact.Int(s.Calls)
			l.Parts = append(l.Parts, part)
		}
		l.Charged = l.Billed.Sub(l.Included)
		return
	}
	l.Billed = r.rounded(c, l.Raw, l)
	r.charge(c, l.Billed, r.trialShare(c), l)
	r.take(r.priced(c, l), l)
	if len(l.Parts) > 0 {
		l.Parts[0].Count = total
	}
}

// includedRules names the packages a line used, and what a call that overran one means.
func (r *rater) includedRules(c *catalog.Component, l *Line) {
	for _, pk := range r.plan.IncludedFor(c.ID) {
		scale := scaleOf(c)
		used := r.pots.perPack[pk.ID][c.ID].Div(scale)
		size, left := exact.Zero, exact.Zero
		for _, b := range r.pots.buckets {
			if b.pack.ID == pk.ID {
				size, left = size.Add(b.size.Div(scale)), left.Add(b.left.Div(scale))
			}
		}
		if size.IsZero() {
			continue // it has ended, or has not begun
		}
		if pk.Per == catalog.PerSeatCount || pk.Scope == catalog.PerSeat {
			seats := exact.Int(int64(len(r.agents())))
			if pk.Scope != catalog.PerSeat {
				seats = r.seatsOf(pk.SeatsOf)
			}
			l.named("included_per_seat", "package", pk.Name.Or(pk.ID), "quantity", pk.Quantity.String(), "seats", seats.String(),
				"scope", string(orDefault(pk.Scope, catalog.Pooled)), "used", used.String(), "unit", l.Unit)
		} else {
			l.named("included", "package", pk.Name.Or(pk.ID), "quantity", size.String(), "used", used.String(), "left", left.String(), "unit", l.Unit)
		}
		for _, b := range r.pots.buckets {
			if b.pack.ID == pk.ID && b.carried {
				l.named("rollover", "package", pk.Name.Or(pk.ID), "quantity", b.size.Div(scale).String(), "unit", l.Unit, "granted", b.granted.String(), "expires", b.expires.String())
			}
		}
		if pk.Burn != "" {
			l.rule("burn", "order", string(pk.Burn))
		}
	}
}
