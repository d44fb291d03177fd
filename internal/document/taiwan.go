package document

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// Taiwan is what Taiwan's platform needs for an electronic invoice (電子發票)
// between businesses, in the words of its message guide. It is handed over and
// never claims to be one: track and number come from the assigned range and
// are filled in afterwards.
type Taiwan struct {
	Status     string       `json:"status"`        // always FapiaoStatus
	Reference  string       `json:"reference"`     // number of our invoice
	Number     string       `json:"InvoiceNumber"` // 字軌號碼: empty until it is given
	Date       string       `json:"InvoiceDate"`   // 發票日期: likewise
	SellerID   string       `json:"SellerIdentifier"`
	SellerName string       `json:"SellerName"`
	BuyerID    string       `json:"BuyerIdentifier"` // 0000000000: a consumer
	BuyerName  string       `json:"BuyerName"`
	Type       string       `json:"InvoiceType"` // 07: ordinary tax
	Lines      []TaiwanLine `json:"ProductItem"`
	Sales      string       `json:"SalesAmount"` // 應稅銷售額
	ZeroSales  string       `json:"ZeroTaxSalesAmount"`
	FreeSales  string       `json:"FreeTaxSalesAmount"`
	TaxType    string       `json:"TaxType"` // 1 taxed, 2 zero rate, 9 mixed
	TaxRate    string       `json:"TaxRate"`
	Tax        string       `json:"TaxAmount"`
	Total      string       `json:"TotalAmount"`
	Remark     string       `json:"MainRemark"`
}

// TaiwanLine is a line, without tax.
type TaiwanLine struct {
	Sequence    string `json:"SequenceNumber"`
	Description string `json:"Description"`
	Quantity    string `json:"Quantity"`
	Unit        string `json:"Unit"`
	UnitPrice   string `json:"UnitPrice"`
	Amount      string `json:"Amount"`
}

const consumer = "0000000000" // BuyerIdentifier of a buyer without a number

// TaiwanOf makes the hand-over of an invoice in TWD. The findings are what the
// platform would refuse.
func TaiwanOf(inv *invoice.Invoice) (*Taiwan, fault.Problems) {
	t := &Taiwan{Status: FapiaoStatus, Reference: clean(inv.Number), SellerID: clean(inv.Seller.TaxID), SellerName: clean(inv.Seller.Name),
		BuyerID: clean(inv.Buyer.TaxID), BuyerName: clean(inv.Buyer.Name), Type: "07",
		Tax: whole(inv.Tax.Exact()), Total: whole(inv.Total.Exact()), Remark: lang.Dates(lang.Traditional, inv.First, inv.After)}
	if t.BuyerID == "" {
		t.BuyerID = consumer
	}
	ps := t.problems(inv)
	taxed, zero := exact.Zero, exact.Zero
	for _, part := range inv.Taxes {
		if part.Rate.IsZero() {
			zero = zero.Add(part.Net.Exact())
			continue
		}
		taxed = taxed.Add(part.Net.Exact())
		if t.TaxRate != "" {
			ps = append(ps, fault.Problem{Path: "taxes", What: "more than one tax rate above nought", Expected: "one", Fix: "hand over one invoice for each rate"})
		}
		t.TaxRate = decimal(part.Rate)
	}
	t.Sales, t.ZeroSales, t.FreeSales = whole(taxed), whole(zero), "0"
	switch {
	case zero.IsZero():
		t.TaxType = "1"
	case taxed.IsZero():
		t.TaxType = "2"
	default:
		t.TaxType = "9"
	}
	if err := t.lines(inv); err != nil {
		ps = append(ps, fault.Problem{Path: "lines", What: err.Error()})
	}
	return t, ps
}

func (t *Taiwan) lines(inv *invoice.Invoice) error {
	nets, err := netLines(inv)
	if err != nil {
		return err
	}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		line := TaiwanLine{Sequence: fmt.Sprintf("%03d", i+1), Description: clean(lineName(lang.Traditional, l)), Quantity: "1", Amount: nets[i].Decimal(), UnitPrice: nets[i].Decimal()}
		if quantity(lang.Traditional, l) != "" && isDecimal(l.Charged) && !l.Charged.IsZero() {
			line.Quantity, line.Unit = decimal(l.Charged), unitName(lang.Traditional, l.Unit)
			line.UnitPrice = decimal(nets[i].Exact().Div(l.Charged))
		}
		t.Lines = append(t.Lines, line)
	}
	return nil
}

// whole is an amount in whole dollars, as the platform wants sums.
func whole(n exact.Number) string { return n.Text(0) }

func (t *Taiwan) problems(inv *invoice.Invoice) fault.Problems {
	var ps fault.Problems
	bad := func(ok bool, path, value, what, expected string) {
		if !ok {
			ps = append(ps, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
		}
	}
	bad(inv.Currency.String() == "TWD", "currency", inv.Currency.String(), "the invoice is not in TWD", "TWD")
	bad(inv.Status == invoice.Issued, "status", string(inv.Status), "a draft is not handed over", "an issued invoice")
	bad(len(inv.Unknown) == 0, "unknown", strings.Join(inv.Unknown, ", "), "lines have a price nobody knows", "all prices")
	bad(inv.Total.Exact().IsInt() && inv.Tax.Exact().IsInt(), "total", inv.Total.Decimal(), "tax and total are not whole dollars", "whole dollars")
	bad(TaiwanID(t.SellerID), "seller.tax_id", t.SellerID, "not a 統一編號", "8 digits that pass its check")
	bad(t.BuyerID == consumer || TaiwanID(t.BuyerID), "buyer.tax_id", t.BuyerID, "not a 統一編號", "8 digits that pass its check, or none for a consumer")
	bad(t.SellerName != "" && t.BuyerName != "", "seller.name", t.SellerName, "a name is missing", "both names")
	return ps
}

// TaiwanID tells whether a text is a Taiwanese business number (統一編號): eight
// digits, times 1 2 1 2 1 2 4 1, the digits of the products summed, divisible
// by 5 (the rule since 2023); a seventh digit of 7 may count one less.
func TaiwanID(s string) bool {
	if len(s) != 8 {
		return false
	}
	sum := 0
	for i, weight := range [8]int{1, 2, 1, 2, 1, 2, 4, 1} {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		sum += d*weight/10 + d*weight%10
	}
	return sum%5 == 0 || s[6] == '7' && (sum+1)%5 == 0
}

// JSON writes the hand-over as indented JSON.
func (t *Taiwan) JSON(w io.Writer) error { return indented(w, t) }

// XLSX writes the hand-over as a workbook.
func (t *Taiwan) XLSX(w io.Writer) error {
	head := [][2]string{
		{"說明", "開立資料，尚未開立"}, {"帳單編號", t.Reference}, {"發票字軌號碼", t.Number}, {"發票日期", t.Date}, {"發票類別", t.Type},
		{"賣方統一編號", t.SellerID}, {"賣方名稱", t.SellerName}, {"買方統一編號", t.BuyerID}, {"買方名稱", t.BuyerName},
		{"課稅別", t.TaxType}, {"稅率", t.TaxRate}, {"應稅銷售額", t.Sales}, {"零稅率銷售額", t.ZeroSales}, {"免稅銷售額", t.FreeSales},
		{"營業稅額", t.Tax}, {"總計", t.Total}, {"備註", t.Remark}, {"明細筆數", strconv.Itoa(len(t.Lines))},
	}
	lines := [][]string{{"序號", "品名", "數量", "單位", "單價", "金額"}}
	for _, l := range t.Lines {
		lines = append(lines, []string{l.Sequence, l.Description, l.Quantity, l.Unit, l.UnitPrice, l.Amount})
	}
	return handOver(w, "開立資料", "明細", head, lines)
}
