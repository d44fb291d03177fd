package console

import (
	"html/template"
	"slices"
	"strings"

	"waihu/internal/charging/compare"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/report"
	"waihu/internal/workspace"
)

// answerView is an answer as a page shows it.
type answerView struct {
	Say      string
	Limits   []string
	Seatless bool // nothing tells seats: what is charged by them looks too cheap
	Figures  []explain.Figure
	Foot     string
	Currency string
	Months   []int
	Decides  int
	Offers   []offerView
	Sections []sectionView // in the order of the report
	Fees     *feeMatrix
	Scores   *scoreView
	Sliders  []sliderView
	Modules  []moduleView
	Spans    []int
	Span     int
	Step     *stepView
	Files    []Link
}

// offerView is a row of the table of costs, with what stands behind it.
type offerView struct {
	compare.Cost
	Title  string
	Best   bool
	Totals []totalView
	Parts  []compare.Part // over the horizon that decides
	Decide string         // its total
}

type totalView struct {
	Text string
	Best bool
	Open bool
}

// sectionView is a section of the report.
type sectionView struct {
	ID, Title string
	Sentences []string
	Table     *explain.Table
	Charts    []chartView
}

// chartView is a picture with its table: curves are drawn by the page from the
// table, the others come drawn.
type chartView struct {
	*explain.Chart
	Drawn template.HTML
	Small template.HTML
	Rows  []curveRow
}

type curveRow struct {
	Cells  []string
	Values []string // numbers for drawing; empty: none
}

// Widths of pictures, for screens and for phones.
const (
	pictureWidth = 860
	pictureSmall = 340
)

// answerView tells an answer.
func (v *visit) answerView(at *spaceAt, a *workspace.Answer) (*answerView, error) {
	r := a.Result
	d := explain.Comparison(r, v.Tag)
	out := &answerView{Figures: d.Figures, Foot: d.Foot, Currency: r.Basis.Currency.String(), Months: r.Basis.Months, Decides: r.Basis.Decides}
	for i := range d.Sections {
		s := &d.Sections[i]
		switch s.Path {
		case "answer":
			out.Say, out.Limits = s.Sentences[0], s.Sentences[1:]
		default:
			out.Sections = append(out.Sections, v.sectionView(s))
		}
	}
	out.Seatless = slices.ContainsFunc(r.Notes, func(n compare.Phrase) bool {
		return n.Key == "compare.note.no_seats" || n.Key == "compare.note.no_sessions"
	})
	out.Offers = v.offerViews(r)
	out.Fees = v.feeMatrix(r)
	out.Scores = v.scoreView(r)
	out.Sliders, out.Modules = v.sliders(a)
	out.Spans, out.Span = r.Basis.Months, spanOf(a)
	for _, form := range []string{"pdf", "xlsx", "html"} {
		address := "/compare/" + at.token + "/report/" + form + "?" + kept(v.r.URL.Query()).Encode()
		out.Files = append(out.Files, Link{strings.ToUpper(form), address})
	}
	var err error
	out.Step, err = v.stepView(a)
	return out, err
}

// Main are the sections that are there at once; those beside them take longer.
func (a *answerView) Main() []sectionView {
	return slices.DeleteFunc(slices.Clone(a.Sections), func(s sectionView) bool { return s.beside() || s.ID == "offers" || s.ID == "scores" })
}

// BesideThem are the smallest bill possible, sizes, and months ahead.
func (a *answerView) BesideThem() []sectionView {
	return slices.DeleteFunc(slices.Clone(a.Sections), func(s sectionView) bool { return !s.beside() })
}

func (s *sectionView) beside() bool {
	return s.ID == "bound" || s.ID == "right_size" || s.ID == "forecast"
}

// Section is one of the report by its path; nil: it says nothing.
func (a *answerView) Section(path string) *sectionView {
	for i := range a.Sections {
		if a.Sections[i].ID == path {
			return &a.Sections[i]
		}
	}
	return nil
}

func (v *visit) sectionView(s *explain.Section) sectionView {
	out := sectionView{ID: s.Path, Title: s.Title, Sentences: s.Sentences, Table: s.Table}
	for i := range s.Charts {
		c := &s.Charts[i]
		one := chartView{Chart: c}
		if c.Curves != nil {
			one.Rows = curveRows(c)
		} else {
			one.Drawn, one.Small = template.HTML(report.Picture(c, v.Tag, pictureWidth)), template.HTML(report.Picture(c, v.Tag, pictureSmall))
		}
		out.Charts = append(out.Charts, one)
	}
	return out
}

// curveRows are the rows of a table twin as far as the picture goes: beyond its
// end the lines only go on.
func curveRows(c *explain.Chart) (out []curveRow) {
	end := 0.0
	for _, l := range c.Curves.Lines {
		if n := len(l.Points); n > 0 {
			end = max(end, l.Points[n-1].X)
		}
	}
	for i, cells := range c.Twin.Rows {
		row := curveRow{Cells: cells, Values: make([]string, len(cells))}
		for k := range cells {
			if x := c.Twin.Value(i, k); x != nil {
				row.Values[k] = x.Number.Text(6)
			}
		}
		out = append(out, row)
		if x := c.Twin.Value(i, 0); x != nil && x.Number.Float() >= end {
			break
		}
	}
	return out
}

func (v *visit) rangeText(r compare.Range) string {
	switch {
	case r.Open:
		return "≥ " + lang.Decimal(v.Tag, r.Low)
	case r.IsPoint():
		return lang.Decimal(v.Tag, r.Low)
	}
	return lang.Decimal(v.Tag, r.Low) + "–" + lang.Decimal(v.Tag, r.High)
}

func (v *visit) offerViews(r *compare.Result) (out []offerView) {
	for i := range r.Offers {
		o := offerView{Cost: r.Offers[i], Title: r.Offers[i].Name.Or(r.Offers[i].Offer).In(v.Tag), Best: r.Offers[i].Offer == r.Recommendation.Offer}
		for _, h := range o.Horizons {
			o.Totals = append(o.Totals, totalView{v.rangeText(h.Total), h.BestLow && !h.Total.Open, h.Total.Open})
			if h.Months == r.Basis.Decides {
				o.Parts, o.Decide = h.Parts, v.rangeText(h.Total)
			}
		}
		out = append(out, o)
	}
	return out
}
