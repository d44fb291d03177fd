package store

import (
	"encoding/binary"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// PriceName is what the charges of one price share, kept once for all of them.
type PriceName struct {
	Component string
	Label     string
	Currency  money.Currency
	Reason    string
}

// NameOf is the name of a charge's price.
func (c *Charge) NameOf() PriceName {
	return PriceName{c.Component, c.Label, c.Cost.Currency(), c.Reason}
}

// Text is the name as one text; ParsePriceName reads it.
func (n PriceName) Text() string {
	return n.Component + "\x00" + n.Label + "\x00" + n.Currency.String() + "\x00" + n.Reason
}

// ParsePriceName reads the text of a name.
func ParsePriceName(s string) (PriceName, error) {
	parts := strings.Split(s, "\x00")
	if len(parts) != 4 {
		return PriceName{}, fault.New(fault.Internal, "the stored name of a price, %q, has %d parts: 4 were expected", s, len(parts))
	}
	n := PriceName{Component: parts[0], Label: parts[1], Reason: parts[3]}
	err := n.Currency.UnmarshalText([]byte(parts[2]))
	return n, err
}

// AppendCharge appends one charge whose price has a number. Charges follow one
// another until the bytes end.
func AppendCharge(dst []byte, price int64, c *Charge) []byte {
	dst = binary.AppendUvarint(dst, uint64(price))
	dst = binary.AppendVarint(dst, c.Raw)
	dst = binary.AppendVarint(dst, c.Billed)
	return binary.AppendVarint(dst, c.Cost.Micros())
}

// ReadCharge reads the first charge of some: its price's number, and the rest.
func ReadCharge(b []byte) (price int64, c Charge, cost int64, rest []byte, err error) {
	p, n := binary.Uvarint(b)
	for _, to := range []*int64{&c.Raw, &c.Billed, &cost} {
		if n <= 0 {
			break
		}
		b = b[n:]
		*to, n = binary.Varint(b)
	}
	if n <= 0 {
		return 0, c, 0, nil, fault.New(fault.Internal, "stored charges are cut off")
	}
	return int64(p), c, cost, b[n:], nil
}

// MonthOf is the first day of the UTC month of an instant.
func MonthOf(i timex.Instant) timex.Date {
	t := i.Time()
	return timex.NewDate(t.Year(), t.Month(), 1)
}

// maxMonths bounds the months a stretch is filed under: a hundred years.
const maxMonths = 1200

// Months are the UTC months that [from, to] touches, at most a hundred years
// of them.
func Months(from, to timex.Instant) []timex.Date {
	last := MonthOf(max(from, to))
	var out []timex.Date
	for m := MonthOf(from); m <= last && len(out) < maxMonths; m = m.AddMonths(1) {
		out = append(out, m)
	}
	return out
}
