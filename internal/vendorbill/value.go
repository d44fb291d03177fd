package vendorbill

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// floatDigits is how many digits of a spreadsheet's number mean anything: what
// follows is the noise of its floats.
const floatDigits = 15

// number reads an amount, price or quantity as people write it: 1,234.50,
// ¥1,234.50, (12.00), 12.00-, １２.00. A currency code or sign must be the
// bill's.
func (m *Mapping) number(s string, fromSheet bool) (exact.Number, error) {
	text := narrow(strings.TrimSpace(s))
	if fromSheet {
		if n, ok := sheetNumber(text); ok {
			return n, nil
		}
	}
	bare, minus := unsigned(text)
	bare, err := m.withoutCurrency(bare)
	if err != nil {
		return exact.Zero, err
	}
	body, again := unsigned(bare)
	group, point, such := ",", ".", "1,234.50"
	if m.Decimal == Comma {
		group, point, such = ".", ",", "1.234,50"
	}
	whole, part, hasPoint := strings.Cut(body, point)
	if !grouped(whole, group) || minus && again {
		return exact.Zero, fmt.Errorf("%q is not a number such as %s", s, such)
	}
	digits := strings.NewReplacer(group, "", " ", "", "\u00a0", "").Replace(whole)
	if hasPoint {
		digits += "." + part
	}
	n, err := exact.Parse(digits)
	if err != nil {
		return exact.Zero, fmt.Errorf("%q is not a number such as %s", s, such)
	}
	if minus || again {
		n = n.Neg()
	}
	return n, nil
}

// grouped tells whether separators stand before every third digit, if at all.
func grouped(whole, group string) bool {
	parts := strings.FieldsFunc(whole, func(r rune) bool { return string(r) == group || r == ' ' || r == '\u00a0' })
	if strings.Join(parts, "") == "" {
		return false
	}
	for i, p := range parts {
		if i > 0 && len(p) != 3 || i == 0 && len(parts) > 1 && len(p) > 3 {
			return false
		}
	}
	return true
}

// narrow writes full-width digits and signs as plain ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '−' || r == '－':
			return '-'
		case r == '　':
			return ' '
		}
		return r
	}, s)
}

// unsigned takes the minus off a number: before it, after it, or as brackets.
func unsigned(s string) (string, bool) {
	if in, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(in, ")") {
		return strings.TrimSpace(strings.TrimSuffix(in, ")")), true
	}
	if in, ok := strings.CutPrefix(s, "-"); ok {
		return strings.TrimSpace(in), true
	}
	if in, ok := strings.CutSuffix(s, "-"); ok {
		return strings.TrimSpace(in), true
	}
	return s, false
}

// signed are the currency signs, longer ones first, and the currencies each can
// mean.
func signed() [][]string {
	return [][]string{{"NT$", "TWD"}, {"HK$", "HKD"}, {"US$", "USD"}, {"¥", "CNY", "JPY"}, {"￥", "CNY", "JPY"}, {"€", "EUR"}, {"£", "GBP"},
		{"元", "CNY", "TWD", "HKD"}, {"$", "USD", "TWD", "HKD", "SGD", "AUD", "CAD"}}
}

// withoutCurrency takes a code or sign off an amount; one of another currency is
// an error.
func (m *Mapping) withoutCurrency(s string) (string, error) {
	code := m.Currency.String()
	for _, sign := range signed() {
		body := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(s, sign[0]), sign[0]))
		if body == s {
			continue
		}
		if !slices.Contains(sign[1:], code) {
			return "", fmt.Errorf("%q is not in %s", s, code)
		}
		return body, nil
	}
	letters := strings.Trim(s, "0123456789.,()- \u00a0")
	if letters != "" && letters != code {
		if _, err := money.ParseCurrency(letters); err == nil {
			return "", fmt.Errorf("%q is in %s, not in %s", s, letters, code)
		}
	}
	return strings.TrimSpace(strings.Replace(s, code, "", 1)), nil
}

// sheetNumber reads a number as a workbook stores it: a float written out, with
// an exponent at times.
func sheetNumber(s string) (exact.Number, bool) {
	if n, err := exact.Parse(s); err == nil && len(strings.Trim(s, "-0.")) <= floatDigits {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.Trim(s, "0123456789.eE+-") != "" {
		return exact.Zero, false
	}
	n, err := exact.Parse(plain(strconv.FormatFloat(f, 'e', floatDigits-1, 64)))
	return n, err == nil
}

// plain writes a number with an exponent without it.
func plain(s string) string {
	mantissa, exponent, _ := strings.Cut(s, "e")
	e, err := strconv.Atoi(exponent)
	if err != nil || e > 20 || e < -20 {
		return "" // no amount of money
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	digits := strings.Replace(mantissa, ".", "", 1)
	point := 1 + e
	switch {
	case point <= 0:
		digits = "0." + strings.Repeat("0", -point) + digits
	case point < len(digits):
		digits = digits[:point] + "." + digits[point:]
	default:
		digits += strings.Repeat("0", point-len(digits))
	}
	if strings.Contains(digits, ".") {
		digits = strings.TrimSuffix(strings.TrimRight(digits, "0"), ".")
	}
	return sign + digits
}

// forms are the ways of writing moments that are always understood.
var forms = []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/01/02 15:04:05", "2006/1/2 15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04", "2006/1/2 15:04",
	"2006-01-02", "2006/01/02", "2006/1/2", "20060102", "2006年1月2日", "20060102150405"}

// layoutOf is a form such as DD/MM/YYYY HH:mm:ss as Go writes it.
func layoutOf(form string) string {
	return strings.NewReplacer("YYYY", "2006", "MM", "01", "DD", "02", "HH", "15", "mm", "04", "ss", "05").Replace(form)
}

// moment reads a time on the wall clock of a zone.
func (m *Mapping) moment(s string, loc *time.Location, serial bool) (time.Time, error) {
	s = strings.TrimSpace(s)
	if serial {
		if n, ok := sheetNumber(s); ok && exact.Int(20_000).Less(n) && n.Less(exact.Int(80_000)) {
			return serialTime(n, loc), nil
		}
	}
	for _, form := range m.Times {
		if t, err := time.ParseInLocation(layoutOf(form), s, loc); err == nil {
			return t, nil
		}
	}
	for _, layout := range forms {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time such as 2026-03-01 09:30:00", s)
}

// serialTime is a moment as spreadsheets count it: days since 30 December 1899
// on the wall clock.
func serialTime(n exact.Number, loc *time.Location) time.Time {
	days := n.Round(exact.Floor, 0)
	seconds, _ := n.Sub(days).Mul(exact.Int(86_400)).Round(exact.HalfAway, 0).Int64() // below a day
	d, _ := days.Int64()                                                              // below 80,000
	y, month, day := (timex.NewDate(1899, time.December, 30) + timex.Date(d)).Civil()
	return time.Date(y, month, day, 0, 0, int(seconds), 0, loc)
}

func (m *Mapping) date(s string, serial bool) (timex.Date, error) {
	t, err := m.moment(s, time.UTC, serial)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date such as 2026-03-01", s)
	}
	return timex.DateOf(t), nil
}

// maxSeconds bounds the length of a call: a week.
const maxSeconds = 7 * 86_400

// clock reads h:mm:ss or mm:ss as seconds.
func clock(s string) (int64, error) {
	sum := int64(0)
	parts := strings.Split(strings.TrimSpace(s), ":")
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 32)
		if err != nil || len(parts) < 2 || len(parts) > 3 || i > 0 && n > 59 {
			return 0, fmt.Errorf("%q is not a duration such as 1:02:03", s)
		}
		sum = sum*60 + int64(n)
	}
	if sum > maxSeconds {
		return 0, fmt.Errorf("%q is longer than a week", s)
	}
	return sum, nil
}

// wholeSeconds is a duration in seconds or minutes as whole seconds.
func wholeSeconds(n exact.Number, per int64, s string) (int64, error) {
	v, err := n.Mul(exact.Int(per)).Round(exact.HalfAway, 0).Int64()
	if err != nil || v < 0 || v > maxSeconds {
		return 0, fmt.Errorf("%q is not a duration of a call", s)
	}
	return v, nil
}
