package document

import (
	"strconv"
	"strings"

	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// partName is the name of a part, made from its key where the plan has none. A
// part that has no other name than its line has none.
func partName(tag lang.Tag, l *rating.Line, p *rating.Part) string {
	key, from, later := strings.Cut(p.Key, "@")
	name := p.Name.In(tag)
	if _, err := timex.ParseDate(key); err == nil && p.Proration != nil {
		key, from, later, name = "", key, true, "" // a stretch of days, named by its first
	}
	if name == "" || name == l.Name.In(tag) {
		name = keyName(tag, key, len(l.Parts) == 1 && !later)
	}
	if !later {
		return name
	}
	if d, err := timex.ParseDate(from); err == nil {
		from = lang.Date(tag, d)
	} else if n, err := strconv.ParseInt(strings.TrimSuffix(from, "s"), 10, 64); err == nil {
		from = lang.Clock(n)
	}
	return strings.TrimSpace(say(tag, "doc.from", "name", name, "from", from))
}

// keyName makes a name of what a part's key says: tier:2, prefix:8613, a date.
func keyName(tag lang.Tag, key string, only bool) string {
	if d, err := timex.ParseDate(key); err == nil {
		return lang.Date(tag, d)
	}
	kind, value, ok := strings.Cut(key, ":")
	switch {
	case kind == "fees":
		return say(tag, "doc.fixed")
	case only && (!ok || kind == "tier"), kind == "unit" || kind == "rise" || kind == "block" || kind == "share" || kind == "true_up":
		return ""
	case kind == "tier" && ok:
		return say(tag, "doc.tier", "n", value)
	case kind == "prefix" && value != "":
		return "+" + value
	case ok:
		return value
	}
	return key
}

// figures are the numbers of a part as a calculation: quantity, price and, if
// it is a factor, the share of the period.
type figures struct {
	quantity exact.Number
	unit     string
	share    *rating.Fraction // a factor of the amount; nil is none
	within   *rating.Fraction // a fraction that is in the quantity already; nil is none
	true     bool             // quantity x price x share + flat is the amount to the last digit
}

// figuresOf finds which calculation makes a part's amount. A share of the
// period is a factor in some parts and in the quantity already in others: what
// is true is told from the figures.
func figuresOf(l *rating.Line, p *rating.Part) figures {
	f := figures{quantity: p.Quantity, unit: l.Unit}
	if p.Key == "block" || strings.HasPrefix(p.Key, "tier:") && !p.Raw.IsZero() && !p.Raw.Equal(p.Quantity) && p.Proration == nil {
		f.unit = "block" // a price for started blocks
	}
	share := p.Proration.Share()
	worth := p.Quantity.Mul(p.UnitPrice)
	switch {
	case worth.Add(p.Flat).Equal(p.Exact):
		f.true = true
		if p.Proration == nil {
			f.whole(l, p)
			return f
		}
		if share.Equal(exact.One) {
			return f
		}
		if p.Raw.Mul(share).Equal(p.Quantity) {
			f.quantity, f.share = p.Raw, p.Proration
		} else {
			f.within = p.Proration
		}
	case worth.Mul(share).Add(p.Flat).Equal(p.Exact) || worth.Add(p.Flat).Mul(share).Equal(p.Exact):
		f.true, f.share = true, p.Proration
	default:
		f.share = p.Proration
	}
	return f
}

// whole takes the line's share of the period out of the quantity of its only
// part, where a quantity that can be written remains.
func (f *figures) whole(l *rating.Line, p *rating.Part) {
	share := l.Proration.Share()
	if l.Proration == nil || len(l.Parts) != 1 || share.Sign() <= 0 || !p.Flat.IsZero() {
		return
	}
	if q := p.Quantity.Div(share); isDecimal(q) {
		f.quantity, f.share = q, l.Proration
	}
}

// isDecimal tells whether a number has an end, so that its digits are all of it.
func isDecimal(n exact.Number) bool {
	d, err := exact.Parse(decimal(n))
	return err == nil && d.Equal(n)
}

// shownParts are the parts that say something: the difference to a minimum is
// its own line, and its only part would repeat it.
func shownParts(l *rating.Line) []rating.Part {
	if len(l.Parts) == 1 && l.Parts[0].Key == "true_up" {
		return nil
	}
	return l.Parts
}

// partPrice is the unit price of a part, or a question mark: nought would say
// that it is free.
func partPrice(tag lang.Tag, p *rating.Part) string {
	if p.Unknown {
		return "?"
	}
	return lang.Number(tag, p.UnitPrice)
}

// partAmount is the exact amount of a part; where a price in it is not known, the
// least it costs, or a question mark.
func partAmount(tag lang.Tag, p *rating.Part) string {
	switch {
	case p.Unknown && p.Exact.IsZero():
		return "?"
	case p.Unknown:
		return "≥ " + lang.Number(tag, p.Exact)
	}
	return lang.Number(tag, p.Exact)
}

// formula is a part as a calculation. It ends in "= amount" only where the
// figures make that amount to the last digit.
func formula(tag lang.Tag, l *rating.Line, p *rating.Part) string {
	f := figuresOf(l, p)
	var b strings.Builder
	if !p.Quantity.IsZero() || p.Flat.IsZero() {
		b.WriteString(lang.Quantity(tag, f.quantity, f.unit))
		if f.within != nil {
			b.WriteString(say(tag, "doc.bracket", "text", fraction(tag, f.within)))
		}
		b.WriteString(" × " + partPrice(tag, p))
	}
	if f.share != nil && b.Len() > 0 {
		b.WriteString(" × " + fraction(tag, f.share))
	}
	if !p.Flat.IsZero() {
		if b.Len() > 0 {
			b.WriteString(" + ")
		}
		b.WriteString(lang.Number(tag, p.Flat))
	}
	amount := partAmount(tag, p)
	switch {
	case p.Unknown:
		return b.String()
	case b.String() == amount:
		return amount
	case f.true && strings.HasPrefix(amount, "≈"):
		return b.String() + " ≈ " + strings.TrimPrefix(amount, "≈")
	case f.true:
		return b.String() + " = " + amount
	}
	return b.String() + say(tag, "doc.makes", "amount", amount)
}
