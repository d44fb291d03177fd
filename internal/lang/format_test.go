package lang

import (
	"testing"

	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

func TestNumber(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0", "12": "12", "999": "999", "1000": "1,000", "-1234567.25": "-1,234,567.25",
		"0.000000001": "0.000000001", "0.0000000001": "≈0", "1234.5": "1,234.5",
	} {
		if got := Number(English, exact.MustParse(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := Number(English, exact.Frac(10000, 3)); got != "≈3,333.333333333" {
		t.Error(got)
	}
	if got := Fixed(English, exact.MustParse("1234.005"), 2); got != "1,234.01" {
		t.Error(got)
	}
}

func TestMoney(t *testing.T) {
	cny, jpy, twd := money.MustCurrency("CNY"), money.MustCurrency("JPY"), money.MustCurrency("TWD")
	for _, c := range []struct {
		a    money.Amount
		tag  Tag
		want string
	}{
		{money.Micros(1_234_500_000, cny), English, "CNY 1,234.50"},
		{money.Micros(1_234_500_000, cny), Simplified, "¥1,234.50"},
		{money.Micros(-1_234_500_000, cny), Simplified, "-¥1,234.50"},
		{money.Micros(1_234_500_000, cny), Traditional, "CNY 1,234.50"},
		{money.Micros(1_234_000_000, jpy), Simplified, "JPY 1,234"},
		{money.Micros(1_234_000_000, twd), Traditional, "NT$1,234.00"},
		{money.Micros(1_000_000, money.Currency{}), English, "1.00"},
	} {
		if got := Money(c.tag, c.a); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.tag, c.a, got, c.want)
		}
	}
}

func TestDates(t *testing.T) {
	d := timex.MustDate
	for _, c := range []struct {
		first, after string
		en, zh       string
	}{
		{"2026-03-01", "2026-04-01", "1 to 31 Mar 2026", "2026年3月1日至3月31日"},
		{"2026-03-01", "2026-03-02", "1 Mar 2026", "2026年3月1日"},
		{"2026-03-01", "2026-03-01", "1 Mar 2026", "2026年3月1日"},
		{"2026-03-15", "2026-04-15", "15 Mar to 14 Apr 2026", "2026年3月15日至4月14日"},
		{"2025-12-15", "2026-01-15", "15 Dec 2025 to 14 Jan 2026", "2025年12月15日至2026年1月14日"},
	} {
		if got := Dates(English, d(c.first), d(c.after)); got != c.en {
			t.Errorf("%s: %q, want %q", c.first, got, c.en)
		}
		if got := Dates(Simplified, d(c.first), d(c.after)); got != c.zh {
			t.Errorf("%s: %q, want %q", c.first, got, c.zh)
		}
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[int64][4]string{
		0:     {"0:00:00", "0 seconds", "0 秒", "0 秒"},
		60:    {"0:01:00", "1 minute", "1 分鐘", "1 分钟"},
		3723:  {"1:02:03", "1 hour 2 minutes 3 seconds", "1 小時 2 分鐘 3 秒", "1 小时 2 分钟 3 秒"},
		86401: {"24:00:01", "24 hours 1 second", "24 小時 1 秒", "24 小时 1 秒"},
		-90:   {"-0:01:30", "-0:01:30", "-0:01:30", "-0:01:30"},
	} {
		got := [4]string{Clock(s), Duration(English, s), Duration(Traditional, s), Duration(Simplified, s)}
		if got != want {
			t.Errorf("%d: %q, want %q", s, got, want)
		}
	}
}

func TestQuantityAndWords(t *testing.T) {
	if got := Quantity(English, exact.Int(1), "seat"); got != "1 seat" {
		t.Error(got)
	}
	if got := Quantity(English, exact.Int(2000), "call"); got != "2,000 calls" {
		t.Error(got)
	}
	if got := Quantity(Traditional, exact.Int(3), "seat"); got != "3 個座席" {
		t.Error(got)
	}
	if got := Quantity(English, exact.Int(3), "parsec"); got != "3 parsec" {
		t.Error(got)
	}
	if got := Choice(Simplified, "proration", "any_use"); got != "有使用即计整月" {
		t.Error(got)
	}
	if got := Choice(Simplified, "proration", "odd"); got != "odd" {
		t.Error(got)
	}
	if got := Percent(English, exact.MustParse("0.065")); got != "6.5%" {
		t.Error(got)
	}
}

// FuzzNumber: grouping changes nothing but the commas.
func FuzzNumber(f *testing.F) {
	f.Add(int64(0), 0)
	f.Add(int64(-1234567), 3)
	f.Add(int64(9223372036854775807), 9)
	f.Fuzz(func(t *testing.T, n int64, decimals int) {
		if decimals < 0 || decimals > 9 {
			return
		}
		want := exact.Scaled(n, decimals)
		text := Number(English, want)
		bare := ""
		for _, r := range text {
			if r != ',' {
				bare += string(r)
			}
		}
		got, err := exact.Parse(bare)
		if err != nil || !got.Equal(want) {
			t.Fatalf("%s was written %q, read back %s, %v", want, text, got, err)
		}
	})
}
