package console

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/compare"
	"waihu/internal/charging/offer"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
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

// feeMatrix is the checklist of hidden fees, one column an offer.
type feeMatrix struct {
	Offers []string
	Rows   []feeRow
}

type feeRow struct {
	Name  string
	Cells []feeCell
}

type feeCell struct {
	Answer string
	Tone   string
	Cost   string
	Note   string
}

func (v *visit) feeMatrix(r *compare.Result) *feeMatrix {
	if len(r.HiddenFees) == 0 {
		return nil
	}
	out := &feeMatrix{}
	for i := range r.HiddenFees {
		sheet := &r.HiddenFees[i]
		out.Offers = append(out.Offers, v.offerName(r, sheet.Offer))
		for k := range sheet.Answers {
			a := &sheet.Answers[k]
			if i == 0 {
				out.Rows = append(out.Rows, feeRow{Name: lang.Choice(v.Tag, "fee_category", string(a.Category))})
			}
			c := feeCell{Answer: lang.Choice(v.Tag, "fee_answer", string(a.Answer)), Tone: feeTone(a.Answer), Note: a.Note}
			if a.Cost != nil {
				c.Cost = v.rangeText(*a.Cost)
			}
			out.Rows[k].Cells = append(out.Rows[k].Cells, c)
		}
	}
	return out
}

func feeTone(a offer.Answer) string {
	switch a {
	case offer.Included, offer.Never:
		return "good"
	case offer.Charged:
		return "warn"
	}
	return ""
}

func (v *visit) offerName(r *compare.Result, offerID string) string {
	for i := range r.Offers {
		if r.Offers[i].Offer == offerID {
			return r.Offers[i].Name.Or(offerID).In(v.Tag)
		}
	}
	return offerID
}

// scoreView is value for money with weights that can be changed.
type scoreView struct {
	Weights []weightView
	Rows    []scoreRow
}

type weightView struct {
	Name, Field string
	Value       int
}

type scoreRow struct {
	Name, Total string
	Marks       []string
	Best        bool
}

func (v *visit) scoreView(r *compare.Result) *scoreView {
	if r.Scores == nil {
		return nil
	}
	out := &scoreView{}
	for _, k := range compare.Criteria() {
		out.Weights = append(out.Weights, weightView{lang.Choice(v.Tag, "criterion", string(k)), "weight." + string(k), r.Scores.Weights[k]})
	}
	between := func(low, high exact.Number) string {
		a, b := low.Round(exact.HalfAway, 0), high.Round(exact.HalfAway, 0)
		if a.Equal(b) {
			return lang.Number(v.Tag, a)
		}
		return lang.Number(v.Tag, a) + "–" + lang.Number(v.Tag, b)
	}
	for _, o := range r.Scores.Offers {
		row := scoreRow{Name: v.offerName(r, o.Offer), Total: between(o.Low, o.High), Best: o.Offer == r.Scores.Best}
		for _, k := range compare.Criteria() {
			row.Marks = append(row.Marks, between(o.Marks[k].Low, o.Marks[k].High))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// sliderView is one slider and where it stands.
type sliderView struct {
	Field, Label, Value string
	Low, High           int
	Unit                string
}

// moduleView is a module that can be switched on or off in every offer.
type moduleView struct {
	ID    string
	State string // +, - or empty: as the offer has it
}

func (v *visit) sliders(a *workspace.Answer) (out []sliderView, modules []moduleView) {
	bounds := map[compare.ChangeKind][2]int{compare.VolumeChange: {-90, 200}, compare.LengthChange: {-90, 200}, compare.AnswerChange: {-50, 50}, compare.SeatsChange: {-90, 200}}
	for _, kind := range workspace.Sliders() {
		s := sliderView{Field: workspace.SliderName(kind), Label: lang.Choice(v.Tag, "input", string(kind)), Value: "0", Low: bounds[kind][0], High: bounds[kind][1], Unit: "%"}
		if kind == compare.AnswerChange {
			s.Unit = " " + v.say("compare_page.points")
		}
		for i := range a.Question.Changes {
			if c := &a.Question.Changes[i]; c.Kind == kind {
				s.Value = c.By.Mul(exact.Int(100)).Text(0)
			}
		}
		out = append(out, s)
	}
	for _, m := range a.Modules {
		one := moduleView{ID: m}
		for i := range a.Question.Changes {
			for _, n := range a.Question.Changes[i].Names {
				if n[1:] == m {
					one.State = n[:1]
				}
			}
		}
		modules = append(modules, one)
	}
	return out, modules
}

// stepView is what the sliders come to.
type stepView struct {
	Say     string
	Rows    []stepRow
	Skipped []string
	Moved   bool
}

type stepRow struct {
	Name   string
	Total  string
	Change string
	Tone   string
	Best   bool
	Share  int64 // of the dearest that can be totalled, in per cent
}

func spanOf(a *workspace.Answer) int {
	if n := a.Question.Span; slices.Contains(a.Result.Basis.Months, n) {
		return n
	}
	return a.Result.Basis.Decides
}

func (v *visit) stepView(a *workspace.Answer) (*stepView, error) {
	span := spanOf(a)
	step, err := a.Under(a.Question.Changes, span)
	if err != nil {
		return nil, err
	}
	out := &stepView{Moved: len(a.Question.Changes) > 0}
	most := money.Zero(a.Result.Basis.Currency)
	var best *compare.ScenarioCost
	for i := range step.Costs {
		c := &step.Costs[i]
		if !c.Total.Open && c.Total.High.Cmp(most) > 0 {
			most = c.Total.High
		}
		if c.Offer == step.Best {
			best = c
		}
	}
	for i := range step.Costs {
		out.Rows = append(out.Rows, v.stepRow(a, &step.Costs[i], step.Best, most))
	}
	for _, s := range step.Skipped {
		out.Skipped = append(out.Skipped, v.say("compare_page.skipped", "why", lang.Choice(v.Tag, "change_note", s.Why)))
	}
	if best != nil && !best.Total.Open {
		args := []string{"offer", v.offerName(a.Result, best.Offer), "total", v.rangeText(best.Total), "currency", a.Result.Basis.Currency.String(), "months", itoa(span)}
		if out.Say = v.say("compare_page.step_now", args...); out.Moved {
			out.Say = v.say("compare_page.step", args...)
		}
	}
	return out, nil
}

func (v *visit) stepRow(a *workspace.Answer, c *compare.ScenarioCost, best string, most money.Amount) stepRow {
	row := stepRow{Name: v.offerName(a.Result, c.Offer), Total: v.rangeText(c.Total), Best: c.Offer == best && !c.Total.Open}
	switch c.Change.Sign() {
	case 1:
		row.Change, row.Tone = "+"+lang.Decimal(v.Tag, c.Change), "bad"
	case -1:
		row.Change, row.Tone = lang.Decimal(v.Tag, c.Change), "good"
	}
	if most.Sign() > 0 {
		row.Share = min(100, max(0, c.Total.Low.Micros()/max(1, most.Micros()/100)))
	}
	return row
}

// compareReport gives the answer as a document.
func (s *Server) compareReport(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
	form, err := workspace.FormOf(r.PathValue("form"))
	if err != nil {
		return err
	}
	q, _ := workspace.ParseQuestion(r.URL.Query())
	answer, job, err := at.Complete(q)
	if job != nil {
		workspace.Wait(r.Context(), job, reportWait)
		answer, _, err = at.Complete(q)
	}
	if answer == nil && err != nil {
		return err
	}
	if answer == nil {
		v.redirect(w, "/compare/"+at.token+"?"+kept(r.URL.Query()).Encode())
		return nil
	}
	return giveReport(w, form, v.say("compare_page.file"), explain.Comparison(answer.Result, v.Tag))
}

// reportWait is how long a report waits for what stands beside the answer; after
// that it goes without.
const reportWait = 20 * time.Second

// giveReport gives a document in a form, to be saved.
func giveReport(w http.ResponseWriter, form workspace.Form, name string, d *explain.Document) error {
	data, err := form.Write(d)
	if err != nil {
		return err
	}
	return give(w, form.Kind, name+"."+form.Ending, data)
}
