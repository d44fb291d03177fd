package vendorbill

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/lang"
	"waihu/internal/sheet"
)

func fileOf(name string) sheet.Source {
	return sheet.Source{Name: name, Open: func() (io.ReadCloser, error) {
		return os.Open(filepath.Join("..", "..", "examples", "audit", "vendor", name))
	}}
}

// The example bill is understood without a mapping, as far as a mapping says it.
func TestLookGuessesTheExample(t *testing.T) {
	l, err := Look(fileOf("bill.csv"), "")
	if err != nil {
		t.Fatal(err)
	}
	if l.Header != 5 || strings.Join(l.Columns, ",") != "项目,数量,单价,金额" {
		t.Errorf("columns %v in row %d", l.Columns, l.Header)
	}
	for kind, want := range map[string]string{"text": "项目", "quantity": "数量", "unit_price": "单价", "amount": "金额"} {
		if got := l.Column(kind); got != want {
			t.Errorf("%s is %q, want %q", kind, got, want)
		}
	}
	for kind, want := range map[string]string{"number": "B2", "issued_on": "D2", "first": "B3", "last": "D3"} {
		if got := l.HeadCell(kind); got != want {
			t.Errorf("%s is in %q, want %q", kind, got, want)
		}
	}
	p := &catalog.Plan{Components: []catalog.Component{{ID: "seats", Name: lang.Text{Hans: "坐席"}}, {ID: "talk", Name: lang.Text{Hans: "通话时长"}}, {ID: "numbers", Name: lang.Text{Hans: "号码月租"}}}}
	for text, want := range map[string]Item{"坐席费": {Component: "seats"}, "通话费": {Component: "talk"}, "号码月租": {Component: "numbers"}, "线路维护费": {}, "短信费": {Usage: "events:sms"}, "小计": {Is: SubtotalRow}, "应付总额": {Is: TotalRow}, "税额 6%": {Is: TaxRow}} {
		got := GuessItem(text, p)
		if got.Component != want.Component || got.Is != want.Is || got.Usage != want.Usage {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if got.Is == TaxRow && (got.Rate == nil || got.Rate.String() != "6%") {
			t.Errorf("%s: at %v", text, got.Rate)
		}
	}
	calls, err := Look(fileOf("calls.csv"), "")
	if err != nil || calls.Column("start") != "开始时间" || calls.Column("to") != "被叫号码" || calls.Column("seconds") != "计费秒数" || calls.Column("amount") != "费用" || calls.TextAt("A1") != "" {
		t.Errorf("%v, %v", calls, err)
	}
	if texts := l.Texts("项目"); len(texts) < 8 || texts[0] != "坐席费" {
		t.Errorf("lines %v", texts)
	}
}

func TestLookAtWhatIsNone(t *testing.T) {
	for _, text := range []string{"just words\nand more\n", ""} {
		l, err := Look(sheet.Source{Name: "x.csv", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}, "")
		if err == nil && l.Header != 0 {
			t.Errorf("%q has columns %v", text, l.Columns)
		}
	}
}
