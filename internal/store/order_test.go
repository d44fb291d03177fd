package store

import (
	"math"
	"slices"
	"strings"
	"testing"

	"waihu/internal/money"
)

func TestNumbersSortAsTexts(t *testing.T) {
	var texts []string
	for _, n := range []int64{math.MinInt64, math.MinInt64 + 1, -1_000_000, -2, -1, 0, 1, 2, 10, 1_000_000, math.MaxInt64} {
		s := OrderInt(n)
		texts = append(texts, s)
		if back, err := ParseOrderInt(s); err != nil || back != n {
			t.Errorf("%d became %s, and that %d, %v", n, s, back, err)
		}
	}
	if !slices.IsSorted(texts) {
		t.Errorf("%q are not in order", texts)
	}
	for _, s := range []string{"", "1", "soon", "2" + strings.Repeat("0", 19), "1" + strings.Repeat("9", 19), "1-000000000000000001", "1+000000000000000001"} {
		if n, err := ParseOrderInt(s); err == nil {
			t.Errorf("%q was read as %d", s, n)
		}
	}
}

func TestTextsSortWithoutCapitals(t *testing.T) {
	long := strings.Repeat("外", ordered)
	for in, want := range map[string]string{"Zeta": "zeta", "ÄB": "Äb", long + "x": long, "": "", "a\x00b\xffC": "ab\ufffdc"} {
		if got := OrderText(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	cny, _ := money.ParseCurrency("CNY")
	usd, _ := money.ParseCurrency("USD")
	if !slices.IsSorted([]string{OrderMoney(money.Micros(-1, cny)), OrderMoney(money.Micros(5, cny)), OrderMoney(money.Micros(1, usd))}) {
		t.Error("amounts are not in order, currency by currency")
	}
	if c, n, err := ParseOrderMoney(OrderMoney(money.Micros(-7, usd))); c != "USD" || n != -7 || err != nil {
		t.Error(c, n, err)
	}
}
