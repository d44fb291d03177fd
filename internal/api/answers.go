package api

import (
	"bytes"
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/script"
	"waihu/internal/document"
	"waihu/internal/explain"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// AskedStep is the step a call stands at, with the lead's own words in its texts, in
// the language of the lead. They are text: show them as text, never as HTML.
type AskedStep struct {
	ID        string          `json:"id"`
	Text      string          `json:"text,omitempty"`
	Questions []AskedQuestion `json:"questions"`
}

// AskedQuestion is a question that is asked of this lead.
type AskedQuestion struct {
	ID       string        `json:"id"`
	Label    string        `json:"label"`
	Kind     script.Kind   `json:"kind" enum:"choice,several,yes_no,number,scale,date,text"`
	Required bool          `json:"required,omitempty"`
	Least    string        `json:"least,omitempty"`
	Most     string        `json:"most,omitempty"`
	Choices  []AskedChoice `json:"choices,omitempty"`
}

// AskedChoice is one answer of a list.
type AskedChoice struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// CallAnswers is how far the script of a call has come.
type CallAnswers struct {
	Try         string         `json:"try"`
	Script      string         `json:"script"`
	Version     int            `json:"version"`
	Edit        int64          `json:"edit" doc:"Of what is kept; the next one is higher."`
	Moves       []script.Move  `json:"moves" doc:"The steps that are done, with what was answered in each."`
	Open        script.Answers `json:"open" doc:"What is answered already in the step where it stands."`
	Answers     script.Answers `json:"answers" doc:"All that counts."`
	Path        []string       `json:"path"`
	Step        *AskedStep     `json:"step,omitempty" doc:"Where it stands; absent: the script is over."`
	Missing     []string       `json:"missing,omitempty" doc:"Questions of the step that need an answer before it goes on."`
	End         script.As      `json:"end,omitempty" enum:"complete,screened,refused,later"`
	Disposition string         `json:"disposition,omitempty" doc:"What the end proposes."`
	Full        string         `json:"full,omitempty" doc:"The quota that was full and ended it."`
	Closed      bool           `json:"closed,omitempty" doc:"The call has its disposition: nothing changes any more."`
}

func answersOf(a *app.Asking) *CallAnswers {
	out := &CallAnswers{Try: a.Try.Named("try"), Script: a.Script.Named("scr"), Version: a.Version, Edit: a.Edit, Moves: a.Sheet.Sheet.Moves, Open: a.Sheet.Sheet.Open, Answers: a.Answers, Path: a.Path,
		Missing: a.Missing, End: a.End.As, Disposition: a.End.Disposition, Full: a.Full, Closed: a.Outcome != ""}
	if out.Moves == nil {
		out.Moves = []script.Move{}
	}
	if out.Open == nil {
		out.Open = script.Answers{}
	}
	st := a.Read.Step(a.At)
	if st == nil {
		return out
	}
	tag := a.Read.Tag(a.Language)
	fill := func(t lang.Text) string { return script.Fill(t.In(tag), a.Fields, a.Answers) }
	out.Step = &AskedStep{ID: st.ID, Text: fill(st.Text), Questions: []AskedQuestion{}}
	for i := range st.Ask {
		q := &st.Ask[i]
		if !a.Read.Asks(q, a.Fields, a.Answers, nil) {
			continue
		}
		asked := AskedQuestion{ID: q.ID, Label: fill(q.Label), Kind: q.Kind, Required: q.Required, Least: q.Least, Most: q.Most}
		for k := range q.Choices {
			asked.Choices = append(asked.Choices, AskedChoice{q.Choices[k].ID, fill(q.Choices[k].Label)})
		}
		out.Step.Questions = append(out.Step.Questions, asked)
	}
	return out
}

type (
	// TryIn names a try in an address.
	TryIn struct {
		Try string `path:"try" maxLength:"40"`
	}
	answersBody struct {
		Edit  int64          `json:"edit" minimum:"1" doc:"Higher with every change. The same again changes nothing, a lower one is passed over: both give what is kept."`
		Moves []script.Move  `json:"moves" maxItems:"2000"`
		Open  script.Answers `json:"open,omitempty"`
	}
)

// whose limits an agent to their own calls; who plans campaigns sees all. A key without
// that has no calls of its own.
func whose(r *request) (string, error) {
	if access.Can(r.actor, access.LeadRead, r.company) {
		return "", nil
	}
	if agent := agentOf(r.actor); agent != "" {
		return agent, nil
	}
	return "", &refused{http.StatusForbidden, "forbidden", "a key has no calls of its own: lead.read is needed"}
}

// saidName is the name of whoever asks, as texts of a script say it.
func (a *API) saidName(r *request) string {
	u, err := a.d.Gate.UserByID(r.tx, r.actor.User)
	if err != nil {
		return ""
	}
	return u.Name
}

func (a *API) tryAnswerRoutes() {
	read(a, op{id: "try-answers", method: http.MethodGet, path: "/v1/tries/{try}/answers", what: "How far the script of a call has come: the step, its texts and questions, and what was answered. An agent sees their own calls.", may: access.CallPlace},
		func(r *request, in *TryIn) (*CallAnswers, error) {
			i, err := inPath("try", in.Try)
			if err != nil {
				return nil, err
			}
			only, err := whose(r)
			if err != nil {
				return nil, err
			}
			out, err := r.sys.GetAnswers(r.ctx, r.company, i, only, a.saidName(r))
			if err != nil {
				return nil, err
			}
			return answersOf(&out), nil
		})
	type putIn struct {
		TryIn
		Body answersBody
	}
	o := op{id: "try-answers-set", method: http.MethodPut, path: "/v1/tries/{try}/answers", what: "Keep what was answered so far, as often as something changes, until the call has its disposition. It is not told to the audit log: the answers say themselves whose they are.", may: access.CallPlace}
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *putIn) (*answer[CallAnswers], error) {
		i, err := inPath("try", in.Try)
		if err != nil {
			return nil, err
		}
		var out app.Asking
		err = a.d.System.DB.Update(store.For(ctx, company), func(tx store.Tx) (err error) {
			r := a.in(ctx, tx, c, company)
			only, err := whose(r)
			if err != nil {
				return err
			}
			out, err = r.sys.PutAnswers(r.ctx, company, app.PutAnswers{Try: i, Edit: in.Body.Edit, Sheet: script.Sheet{Moves: in.Body.Moves, Open: in.Body.Open}, Only: only, Said: a.saidName(r)})
			return err
		})
		if err != nil {
			return nil, err
		}
		return &answer[CallAnswers]{Status: http.StatusOK, Body: *answersOf(&out)}, nil
	})
	a.answerBookRoutes()
}

// AnswerCounts is what was answered in a campaign, counted.
type AnswerCounts struct {
	Calls     int              `json:"calls"`
	Ends      map[string]int   `json:"ends" doc:"Calls by how the script ended: complete, screened, refused, later."`
	Quotas    []QuotaPlaces    `json:"quotas"`
	Questions []QuestionCounts `json:"questions"`
}

// QuotaPlaces is how far a quota has come.
type QuotaPlaces struct {
	Quota  string `json:"quota"`
	Wanted int    `json:"wanted"`
	Taken  int    `json:"taken" doc:"Complete interviews, and calls that are going on."`
}

// QuestionCounts is what was answered to a question.
type QuestionCounts struct {
	Question string        `json:"question"`
	Label    string        `json:"label"`
	Kind     script.Kind   `json:"kind"`
	Given    int           `json:"given" doc:"People who answered."`
	Counts   []AnswerCount `json:"counts,omitempty"`
	Mean     string        `json:"mean,omitempty"`
	Least    string        `json:"least,omitempty"`
	Most     string        `json:"most,omitempty"`
}

// AnswerCount is one answer with how many gave it.
type AnswerCount struct {
	Answer string `json:"answer"`
	Label  string `json:"label"`
	People int    `json:"people"`
}

// AnswersIn asks for the answers of a campaign.
type AnswersIn struct {
	CampaignIn
	From  Moment   `query:"from" doc:"Calls whose script began at or after it."`
	Until Moment   `query:"until" doc:"And before it."`
	Lang  lang.Tag `query:"lang" enum:"en,zh-Hant,zh-Hans" default:"en"`
}

func (a *API) answerBookRoutes() {
	book := func(r *request, in *AnswersIn, rows, file bool) (*script.Book, error) {
		c, err := a.campaign(r, in.Campaign)
		if err != nil {
			return nil, err
		}
		b, err := r.sys.AnswerBook(r.ctx, r.company, app.AnswerQuery{Campaign: c.ID, From: in.From.Instant, Until: in.Until.Instant, Rows: rows, Keys: file})
		return &b, err
	}
	read(a, op{id: "campaign-answers", method: http.MethodGet, path: "/v1/campaigns/{campaign}/answers", what: "What was answered in a campaign, counted by question, with how far its quotas have come.", may: access.CampaignRead},
		func(r *request, in *AnswersIn) (*AnswerCounts, error) {
			b, err := book(r, in, false, false)
			if err != nil {
				return nil, err
			}
			return countsOf(b, in.Lang), nil
		})
	type exportIn struct {
		AnswersIn
		Form string `query:"form" enum:"csv,xlsx,pdf,html" default:"xlsx" doc:"csv: the calls one by one; xlsx: with counts, charts and what the columns mean; pdf and html: counts and charts alone."`
	}
	file(a, op{id: "campaign-answers-export", method: http.MethodGet, path: "/v1/campaigns/{campaign}/answers/export", what: "The answers of a campaign as a file, at most 100,000 calls.", may: access.LeadRead},
		func(r *request, in *exportIn) (*fileOut, error) {
			rows := in.Form == "csv" || in.Form == "xlsx"
			b, err := book(r, &in.AnswersIn, rows, in.Form != "csv")
			if err != nil {
				return nil, err
			}
			if in.Form != "csv" {
				return reportFile(in.Form, "answers", explain.Answers(b, in.Lang))
			}
			var out bytes.Buffer
			err = document.TableCSV(&out, explain.AnswerRows(b, in.Lang))
			return saved("answers.csv", "text/csv; charset=utf-8", out.Bytes()), err
		})
}

func countsOf(b *script.Book, tag lang.Tag) *AnswerCounts {
	out := &AnswerCounts{Calls: b.Tally.Sheets, Ends: map[string]int{}, Quotas: []QuotaPlaces{}, Questions: []QuestionCounts{}}
	for e, n := range b.Tally.Ends {
		out.Ends[string(e)] = n
	}
	for _, p := range b.Places {
		out.Quotas = append(out.Quotas, QuotaPlaces{p.Quota, p.Most, p.Taken})
	}
	for i := range b.Tally.Questions {
		c := &b.Tally.Questions[i]
		q := QuestionCounts{Question: c.Question.ID, Label: script.Fill(c.Question.Label.In(tag), nil, nil), Kind: c.Question.Kind, Given: c.Given}
		if c.Least.IsGiven() {
			q.Mean, q.Least, q.Most = c.Mean().Text(4), c.Least.String(), c.Most.String()
		}
		answers, counts := c.Counts()
		for k, w := range answers {
			q.Counts = append(q.Counts, AnswerCount{w, explain.AnswerLabel(&c.Question, w, tag), counts[k]})
		}
		out.Questions = append(out.Questions, q)
	}
	return out
}
