package vendorbill

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"waihu/internal/charging/catalog"
	"waihu/internal/sheet"
)

// Looked is what a file looks like before anybody has said what its columns are.
type Looked struct {
	Header  int      // row that names the columns, from 1; 0: none was found
	Columns []string // their names
	Above   []Cell   // cells above the columns: numbers of bills, dates, periods
	Rows    [][]string
}

// Cell is a place with its text, such as B2.
type Cell struct{ At, Text string }

// Bounds of a look.
const (
	lookedRows = 200
	cellsAbove = 100
)

// Look reads the beginning of a bill or of a list of calls. Errors are those of
// reading: a file that is no table says so.
func Look(src sheet.Source, name string) (*Looked, error) {
	t, err := sheet.Open(src, name)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	out := &Looked{}
	var before []string // the row that may name the columns
	var at int
	for range maxHeadRows {
		cells, row, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch {
		case out.Header > 0:
			out.Rows = append(out.Rows, slices.Clone(cells))
		case before != nil && slices.ContainsFunc(cells, isFigure):
			out.Header, out.Columns = at, before
			out.Rows = append(out.Rows, slices.Clone(cells))
		default:
			if before != nil {
				out.above(before, at)
			}
			if before, at = nil, row; namesColumns(cells) {
				before = trimmed(cells)
			} else {
				out.above(cells, row)
			}
		}
		if len(out.Rows) == lookedRows {
			break
		}
	}
	return out, nil
}

func (l *Looked) above(cells []string, row int) {
	for i, c := range cells {
		if c = strings.TrimSpace(c); c != "" && i < 26 && len(l.Above) < cellsAbove {
			l.Above = append(l.Above, Cell{string(rune('A'+i)) + strconv.Itoa(row), c})
		}
	}
}

func trimmed(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = strings.TrimSpace(strings.TrimPrefix(c, "\ufeff"))
	}
	return out
}

// namesColumns tells whether a row has words and no figures.
func namesColumns(cells []string) bool {
	words := 0
	for _, c := range cells {
		if strings.ContainsFunc(c, unicode.IsDigit) {
			return false
		}
		if strings.TrimSpace(c) != "" {
			words++
		}
	}
	return words >= 2
}

func isFigure(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && strings.ContainsFunc(s, unicode.IsDigit) && !strings.ContainsFunc(s, unicode.IsLetter)
}

// words are what vendors call columns, in lower case.
var words = map[string][]string{
	"text":       {"项目", "項目", "item", "description", "service", "名称", "名稱", "费用", "費用"},
	"quantity":   {"数量", "數量", "qty", "quantity", "units"},
	"unit_price": {"单价", "單價", "unit price", "price", "rate"},
	"amount":     {"金额", "金額", "amount", "total", "费用", "費用", "charge", "cost"},
	"to":         {"被叫", "called", "to", "destination"},
	"from":       {"主叫", "calling", "from", "caller"},
	"start":      {"开始", "開始", "start", "time", "时间", "時間", "date"},
	"seconds":    {"秒", "second", "duration"},
	"minutes":    {"分钟", "分鐘", "minute"},
	"id":         {"call id", "uniqueid", "通话编号", "通話編號"},
	"number":     {"编号", "編號", "invoice no", "number", "bill no"},
	"issued_on":  {"出账", "出帳", "issued", "date of issue", "invoice date", "开票", "開立"},
	"period":     {"期间", "期間", "period", "账期", "帳期"},
	"sms":        {"短信", "簡訊", "sms", "text message"},
	"subtotal":   {"小计", "小計", "subtotal", "sub-total"},
	"total":      {"应付", "應付", "合计", "合計", "total", "amount due", "总额", "總額"},
	"tax":        {"税", "稅", "tax", "vat", "gst"},
}

func says(kind, s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(words[kind], func(w string) bool { return strings.Contains(s, w) })
}

// Column guesses which column is something: text, quantity, unit_price, amount,
// to, from, start, seconds, minutes, id. Empty: none looks like it.
func (l *Looked) Column(kind string) string {
	for _, w := range words[kind] {
		for _, c := range l.Columns {
			if strings.Contains(strings.ToLower(c), w) {
				return c
			}
		}
	}
	return ""
}

// HeadCell guesses which cell above the columns is the bill's number, the date
// of issue, or the first or last day of the period: the one right of its name.
func (l *Looked) HeadCell(kind string) string {
	find, skip := kind, 0
	if kind == "first" || kind == "last" {
		find = "period"
	}
	if kind == "last" {
		skip = 1
	}
	for i, c := range l.Above {
		if !says(find, c.Text) || isFigure(c.Text) {
			continue
		}
		for _, next := range l.Above[i+1:] {
			if next.At[1:] != c.At[1:] {
				break
			}
			if !strings.ContainsFunc(next.Text, unicode.IsDigit) {
				continue
			}
			if skip == 0 {
				return next.At
			}
			skip--
		}
	}
	return ""
}

// TextAt is the text of a cell above the columns.
func (l *Looked) TextAt(cell string) string {
	for _, c := range l.Above {
		if c.At == cell {
			return c.Text
		}
	}
	return ""
}

// Texts are the texts of the lines in a column, each once.
func (l *Looked) Texts(column string) (out []string) {
	at := slices.Index(l.Columns, column)
	for _, row := range l.Rows {
		if s := cellOf(row, at); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// GuessItem guesses what a line is by its text: a component of the contract, a
// tax with its rate, a subtotal or a total. Nothing: it is not in the contract.
func GuessItem(text string, p *catalog.Plan) Item {
	it := Item{Text: text}
	switch {
	case says("subtotal", text):
		it.Is = SubtotalRow
		return it
	case says("tax", text):
		it.Is = TaxRow
		if i := strings.IndexFunc(text, unicode.IsDigit); i >= 0 {
			digits, _, _ := strings.Cut(text[i:], "%")
			if rate, err := catalog.ParsePercent(digits + "%"); err == nil {
				it.Rate = &rate
			}
		}
		return it
	case says("total", text):
		it.Is = TotalRow
		return it
	}
	best := 0
	for i := range p.Components {
		c := &p.Components[i]
		for _, name := range []string{c.Name.En, c.Name.Hant, c.Name.Hans, c.ID} {
			if n := alike(text, name); n > best {
				best, it.Component = n, c.ID
			}
		}
	}
	if it.Component == "" && says("sms", text) {
		it.Usage = "events:sms"
	}
	return it
}

// alike is how many characters of the longest beginning of a name stand in a
// text; below two it is chance.
func alike(text, name string) int {
	text, letters := strings.ToLower(text), []rune(strings.ToLower(name))
	for n := len(letters); n >= 2; n-- {
		if strings.Contains(text, string(letters[:n])) && (letters[0] > 0x2e80 || n >= 4) {
			return n
		}
	}
	return 0
}
