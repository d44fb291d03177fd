package document

import (
	"strings"
	"testing"

	"waihu/internal/lang"
	"waihu/internal/money"
)

func TestInWords(t *testing.T) {
	for _, c := range []struct {
		tag          lang.Tag
		amount, code string
		want         string
	}{
		{lang.Simplified, "12345.67", "CNY", "人民币壹万贰仟叁佰肆拾伍元陆角柒分"},
		{lang.Simplified, "1409.50", "CNY", "人民币壹仟肆佰零玖元伍角整"},
		{lang.Simplified, "6007.14", "CNY", "人民币陆仟零柒元壹角肆分"},
		{lang.Simplified, "107000.53", "CNY", "人民币壹拾万柒仟元伍角叁分"},
		{lang.Simplified, "16409.02", "CNY", "人民币壹万陆仟肆佰零玖元零贰分"},
		{lang.Simplified, "325.04", "CNY", "人民币叁佰贰拾伍元零肆分"},
		{lang.Simplified, "100000000", "CNY", "人民币壹亿元整"},
		{lang.Simplified, "100000001", "CNY", "人民币壹亿零壹元整"},
		{lang.Simplified, "1000010000", "CNY", "人民币壹拾亿零壹万元整"},
		{lang.Simplified, "0", "CNY", "人民币零元整"},
		{lang.Simplified, "0.05", "CNY", "人民币伍分"},
		{lang.Simplified, "0.30", "CNY", "人民币叁角整"},
		{lang.Simplified, "-10.01", "CNY", "人民币负壹拾元零壹分"},
		{lang.Simplified, "2000000000000", "CNY", "人民币贰万亿元整"},
		{lang.Traditional, "2000000000000", "TWD", "新臺幣貳兆元整"},
		{lang.Traditional, "12345", "TWD", "新臺幣壹萬貳仟參佰肆拾伍元整"},
		{lang.Traditional, "88.88", "HKD", "港幣捌拾捌元捌角捌分"},
	} {
		a, err := money.Parse(c.amount, money.MustCurrency(c.code))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := InWords(c.tag, a); err != nil || got != c.want {
			t.Errorf("%s %s: %q %v, want %q", c.tag, a, got, err, c.want)
		}
	}
	for _, bad := range []money.Amount{
		money.Micros(1, money.MustCurrency("CNY")), money.Micros(1_000_000, money.MustCurrency("EUR")), {},
	} {
		if s, err := InWords(lang.Simplified, bad); err == nil {
			t.Errorf("%s was written as %q", bad, s)
		}
	}
	if s, err := InWords(lang.English, money.Micros(1_000_000, money.MustCurrency("CNY"))); err == nil {
		t.Errorf("English was written as %q", s)
	}
}

// readWords reads financial characters back, knowing nothing of how they were
// written but what the characters are worth.
func readWords(s string) (cents int64) {
	const one = 100
	sign := int64(1)
	var total, section, group, digit int64
	for _, r := range s {
		switch r {
		case '负', '負':
			sign = -1
		case '拾':
			group, digit = group+digit*10, 0
		case '佰':
			group, digit = group+digit*100, 0
		case '仟':
			group, digit = group+digit*1000, 0
		case '万', '萬':
			section, group, digit = section+(group+digit)*10_000, 0, 0
		case '亿', '億':
			total, section, group, digit = total+(section+group+digit)*100_000_000, 0, 0, 0
		case '兆':
			total, section, group, digit = (total+section+group+digit)*1_000_000_000_000, 0, 0, 0
		case '元':
			cents, total, section, group, digit = cents+(total+section+group+digit)*one, 0, 0, 0, 0
		case '角':
			cents, digit = cents+digit*10, 0
		case '分':
			cents, digit = cents+digit, 0
		default:
			if i := strings.IndexRune("零壹贰叁肆伍陆柒捌玖", r); i >= 0 {
				digit = int64(i / len("零"))
			}
			if i := strings.IndexRune("零壹貳參肆伍陸柒捌玖", r); i >= 0 {
				digit = int64(i / len("零"))
			}
		}
	}
	return sign * cents
}

// FuzzInWords: what was written reads back as the amount, and no two zeros
// stand side by side.
func FuzzInWords(f *testing.F) {
	for _, n := range []int64{0, 1, 10, 100, 1005, 10_000_000, 100_100_100_100, 922337203685477, -5, 900_000_000_000_001} {
		f.Add(n, true)
		f.Add(n, false)
	}
	cny := money.MustCurrency("CNY")
	f.Fuzz(func(t *testing.T, cents int64, traditional bool) {
		if cents > 900_000_000_000_000 || cents < -900_000_000_000_000 {
			return
		}
		tag := lang.Simplified
		if traditional {
			tag = lang.Traditional
		}
		s, err := InWords(tag, money.Micros(cents*10_000, cny))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(s, "零零") || readWords(s) != cents {
			t.Fatalf("%d cents were written %q, read back %d", cents, s, readWords(s))
		}
	})
}
