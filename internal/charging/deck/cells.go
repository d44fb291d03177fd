package deck

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"waihu/internal/phone"
	"waihu/internal/timex"
)

// wrong says why a cell cannot be read: what is wrong, what was expected and
// what to do. The zero value is "nothing".
type wrong struct{ what, expected, fix string }

func (w wrong) is() bool { return w.what != "" }

// maxDecimals is the decimals of Nano.
const maxDecimals = 9

// parseNano reads an exact decimal in units of the currency as billionths:
// "0.0273", ".5", "12,5". A single comma is a decimal mark unless it could just
// as well set off thousands.
func parseNano(s string) (int64, wrong) {
	bad := wrong{"not an amount of money", "a decimal such as 0.0125, at least 0, without currency and thousands marks", ""}
	whole, part, marked := strings.Cut(s, ".")
	if !marked {
		if whole, part, marked = strings.Cut(s, ","); marked && len(part) == 3 && whole != "0" {
			return 0, wrong{"a comma that may be a decimal mark or a thousands mark", "a decimal with a point", fmt.Sprintf("write %s.%s or %s%s", whole, part, whole, part)}
		}
	}
	if whole+part == "" || marked && part == "" || !allDigits(whole) || !allDigits(part) {
		return 0, bad
	}
	part = strings.TrimRight(part, "0")
	if len(part) > maxDecimals {
		return 0, wrong{"more than nine decimals", "at most nine: prices are never rounded", "give the price for more seconds, or fewer decimals"}
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 10 {
		return 0, wrong{"too large an amount", "at most 9,223,372,036", ""}
	}
	n, frac := value(whole), value(part)
	for range maxDecimals - len(part) {
		frac *= 10
	}
	if n > (math.MaxInt64-frac)/Nano {
		return 0, wrong{"too large an amount", "at most 9,223,372,036", ""}
	}
	return n*Nano + frac, wrong{}
}

// value is the number that at most 18 digits make.
func value(digits string) (n int64) {
	for i := 0; i < len(digits); i++ {
		n = n*10 + int64(digits[i]-'0')
	}
	return n
}

// formatNano is the shortest decimal of billionths, which must not be negative.
func formatNano(n int64) string {
	s := fmt.Sprintf("%d.%09d", n/Nano, n%Nano)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// parsePrice reads a price or a word in its place. Nothing at all is a price
// nobody told: unknown, never zero.
func parsePrice(s string) (int64, Status, wrong) {
	switch strings.ToLower(s) {
	case "", "unknown", "n/a", "na", "n.a.", "tbd", "tba", "?", "-", "--", "null", "未知", "不详", "不詳":
		return 0, Unknown, wrong{}
	case "blocked", "barred", "forbidden", "not allowed", "禁止", "禁拨", "禁撥":
		return 0, Blocked, wrong{}
	}
	n, w := parseNano(s)
	if w.is() && w.fix == "" {
		w.expected += ", or the words unknown or blocked"
	}
	return n, Priced, w
}

func parseStatus(s string) (Status, wrong) {
	switch strings.ToLower(s) {
	case "", "priced", "active", "open", "ok", "enabled", "valid", "current", "new", "increase", "increased", "decrease", "decreased",
		"unchanged", "no change", "same", "有效", "正常", "启用", "啟用":
		return Priced, wrong{}
	case "unknown", "n/a", "未知":
		return Unknown, wrong{}
	case "blocked", "barred", "closed", "forbidden", "not allowed", "禁止", "禁拨", "禁撥":
		return Blocked, wrong{}
	}
	return Priced, wrong{"not a status", "active, blocked or unknown (increase, decrease, new and unchanged count as active)", "remove rows that no longer hold"}
}

// parseSeconds reads "60", "60s", "60 sec", or a unit by name.
func parseSeconds(s string, lowest int32) (int32, wrong) {
	s = strings.ToLower(s)
	switch s {
	case "second", "sec", "s", "秒":
		return 1, wrong{}
	case "minute", "min", "分钟", "分鐘":
		return 60, wrong{}
	case "hour", "小时", "小時":
		return 3600, wrong{}
	}
	for _, unit := range []string{"seconds", "second", "sec", "s", "秒"} {
		if rest, ok := strings.CutSuffix(s, unit); ok {
			s = strings.TrimSpace(rest)
			break
		}
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || int32(n) < lowest {
		return 0, wrong{"not a number of seconds", fmt.Sprintf("a whole number, at least %d", lowest), ""}
	}
	return int32(n), wrong{}
}

// parseIncrements reads "60/6", "60+6" or one number for both.
func parseIncrements(s string) (first, next int32, w wrong) {
	a, b, pair := strings.Cut(s, "/")
	if !pair {
		a, b, pair = strings.Cut(s, "+")
	}
	if first, w = parseSeconds(strings.TrimSpace(a), 1); w.is() {
		w.expected += ", or two such as 60/6"
		return 0, 0, w
	}
	if !pair {
		return first, first, w
	}
	if next, w = parseSeconds(strings.TrimSpace(b), 1); w.is() {
		w.expected += " on each side of the mark"
	}
	return first, next, w
}

// parseFrom reads a date with the year first; a time of day must be midnight.
func parseFrom(s string) (timex.Date, wrong) {
	bad := wrong{"not a date", "year, month, day such as 2026-03-01", "write the year first: 03/01/2026 may be March or January"}
	day := s
	for _, midnight := range []string{"00:00", "00:00:00", "00:00:00Z", "00:00:00.000"} {
		if rest, ok := strings.CutSuffix(s, midnight); ok && len(rest) > 8 {
			day = strings.TrimRight(rest, " T")
		}
	}
	if len(day) == 8 && allDigits(day) {
		day = day[:4] + "-" + day[4:6] + "-" + day[6:]
	}
	parts := strings.FieldsFunc(day, func(r rune) bool { return r == '-' || r == '/' || r == '.' })
	if len(parts) != 3 || len(parts[0]) != 4 || len(parts[1]) > 2 || len(parts[2]) > 2 {
		return 0, bad
	}
	d, err := timex.ParseDate(fmt.Sprintf("%s-%02s-%02s", parts[0], parts[1], parts[2]))
	if err != nil {
		return 0, bad
	}
	return d, wrong{}
}

// maxRange bounds how many prefixes a range such as 8613-8619 may stand for.
const maxRange = 10_000

// parsePrefixes reads the prefixes of a cell, each put after country: one,
// several ("8613, 8615; 8618"), ranges ("8613-8619"), or "*" for the default
// row. They are appended to out, of which no more than room are made.
func parsePrefixes(out []string, cell, country string, room int) ([]string, wrong) {
	cell = strings.TrimPrefix(cell, "'") // how spreadsheets are told that digits are text
	if cell == "*" || strings.EqualFold(cell, "default") {
		return append(out, ""), wrong{}
	}
	items := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(",;|/\n\r、，；", r) })
	if len(items) == 0 && country != "" {
		return append(out, country), wrong{}
	}
	if len(items) == 0 {
		return out, wrong{"no prefix", "digits such as 8613", "write * for the row of all other destinations"}
	}
	for _, item := range items {
		var w wrong
		if out, w = parseItem(out, item, country, room-len(out)); w.is() {
			return out, w
		}
	}
	return out, wrong{}
}

func parseItem(out []string, item, country string, room int) ([]string, wrong) {
	a, b := item, ""
	dash := strings.IndexAny(item, "-–~")
	if dash >= 0 {
		_, width := utf8.DecodeRuneInString(item[dash:])
		a, b = item[:dash], item[dash+width:]
	}
	from, ok := bareDigits(a, country == "")
	to := from
	if ok && dash >= 0 {
		to, ok = bareDigits(b, country == "")
	}
	if !ok {
		return out, wrong{"not a prefix", fmt.Sprintf("at most %d digits such as 8613, several with commas between them, or a range such as 8613-8619", phone.MaxDigits), "spreadsheets turn long numbers into 8.6E+10: format the column as text"}
	}
	if len(from) != len(to) || to < from {
		return out, wrong{"not a range", "two prefixes of as many digits, the smaller one first", "write 1264 for a country code and an area code"}
	}
	if len(country)+len(from) > phone.MaxDigits {
		return out, wrong{"a prefix too long", fmt.Sprintf("at most %d digits, the country code with them", phone.MaxDigits), ""}
	}
	low, high := value(from), value(to)
	if high-low >= maxRange || int(high-low) >= room {
		return out, wrong{"too many prefixes", fmt.Sprintf("a range of at most %d, and %d rows in a deck", maxRange, MaxRows), "use shorter prefixes"}
	}
	for v := low; v <= high; v++ {
		digits := strconv.FormatInt(v, 10)
		out = append(out, country+strings.Repeat("0", len(from)-len(digits))+digits)
	}
	return out, wrong{}
}

// bareDigits takes spaces around and, where a country code comes first, a plus
// or 00 off a prefix.
func bareDigits(s string, international bool) (string, bool) {
	s = trim(s)
	if international {
		if rest, ok := strings.CutPrefix(s, "+"); ok {
			s = rest
		} else if rest, ok := strings.CutPrefix(s, "00"); ok {
			s = rest
		}
	}
	return s, s != "" && len(s) <= phone.MaxDigits && allDigits(s)
}

// trim takes white space off, also the kinds that do not break and the marks
// that cannot be seen.
func trim(s string) string { return strings.Trim(s, " \t\r\n\u00a0\u202f\u3000\ufeff\u200b") }
