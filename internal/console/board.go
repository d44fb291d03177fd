package console

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Runs does bill runs as work that outlives a page.
type Runs interface {
	StartRun(ctx context.Context, tx store.Tx, a *access.Actor, in app.ClosePeriod) (job id.ID, begin func(), err error)
	Runs(ctx context.Context, limit int) ([]app.RunJob, error)
}

func (s *Server) boardPages() {
	s.page("GET /close", access.PeriodClose, s.board)
	s.page("POST /close", access.PeriodClose, s.startRun)
	s.page("GET /close.csv", access.PeriodClose, s.boardFile("csv"))
	s.page("GET /close.xlsx", access.PeriodClose, s.boardFile("xlsx"))
	s.page("GET /close/runs/{run}", access.PeriodClose, s.runSteps)
}

// boardBody is the board of a period.
type boardBody struct {
	Form           *form
	Month          timex.Date // its first day
	Label          string
	Before, Behind string // addresses of the months beside it
	Rows           []boardRow
	Order          *order
	Counts         []boardCount
	Files          []Link
	Jobs           []jobRow
	Working        bool
	Sure           bool // the numbers were seen: the button starts the run
	Hidden         []option
	Refused        string
}

// boardRow is a contract on the board.
type boardRow struct {
	app.BoardRow
	CompanyHref, ContractHref, Href string // Href explains the total
	More                            *money.Amount
	BeforeHref                      string
}

// boardCount is how many contracts are in a state, and what they come to.
type boardCount struct {
	State  app.BoardState
	Count  int
	Totals []money.Amount
}

// jobRow is a bill run.
type jobRow struct {
	app.RunJob
	Began, Ended, Href string
	Working            bool
}

// runsShown is how many bill runs the board names.
const runsShown = 5

// boardMonth is the month of an address; the usual one is the last that is over.
func boardMonth(r *http.Request) (timex.Date, error) {
	today := timex.DateOf(time.Now())
	y, m, _ := today.Civil()
	usual := timex.NewDate(y, m, 1).AddMonths(-1)
	word := r.URL.Query().Get("month")
	if word == "" {
		return usual, nil
	}
	d, err := timex.ParseDate(word + "-01")
	if err != nil || d < today.AddMonths(-240) || d > today.AddMonths(12) {
		return usual, fault.New(fault.NotFound, "there is no such month")
	}
	return d, nil
}

func monthWord(d timex.Date) string { return d.String()[:7] }

// board shows where the periods of a month are.
func (s *Server) board(w http.ResponseWriter, r *http.Request, v *visit) error {
	month, err := boardMonth(r)
	if err != nil {
		return err
	}
	f := v.blank("until", month.AddMonths(1).String(), "issue", max(month.AddMonths(1), min(timex.DateOf(time.Now()), month.AddMonths(1)+6)).String())
	return s.boardPage(w, v, http.StatusOK, &boardBody{Form: f, Month: month})
}

func (s *Server) boardPage(w http.ResponseWriter, v *visit, status int, b *boardBody) error {
	b.Order = v.boardOrder(b.Month)
	b.Label, b.Before, b.Behind = lang.Dates(v.Tag, b.Month, b.Month.AddMonths(1)), "/close?month="+monthWord(b.Month.AddMonths(-1)), "/close?month="+monthWord(b.Month.AddMonths(1))
	b.Files = b.Order.files("/close")
	if v.r.Header.Get("HX-Target") != "runs" { // who only waits for a run needs no drafts
		if err := s.boardRows(v, b); err != nil {
			return err
		}
	}
	if err := s.boardJobs(v, b); err != nil {
		return err
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "board", &Page{Title: v.say("nav.board"), Lead: v.say("board.lead", "dates", b.Label), Here: "/close", Body: b})
	return nil
}

// boardKeys are what companies can be sorted by; amounts are drafts that are made as
// the page is looked at, so that nothing can be in their order.
var boardKeys = map[string]string{"company": app.CompaniesByName}

func (v *visit) boardOrder(month timex.Date) *order {
	return v.order(url.Values{"month": {monthWord(month)}}, "company", column{"company", "companies.name", false})
}

// boardRows fills a page of contracts.
func (s *Server) boardRows(v *visit, b *boardBody) error {
	page, err := b.Order.page("co", boardKeys)
	if err != nil {
		return err
	}
	list, next, err := s.d.System.PeriodBoard(v.r.Context(), b.Month, page)
	if err != nil {
		return err
	}
	if !next.After.IsZero() {
		b.Order.goOn(next.From, next.After.Named("co"))
	}
	for i := range list {
		row, err := v.boardRow(&list[i])
		if err != nil {
			return err
		}
		b.Rows = append(b.Rows, row)
		b.count(&list[i])
	}
	return nil
}

func (v *visit) boardRow(r *app.BoardRow) (boardRow, error) {
	at := "/c/" + r.Company.Named("co")
	row := boardRow{BoardRow: *r, CompanyHref: at, ContractHref: at + "/contracts/" + r.Contract.Named("con"), BeforeHref: at + "/contracts/" + r.Contract.Named("con") + "/draft?day=" + (r.First - 1).String()}
	row.Href = row.ContractHref + "/draft?day=" + r.First.String()
	if !r.Invoice.IsZero() {
		row.Href = at + "/invoices/" + r.Invoice.Named("inv")
	}
	if !r.Before.Currency().IsZero() && r.Before.Currency() == r.Total.Currency() {
		more, err := r.Total.Sub(r.Before)
		if err != nil {
			return row, fault.New(fault.Overflow, "%v", err)
		}
		row.More = &more
	}
	return row, nil
}

func (b *boardBody) count(r *app.BoardRow) {
	for i := range b.Counts {
		if c := &b.Counts[i]; c.State == r.State {
			c.Count++
			c.Totals = addCost(c.Totals, r.Total)
			return
		}
	}
	b.Counts = append(b.Counts, boardCount{r.State, 1, addCost(nil, r.Total)})
}

// boardJobs adds the newest bill runs.
func (s *Server) boardJobs(v *visit, b *boardBody) error {
	if s.d.Runs == nil {
		return nil
	}
	jobs, err := s.d.Runs.Runs(v.r.Context(), runsShown)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		row := jobRow{RunJob: j, Began: clockTime(j.Began, time.UTC), Ended: clockTime(j.Ended, time.UTC), Working: j.State == "queued" || j.State == "running"}
		if j.Run != nil {
			row.Href = "/close/runs/" + j.Run.ID.Named("run")
		}
		b.Working = b.Working || row.Working
		b.Jobs = append(b.Jobs, row)
	}
	return nil
}

// startRun shows what a run would do, or starts it once that was seen.
func (s *Server) startRun(w http.ResponseWriter, r *http.Request, v *visit) error {
	month, err := boardMonth(r)
	if err != nil {
		return err
	}
	f, err := v.form(w)
	if err != nil {
		return err
	}
	in := app.ClosePeriod{Until: f.date("until"), Issue: f.date("issue"), Unpriced: f.Value("unpriced") != ""}
	today := timex.DateOf(time.Now())
	if f.Error("until") == "" && in.Until > today+1 {
		f.wrong("until", "board.not_over")
	}
	if f.OK() && in.Issue < in.Until {
		f.wrong("issue", "board.issue_before")
	}
	b := &boardBody{Form: f, Month: month}
	if !f.OK() {
		return s.boardPage(w, v, http.StatusUnprocessableEntity, b)
	}
	if f.Value("sure") == "" {
		b.Sure, b.Hidden = true, hiddenOf(f)
		return s.boardPage(w, v, http.StatusOK, b)
	}
	var begin func()
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
		job, late, err := s.d.Runs.StartRun(ctx, tx, v.actor, in)
		begin = late
		return access.Deed{Action: "period.close", Target: job.Named("job"), After: in}, "/close?month=" + monthWord(month) + "#runs", err
	})
	if err != nil {
		status, ok := refusedAs(err)
		if !ok {
			return err
		}
		b.Refused = err.Error()
		return s.boardPage(w, v, status, b)
	}
	if begin != nil { // not the same form again
		begin()
	}
	return nil
}

// runSteps shows what a run did.
func (s *Server) runSteps(w http.ResponseWriter, r *http.Request, v *visit) error {
	i, err := id.ParseNamed("run", r.PathValue("run"))
	if err != nil {
		return fault.New(fault.NotFound, "there is no such run")
	}
	run, err := s.d.System.ReadRun(r.Context(), i)
	if err != nil {
		return err
	}
	steps, more, err := s.d.System.RunSteps(r.Context(), i, boardMost)
	if err != nil {
		return err
	}
	var rows []boardRow
	for _, x := range steps {
		at := "/c/" + x.Company.Named("co")
		row := boardRow{BoardRow: app.BoardRow{Company: x.Company, Name: x.Name, Contract: x.Contract, First: x.First, After: x.After, State: app.BoardState(x.State), Why: x.Why, Total: x.Total, Invoice: x.Invoice, Number: x.Number}, CompanyHref: at, ContractHref: at + "/contracts/" + x.Contract.Named("con")}
		row.Href = row.ContractHref
		if !x.Invoice.IsZero() {
			row.Href = at + "/invoices/" + x.Invoice.Named("inv")
		}
		rows = append(rows, row)
	}
	s.render(w, v, http.StatusOK, "run", &Page{Title: v.say("board.run", "date", lang.Date(v.Tag, run.Until)), Here: "/close", Crumbs: []Link{{v.say("nav.board"), "/close"}}, Body: map[string]any{"Run": run, "Rows": rows, "More": more}})
	return nil
}

// boardMost bounds the rows of a run and of the board as a file: each is a draft.
const boardMost = 1000

// boardFile gives the board as a file, up to its bound.
func (s *Server) boardFile(ext string) handler {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error {
		month, err := boardMonth(r)
		if err != nil {
			return err
		}
		t := v.sheet("companies.name", "contract.word", "invoice.period", "invoice.state", "invoice.total", "money.currency", "board.before", "invoice.number", "board.why")
		page, err := v.boardOrder(month).page("co", boardKeys)
		if err != nil {
			return err
		}
		for n := 0; n < boardMost; {
			list, next, err := s.d.System.PeriodBoard(r.Context(), month, page)
			if err != nil {
				return err
			}
			for i := range list {
				x := &list[i]
				cur := ""
				if !x.Total.Currency().IsZero() {
					cur = x.Total.Currency().String()
				}
				t.add(x.Name, x.Word, lang.Dates(v.Tag, x.First, x.After), v.say("board.s_"+string(x.State)), x.Total, cur, x.Before, x.Number, x.Why)
				n++
			}
			if page = next; next.After.IsZero() {
				break
			}
			n++ // pages without contracts count as well, so that this ends
			if n >= boardMost {
				t.add(v.exportFull(len(t.Rows)), "", "", "", money.Amount{}, "", money.Amount{}, "", "")
			}
		}
		return s.sendSheet(w, v, "close-"+monthWord(month), ext, v.say("nav.board"), t)
	}
}
