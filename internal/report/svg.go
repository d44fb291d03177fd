package report

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
)

// SVG writes a drawing as an element of a page whose style has the inks: --ink,
// --muted, --faint, --paper, --alert, --s0 to --s7.
func (d *Drawing) SVG(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %s %s" role="img" aria-label="%s">`, short(d.Width), short(d.Height), html.EscapeString(name))
	for i := range d.Shapes {
		d.Shapes[i].svg(&b)
	}
	b.WriteString("</svg>")
	return b.String()
}

func (s *Shape) svg(b *strings.Builder) {
	if s.Text != "" {
		fmt.Fprintf(b, `<text x="%s" y="%s" font-size="%s" fill="%s"`, short(s.Points[0].X), short(s.Points[0].Y), short(s.Size), s.Fill.css())
		if s.Anchor != Start {
			fmt.Fprintf(b, ` text-anchor="%s"`, [...]string{"start", "middle", "end"}[s.Anchor])
		}
		if s.Bold {
			b.WriteString(` font-weight="600"`)
		}
		b.WriteString(">" + html.EscapeString(s.Text) + "</text>")
		return
	}
	if len(s.Points) == 0 {
		return
	}
	b.WriteString(`<path d="`)
	for i, p := range s.Points {
		b.WriteString([...]string{"M", "L"}[min(i, 1)] + short(p.X) + " " + short(p.Y))
	}
	if s.Fill != NoInk {
		b.WriteString("Z")
	}
	fmt.Fprintf(b, `" fill="%s"`, s.Fill.css())
	if s.Stroke != NoInk {
		fmt.Fprintf(b, ` stroke="%s" stroke-width="%s"`, s.Stroke.css(), short(s.Width))
		if s.Dashed {
			b.WriteString(` stroke-dasharray="4 4"`)
		}
	}
	b.WriteString("/>")
}

// css is an ink as the page knows it.
func (i Ink) css() string {
	if n, ok := i.SeriesOf(); ok {
		return "var(--s" + strconv.Itoa(n) + ")"
	}
	switch i {
	case Strong:
		return "var(--ink)"
	case Muted:
		return "var(--muted)"
	case Faint:
		return "var(--faint)"
	case Paper:
		return "var(--paper)"
	case Alert:
		return "var(--alert)"
	}
	return "none"
}

// short writes a place to a tenth.
func short(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64) }
