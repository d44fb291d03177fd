package document

import (
	"waihu/internal/explain"
)

// Sizes of tables of a report, in points and millimetres.
const (
	gridSize  = 7.6
	gridLeast = 4.5 // a table of many columns is set smaller, down to this
	gridGap   = 3.2
	wordMost  = 45.0
)

// layout is the places of a table on a page.
type layout struct {
	size  float64
	wide  []float64
	right []bool
}

// grid writes a table; its heading stands on every page.
func (p *reportPage) grid(t *explain.Table) {
	if len(t.Head) == 0 || len(t.Rows) == 0 {
		return
	}
	cols := p.fitColumns(t)
	row := func(cells []string, ink ink, bold bool) {
		lines := make([][]string, len(cells))
		most := 1
		for i, s := range cells {
			lines[i] = p.wrap(clean(s), cols.wide[i]+0.01, cols.size)
			most = max(most, len(lines[i]))
		}
		p.room(float64(most)*leading(cols.size) + 2)
		x := left
		for i, list := range lines {
			look := pen{cols.size, bold, ink}
			for k, s := range list {
				y := p.y + cols.size*pointMM + float64(k)*leading(cols.size)
				if cols.right[i] {
					p.right(x+cols.wide[i], y, s, look)
				} else {
					p.text(x, y, s, look)
				}
			}
			x += cols.wide[i] + gridGap
		}
		p.y += float64(most)*leading(cols.size) + 0.7
	}
	head := func() {
		row(t.Head, grey, false)
		p.line(left, p.y, right, p.y, 0.3, dark)
		p.y += 1
	}
	p.room(3 * leading(cols.size))
	head()
	p.again = func() {
		p.again = nil // the heading itself fits
		head()
	}
	again := p.again
	for _, cells := range t.Rows {
		p.again = again
		row(cells, dark, false)
		p.line(left, p.y, right, p.y, 0.12, pale)
		p.y += 0.8
	}
	p.again = nil
	p.y += 2
}

// fitColumns shares the width of a page among the columns: what each would like
// to have, where there is room; else each at least its longest word, and the
// rest by what is wanted beyond that. Type gets smaller until the words fit.
func (p *reportPage) fitColumns(t *explain.Table) layout {
	n := len(t.Head)
	room := content - gridGap*float64(n-1)
	out := layout{size: gridSize, wide: make([]float64, n), right: make([]bool, n)}
	for i := range n {
		out.right[i] = t.Numeric(i)
	}
	for {
		least, wanted := make([]float64, n), make([]float64, n)
		var sumLeast, sumWanted float64
		for i := range n {
			least[i], wanted[i] = p.wishes(t, i, out.size)
			sumLeast, sumWanted = sumLeast+least[i], sumWanted+wanted[i]
		}
		switch {
		case sumWanted <= room:
			copy(out.wide, wanted)
			out.wide[0] += room - sumWanted
			return out
		case sumLeast <= room:
			for i := range n {
				out.wide[i] = least[i] + (wanted[i]-least[i])*(room-sumLeast)/(sumWanted-sumLeast)
			}
			return out
		case out.size <= gridLeast:
			for i := range n {
				out.wide[i] = least[i] * room / sumLeast
			}
			return out
		}
		out.size -= 0.3
	}
}

// wishes are the widths a column cannot do without and would like to have.
func (p *reportPage) wishes(t *explain.Table, column int, size float64) (least, wanted float64) {
	see := func(s string) {
		s = clean(s)
		wanted = max(wanted, p.width(s, size)+0.1)
		word := 0.0
		var before rune
		for _, r := range s {
			if before != 0 && mayBreak(before, r) {
				word = 0
			}
			if word += p.wide(r, size); r != ' ' {
				least = max(least, min(word+0.1, wordMost))
			}
			before = r
		}
	}
	see(t.Head[column])
	for _, row := range t.Rows {
		see(row[column])
	}
	return least, max(wanted, least)
}
