package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"waihu/internal/access"
	figures "waihu/internal/calling/report"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

func (s *Server) reportPages() {
	s.page("GET /c/{company}/reports", access.CampaignRead, s.reports)
	s.page("GET /c/{company}/reports/{report}", access.CampaignRead, s.reports)
	s.page("GET /c/{company}/reports/{report}/file.csv", access.CampaignRead, s.reportFile)
	s.page("GET /c/{company}/reports/{report}/file.xlsx", access.CampaignRead, s.reportFile)
	s.page("GET /c/{company}/reports/ledger/record.csv", access.CampaignRead, s.ledgerRecord)
	s.page("GET /c/{company}/tries", access.LeadRead, s.tries)
}

// reportRows is how many rows of a report one page has.
const reportRows = 50

// reportFields are the words of the form, in its order.
var reportFields = []string{"first", "last", "zone", "campaign", "agent", "trunk", "number", "by", "sort", "order"}

// reportBody is the page of a report.
type reportBody struct {
	Form      *form
	Kind      figures.Kind
	Tabs      []Link
	Now       string // address of the tab that is shown
	Splits    []option
	Answer    []string
	Empty     string
	Heads     []reportHead
	Rows      []reportLine
	Total     *reportLine
	Of        string // what the rows are
	Map       *weekMap
	Charts    []chartView
	Defined   []string
	CSV, XLSX string
	Record    string // address of the legal record
	More      string
	Agents, Trunks,
	Numbers bool // which of the three filters the report takes
}

// reportHead is the head of a column that sorts.
type reportHead struct{ Text, Href, Sorted string }

// reportLine is a row with its cells.
type reportLine struct {
	Name, Href string
	Short      bool // the name fits in a line
	Cells      []reportCell
}

// reportCell is a figure that leads to what it counts.
type reportCell struct{ Head, Text, Href, Tone string }

// weekMap is the map of hours.
type weekMap struct {
	Days []string
	Rows []weekRow
}

type weekRow struct {
	Hour  string
	Cells []weekCell
}

type weekCell struct {
	Text  string
	Level int
}

// reportAsk reads the form.
func (s *Server) reportAsk(v *visit) (f *form, ask figures.Ask, err error) {
	f = v.blank()
	asked := v.r.URL.Query()
	for _, name := range reportFields {
		f.Values.Set(name, asked.Get(name))
	}
	ask.Kind = figures.Kind(v.r.PathValue("report"))
	if ask.Kind == "" {
		ask.Kind = figures.Campaigns
	}
	if !slices.Contains(ask.Kind.Choices(), string(ask.Kind)) {
		return f, ask, fault.New(fault.NotFound, "there is no such report")
	}
	if err := s.byName(v, f, "campaign", "agent", "trunk"); err != nil {
		return f, ask, err
	}
	if ask.Zone, err = s.dayZone(v, f); err != nil {
		return f, ask, err
	}
	now, err := s.d.System.Moment(v.r.Context())
	if err != nil {
		return f, ask, err
	}
	ask.First, ask.After = f.someDays(now.DateIn(ask.Zone), 30, 400)
	ask.Agent, ask.Campaign, ask.Trunk, ask.Number = f.optional("agent", 200), f.optional("campaign", 200), f.optional("trunk", 200), writtenNumber(f.optional("number", 40))
	if f.Value("by") != "" {
		ask.Split = figures.Split(f.choice("by", figures.Split("").Choices()...))
	}
	ask.Sort, ask.Up = f.Value("sort"), f.Value("order") == "up"
	return f, ask, nil
}

// dayZone is the zone of the days: the one in the form, else that of the first
// contract.
func (s *Server) dayZone(v *visit, f *form) (*time.Location, error) {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	loc := time.UTC
	if err == nil && len(deals) > 0 {
		loc = deals[0].Loc
	}
	v.calls = loc
	if name := f.optional("zone", 60); name != "" {
		loc, err := timex.LoadZone(name)
		if err != nil {
			f.wrong("zone", "calling_report.zone_wrong")
			return time.UTC, nil
		}
		return loc, nil
	}
	f.Values.Set("zone", loc.String())
	return loc, err
}

// someDays are the first day and the one behind the last: the last so many where
// nobody says, and at most some.
func (f *form) someDays(today timex.Date, usual, most int) (first, after timex.Date) {
	after = today + 1
	if f.Value("last") != "" {
		after = f.date("last") + 1
	}
	first = after - timex.Date(usual)
	if f.Value("first") != "" {
		first = f.date("first")
	}
	if f.OK() && (first >= after || after-first > timex.Date(most)) {
		f.wrong("last", "usage.too_long", "days", itoa(most))
	}
	if !f.OK() {
		first, after = today+1-timex.Date(usual), today+1
	}
	f.Values.Set("first", first.String())
	f.Values.Set("last", (after - 1).String())
	return first, after
}

// address is the query of the form with some words changed.
func (f *form) address(fields []string, pairs ...string) string {
	q := url.Values{}
	for _, name := range fields {
		if word := f.Value(name); word != "" {
			q.Set(name, word)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		}
	}
	return q.Encode()
}

// reports shows a report.
func (s *Server) reports(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, ask, err := s.reportAsk(v)
	if err != nil {
		return err
	}
	status := http.StatusOK
	b := reportBody{Form: f, Kind: ask.Kind, Agents: takes(ask.Kind, figures.Agent), Trunks: takes(ask.Kind, figures.Trunk), Numbers: takes(ask.Kind, figures.Caller)}
	v.reportChoices(&b)
	if f.OK() {
		a, err := s.d.System.Report(r.Context(), v.company, ask)
		if fault.KindOf(err) == fault.Invalid && err != nil {
			f.Wrong["last"] = err.Error()
		} else if err != nil {
			return err
		} else {
			skip, _ := strconv.Atoi(r.URL.Query().Get("skip")) // what is no number begins at the first
			v.tellReport(&b, &a, max(skip, 0))
		}
	}
	if !f.OK() {
		status = http.StatusUnprocessableEntity
	}
	s.render(w, v, status, "reports", &Page{Title: v.say("nav.reports") + " · " + v.say("calling_report.title."+string(ask.Kind)), Lead: v.say("calling_report.lead." + string(ask.Kind)), Here: v.at("/reports"), Crumbs: v.crumbs(), Body: b})
	return nil
}

// takes tells whether a report can be narrowed to an agent, a trunk or a number.
func takes(k figures.Kind, d figures.Dim) bool {
	return k.Dim() == d || k.Dim() == figures.Whole
}

// reportChoices are tabs and what the form offers.
func (v *visit) reportChoices(b *reportBody) {
	keep := b.Form.address([]string{"first", "last", "zone", "campaign"})
	for _, k := range b.Kind.Choices() {
		b.Tabs = append(b.Tabs, Link{v.say("calling_report.title." + k), v.at("/reports/" + k + "?" + keep)})
		if k == string(b.Kind) {
			b.Now = b.Tabs[len(b.Tabs)-1].Href
		}
	}
	b.Splits = []option{{"value": "", "label": v.say("calling_report.name." + string(b.Kind.Dim()))}, {"value": "day", "label": v.say("calling_report.by.day")}, {"value": "hour", "label": v.say("calling_report.by.hour")}}
}

// tellReport fills the page.
func (v *visit) tellReport(b *reportBody, a *figures.Answer, skip int) {
	d := explain.CallingReport(a, v.Tag)
	b.Answer, b.Defined = d.Sections[0].Sentences[1:], d.Sections[len(d.Sections)-1].Sentences
	base := v.at("/reports/" + string(a.Kind))
	query := b.Form.address(reportFields)
	b.CSV, b.XLSX = base+"/file.csv?"+query, base+"/file.xlsx?"+query
	if a.Kind == figures.Ledger {
		b.Record = v.at("/reports/ledger/record.csv?") + query
	}
	rows := d.Sections[len(d.Sections)-2]
	b.Charts = v.sectionView(&rows).Charts
	if len(a.Rows) == 0 {
		b.Answer, b.Empty = b.Answer[:1], v.say("calling_report.empty."+string(a.Kind))
		return
	}
	if a.Week != nil {
		b.Map = v.weekMap(a)
	}
	b.Of = rows.Table.Head[0]
	columns := a.Kind.Columns()
	b.Heads = append(b.Heads, v.reportHead(b, a, "name", rows.Table.Head[0]))
	for i, c := range columns {
		b.Heads = append(b.Heads, v.reportHead(b, a, c.Name, rows.Table.Head[i+1]))
	}
	end := min(skip+reportRows, len(a.Rows))
	for i := min(skip, len(a.Rows)); i < end; i++ {
		b.Rows = append(b.Rows, v.reportLine(a, &a.Rows[i], rows.Table.Head))
	}
	if end < len(a.Rows) {
		b.More = "?" + b.Form.address(reportFields, "skip", itoa(end))
	}
	if len(a.Rows) > 1 {
		total := v.reportLine(a, &figures.Row{Sums: a.Total.Sums, Costs: a.Total.Costs, Leads: a.Total.Leads}, rows.Table.Head)
		total.Name, total.Href = v.say("calling_report.total"), ""
		b.Total = &total
	}
}

func (v *visit) reportHead(b *reportBody, a *figures.Answer, name, text string) reportHead {
	out := reportHead{Text: text}
	if a.Split != figures.ByThing {
		return out
	}
	order := "down"
	if a.Sort == name {
		out.Sorted = "descending"
		if a.Up {
			out.Sorted = "ascending"
		} else {
			order = "up"
		}
	} else if name == "name" {
		order = "up"
	}
	out.Href = "?" + b.Form.address(reportFields, "sort", name, "order", order)
	return out
}

func (v *visit) reportLine(a *figures.Answer, r *figures.Row, heads []string) reportLine {
	out := reportLine{Name: explain.RowName(v.Tag, a, r)}
	out.Short = utf8.RuneCountInString(out.Name) <= 24
	columns := a.Kind.Columns()
	for i := range columns {
		f := columns[i].Of(r)
		cell := reportCell{Head: heads[i+1], Text: explain.FigureText(v.Tag, &f)}
		if f.Known() && (f.Unit != figures.Count || f.Part != 0) {
			cell.Href = v.behind(a, r, &columns[i])
		}
		if columns[i].Name == "verdict" && r.Health.Verdict == figures.Worse || columns[i].Name == "left" && r.Left() < 0 {
			cell.Tone = "bad"
		}
		out.Cells = append(out.Cells, cell)
	}
	return out
}

func (v *visit) weekMap(a *figures.Answer) *weekMap {
	out := &weekMap{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		out.Days = append(out.Days, lang.Choice(v.Tag, "day", d))
	}
	for h := range 24 {
		row, some := weekRow{Hour: twoDigits(h) + ":00"}, false
		for d := range 7 {
			x := &a.Week[d*24+h]
			some = some || x.Dialed > 0
			row.Cells = append(row.Cells, weekCell{explain.HourCell(v.Tag, x), x.Level})
		}
		if some {
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}
