package vendorbill

import (
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/money"
	"waihu/internal/sheet"
)

// Mapping tells where in a vendor's file the figures of a bill stand.
type Mapping struct {
	Name     string         `plan:"name" doc:"Name of the mapping, for messages."`
	Currency money.Currency `plan:"currency,required" doc:"ISO 4217 code the amounts are in."`
	Zone     string         `plan:"time_zone" doc:"IANA zone of the times of calls; the contract's if absent."`
	Decimal  Decimal        `plan:"decimal" doc:"Decimal sign: point (default) or comma."`
	Times    []string       `plan:"times" doc:"Forms of dates and times, tried in order, such as DD/MM/YYYY HH:mm:ss; year-month-day forms are always understood."`
	Head     Head           `plan:"head" doc:"Cells beside the lines, such as B2."`
	Lines    *Lines         `plan:"lines" doc:"The priced lines."`
	Calls    []Calls        `plan:"calls" doc:"Lists of charged calls, one for each component."`
}

// Head names cells that stand beside the table.
type Head struct {
	Number   string `plan:"number" doc:"Cell with the bill's number."`
	IssuedOn string `plan:"issued_on" doc:"Cell with the date of issue."`
	First    string `plan:"first" doc:"Cell with the first day of the period."`
	Last     string `plan:"last" doc:"Cell with the last day of the period."`
	Currency string `plan:"currency" doc:"Cell with the currency, to be checked."`
}

// Lines describes the table of lines.
type Lines struct {
	Sheet   string      `plan:"sheet" doc:"Sheet of a workbook; the first if absent."`
	Header  int         `plan:"header" doc:"Row that names the columns, from 1; found by its names if absent."`
	Columns LineColumns `plan:"columns,required" doc:"Names of the columns."`
	Items   []Item      `plan:"items,required" doc:"What the lines are; the first that fits holds. Lines that fit none are not in the contract."`
}

// LineColumns are the columns of a table of lines.
type LineColumns struct {
	Text      string `plan:"text,required" doc:"What is charged."`
	Quantity  string `plan:"quantity" doc:"Quantity."`
	UnitPrice string `plan:"unit_price" doc:"Price of a unit."`
	Amount    string `plan:"amount,required" doc:"Amount, before tax unless the contract's prices contain it."`
	Currency  string `plan:"currency" doc:"Currency of the line, to be checked."`
	First     string `plan:"first" doc:"First day of service."`
	Last      string `plan:"last" doc:"Last day of service."`
}

// Item says what a line of the bill is.
type Item struct {
	Text      string           `plan:"text,required" doc:"Text of the line; * stands for any text, capitals do not matter."`
	Component string           `plan:"component" doc:"Component of the contract it charges."`
	Part      string           `plan:"part" doc:"Rate row of the component."`
	Usage     string           `plan:"usage" doc:"Where the contract has no component: the usage it charges, such as calls or events:sms."`
	Is        Role             `plan:"is" doc:"line (default), tax, subtotal, total, or note for what is no amount of its own."`
	Rate      *catalog.Percent `plan:"rate" doc:"For tax: its rate."`
}

// Role is what a row of a bill is.
type Role string

const (
	PricedLine  Role = "line"
	TaxRow      Role = "tax"
	SubtotalRow Role = "subtotal"
	TotalRow    Role = "total"
	NoteRow     Role = "note"
)

// Choices lists them; empty is line.
func (Role) Choices() []string { return []string{"line", "tax", "subtotal", "total", "note"} }

// Calls describes a list of charged calls.
type Calls struct {
	Component string            `plan:"component,required" doc:"Component of the contract the calls are charged by."`
	Sheet     string            `plan:"sheet" doc:"Sheet of a workbook; the first if absent."`
	Header    int               `plan:"header" doc:"Row that names the columns, from 1; found by its names if absent."`
	Columns   CallColumns       `plan:"columns,required" doc:"Names of the columns."`
	Where     map[string]string `plan:"where" doc:"Columns and the value they must have; other rows are not for this component."`
	Tolerance catalog.Duration  `plan:"tolerance" doc:"By how much the starts of one call may differ; 5s if absent."`
}

// CallColumns are the columns of a list of calls.
type CallColumns struct {
	ID      string `plan:"id" doc:"Identifier of the call, as in your own records."`
	From    string `plan:"from" doc:"Calling number."`
	To      string `plan:"to" doc:"Called number."`
	Start   string `plan:"start" doc:"When the call began."`
	Seconds string `plan:"seconds" doc:"Charged seconds."`
	Minutes string `plan:"minutes" doc:"Charged minutes."`
	Clock   string `plan:"clock" doc:"Charged duration as h:mm:ss or mm:ss."`
	Amount  string `plan:"amount,required" doc:"Amount of the call."`
}

// Decimal is the decimal sign of a bill.
type Decimal string

const (
	Point Decimal = "point"
	Comma Decimal = "comma"
)

// Choices lists them; empty is point.
func (Decimal) Choices() []string { return []string{"point", "comma"} }

func (it *Item) check(at string, put func(at, value, what, expected string), known func(at, id string)) {
	if it.Component != "" {
		known(at+".component", it.Component)
	}
	if it.Component != "" && (it.Usage != "" || it.Is != "" && it.Is != PricedLine) {
		put(at, it.Text, "a component beside usage or another role", "one of component, usage and is")
	}
	if it.Rate != nil && it.Is != TaxRow {
		put(at+".rate", it.Rate.String(), "a rate on what is no tax", "is: tax")
	}
}

func (c *Calls) check(at string, put func(at, value, what, expected string), known func(at, id string)) {
	known(at+".component", c.Component)
	if c.Columns.ID == "" && (c.Columns.To == "" || c.Columns.Start == "") {
		put(at+".columns", "", "calls cannot be matched with your records", "id, or to and start")
	}
}

// fits tells whether a text of the bill is an item's.
func (it *Item) fits(text string) bool {
	return glob(strings.ToLower(it.Text), strings.ToLower(text))
}

// glob matches a pattern in which * stands for any text. It is linear in the
// text for each star.
func glob(pattern, text string) bool {
	head, rest, stars := strings.Cut(pattern, "*")
	if !stars {
		return pattern == text
	}
	if !strings.HasPrefix(text, head) {
		return false
	}
	text = text[len(head):]
	for {
		piece, more, stars := strings.Cut(rest, "*")
		if !stars {
			return strings.HasSuffix(text, piece)
		}
		i := strings.Index(text, piece)
		if i < 0 {
			return false
		}
		text, rest = text[i+len(piece):], more
	}
}

// cellAt reads B2 as column 2 (from 1) and row 2.
func cellAt(s string) (column, row int, ok bool) {
	i := 0
	for i < len(s) && s[i] >= 'A' && s[i] <= 'Z' {
		column = column*26 + int(s[i]-'A') + 1
		i++
	}
	for _, c := range []byte(s[i:]) {
		if c < '0' || c > '9' || row > maxHeadRows {
			return 0, 0, false
		}
		row = row*10 + int(c-'0')
	}
	return column, row, column > 0 && column <= sheet.MaxColumns && row > 0 && row <= maxHeadRows && i > 0 && i <= 3
}
