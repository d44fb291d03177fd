package contract

import (
	"fmt"
	"strconv"
	"strings"

	"waihu/internal/timex"
)

// Term is a length of a contract: "12 months", "1 year", "90 days". The zero
// value is "not given".
type Term struct {
	Count int
	Unit  timex.Unit
}

// maxTerm bounds a term to some hundred years.
func maxTerm(u timex.Unit) uint64 {
	if m := u.Months(); m > 0 {
		return uint64(1200 / m)
	}
	return 36_500
}

// ParseTerm reads one.
func ParseTerm(s string) (Term, error) {
	digits, word, _ := strings.Cut(s, " ")
	n, err := strconv.ParseUint(digits, 10, 16)
	unit := timex.Unit(strings.TrimSuffix(word, "s"))
	known := false
	for _, u := range timex.Units() {
		known = known || u == unit
	}
	if err != nil || n < 1 || n > maxTerm(unit) || !known {
		return Term{}, fmt.Errorf("%q is not a term such as 12 months, 1 year or 90 days", s)
	}
	return Term{int(n), unit}, nil
}

// From is the day after the last of a term that begins on a day. A month end
// clamps: one month from 31 January ends on the last of February.
func (t Term) From(start timex.Date) timex.Date {
	return timex.Cycle{Unit: t.Unit, Count: t.Count, Anchor: start}.Boundary(1)
}

func (t Term) IsZero() bool { return t == Term{} }

func (t Term) String() string {
	if t.IsZero() {
		return ""
	}
	s := strconv.Itoa(t.Count) + " " + string(t.Unit)
	if t.Count != 1 {
		s += "s"
	}
	return s
}

// MarshalText and UnmarshalText make a Term a plain string.
func (t Term) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

func (t *Term) UnmarshalText(b []byte) error {
	v, err := ParseTerm(string(b))
	*t = v
	return err
}
