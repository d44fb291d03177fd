package explain

import (
	"strings"
	"unicode"

	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Document is something told in words, tables and pictures. A first section
// without a title is the answer, and what limits it.
type Document struct {
	Language lang.Tag   `json:"language"`
	Kind     string     `json:"kind,omitempty"` // what it is, for the head of a page
	Title    string     `json:"title"`
	On       timex.Date `json:"on,omitzero"` // the day it speaks of
	Foot     string     `json:"foot,omitempty"`
	Figures  []Figure   `json:"figures,omitempty"`
	Sections []Section  `json:"sections"`
}

// Section is one part of a document: a component of a plan, an answer.
type Section struct {
	Path      string   `json:"path"` // of the plan or result: components[2], break_evens
	Title     string   `json:"title"`
	Sentences []string `json:"sentences"`
	Table     *Table   `json:"table,omitempty"`
	Charts    []Chart  `json:"-"` // of what the section says; a terminal goes without
}

// Table is rows of cells under a head.
type Table struct {
	Head   []string   `json:"head"`
	Rows   [][]string `json:"rows"`
	Values [][]*Value `json:"-"` // numbers behind the cells; nil: words
}

// Text is the document for a terminal or a mail.
func (d *Document) Text() string {
	var b strings.Builder
	b.WriteString(d.Title + "\n")
	for i := range d.Sections {
		s := &d.Sections[i]
		b.WriteString("\n")
		if s.Title != "" {
			b.WriteString(s.Title + "\n")
		}
		for _, line := range s.Sentences {
			b.WriteString("  - " + line + "\n")
		}
		if s.Table != nil {
			s.Table.write(&b)
		}
	}
	return b.String()
}

// write sets the cells in columns.
func (t *Table) write(b *strings.Builder) {
	rows := append([][]string{t.Head}, t.Rows...)
	widths := make([]int, len(t.Head))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	for _, row := range rows {
		line := "   "
		for i, cell := range row {
			line += " " + cell + strings.Repeat(" ", widths[i]-width(cell)+1)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// width is how many columns of a terminal a text takes: Chinese characters and
// their punctuation take two.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff01 && r <= 0xff60 {
			n++
		}
	}
	return n
}
