package explain

import (
	"strings"

	"waihu/internal/exact"
	"waihu/internal/money"
)

// Chart is a picture of figures. Exactly one of Curves, Bars and Strips is there.
// Coordinates are floats, for drawing alone: the same figures stand exactly in
// Twin, the table that says what the picture shows.
type Chart struct {
	ID     string // of the document: letters, digits and -
	Title  string
	Notes  []string // how to read it, in sentences
	Values string   // what the axis of values counts: a currency
	Curves *Curves
	Bars   *Bars
	Strips *Strips
	Twin   *Table
}

// Curves are lines over one input.
type Curves struct {
	Input   string // what the axis below counts
	Share   bool   // of shares: the axis is written in percent
	Lines   []Line
	Marks   []Mark // points worth a name
	Now     *float64
	NowName string
}

// Line is one curve.
type Line struct {
	Name   string
	Colour int // place among the colours of series
	Points []Point
}

// Point is a place of a curve.
type Point struct{ X, Y float64 }

// Mark is a point with a name.
type Mark struct {
	Point
	Name string
}

// Bars are sums of parts, one below the other, from a common zero.
type Bars struct {
	Rows []Bar
	Keys []Key   // what the colours stand for
	Most float64 // the axis goes no further, and longer bars are shown cut; 0: none is

	Between int  // column of the twin with what is uncertain, for a spreadsheet; 0: none
	Apart   bool // the keys stand beside each other there, instead of on one another
}

// Bar is one sum. What is between Low and High is uncertain; with Open there is
// no upper end, and Low is only what is known.
type Bar struct {
	Name  string
	Parts []BarPart // they sum to Low; negative ones are taken off
	Low   float64
	High  float64
	Open  bool
	Label string // the sum as it is written
}

// BarPart is a piece of a bar.
type BarPart struct {
	Colour int
	Value  float64
}

// Key names a colour.
type Key struct {
	Colour int
	Name   string
	Column int // of the twin, for a spreadsheet; 0: it has none of its own
}

// Strips show how far values spread: five shares of a distribution.
type Strips struct {
	Rows      []Strip
	Most      float64  // as of Bars
	Limit     *float64 // a line across: a budget
	LimitName string
}

// Strip is one distribution. With Open all five are only what is known.
type Strip struct {
	Name  string
	At    [5]float64 // 5, 25, 50, 75, 95 % lie below
	Open  bool
	Label string // the middle as it is written
}

// Figure is a number worth a place of its own.
type Figure struct {
	Label string `json:"label"`
	Value string `json:"value"`
	Note  string `json:"note,omitempty"`

	Amount *money.Amount `json:"-"` // behind the value, where it is one amount; in minor units
}

// Form says how a value is written in a sheet.
type Form string

const (
	Plain Form = ""
	Share Form = "share" // as a percentage
)

// Value is the number behind a cell.
type Value struct {
	Number exact.Number
	Form   Form
}

// cell is a text with the number behind it; words have none.
type cell struct {
	text  string
	value *Value
}

func words(s string) cell { return cell{text: s} }

func numeric(text string, n exact.Number) cell { return cell{text, &Value{Number: n}} }

func portion(text string, n exact.Number) cell { return cell{text, &Value{n, Share}} }

// add puts a row of cells below the others.
func (t *Table) add(cells ...cell) {
	row, values := make([]string, len(cells)), make([]*Value, len(cells))
	for i, c := range cells {
		row[i], values[i] = c.text, c.value
	}
	t.Rows, t.Values = append(t.Rows, row), append(t.Values, values)
}

// Value is the number behind a cell; nil: it is words.
func (t *Table) Value(row, column int) *Value {
	if row >= len(t.Values) || column >= len(t.Values[row]) {
		return nil
	}
	return t.Values[row][column]
}

// Numeric tells columns of numbers, which stand to the right.
func (t *Table) Numeric(column int) bool {
	for row := range t.Values {
		if t.Value(row, column) != nil || column < len(t.Rows[row]) && strings.HasPrefix(t.Rows[row][column], "≥") {
			return true // a lower bound is no value to draw, yet it is read as a number
		}
	}
	return false
}
