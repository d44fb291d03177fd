package document

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// say is a phrase of the documents with its arguments as name, value pairs.
func say(tag lang.Tag, key string, pairs ...string) string {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return lang.Phrase(tag, key, args)
}

// maxParts is how many parts of a line a page or a terminal shows; what is
// beyond is one row with its exact sum, and stands in full in CSV and XLSX.
const maxParts = 200

// lineName is the name of a line for people.
func lineName(tag lang.Tag, l *rating.Line) string {
	return cmp.Or(l.Name.In(tag), l.Component, l.ID)
}

// quantity is the priced quantity with its unit; lines that are amounts by
// themselves have none.
func quantity(tag lang.Tag, l *rating.Line) string {
	if l.Unit == "amount" || l.Unit == "" && l.Charged.IsZero() {
		return ""
	}
	return quantityText(tag, charged(l)) + " " + unitWord(tag, charged(l), l.Unit)
}

// charged is the quantity of a line as its only price is for: a module for part
// of the period is one module, and the share is said beside it.
func charged(l *rating.Line) exact.Number {
	if len(l.Parts) == 1 {
		if f := figuresOf(l, &l.Parts[0]); f.share != nil && f.true {
			return f.quantity
		}
	}
	return l.Charged
}

// quantityText is a quantity in figures, four decimals at most; how the amount
// was made is told with all of them.
func quantityText(tag lang.Tag, n exact.Number) string {
	if n.Mul(exact.Int(10_000)).IsInt() {
		return lang.Number(tag, n)
	}
	return "≈" + lang.Fixed(tag, n, 4)
}

// unitWord is the unit of a quantity without the quantity.
func unitWord(tag lang.Tag, n exact.Number, unit string) string {
	if key := "quantity." + unit; lang.Has(key) {
		return strings.TrimSpace(lang.Phrase(tag, key, map[string]string{"text": "", "n": n.String()}))
	}
	return clean(unit)
}

// onePrice is the unit price of a line whose parts all have the same one.
func onePrice(l *rating.Line) (exact.Number, bool) {
	if slices.ContainsFunc(l.Parts, func(p rating.Part) bool { return p.Unknown }) {
		return exact.Zero, false
	}
	if len(l.Parts) == 1 && l.Parts[0].Flat.IsZero() {
		return l.Parts[0].UnitPrice, true
	}
	var price exact.Number
	known := false
	for i := range l.Parts {
		p := &l.Parts[i]
		if p.Quantity.IsZero() && p.Exact.IsZero() {
			continue
		}
		if p.UnitPrice.IsZero() && !p.Flat.IsZero() || known && !price.Equal(p.UnitPrice) {
			return exact.Zero, false
		}
		price, known = p.UnitPrice, true
	}
	return price, known
}

// chain says how the measured quantity became the charged one; empty where
// there is nothing to say.
func chain(tag lang.Tag, l *rating.Line) string {
	if l.Unit == "amount" || l.Raw.IsZero() && l.Billed.IsZero() {
		return ""
	}
	var steps []string
	if !l.Raw.Equal(l.Billed) || isTime(l.Unit) {
		steps = append(steps, say(tag, "doc.measured", "q", measured(tag, l.Raw, rawUnit(l))))
	}
	if len(steps) > 0 || !l.Included.IsZero() {
		steps = append(steps, say(tag, "doc.billed", "q", lang.Quantity(tag, l.Billed, l.Unit)))
	}
	if !l.Included.IsZero() {
		steps = append(steps, say(tag, "doc.included", "q", lang.Quantity(tag, l.Included, l.Unit)),
			say(tag, "doc.charged", "q", lang.Quantity(tag, l.Charged, l.Unit)))
	}
	return strings.Join(steps, say(tag, "doc.comma"))
}

// rawUnit is the unit of what was measured: a module that is charged for each seat is none.
func rawUnit(l *rating.Line) string {
	if l.Unit == "seat" && l.Evidence.Facts == "modules" {
		return "module"
	}
	return l.Unit
}

// measured writes a measured time as a clock where it is whole seconds: that
// is how switches and people write it.
func measured(tag lang.Tag, q exact.Number, unit string) string {
	if isTime(unit) {
		seconds := q.Mul(exact.Int(catalog.UnitOf(unit).Seconds()))
		if n, err := seconds.Int64(); err == nil {
			return lang.Clock(n)
		}
	}
	return lang.Quantity(tag, q, unit)
}

func isTime(unit string) bool {
	switch catalog.UnitOf(unit) {
	case catalog.Second, catalog.Minute, catalog.Hour:
		return true
	}
	return false
}

// fraction is a share of a period: "17/31 (days)".
func fraction(tag lang.Tag, f *rating.Fraction) string {
	s := lang.Number(tag, f.Num) + "/" + lang.Number(tag, f.Den)
	if f.Basis == "" {
		return s
	}
	return s + say(tag, "doc.bracket", "text", lang.Choice(tag, "proration", string(f.Basis)))
}

// restOfParts splits parts into those shown and, where there are too many, the
// number and exact sum of the others.
func restOfParts(parts []rating.Part) (shown []rating.Part, more int, sum exact.Number) {
	if len(parts) <= maxParts {
		return parts, 0, exact.Zero
	}
	rest := parts[maxParts:]
	worth := make([]exact.Number, len(rest))
	for i := range rest {
		worth[i] = rest[i].Exact
	}
	return parts[:maxParts], len(rest), exact.Sum(worth...)
}

// step is one figure on the way from the parts to the amount of a line.
type step struct {
	label, value string
}

// steps lead from the gross amount to the rounded one. A line whose only
// formula already ends in its amount has none.
func steps(tag lang.Tag, l *rating.Line) []step {
	var out []step
	add := func(key string, n exact.Number) {
		out = append(out, step{lang.Phrase(tag, key, nil), lang.Number(tag, n)})
	}
	changed := !l.Discount.IsZero() || !l.Raised.IsZero() || !l.Capped.IsZero()
	if changed {
		add("doc.gross", l.Gross)
	}
	if !l.Discount.IsZero() {
		add("doc.discount", l.Discount.Neg())
	}
	if !l.Raised.IsZero() {
		add("doc.raised", l.Raised)
	}
	if !l.Capped.IsZero() {
		add("doc.capped", l.Capped.Neg())
	}
	rounded := !l.Exact.Equal(l.Amount.Exact())
	if rounded {
		add("doc.exact", l.Exact)
	}
	if changed || rounded || len(l.Parts) > 1 {
		out = append(out, step{say(tag, "doc.rounded"), lang.Decimal(tag, l.Amount)})
	}
	return out
}

// sentences are rules in words.
func sentences(tag lang.Tag, rules []rating.Rule) []string {
	out := make([]string, len(rules))
	for i, r := range rules {
		out[i] = clean(lang.Phrase(tag, "rule."+r.Key, r.Args))
	}
	return out
}

// records is a number of facts of a kind: "12,345 call records".
func records(tag lang.Tag, facts string, n int64) string {
	key := "records." + facts
	if !lang.Has(key) {
		key = "records.other"
	}
	return lang.Phrase(tag, key, map[string]string{"n": strconv.FormatInt(n, 10), "text": lang.Count(tag, n)})
}

// evidence says what stands behind a line; the digest is what a check compares.
func evidence(tag lang.Tag, e rating.Evidence) string {
	if e.Count == 0 && e.Digest == "" {
		return ""
	}
	s := say(tag, "doc.evidence", "records", records(tag, e.Facts, e.Count))
	if e.Digest != "" {
		s += say(tag, "doc.comma") + say(tag, "doc.evidence_digest", "digest", clean(e.Digest))
	}
	return s
}

// summary is the one line under a line of an invoice: what was counted, and
// what was done to the price.
func summary(tag lang.Tag, l *rating.Line) string {
	var out []string
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	if l.Evidence.Count > 0 {
		add(records(tag, l.Evidence.Facts, l.Evidence.Count))
	}
	add(chain(tag, l))
	if len(l.Parts) > 1 {
		add(say(tag, "doc.parts", "n", strconv.Itoa(len(l.Parts))))
	}
	if l.Proration != nil {
		add(say(tag, "doc.prorated", "share", fraction(tag, l.Proration)))
	}
	for _, c := range []struct {
		key string
		n   exact.Number
	}{{"doc.discount_of", l.Discount}, {"doc.raised_by", l.Raised}, {"doc.capped_by", l.Capped}} {
		if !c.n.IsZero() {
			add(lang.Phrase(tag, c.key, map[string]string{"amount": lang.Number(tag, c.n)}))
		}
	}
	return strings.Join(out, " · ")
}
