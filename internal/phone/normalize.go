package phone

import (
	"encoding/binary"
	"strings"
)

// Dialing says how numbers are written in the records of one switch.
type Dialing struct {
	Home  string   // ISO 3166 alpha-2 of the country it stands in; empty: numbers are E.164
	Area  string   // area code for numbers written without one; empty: such numbers are refused
	Strip []string // codes dialled to get out of the exchange, tried in this order: "9"
}

// Normalize is Dialing.Normalize for a switch with no area code and no codes to
// get out.
func Normalize(s, home string) (Number, bool) {
	d := Dialing{Home: home}
	return d.Normalize(s)
}

// Normalize turns a number as a switch recorded it into E.164. It reads, in this
// order:
//
//   - "+" and country code;
//   - any of the following after a code of Strip, if that makes a number;
//   - the country's international prefix (00; 011 in North America, 010 in
//     Japan, 001 in Hong Kong and Singapore, 002 and others in Taiwan) and
//     country code; 00 is understood everywhere;
//   - the trunk prefix (0; 1 in North America) and a national number;
//   - a national number as it stands: a mobile, an area code and a number, 400,
//     95xxx, 110;
//   - a number within Area;
//   - country code and number without any prefix, ten digits at the least.
//
// What could be a number at home and a number abroad is the one at home. A
// service number keeps its digits after the country code: 95588 is 8695588. Marks
// between digits are skipped, so are "sip:" and "tel:" and what follows "@" or
// ";". An extension, a name and a number that fits none of these are refused:
// the result is the zero Number and false.
//
// Written with a plus, the result normalizes to itself in every country. Nothing
// is allocated.
func (d *Dialing) Normalize(s string) (Number, bool) {
	if d.Home == "CN" && len(d.Strip) == 0 { // what follows comes to the same, later
		if n, ok := mobileCN(s); ok {
			return n, true
		}
	}
	var buf [maxDialled]byte
	digits, plus := dialled(&buf, s)
	if len(digits) == 0 {
		return 0, false
	}
	if plus {
		return international(digits)
	}
	for _, code := range d.Strip {
		if rest, ok := cutPrefix(digits, code); ok {
			if n, ok := d.read(rest); ok {
				return n, true
			}
		}
	}
	return d.read(digits)
}

// maxDialled is how many digits are read: 15 with the prefixes that may stand
// before them.
const maxDialled = 32

// dialled copies the digits of s to buf; none if s is not a number.
func dialled(buf *[maxDialled]byte, s string) (digits []byte, plus bool) {
	if i := strings.IndexByte(s, ':'); i == 3 || i == 4 {
		if scheme := s[:i]; strings.EqualFold(scheme, "sip") || strings.EqualFold(scheme, "sips") || strings.EqualFold(scheme, "tel") {
			s = s[i+1:]
		}
	}
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c-'0' <= 9:
			if n == maxDialled {
				return nil, false
			}
			buf[n] = c
			n++
		case c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '/':
		case c == '+' && n == 0 && !plus:
			plus = true
		case (c == '@' || c == ';') && n > 0:
			return buf[:n], plus
		default:
			return nil, false
		}
	}
	return buf[:n], plus
}

// cutPrefix takes code off digits if something is left.
func cutPrefix(digits []byte, code string) ([]byte, bool) {
	if len(code) == 0 || len(digits) <= len(code) || string(digits[:len(code)]) != code {
		return nil, false
	}
	return digits[len(code):], true
}

// join packs a country code, an area code and digits; false if they are too
// many or the area code has anything else.
func join(code int, area string, digits []byte) (Number, bool) {
	v, n := uint64(code), 1
	for v >= pow10[n] {
		n++
	}
	if code == 0 {
		n = 0
	}
	if n+len(area)+len(digits) > MaxDigits {
		return 0, false
	}
	for i := 0; i < len(area); i++ {
		if area[i]-'0' > 9 {
			return 0, false
		}
		v = v*10 + uint64(area[i]-'0')
	}
	more := digits
	if len(digits) >= 8 {
		v = v*1e8 + eight(binary.LittleEndian.Uint64(digits))
		more = digits[8:]
	}
	for _, c := range more {
		v = v*10 + uint64(c-'0')
	}
	if n += len(area) + len(digits); n == 0 {
		return 0, false
	}
	return Of(v, n), true
}

// international reads country code and number. A trunk 0 written after the
// country code, as in +44 (0)20, is dropped where no national number begins
// with 0.
func international(digits []byte) (Number, bool) {
	n, ok := join(0, "", digits)
	if !ok || digits[0] == '0' {
		return 0, false
	}
	c := world.of(n)
	if c.digits == 0 || n.Len() < c.digits+2 {
		return 0, false
	}
	if c.plan.hasTrunk() && digits[c.digits] == '0' {
		rest := digits[c.digits+1:]
		if len(rest) < 2 || rest[0] == '0' {
			return 0, false
		}
		return join(c.code, "", rest)
	}
	return n, true
}

// hasTrunk tells whether national numbers are dialled after a 0.
func (p plan) hasTrunk() bool {
	return p == planCN || p == planTW || p == planJP || p == planGB
}

// isWellFormed tells whether an E.164 number looks complete, by what is known
// of its country.
func isWellFormed(n Number) bool {
	c := world.of(n)
	switch {
	case c.digits == 0:
		return false
	case c.plan == planNANP:
		return isTenNANP(n.after(1))
	case c.plan != noPlan:
		return c.plan.kind(n.after(c.digits)) != Unknown
	case c.code == 7:
		return n.Len() == 11
	}
	return n.Len() >= 8
}

// read is Normalize for digits without plus and without codes to get out.
func (d *Dialing) read(digits []byte) (Number, bool) {
	home := world.home(d.Home)
	if n, found, ok := abroad(home.exits(), digits); found {
		return n, ok
	}
	switch {
	case home.digits == 0:
		if n, ok := international(digits); ok && n.Len() >= 7 {
			return n, true
		}
		return 0, false
	case home.plan == noPlan:
		return home.guess(digits)
	}
	if n, ok := home.national(digits); ok {
		return n, true
	}
	if n, ok := home.within(d.Area, digits); ok {
		return n, true
	}
	return bare(digits)
}

// bare reads country code and number with nothing before them.
func bare(digits []byte) (Number, bool) {
	if n, ok := international(digits); ok && n.Len() >= 10 && isWellFormed(n) {
		return n, true
	}
	return 0, false
}

// abroad reads a number after an international prefix: the first that leaves a
// number that looks complete, else the first that leaves any.
func abroad(exits []string, digits []byte) (n Number, found, ok bool) {
	for _, exit := range exits {
		rest, cut := cutPrefix(digits, exit)
		if !cut {
			continue
		}
		found = true
		m, sound := international(rest)
		if sound && isWellFormed(m) {
			return m, true, true
		}
		if sound && !ok {
			n, ok = m, true
		}
	}
	return n, found, ok
}

// The international prefixes, in the order they are tried.
var (
	exitsPlain = []string{"00"}
	exitsNANP  = []string{"011", "00"}
	exitsJP    = []string{"010", "00"}
	exitsPorts = []string{"00", "001"} // Hong Kong, Singapore; 00 and a North American number comes first
	exitsTW    = []string{"002", "005", "006", "007", "009", "00"}
	exitsRU    = []string{"810", "00"}
)

func (c *country) exits() []string {
	switch c.plan {
	case planNANP:
		return exitsNANP
	case planJP:
		return exitsJP
	case planHK, planSG:
		return exitsPorts
	case planTW:
		return exitsTW
	}
	if c.code == 7 {
		return exitsRU
	}
	return exitsPlain
}
