package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/workspace"
)

// Question is what a comparison is asked beside its usage and offers.
type Question struct {
	Months   []int          `json:"months,omitempty" maxItems:"6" doc:"Horizons; 1, 12 and 36 if absent."`
	Currency string         `json:"currency,omitempty" maxLength:"3" doc:"Of all figures; the one most offers are in if absent."`
	Tax      string         `json:"tax,omitempty" enum:"exclusive,inclusive" doc:"Whether figures contain tax; exclusive if absent."`
	Rates    []QuestionRate `json:"rates,omitempty" maxItems:"20" doc:"Exchange rates into the currency, each with its day."`
	Seats    int            `json:"seats,omitempty" minimum:"0" maximum:"100000" doc:"Where no record tells."`
	Budget   *exact.Number  `json:"budget,omitempty" doc:"Of a month, for the chance to exceed it."`
	Weights  map[string]int `json:"weights,omitempty" doc:"Of the score, together 100: price, functions, quality, support, flexibility."`
	Current  string         `json:"current,omitempty" maxLength:"200" doc:"The offer in force today."`
}

// QuestionRate is an exchange rate with its day: without one nobody can check it.
type QuestionRate struct {
	From string       `json:"from" pattern:"^[A-Z]{3}$"`
	Rate exact.Number `json:"rate" doc:"Units of the currency asked for, for one of this one."`
	On   timex.Date   `json:"on"`
}

// read reads the question as the pages do, so that both refuse the same.
func (q *Question) read() (workspace.Question, error) {
	v := url.Values{}
	put := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	months := make([]string, len(q.Months))
	for i, n := range q.Months {
		months[i] = strconv.Itoa(n)
	}
	put("months", strings.Join(months, ","))
	put("currency", q.Currency)
	put("tax", q.Tax)
	put("current", q.Current)
	if q.Seats > 0 {
		put("seats", strconv.Itoa(q.Seats))
	}
	if q.Budget != nil {
		put("budget", q.Budget.String())
	}
	for _, r := range q.Rates {
		put("rate."+r.From, r.Rate.String())
		put("rate."+r.From+".on", r.On.String())
	}
	for name, n := range q.Weights {
		if !slices.Contains(compare.Criteria(), compare.Criterion(name)) {
			return workspace.Question{}, fault.Problem{Path: "weights." + name, What: "this is no criterion", Expected: "price, functions, quality, support, flexibility"}
		}
		put("weight."+name, strconv.Itoa(n))
	}
	out, wrong := workspace.ParseQuestion(v)
	var ps fault.Problems
	for field, key := range wrong {
		ps = append(ps, fault.Problem{Path: field, What: lang.Phrase(lang.English, key, nil)})
	}
	return out, ps.Err()
}

// Comparison is the answer to a question, or how far it is.
type Comparison struct {
	State   string          `json:"state" enum:"working,done" doc:"working: ask again in a second; what there is already is in the result."`
	Working *Work           `json:"working,omitempty"`
	Say     []string        `json:"say,omitempty" doc:"The answer in one sentence, and what limits it, in the language of Accept-Language."`
	Modules []string        `json:"modules,omitempty" doc:"That a what-if can switch on and off."`
	Result  *compare.Result `json:"result,omitempty" doc:"All answers, as waihu compare --json writes them. bound, right_size and forecast come last."`
}

// answerWait is how long a request waits for an answer before it tells how far it
// is.
const answerWait = 2 * time.Second

type QuestionIn struct {
	SpaceIn
	Body struct {
		Question
		Brief bool `json:"brief,omitempty" doc:"Without the smallest bill possible, sizes and months ahead, which take some seconds more."`
	}
}

// ask asks a workspace, waits a moment, and gives what is there: the answer, the
// job that goes on, or both.
func (g *guest) ask(token string, body *Question, brief bool, wait time.Duration) (*workspace.Answer, *workspace.Job, error) {
	sp, err := g.space(token)
	if err != nil {
		return nil, nil, err
	}
	q, err := body.read()
	if err != nil {
		return nil, nil, err
	}
	put := sp.Complete
	if brief {
		put = sp.Ask
	}
	made, job, err := put(q)
	for end := time.Now().Add(wait); job != nil && time.Until(end) > 0; made, job, err = put(q) {
		workspace.Wait(g.ctx, job, time.Until(end))
		if g.ctx.Err() != nil {
			return nil, nil, g.ctx.Err()
		}
	}
	return made, job, err
}

func (a *API) spaceAnswerRoutes() {
	aside(a, op{id: "workspace-answer", method: http.MethodPost, path: "/v1/workspaces/{workspace}/answer", what: "Which offer costs least for this usage, why, for how long, and what is hidden in it. 202: it is being worked out. The same question again is answered at once.", may: access.UsageRead},
		func(g *guest, in *QuestionIn) (*Comparison, error) {
			made, job, err := g.ask(in.Workspace, &in.Body.Question, in.Body.Brief, answerWait)
			if err != nil {
				return nil, err
			}
			out := &Comparison{State: "done", Working: workOf(job)}
			if job != nil {
				out.State, g.status = "working", http.StatusAccepted
			}
			if made != nil {
				out.Result, out.Modules = made.Result, made.Modules
				for _, p := range made.Result.Answer {
					out.Say = append(out.Say, p.In(g.c.tag))
				}
			}
			return out, nil
		})
	type whatIfIn struct {
		SpaceIn
		Body struct {
			Question
			Changes []string `json:"changes" maxItems:"20" doc:"volume=+20%, length=-50%, answer_rate=+10%, seats=-20%, module=+recording; one after another."`
			Span    int      `json:"span,omitempty" minimum:"1" maximum:"120" doc:"Months to cost; 12 if absent."`
		}
	}
	aside(a, op{id: "workspace-step", method: http.MethodPost, path: "/v1/workspaces/{workspace}/step", what: "What all offers cost under changes of the usage: the real calls, billed again.", may: access.UsageRead},
		func(g *guest, in *whatIfIn) (*compare.Step, error) {
			changes, err := changesOf(in.Body.Changes)
			if err != nil {
				return nil, err
			}
			made, err := g.answered(in.Workspace, &in.Body.Question, true)
			if err != nil {
				return nil, err
			}
			span := in.Body.Span
			if span == 0 {
				span = made.Result.Basis.Decides
			}
			return made.Under(changes, span)
		})
	type reportIn struct {
		QuestionIn
		LangIn
		Form string `path:"form" enum:"html,pdf,xlsx"`
	}
	paperOf(a, op{id: "workspace-report", method: http.MethodPost, path: "/v1/workspaces/{workspace}/report/{form}", what: "The answer as one HTML page, PDF or workbook, with charts and the tables behind them.", may: access.UsageRead},
		func(g *guest, in *reportIn) (*fileOut, error) {
			made, err := g.answered(in.Workspace, &in.Body.Question, in.Body.Brief)
			if err != nil {
				return nil, err
			}
			return reportFile(in.Form, "comparison", explain.Comparison(made.Result, in.Lang))
		})
}

// answered is an answer that must be there: what is made of it waits for it as
// long as a request may take, and says so where that is not enough.
func (g *guest) answered(token string, q *Question, brief bool) (*workspace.Answer, error) {
	made, job, err := g.ask(token, q, brief, requestTime/2)
	if err == nil && job != nil {
		err = &refused{http.StatusServiceUnavailable, "busy", "the answer is still being worked out: ask for it at /answer, then again for this"}
	}
	return made, err
}

func changesOf(list []string) (out []compare.Change, err error) {
	for i, s := range list {
		ch, err := compare.ParseChange(s)
		if err != nil {
			return nil, fault.Problem{Path: "changes[" + strconv.Itoa(i) + "]", What: "this is no change", Expected: "volume=+20%, length=-50%, answer_rate=+10%, seats=-20% or module=+recording"}
		}
		out = append(out, ch)
	}
	return out, nil
}

// reportFile is what is told, in a form.
func reportFile(form, name string, d *explain.Document) (*fileOut, error) {
	f, err := workspace.FormOf(form)
	if err != nil {
		return nil, err
	}
	data, err := f.Write(d)
	return saved(name+"."+f.Ending, f.Kind, data), err
}

// saved is a file to be saved under a name.
func saved(name, kind string, data []byte) *fileOut {
	return &fileOut{ContentType: kind, Disposition: `attachment; filename="` + name + `"`, Body: data}
}
