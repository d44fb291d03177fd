package lang

import (
	"fmt"
	"strconv"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// shownDecimals is how many decimals Number shows of a number that has more:
// the ninth decimal of a unit price still moves a cent on ten million units.
const shownDecimals = 9

// Number is a number with its thousands grouped: "1,234.5". A number that has
// no end within nine decimals is rounded to them and marked: "≈0.333333333".
func Number(_ Tag, n exact.Number) string {
	s := n.String()
	if point := strings.IndexByte(s, '.'); strings.IndexByte(s, '/') >= 0 || point >= 0 && len(s)-point-1 > shownDecimals {
		return "≈" + group(trimZeros(n.Text(shownDecimals)))
	}
	return group(s)
}

// Fixed is a number with exactly so many decimals, rounded half away from
// zero, its thousands grouped.
func Fixed(_ Tag, n exact.Number, decimals int) string { return group(n.Text(decimals)) }

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// group puts a comma before every third digit of the whole part. The three
// languages agree on comma and point.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest, _ := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	if rest != "" {
		b.WriteString("." + rest)
	}
	return b.String()
}

// Decimal is an amount without its currency: "1,234.50".
func Decimal(_ Tag, a money.Amount) string { return group(a.Decimal()) }

// Money is an amount with its currency: "CNY 1,234.50" in English, with the
// sign people of the place write in Chinese: "¥1,234.50", "NT$1,234.00".
func Money(tag Tag, a money.Amount) string {
	code := a.Currency().String()
	digits := group(a.Decimal())
	if sign := moneySign(tag, code); sign != "" {
		if strings.HasPrefix(digits, "-") {
			return "-" + sign + digits[1:]
		}
		return sign + digits
	}
	if code == "" {
		return digits
	}
	return code + " " + digits
}

// moneySign is empty where a sign could mean another currency to the reader.
func moneySign(tag Tag, code string) string {
	switch {
	case tag == English:
		return ""
	case code == "CNY" && tag == Simplified:
		return "¥"
	case code == "TWD":
		return "NT$"
	case code == "HKD":
		return "HK$"
	case code == "USD":
		return "US$"
	}
	return ""
}

// Percent is a share as a percentage: 0.06 is "6%".
func Percent(tag Tag, share exact.Number) string {
	return Number(tag, share.Mul(exact.Int(100))) + "%"
}

// Date is a day as people write it: "1 Mar 2026", "2026年3月1日".
func Date(tag Tag, d timex.Date) string {
	y, m, day := d.Civil()
	if tag == English {
		return fmt.Sprintf("%d %s %d", day, m.String()[:3], y)
	}
	return fmt.Sprintf("%d年%d月%d日", y, m, day)
}

// Dates is the stretch from first until the day before after:
// "1 to 31 Mar 2026", "2026年3月1日至3月31日".
func Dates(tag Tag, first, after timex.Date) string {
	last := max(first, after-1)
	if first == last {
		return Date(tag, first)
	}
	fy, fm, fd := first.Civil()
	ly, lm, ld := last.Civil()
	if tag != English {
		if fy == ly {
			return fmt.Sprintf("%s至%d月%d日", Date(tag, first), lm, ld)
		}
		return Date(tag, first) + "至" + Date(tag, last)
	}
	switch {
	case fy == ly && fm == lm:
		return fmt.Sprintf("%d to %s", fd, Date(tag, last))
	case fy == ly:
		return fmt.Sprintf("%d %s to %s", fd, fm.String()[:3], Date(tag, last))
	}
	return Date(tag, first) + " to " + Date(tag, last)
}

// Clock is a length in seconds as hours, minutes and seconds: "1:02:03".
func Clock(seconds int64) string {
	sign := ""
	s := uint64(seconds)
	if seconds < 0 {
		sign, s = "-", -s
	}
	return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
}

// Duration is a length in seconds in words: "1 hour 2 minutes", "1 小時 2 分鐘".
func Duration(tag Tag, seconds int64) string {
	if seconds < 0 {
		return Clock(seconds)
	}
	var words []string
	for _, u := range []struct {
		name string
		n    int64
	}{{"hour", seconds / 3600}, {"minute", seconds / 60 % 60}, {"second", seconds % 60}} {
		if u.n > 0 || u.name == "second" && len(words) == 0 {
			words = append(words, Quantity(tag, exact.Int(u.n), u.name))
		}
	}
	return strings.Join(words, " ")
}

// Quantity is a number with its unit: "1 minute", "2,000 calls", "3 個座席".
// A unit nobody knows is written as it is.
func Quantity(tag Tag, n exact.Number, unit string) string {
	digits := Number(tag, n)
	if unit == "" || unit == "amount" {
		return digits
	}
	if key := "quantity." + unit; Has(key) {
		return Phrase(tag, key, map[string]string{"text": digits, "n": n.String()})
	}
	return digits + " " + unit
}

// Choice is the word for a value of a plan's choices: Choice(tag, "proration",
// "fixed_30"). A value nobody wrote a word for is shown as it is.
func Choice(tag Tag, family, value string) string {
	if key := "choice." + family + "." + value; Has(key) {
		return Phrase(tag, key, nil)
	}
	return value
}

// List joins words as the language does: "a, b", "a、b".
func List(tag Tag, words []string) string {
	if tag == English {
		return strings.Join(words, ", ")
	}
	return strings.Join(words, "、")
}

// Count is a whole number with its thousands grouped.
func Count(_ Tag, n int64) string { return group(strconv.FormatInt(n, 10)) }
