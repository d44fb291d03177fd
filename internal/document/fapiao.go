package document

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// Fapiao is what a tax bureau's system needs to issue a fully digital
// electronic invoice (数电票) of mainland China. It is handed over and never
// claims to be one: only the bureau gives the 20-digit number and the date,
// which are filled in afterwards.
type Fapiao struct {
	Status     string       `json:"status"`     // always FapiaoStatus
	Kind       string       `json:"kind"`       // 发票票种: 01 special (专票), 02 ordinary (普票)
	Reference  string       `json:"reference"`  // number of our invoice
	Number     string       `json:"number"`     // 发票号码: empty until the bureau gives it
	IssuedOn   string       `json:"issued_on"`  // 开票日期: likewise
	Seller     FapiaoParty  `json:"seller"`     // 销售方
	Buyer      FapiaoParty  `json:"buyer"`      // 购买方
	Natural    bool         `json:"natural"`    // 自然人标志
	Special    string       `json:"special"`    // 特定要素
	Lines      []FapiaoLine `json:"lines"`      // 项目
	Net        string       `json:"net"`        // 合计金额
	Tax        string       `json:"tax"`        // 合计税额
	Total      string       `json:"total"`      // 价税合计
	TotalWords string       `json:"total_text"` // 价税合计(大写)
	Remark     string       `json:"remark"`     // 备注
	Issuer     string       `json:"issuer"`     // 开票人
}

// FapiaoStatus is the status of every Fapiao made here.
const FapiaoStatus = "hand-over data, not issued"

// FapiaoParty is a seller or buyer as the bureau wants it.
type FapiaoParty struct {
	Name    string `json:"name"`    // 名称, at most 300 characters
	TaxID   string `json:"tax_id"`  // 纳税人识别号, at most 26
	Address string `json:"address"` // 地址
	Phone   string `json:"phone"`   // 电话
	Bank    string `json:"bank"`    // 开户行及账号
}

// FapiaoLine is a line; prices and amounts are without tax.
type FapiaoLine struct {
	Name      string `json:"name"`       // 项目名称
	Spec      string `json:"spec"`       // 规格型号
	Unit      string `json:"unit"`       // 单位
	Quantity  string `json:"quantity"`   // 数量
	UnitPrice string `json:"unit_price"` // 单价
	Net       string `json:"net"`        // 金额
	TaxRate   string `json:"tax_rate"`   // 税率
	Tax       string `json:"tax"`        // 税额
	TaxCode   string `json:"tax_code"`   // 商品和服务税收分类编码
	Policy    string `json:"policy"`     // 优惠政策标识
	ZeroRate  string `json:"zero_rate"`  // 零税率标识
}

// FapiaoOptions are what an invoice does not know.
type FapiaoOptions struct {
	Kind     string            // 01 or 02; 02 if empty
	Natural  bool              // the buyer is a person
	Special  string            // 特定要素
	TaxCodes map[string]string // classification code by tax class
	Issuer   string            // who issues it
}

var taxCode = regexp.MustCompile(`^[0-9]{19}$`)

// FapiaoOf makes the hand-over of an invoice in CNY. The findings are what the
// bureau would refuse; warnings are what a person still has to fill in.
func FapiaoOf(inv *invoice.Invoice, o FapiaoOptions) (*Fapiao, fault.Problems) {
	f := &Fapiao{Status: FapiaoStatus, Kind: o.Kind, Reference: clean(inv.Number), Seller: fapiaoParty(&inv.Seller), Buyer: fapiaoParty(&inv.Buyer),
		Natural: o.Natural, Special: o.Special, Net: inv.Net.Decimal(), Tax: inv.Tax.Decimal(), Total: inv.Total.Decimal(), Issuer: o.Issuer}
	if f.Kind == "" {
		f.Kind = "02"
	}
	f.Remark = say(lang.Simplified, "doc.period") + " " + lang.Dates(lang.Simplified, inv.First, inv.After) + " " + clean(inv.Number)
	ps := f.problems(inv, o)
	var err error
	if f.TotalWords, err = InWords(lang.Simplified, inv.Total); err != nil {
		ps = append(ps, fault.Problem{Path: "total", What: err.Error()})
	}
	nets, taxes, err := lineTaxes(inv)
	if err != nil {
		return f, append(ps, fault.Problem{Path: "lines", What: err.Error()})
	}
	for i := range inv.Lines {
		l := &inv.Lines[i]
		code := o.TaxCodes[l.TaxClass]
		if !taxCode.MatchString(code) {
			ps = append(ps, fault.Problem{Path: fmt.Sprintf("lines[%d].tax_code", i), Value: code, What: "no classification code for tax class " + strconv.Quote(l.TaxClass),
				Expected: "19 digits", Fix: "give one code for each tax class", Warning: true})
		}
		f.Lines = append(f.Lines, fapiaoLine(l, nets[i], taxes[i], code))
	}
	return f, ps
}

func fapiaoParty(p *invoice.Party) FapiaoParty {
	return FapiaoParty{clean(p.Name), clean(p.TaxID), clean(p.Address), clean(p.Phone), clean(p.Bank)}
}

// problems checks the lengths and codes the bureau's interface states.
func (f *Fapiao) problems(inv *invoice.Invoice, o FapiaoOptions) fault.Problems {
	var ps fault.Problems
	bad := func(ok bool, path, value, what, expected string) {
		if !ok {
			ps = append(ps, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
		}
	}
	bad(inv.Currency.String() == "CNY", "currency", inv.Currency.String(), "a fapiao is in CNY", "CNY")
	bad(inv.Status == invoice.Issued, "status", string(inv.Status), "a draft is not handed over", "an issued invoice")
	bad(len(inv.Unknown) == 0, "unknown", strings.Join(inv.Unknown, ", "), "lines have a price nobody knows", "all prices")
	bad(f.Kind == "01" || f.Kind == "02", "kind", f.Kind, "no such kind", "01 or 02")
	for i, p := range []FapiaoParty{f.Seller, f.Buyer} {
		path := [...]string{"seller", "buyer"}[i]
		bad(p.Name != "" && utf8.RuneCountInString(p.Name) <= 300, path+".name", p.Name, "the name does not fit", "1 to 300 characters")
		needed := path == "seller" || !o.Natural
		bad(len(p.TaxID) <= 26 && (p.TaxID != "" || !needed), path+".tax_id", p.TaxID, "the tax number does not fit", "1 to 26 characters")
	}
	bad(!(f.Kind == "01" && o.Natural), "kind", f.Kind, "a person gets no special fapiao", "02")
	return ps
}

func fapiaoLine(l *rating.Line, net, tax money.Amount, code string) FapiaoLine {
	out := FapiaoLine{Name: clean(lineName(lang.Simplified, l)), Net: net.Decimal(), Tax: tax.Decimal(), TaxRate: decimal(l.TaxRate), TaxCode: code}
	if quantity(lang.Simplified, l) != "" && isDecimal(l.Charged) && !l.Charged.IsZero() {
		out.Quantity, out.Unit = decimal(l.Charged), unitName(lang.Simplified, l.Unit)
		out.UnitPrice = decimal(net.Exact().Div(l.Charged)) // the average where there were tiers; the bureau recomputes the amount from it
	}
	if l.TaxRate.IsZero() {
		out.ZeroRate = "3" // ordinary zero rate; exemptions have other marks, a rate alone does not tell
	}
	return out
}

// lineTaxes shares the net and tax of each rate out to its lines: each is
// rounded, the largest line takes the rest, so that lines sum to the totals.
func lineTaxes(inv *invoice.Invoice) (nets, taxes []money.Amount, err error) {
	if nets, err = netLines(inv); err != nil {
		return nil, nil, err
	}
	taxes = make([]money.Amount, len(nets))
	for _, t := range inv.Taxes {
		rest, largest := t.Tax, -1
		for i := range inv.Lines {
			if !inv.Lines[i].TaxRate.Equal(t.Rate) {
				continue
			}
			if taxes[i], err = money.ToMinor(nets[i].Exact().Mul(t.Rate), inv.Currency); err != nil {
				return nil, nil, err
			}
			if rest, err = rest.Sub(taxes[i]); err != nil {
				return nil, nil, err
			}
			if largest < 0 || exact.Zero.Less(nets[i].Exact().Sub(nets[largest].Exact())) {
				largest = i
			}
		}
		if largest >= 0 {
			if taxes[largest], err = taxes[largest].Add(rest); err != nil {
				return nil, nil, err
			}
		}
	}
	return nets, taxes, nil
}

// JSON writes the hand-over as indented JSON.
func (f *Fapiao) JSON(w io.Writer) error { return indented(w, f) }

// XLSX writes the hand-over as a workbook with the bureau's words.
func (f *Fapiao) XLSX(w io.Writer) error {
	head := [][2]string{
		{"说明", "开票数据，尚未开具"}, {"发票票种", f.Kind}, {"账单编号", f.Reference}, {"发票号码", f.Number}, {"开票日期", f.IssuedOn},
		{"销售方名称", f.Seller.Name}, {"销售方纳税人识别号", f.Seller.TaxID}, {"销售方地址", f.Seller.Address}, {"销售方电话", f.Seller.Phone}, {"销售方开户行及账号", f.Seller.Bank},
		{"购买方名称", f.Buyer.Name}, {"购买方纳税人识别号", f.Buyer.TaxID}, {"购买方地址", f.Buyer.Address}, {"购买方电话", f.Buyer.Phone}, {"购买方开户行及账号", f.Buyer.Bank},
		{"自然人标志", strconv.FormatBool(f.Natural)}, {"特定要素", f.Special},
		{"合计金额", f.Net}, {"合计税额", f.Tax}, {"价税合计", f.Total}, {"价税合计（大写）", f.TotalWords}, {"备注", f.Remark}, {"开票人", f.Issuer},
	}
	lines := [][]string{{"项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额", "商品和服务税收分类编码", "优惠政策标识", "零税率标识"}}
	for _, l := range f.Lines {
		lines = append(lines, []string{l.Name, l.Spec, l.Unit, l.Quantity, l.UnitPrice, l.Net, l.TaxRate, l.Tax, l.TaxCode, l.Policy, l.ZeroRate})
	}
	return handOver(w, "开票数据", "项目", head, lines)
}

// indented writes a value as JSON for people and programs.
func indented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
