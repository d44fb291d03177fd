// Package phone holds telephone numbers: E.164 digits in one machine word, the
// region and line type they tell, and the class of destination they fall in.
//
// It owns parsing and classifying. It does not own prices (charging/deck does).
//
// What always holds: a Number is at most 15 digits, without a plus sign; the
// zero Number is "not a number" (anonymous, a SIP name, empty).
package phone

import (
	"strconv"

	"waihu/internal/fault"
)

// MaxDigits is the longest E.164 number (ITU-T E.164, section 6).
const MaxDigits = 15

// Number is a string of 1 to 15 digits, leading zeros kept: the digits in the
// low 56 bits, how many in the high 8.
type Number uint64

const digitBits = 56

// Parse reads digits, skipping a leading plus and the marks people write
// between digits: space ( ) . - /. Anything else, or more than 15 digits, is
// not a number.
func Parse(s string) (Number, bool) {
	var v uint64
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c-'0' <= 9:
			if n++; n > MaxDigits {
				return 0, false
			}
			v = v*10 + uint64(c-'0')
		case c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '/':
		case c == '+' && n == 0:
		default:
			return 0, false
		}
	}
	if n == 0 {
		return 0, false
	}
	return Number(uint64(n)<<digitBits | v), true
}

// Of packs n digits with value v.
func Of(v uint64, n int) Number { return Number(uint64(n)<<digitBits | v) }

// Len is the number of digits.
func (n Number) Len() int { return int(n >> digitBits) }

// Value is the digits read as a whole number.
func (n Number) Value() uint64 { return uint64(n) & (1<<digitBits - 1) }

func (n Number) IsZero() bool { return n == 0 }

// String is the digits alone: "8613800138000".
func (n Number) String() string {
	if n == 0 {
		return ""
	}
	s := strconv.FormatUint(n.Value(), 10)
	for len(s) < n.Len() {
		s = "0" + s
	}
	return s
}

// MarshalText gives the digits alone; UnmarshalText reads them, and what Parse
// skips beside. Empty is the zero Number.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

func (n *Number) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*n = 0
		return nil
	}
	v, ok := Parse(string(b))
	if !ok {
		return fault.New(fault.Invalid, "%q is not a telephone number: 1 to %d digits in E.164, such as 8613800138000, were expected", fault.Shorten(string(b), 40), MaxDigits)
	}
	*n = v
	return nil
}
