package api

import (
	"bytes"
	"net/http"
	"slices"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/report"
	"waihu/internal/document"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// ReportFigure is one figure of a row. What is unknown has no value: it is not nought.
type ReportFigure struct {
	Unit  report.Unit    `json:"unit" enum:"count,share,seconds,moment,score,times,amount,word"`
	Value *exact.Number  `json:"value,omitempty" doc:"Exact to six decimals; absent: unknown, or money, or a word."`
	Part  int64          `json:"part,omitempty" doc:"What value is a quotient of: lengths in milliseconds, MOS in hundredths."`
	Whole int64          `json:"whole,omitempty"`
	Money []money.Amount `json:"money,omitempty" doc:"One a currency."`
	Word  string         `json:"word,omitempty" doc:"Of a calling number: healthy, worse, too_few, alone."`
}

// ReportRow is one thing, or one day or hour.
type ReportRow struct {
	ID       string                  `json:"id" doc:"The agent, trunk, number, list, campaign, day or hour."`
	Campaign string                  `json:"campaign,omitempty"`
	Name     string                  `json:"name"`
	Figures  map[string]ReportFigure `json:"figures"`
}

// ReportHour is one hour of the week.
type ReportHour struct {
	Day      int     `json:"day" doc:"1 Monday to 7 Sunday."`
	Hour     int     `json:"hour"`
	Dialed   int64   `json:"dialed"`
	Answered int64   `json:"answered"`
	Contacts int64   `json:"contacts"`
	Low      float64 `json:"low" doc:"The share answered lies between low and high, 19 times of 20."`
	High     float64 `json:"high"`
	Little   bool    `json:"little" doc:"Too little was dialed to go by it."`
	Best     bool    `json:"best,omitempty"`
}

// CallingReport is a report of calling.
type CallingReport struct {
	Report  report.Kind  `json:"report"`
	First   timex.Date   `json:"first"`
	Last    timex.Date   `json:"last"`
	Zone    string       `json:"time_zone"`
	Columns []string     `json:"columns" doc:"Of the figures, in their order; docs/reports.md defines each."`
	Rows    []ReportRow  `json:"rows"`
	Total   ReportRow    `json:"total"`
	More    bool         `json:"more" doc:"There are more rows: ask for fewer days, or skip."`
	Hours   []ReportHour `json:"hours,omitempty"`
	Clock   string       `json:"clock,omitempty" enum:"called,zone" doc:"Whose clock hours are on."`
	Unknown int64        `json:"unknown_clock,omitempty" doc:"Dials at numbers whose clock nobody knows."`
}

// ReportIn is what a report is asked for.
type ReportIn struct {
	Report   report.Kind  `path:"report" enum:"campaigns,agents,conversion,lists,hours,numbers,trunks,quality,causes,ledger"`
	First    Day          `query:"first" doc:"Absent: 30 days before the last."`
	Last     Day          `query:"last" doc:"Absent: today."`
	Zone     string       `query:"time_zone" maxLength:"60" doc:"Of the days; absent: UTC."`
	Campaign string       `query:"campaign" maxLength:"200" doc:"As facts name it: cmp_... of this system's own."`
	Agent    string       `query:"agent" maxLength:"200"`
	Trunk    string       `query:"trunk" maxLength:"200"`
	Number   string       `query:"number" maxLength:"40" doc:"The calling number."`
	By       report.Split `query:"by" enum:"day,hour" doc:"Rows are days, or hours of the day, instead of things."`
	Sort     string       `query:"sort" maxLength:"40" doc:"A column, or name; absent: the first column."`
	Order    string       `query:"order" enum:"up,down" default:"down"`
}

// reportDays is how many days a report has where nobody says.
const reportDays = 30

// ask is the question.
func (in *ReportIn) ask(now timex.Instant) (report.Ask, error) {
	zone, err := zoneOf(in.Zone)
	if err != nil {
		return report.Ask{}, err
	}
	out := report.Ask{Kind: in.Report, First: in.First.Date, After: in.Last.Date + 1, Zone: zone, Split: in.By, Campaign: in.Campaign, Agent: in.Agent, Trunk: in.Trunk, Number: in.Number, Sort: in.Sort, Up: in.Order == "up"}
	if in.Last.Date == 0 {
		out.After = now.DateIn(zone) + 1
	}
	if in.First.Date == 0 {
		out.First = out.After - reportDays
	}
	return out, nil
}

// TryList is a page of tries.
type TryList struct {
	Items []Try  `json:"items"`
	Next  string `json:"next,omitempty" doc:"Pass it as before to get the next page; a page may be short and have one."`
}

// Try is one try with who was called.
type Try struct {
	LeadTry
	Lead     string       `json:"lead"`
	List     string       `json:"list"`
	CallerID phone.Number `json:"caller_id,omitempty"`
	Trunk    string       `json:"trunk,omitempty"`
	Dialed   Time         `json:"dialed,omitempty" format:"date-time"`
	Joined   Time         `json:"joined,omitempty" format:"date-time"`
	SIP      int          `json:"sip,omitempty"`
	Cause    int          `json:"cause,omitempty" doc:"Q.850."`
}

func tryWith(t *attempt.Attempt) Try {
	return Try{LeadTry: tryOf(t), Lead: t.Lead.Named("lead"), List: t.List.Named("lst"), CallerID: t.CallerID, Trunk: t.Trunk, Dialed: timeOf(t.Dialed), Joined: timeOf(t.Joined), SIP: t.SIP, Cause: t.Cause}
}

func (a *API) reportRoutes() {
	type pageIn struct {
		ReportIn
		Skip  int `query:"skip" minimum:"0" maximum:"50000"`
		Limit int `query:"limit" minimum:"1" maximum:"1000" default:"200"`
	}
	read(a, op{id: "report-get", method: http.MethodGet, path: "/v1/reports/{report}", what: "A report of calling: campaigns, agents, conversion and cost, lists, best hours, calling numbers, trunks, quality of service, causes, the ledger of abandoned calls.", may: access.CampaignRead},
		func(r *request, in *pageIn) (*CallingReport, error) {
			ask, err := in.ask(r.tx.Now())
			if err != nil {
				return nil, err
			}
			out, err := r.sys.Report(r.ctx, r.company, ask)
			if err != nil {
				return nil, err
			}
			return callingReportOf(&out, in.Skip, in.Limit), nil
		})
	type fileIn struct {
		ReportIn
		LangIn
		Form string `path:"form" enum:"csv,xlsx,html,pdf"`
	}
	paperOf(a, op{id: "report-file", method: http.MethodGet, path: "/v1/reports/{report}/{form}", what: "The report as CSV, workbook, page or PDF.", may: access.CampaignRead},
		func(g *guest, in *fileIn) (*fileOut, error) {
			now, err := a.d.System.Moment(g.ctx)
			if err != nil {
				return nil, err
			}
			ask, err := in.ask(now)
			if err != nil {
				return nil, err
			}
			out, err := a.d.System.Report(g.ctx, g.company, ask)
			if err != nil {
				return nil, err
			}
			return callingFile(in.Form, &out, explain.CallingReport(&out, in.Lang))
		})
	type recordIn struct {
		First    Day    `query:"first" required:"true"`
		Last     Day    `query:"last" required:"true"`
		Zone     string `query:"time_zone" maxLength:"60" doc:"Of the days; absent: UTC."`
		Campaign string `query:"campaign" maxLength:"200"`
	}
	read(a, op{id: "ledger-record", method: http.MethodGet, path: "/v1/abandonment", what: "The legal record of abandoned calls: each campaign day by day, with the 30 days that end on each.", may: access.CampaignRead},
		func(r *request, in *recordIn) (*List[report.LedgerEntry], error) {
			zone, err := zoneOf(in.Zone)
			if err != nil {
				return nil, err
			}
			list, err := r.sys.LedgerRecord(r.ctx, r.company, in.Campaign, in.First.Date, in.Last.Date+1, zone)
			if list == nil {
				list = []report.LedgerEntry{}
			}
			return &List[report.LedgerEntry]{Items: list}, err
		})
	a.tryRoutes()
	a.whyRoutes()
	a.seatRoutes()
}

func (a *API) tryRoutes() {
	type triesIn struct {
		First    Day            `query:"first" required:"true"`
		Last     Day            `query:"last" required:"true"`
		Zone     string         `query:"time_zone" maxLength:"60" doc:"Of the days; absent: UTC."`
		Campaign string         `query:"campaign" maxLength:"40"`
		List     string         `query:"list" maxLength:"40"`
		Agent    string         `query:"agent" maxLength:"200"`
		Trunk    string         `query:"trunk" maxLength:"200"`
		Number   string         `query:"number" maxLength:"40" doc:"The calling number."`
		Outcome  report.Outcome `query:"outcome" enum:"answered,person,machine,conversation,contact,sale,callback,refusal,abandoned,withheld,unworkable,lost,busy,no_answer,rejected,unassigned,congested,canceled,failed" doc:"As reports count it; absent: whatever was dialed."`
		Before   string         `query:"before" maxLength:"40" doc:"next of the page before."`
		Limit    int            `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	}
	read(a, op{id: "try-list", method: http.MethodGet, path: "/v1/tries", what: "Tries, the newest first: what a figure of a report counts.", may: access.LeadRead},
		func(r *request, in *triesIn) (*TryList, error) {
			zone, err := zoneOf(in.Zone)
			if err != nil {
				return nil, err
			}
			q := app.TryQuery{Period: timex.Days(in.First.Date, in.Last.Date+1, zone), Agent: in.Agent, Trunk: in.Trunk, Caller: in.Number, Outcome: in.Outcome, Limit: in.Limit}
			for _, f := range []struct {
				noun, text, path string
				to               *id.ID
			}{{"cmp", in.Campaign, "campaign", &q.Campaign}, {"lst", in.List, "list", &q.List}, {"try", in.Before, "before", &q.Before}} {
				if f.text == "" {
					continue
				}
				if *f.to, err = named(f.noun, f.text, f.path); err != nil {
					return nil, err
				}
			}
			page, err := r.sys.Tries(r.ctx, r.company, q)
			if err != nil {
				return nil, err
			}
			out := &TryList{Items: []Try{}}
			for i := range page.Tries {
				out.Items = append(out.Items, tryWith(&page.Tries[i]))
			}
			if !page.Next.IsZero() {
				out.Next = page.Next.Named("try")
			}
			return out, nil
		})
}

// callingReportOf shows a part of the rows.
func callingReportOf(a *report.Answer, skip, limit int) *CallingReport {
	out := &CallingReport{Report: a.Kind, First: a.First, Last: a.After - 1, Zone: a.Zone.String(), Rows: []ReportRow{}, Total: reportRow(a, &a.Total, ""), Unknown: a.Unknown}
	for _, c := range a.Kind.Columns() {
		out.Columns = append(out.Columns, c.Name)
	}
	rows := a.Rows[min(skip, len(a.Rows)):]
	out.More = len(rows) > limit
	for i := range rows[:min(limit, len(rows))] {
		out.Rows = append(out.Rows, reportRow(a, &rows[i], a.Name(&rows[i])))
	}
	if a.Week == nil {
		return out
	}
	out.Clock = "zone"
	if a.Called {
		out.Clock = "called"
	}
	for h, x := range a.Week {
		if x.Dialed > 0 {
			out.Hours = append(out.Hours, ReportHour{h/24 + 1, h % 24, x.Dialed, x.Answered, x.Contacts, x.Low, x.High, x.Little, slices.Contains(a.Best, h)})
		}
	}
	return out
}

func reportRow(a *report.Answer, r *report.Row, name string) ReportRow {
	out := ReportRow{ID: r.Value, Campaign: r.Campaign, Name: name, Figures: map[string]ReportFigure{}}
	if out.ID == "" {
		out.ID = r.Campaign
	}
	for _, c := range a.Kind.Columns() {
		f := c.Of(r)
		one := ReportFigure{Unit: f.Unit, Money: f.Money, Word: f.Word, Part: f.Part, Whole: f.Whole}
		if f.Known() && f.Unit != report.Amount && f.Unit != report.Word {
			v := f.Value().Round(exact.HalfAway, 6)
			one.Value = &v
		}
		out.Figures[c.Name] = one
	}
	return out
}

// callingFile is a report in a form; CSV has its rows alone.
func callingFile(form string, a *report.Answer, d *explain.Document) (*fileOut, error) {
	name := string(a.Kind) + "-" + a.First.String() + "-" + (a.After - 1).String()
	if form != "csv" {
		return reportFile(form, name, d)
	}
	i := slices.IndexFunc(d.Sections, func(s explain.Section) bool { return s.Path == "rows" })
	var b bytes.Buffer
	if err := document.TableCSV(&b, d.Sections[i].Table); err != nil {
		return nil, fault.New(fault.Internal, "CSV: %v", err)
	}
	return saved(name+".csv", "text/csv; charset=utf-8", b.Bytes()), nil
}

func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	loc, err := timex.LoadZone(name)
	if err != nil {
		return nil, fault.Problem{Path: "time_zone", Value: name, What: "no such time zone", Expected: "Asia/Shanghai"}
	}
	return loc, nil
}

// LeadWhy is why a lead was called and why it is not called now.
type LeadWhy struct {
	Lead   Lead              `json:"lead"`
	Why    []string          `json:"why" doc:"In sentences: what holds it now, what decides first; or that nothing does."`
	Called []string          `json:"called" doc:"Of each try, the newest first."`
	Holds  []compliance.Held `json:"holds" doc:"Rules that hold a call to it now."`
	Ahead  int               `json:"ahead" doc:"Leads that are due before it, counted up to 1000."`
	Number phone.Number      `json:"number,omitempty" doc:"That would be called."`
}

func (a *API) whyRoutes() {
	type whyIn struct {
		LeadIn
		LangIn
		Zone string `query:"time_zone" maxLength:"60" doc:"Of instants in sentences; absent: UTC."`
	}
	read(a, op{id: "lead-why", method: http.MethodGet, path: "/v1/leads/{lead}/why", what: "Why a lead was called, and why it is not called now: its history, the rules that hold it with their texts and dates, callbacks, refusals, its turn.", may: access.LeadRead},
		func(r *request, in *whyIn) (*LeadWhy, error) {
			i, err := inPath("lead", in.Lead)
			if err != nil {
				return nil, err
			}
			zone, err := zoneOf(in.Zone)
			if err != nil {
				return nil, err
			}
			k, err := r.sys.ExplainLead(r.ctx, r.company, i)
			if err != nil {
				return nil, err
			}
			told := k.Told(zone)
			out := &LeadWhy{Lead: leadOf(&k.Lead), Why: explain.WhyLead(told, in.Lang), Called: explain.WhyCalled(told, in.Lang), Holds: []compliance.Held{}, Ahead: k.Ahead, Number: k.Number}
			if out.Called == nil {
				out.Called = []string{}
			}
			for j := range k.Tries {
				out.Lead.Tries = append(out.Lead.Tries, tryOf(&k.Tries[j]))
			}
			if k.Asked {
				for _, h := range k.Answer.Holds {
					out.Holds = append(out.Holds, h.Held())
				}
			}
			return out, nil
		})
}
