package document

import (
	"strconv"
	"testing"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// builder makes sample invoices whose figures hold together: parts sum to the
// gross, the exact amount is rounded once, taxes and totals are computed.
type builder struct {
	t   testing.TB
	inv *invoice.Invoice
}

func newSample(t testing.TB, currency string) *builder {
	loc := time.FixedZone("Asia/Shanghai", 8*3600)
	first, after := timex.MustDate("2026-03-01"), timex.MustDate("2026-04-01")
	return &builder{t, &invoice.Invoice{
		Version: invoice.Version, Status: invoice.Issued, Number: "W-2026-03-0042",
		Plan: invoice.PlanRef{ID: "growth", Version: 7, Digest: digestOf("plan"),
			Name: lang.Text{En: "Growth", Hant: "成長型", Hans: "成长型"}},
		Contract: "C-2025-118",
		Seller: invoice.Party{Name: "外呼雲科技有限公司", TaxID: "24536806", Address: "台北市信義區松高路 9 號 12 樓",
			Email: "billing@waihu.example", Phone: "+886 2 5550 1234", Bank: "台北商業銀行 信義分行 012-345-678901", Country: "TW"},
		Buyer: invoice.Party{Name: "明遠教育諮詢有限公司", TaxID: "91110108MA01ABCD2X",
			Address: "北京市海淀区中关村大街 27 号 8 层 802 室", Email: "finance@mingyuan.example", Country: "CN"},
		Currency: money.MustCurrency(currency), Zone: "Asia/Shanghai",
		Period: timex.Days(first, after, loc), First: first, After: after,
		IssuedOn: timex.MustDate("2026-04-02"), DueOn: timex.MustDate("2026-04-30"),
		Facts: invoice.Facts{Calls: 12345, Sessions: 812, Seats: 38, Modules: 2, Rentals: 12, Outside: 3, Digest: digestOf("facts")},
	}}
}

func digestOf(s string) string {
	const hexDigits = "0123456789abcdef"
	out := make([]byte, 64)
	x := uint32(2166136261)
	for i := range out {
		for _, c := range []byte(s) {
			x = (x ^ uint32(c)) * 16777619
		}
		out[i] = hexDigits[x>>13&15]
	}
	return string(out)
}

func num(s string) exact.Number { return exact.MustParse(s) }

func text(en, hant, hans string) lang.Text { return lang.Text{En: en, Hant: hant, Hans: hans} }

func rule(key string, pairs ...string) rating.Rule {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return rating.Rule{Key: key, Args: args}
}

// part is quantity x price, times the share of the period, plus a flat fee.
func part(key string, name lang.Text, count int64, quantity, price, flat string, share *rating.Fraction) rating.Part {
	q, p, f := num(quantity), num(price), num(flat)
	return rating.Part{Key: key, Name: name, Count: count, Raw: q, Quantity: q, UnitPrice: p, Flat: f, Proration: share,
		Exact: q.Mul(p).Mul(share.Share()).Add(f)}
}

// add completes a line from its parts and its discount, minimum or maximum.
func (b *builder) add(l rating.Line) {
	if l.First == 0 {
		l.First, l.After = b.inv.First, b.inv.After
	}
	worth := make([]exact.Number, len(l.Parts))
	for i := range l.Parts {
		worth[i] = l.Parts[i].Exact
	}
	if l.Gross.IsZero() {
		l.Gross = exact.Sum(worth...)
	}
	l.Charged = l.Billed.Sub(l.Included)
	l.Exact = l.Gross.Sub(l.Discount).Add(l.Raised).Sub(l.Capped)
	amount, err := money.ToMinor(l.Exact, b.inv.Currency)
	if err != nil {
		b.t.Fatal(err)
	}
	l.Amount = amount
	if l.Kind == "" {
		l.Kind = rating.Charge
	}
	if l.Component == "" && l.Kind == rating.Charge {
		l.Component = l.ID
	}
	b.inv.Lines = append(b.inv.Lines, l)
}

// finish sums lines and taxes; tax-inclusive amounts contain their tax.
func (b *builder) finish() *invoice.Invoice {
	inv, c := b.inv, b.inv.Currency
	inv.Subtotal, inv.Net, inv.Tax = money.Zero(c), money.Zero(c), money.Zero(c)
	byRate := map[string]int{}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		inv.Subtotal = b.sum(inv.Subtotal, l.Amount)
		key := l.TaxRate.String()
		k, ok := byRate[key]
		if !ok {
			k = len(inv.Taxes)
			byRate[key] = k
			inv.Taxes = append(inv.Taxes, invoice.TaxTotal{Rate: l.TaxRate, Net: money.Zero(c), Tax: money.Zero(c)})
		}
		inv.Taxes[k].Net = b.sum(inv.Taxes[k].Net, l.Amount)
	}
	for i := range inv.Taxes {
		t := &inv.Taxes[i]
		tax := t.Net.Exact().Mul(t.Rate)
		if inv.TaxInclusive {
			tax = tax.Div(exact.One.Add(t.Rate))
		}
		t.Tax = b.round(tax)
		if inv.TaxInclusive {
			t.Net = b.sum(t.Net, t.Tax.Neg())
		}
		inv.Net, inv.Tax = b.sum(inv.Net, t.Net), b.sum(inv.Tax, t.Tax)
	}
	inv.Total = b.sum(inv.Net, inv.Tax)
	return inv
}

func (b *builder) sum(x, y money.Amount) money.Amount {
	s, err := x.Add(y)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *builder) round(n exact.Number) money.Amount {
	a, err := money.ToMinor(n, b.inv.Currency)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// seats is a line of graduated seat tiers.
func (b *builder) seats() {
	b.add(rating.Line{ID: "seats", Name: text("Agent seats", "座席", "坐席"), Measure: catalog.SeatsHighest, Unit: "seat", Category: "seat",
		Raw: num("35"), Billed: num("35"), TaxClass: "saas", TaxRate: num("0.06"),
		Parts: []rating.Part{
			part("tier:1", lang.Text{}, 0, "10", "300", "0", nil),
			part("tier:2", lang.Text{}, 0, "20", "260", "0", nil),
			part("tier:3", lang.Text{}, 0, "5", "220", "0", nil),
		},
		Rules: []rating.Rule{
			rule("seat_counting", "measure", "seats_highest"), rule("same_day", "rule", "end_of_day"), rule("tier_graduated", "tier", "3"),
			rule("line_rounding", "decimals", "2", "mode", "half_away"),
		},
		Evidence: rating.Evidence{Facts: "seats", Count: 38, Digest: digestOf("seats")}})
}

// calls is talk time by deck rows, with included minutes and a discount.
func (b *builder) calls() {
	parts := []rating.Part{
		part("prefix:8613", text("China mobile", "中國手機", "中国手机"), 8123, "12034.5", "0.12", "0", nil),
		part("prefix:8610", text("China landline", "中國市話", "中国固话"), 3051, "5410", "0.08", "0", nil),
		part("prefix:852", text("Hong Kong", "香港", "香港"), 760, "1422.5", "0.365", "76", nil),
		part("prefix:886", text("Taiwan", "台灣", "台湾"), 411, "563", "0.5125", "0", nil),
	}
	gross := exact.Zero
	for i := range parts {
		gross = gross.Add(parts[i].Exact)
	}
	b.add(rating.Line{ID: "calls", Name: text("Outbound calls", "外呼通話", "外呼通话"), Measure: catalog.TalkTime, Unit: "minute", Category: "usage",
		Raw: exact.Frac(1205333, 60), Billed: num("21430"), Included: num("2000"), TaxClass: "telecom", TaxRate: num("0.09"),
		Parts: parts, Discount: gross.Mul(num("0.05")),
		Rules: []rating.Rule{
			rule("increment", "increment", "30/6"), rule("connect_fee", "fee", "0.1", "calls", "760"), rule("legs", "legs", "first", "calls", "14"),
			rule("included", "quantity", "2000", "unit", "minute", "used", "2000", "left", "0"), rule("burn", "order", "time"),
			rule("overrun_split", "calls", "1"), rule("deck", "deck", "cn-2026", "rates", "4"),
			rule("discount", "name", "Loyalty", "name.zh-Hant", "續約優惠", "name.zh-Hans", "续约优惠", "percent", "0.05"),
			rule("order", "steps", "discount,minimum,maximum"), rule("line_rounding", "decimals", "2", "mode", "half_away"),
		},
		Evidence: rating.Evidence{Facts: "calls", Count: 12345, Digest: digestOf("calls")}})
}

// rest is a prorated module, a package fee, rented numbers and a minimum spend.
func (b *builder) rest() {
	share := &rating.Fraction{Num: num("17"), Den: num("31"), Basis: catalog.ByDay}
	b.add(rating.Line{ID: "recording", Name: text("Recording with quality inspection (value-added module)", "錄音與質檢(增值模組)", "录音与质检(增值模块)"),
		Measure: catalog.ModuleDays, Unit: "module", Category: "module", First: timex.MustDate("2026-03-15"), After: timex.MustDate("2026-04-01"),
		Raw: num("1"), Billed: num("1"), TaxClass: "saas", TaxRate: num("0.06"),
		Parts:    []rating.Part{part("module", lang.Text{}, 0, "1", "800", "0", share)},
		Rules:    []rating.Rule{rule("proration", "basis", "day", "num", "17", "den", "31"), rule("off_day", "rule", "free")},
		Evidence: rating.Evidence{Facts: "modules", Count: 1, Digest: digestOf("modules")}})
	b.add(rating.Line{ID: "pack", Name: text("Package of 2,000 minutes", "2,000 分鐘套餐包", "2,000 分钟套餐包"), Measure: catalog.Recurring,
		Unit: "period", Category: "usage", Raw: num("1"), Billed: num("1"), TaxClass: "telecom", TaxRate: num("0.09"),
		Parts: []rating.Part{part("period", lang.Text{}, 0, "1", "199", "0", nil)}, Rules: []rating.Rule{rule("advance", "first", "2026-03-01")}})
	b.add(rating.Line{ID: "numbers", Name: text("Rented numbers", "號碼月租", "号码月租"), Measure: catalog.Rentals, Unit: "item", Category: "rental",
		Raw: num("12"), Billed: num("12"), TaxClass: "telecom", TaxRate: num("0.09"), Raised: num("15"),
		Parts:    []rating.Part{part("item", lang.Text{}, 12, "12", "3.75", "0", nil)},
		Rules:    []rating.Rule{rule("minimum", "minimum", "60", "raised", "15")},
		Evidence: rating.Evidence{Facts: "rentals", Count: 12, Digest: digestOf("rentals")}})
	b.add(rating.Line{ID: "minimum_spend", Kind: rating.MinSpend, Name: text("Minimum spend, difference", "最低消費差額", "最低消费差额"),
		Unit: "amount", TaxClass: "saas", TaxRate: num("0.06"), Gross: num("210.4"),
		Rules: []rating.Rule{rule("minimum_spend", "minimum", "13000", "reached", "12789.6", "raised", "210.4")}})
	b.add(rating.Line{ID: "credit", Kind: rating.DiscountOf, Name: text("Service level credit", "服務補償", "服务补偿"),
		Unit: "amount", TaxClass: "saas", TaxRate: num("0.06"), Gross: num("-120")})
}

// extras are alternatives, unpriced usage, notes and what is carried over.
func (b *builder) extras() {
	c := b.inv.Currency
	b.inv.Alternatives = []invoice.Alternative{
		{Group: "method", Option: "seat", Name: text("By seat", "按座席收費", "按坐席收费"), Chosen: true, Total: money.Micros(9_300_000_000, c)},
		{Group: "method", Option: "minute", Name: text("By usage time", "按使用時長收費", "按使用时长收费"), Total: money.Micros(10_412_550_000, c)},
	}
	b.inv.Unpriced = []invoice.Unpriced{{Facts: "calls", Reason: "no rate for prefix +882", Count: 3, Seconds: 421, Examples: []string{"gw1/1709280000.17", "gw1/1709280411.03"}}}
	b.inv.Notes = []rating.Rule{rule("unmetered", "facts", "sessions,events"), rule("cheapest_chosen", "option", "seat", "less", "1112.55")}
	b.inv.Carry = []invoice.Carry{{Package: "SMS 500", Granted: b.inv.First, Expires: timex.MustDate("2026-05-01"), Left: num("120"), Unit: "event"}}
}

// cnyInvoice is an issued invoice in CNY with everything on it.
func cnyInvoice(t testing.TB) *invoice.Invoice {
	b := newSample(t, "CNY")
	b.seats()
	b.calls()
	b.rest()
	b.extras()
	return b.finish()
}

// twdInvoice is a draft with tax in the prices.
func twdInvoice(t testing.TB) *invoice.Invoice {
	b := newSample(t, "TWD")
	b.inv.Status, b.inv.Number, b.inv.IssuedOn, b.inv.DueOn = invoice.Drafted, "", 0, 0
	b.inv.TaxInclusive = true
	b.seats()
	b.calls()
	for i := range b.inv.Lines {
		b.inv.Lines[i].TaxRate = num("0.05")
	}
	return b.finish()
}

// jpyInvoice has a currency without decimals.
func jpyInvoice(t testing.TB) *invoice.Invoice {
	b := newSample(t, "JPY")
	b.calls()
	b.rest()
	for i := range b.inv.Lines {
		b.inv.Lines[i].TaxRate = num("0.1")
	}
	return b.finish()
}

// longInvoice has n lines.
func longInvoice(t testing.TB, n int) *invoice.Invoice {
	b := newSample(t, "CNY")
	for i := range n {
		b.add(rating.Line{ID: "l" + strconv.Itoa(i), Name: text("Outbound calls of team "+strconv.Itoa(i+1), "外呼通話 第 "+strconv.Itoa(i+1)+" 組", "外呼通话 第 "+strconv.Itoa(i+1)+" 组"),
			Measure: catalog.TalkTime, Unit: "minute", Raw: exact.Frac(int64(61+i), 60), Billed: exact.Int(int64(2 + i/60)), TaxRate: num("0.06"),
			Parts:    []rating.Part{part("row:mobile", text("mobile", "手機", "手机"), int64(i), strconv.Itoa(2+i/60), "0.12", "0", nil)},
			Rules:    []rating.Rule{rule("increment", "increment", "60/60"), rule("line_rounding", "decimals", "2", "mode", "half_away")},
			Evidence: rating.Evidence{Facts: "calls", Count: int64(i), Digest: digestOf("l")}})
	}
	return b.finish()
}
