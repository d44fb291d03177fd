package planfile

import (
	"encoding"
	"reflect"
	"strings"
	"unicode"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// form is how a value of a type is written.
type form struct {
	expected string // for messages
	pattern  string // for the schema; empty: any text
	number   bool   // a bare number is read too
}

const decimalPattern = `-?(0|[1-9][0-9]*)(\.[0-9]+)?`

// formOf describes the types that are written as one word; ok is false for
// types this package has no words for.
func formOf(t reflect.Type) (f form, ok bool) {
	switch t {
	case reflect.TypeFor[exact.Number]():
		return form{"a decimal such as 12.34", "^" + decimalPattern + "$", true}, true
	case reflect.TypeFor[catalog.Price]():
		return form{"a decimal such as 0.12, or unknown", "^(" + decimalPattern + "|unknown)$", true}, true
	case reflect.TypeFor[catalog.Percent]():
		return form{"a percentage with its sign, such as 6%", "^" + decimalPattern + " ?%$", false}, true
	case reflect.TypeFor[catalog.Duration]():
		return form{"a duration with its unit, such as 30s, 10m, 2h or 14d", `^([0-9]+d|([0-9]+(\.[0-9]+)?(h|m|s|ms|us|µs|ns))+)$`, false}, true
	case reflect.TypeFor[catalog.Increment]():
		return form{"first/next in seconds from 1 to 3600, such as 60/60 or 30/6", `^[1-9][0-9]{0,3}(/[1-9][0-9]{0,3})?$`, true}, true
	case reflect.TypeFor[catalog.Clock]():
		return form{"a time of day from 00:00 to 24:00, such as 18:00", `^([01][0-9]|2[0-4]):[0-5][0-9]$`, false}, true
	case reflect.TypeFor[catalog.DateWord]():
		return form{"a date such as 2026-02-17, or 10-01 for every year", `^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$`, false}, true
	case reflect.TypeFor[timex.Date]():
		return form{"a date such as 2026-03-01", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, false}, true
	case reflect.TypeFor[contract.Term]():
		return form{"a length such as 12 months, 1 year or 90 days", `^[1-9][0-9]{0,4} (day|week|month|quarter|half_year|year)s?$`, false}, true
	case reflect.TypeFor[money.Currency]():
		return form{"an ISO 4217 currency code such as CNY", `^[A-Z]{3}$`, false}, true
	}
	return form{}, false
}

// text reads a type that reads itself from one word.
func (d *decoder) text(n *node, path string, v reflect.Value, into encoding.TextUnmarshaler) {
	f, known := formOf(v.Type())
	if !d.isScalar(n, path, f.expected) {
		return
	}
	if v.Type() == reflect.TypeFor[catalog.Price]() && n.text != "unknown" || f.number && strings.Trim(n.text, "0123456789") == "" {
		if !d.checkNumber(n, path, f.expected) {
			return
		}
	}
	if err := into.UnmarshalText([]byte(n.text)); err == nil {
		return
	} else if !known {
		d.add(n, fault.Problem{Path: path, What: err.Error()})
		return
	}
	d.add(n, fault.Problem{Path: path, What: "this cannot be read", Expected: f.expected})
}

// isScalar refuses lists, groups and empty words where one value belongs.
func (d *decoder) isScalar(n *node, path, expected string) bool {
	if n.kind != scalar {
		d.add(n, fault.Problem{Path: path, What: n.kind.String() + " where one value belongs", Expected: expected})
		return false
	}
	if n.text == "" {
		d.add(n, fault.Problem{Path: path, What: "an empty text", Expected: expected, Fix: "leave the key out if it has no value"})
		return false
	}
	return true
}

// number reads a decimal from its digits.
func (d *decoder) number(n *node, path string) (out exact.Number) {
	f, _ := formOf(reflect.TypeFor[exact.Number]())
	if !d.isScalar(n, path, f.expected) || !d.checkNumber(n, path, f.expected) {
		return out
	}
	out, err := exact.Parse(n.text)
	if err != nil { // checkNumber parsed it already
		d.add(n, fault.Problem{Path: path, What: err.Error()})
	}
	return out
}

// checkNumber refuses whatever is not a plain decimal and says what it looks like.
func (d *decoder) checkNumber(n *node, path, expected string) bool {
	what, fix := oddNumber(n.text)
	if what == "" {
		return true
	}
	d.add(n, fault.Problem{Path: path, What: what, Expected: expected, Fix: fix})
	return false
}

// oddNumber says why a word is not a plain decimal; what is empty if it is one.
func oddNumber(s string) (what, fix string) {
	body := strings.TrimPrefix(s, "-")
	_, err := exact.Parse(s)
	zero := len(body) > 1 && body[0] == '0' && body[1] >= '0' && body[1] <= '9'
	if err == nil && !zero {
		return "", ""
	}
	lower := strings.ToLower(body)
	switch {
	case zero && err == nil:
		return "a number with a leading zero, which some read as octal", "write it without the zero"
	case strings.HasPrefix(lower, "0x"), strings.HasPrefix(lower, "0o"), strings.HasPrefix(lower, "0b"):
		return "a number that is not decimal", "write it in decimal digits"
	case isWord(lower, "yes", "no", "on", "off", "true", "false", "y", "n"):
		return "a yes or no where a number belongs", ""
	case isWord(lower, ".inf", ".nan", "nan", "inf"):
		return "not a number", ""
	case strings.HasPrefix(s, "+"):
		return "a number with a plus sign", "leave the sign out"
	case strings.HasSuffix(s, "%"):
		return "a percentage where a plain number belongs", ""
	case strings.Trim(lower, "0123456789e+-.") == "" && strings.ContainsRune(lower, 'e'):
		return "a number with an exponent", "write all its digits"
	case strings.Trim(body, "0123456789_,. '") == "" && strings.ContainsAny(body, "_, '") && strings.ContainsAny(body, "0123456789"):
		return "a number with separators between its digits", "write the digits alone, with a point before decimals"
	case strings.Trim(body, "0123456789:.") == "" && strings.ContainsRune(body, ':'):
		return "a time, or a number of base 60, where a number belongs", ""
	case strings.HasPrefix(body, "."), strings.HasSuffix(body, "."):
		return "a decimal point without digits on both sides", "write 0.5, not .5"
	case strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsDigit(r) }):
		return "digits that are not ASCII", "write 0 to 9"
	case strings.Trim(body, "0123456789.") == "" && len(body) > 40:
		return "a number of more than 40 digits", ""
	}
	return "not a number", ""
}

func isWord(s string, words ...string) bool {
	for _, w := range words {
		if s == w {
			return true
		}
	}
	return false
}

// boolean reads true or false and nothing else.
func (d *decoder) boolean(n *node, path string) bool {
	if n.kind == scalar && n.plain && (n.text == "true" || n.text == "false") {
		return n.text == "true"
	}
	d.add(n, fault.Problem{Path: path, What: "not true or false", Expected: "true or false", Fix: "without quotes; yes and no are not read"})
	return false
}

// integer reads a whole number that fits the field.
func (d *decoder) integer(n *node, path string, v reflect.Value) {
	const expected = "a whole number such as 3"
	if !d.isScalar(n, path, expected) || !d.checkNumber(n, path, expected) {
		return
	}
	whole, err := exact.MustParse(n.text).Int64()
	if err != nil || v.OverflowInt(whole) {
		d.add(n, fault.Problem{Path: path, What: "not a whole number that fits", Expected: expected})
		return
	}
	v.SetInt(whole)
}

// words reads a text; an empty one needs quotes. A bare true, false or null is
// refused: it is as likely a slip as a name.
func (d *decoder) words(n *node, path string) string {
	const expected = "a text"
	switch {
	case n.kind != scalar:
		d.add(n, fault.Problem{Path: path, What: n.kind.String() + " where one value belongs", Expected: expected})
	case n.null():
		d.add(n, fault.Problem{Path: path, What: "no value", Fix: "write one, or leave the key out"})
	case n.plain && (n.text == "true" || n.text == "false"):
		d.add(n, fault.Problem{Path: path, What: "true or false where a text belongs", Expected: expected, Fix: "put it into quotes if it is meant"})
	case len(n.text) > maxText && len([]rune(n.text)) > maxText:
		d.add(n, fault.Problem{Path: path, What: "the text is too long", Expected: "at most 10,000 characters"})
	case strings.ContainsFunc(n.text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		d.add(n, fault.Problem{Path: path, What: "a control character in the text", Expected: expected, Fix: "remove it"})
	default:
		return n.text
	}
	return ""
}
