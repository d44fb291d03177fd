package explain

import (
	"strings"
	"unicode"

	"waihu/internal/lang"
)

// Document is a plan in words.
type Document struct {
	Language lang.Tag  `json:"language"`
	Title    string    `json:"title"`
	Sections []Section `json:"sections"`
}

// Section is one component, or one other part of a plan.
type Section struct {
	Path      string   `json:"path"` // of the plan: components[2], packages
	Title     string   `json:"title"`
	Sentences []string `json:"sentences"`
	Table     *Table   `json:"table,omitempty"` // prices by quantity or by type
}

// Table is rows of cells under a head.
type Table struct {
	Head []string   `json:"head"`
	Rows [][]string `json:"rows"`
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
