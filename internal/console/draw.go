package console

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/quality"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Which calls are drawn to be inspected.

// drawPage asks which calls are drawn: those of last week, five of each agent, at first.
func (s *Server) drawPage(w http.ResponseWriter, _ *http.Request, v *visit) error {
	monday := timex.DateOf(time.Now().In(v.loc()))
	for monday.Weekday() != time.Monday {
		monday--
	}
	return s.drawForm(w, v, http.StatusOK, v.blank("first", (monday-7).String(), "last", (monday-1).String(), "per_agent", "5", "least", "20", "seed", (monday-7).String()), "")
}

func (s *Server) drawForm(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	forms, err := s.formOptions(v)
	if err != nil {
		return err
	}
	if err := s.byName(v, f, "campaign"); err != nil {
		return err
	}
	codes, err := s.drawnCodes(v)
	if err != nil {
		return err
	}
	b := map[string]any{"Form": f, "Forms": forms, "Codes": codes, "Refused": refused, "Quotas": list(0, 1, 2), "New": v.at("/quality/forms/new")}
	s.render(w, v, status, "draw", &Page{Title: v.say("quality.draw"), Lead: v.say("quality.draw_lead"), Here: v.at("/quality"), Crumbs: v.underQuality(), Body: b})
	return nil
}

// list is some numbers, for templates.
func list(n ...int) []int { return n }

// mostQuotas is how many quotas the form offers.
const mostQuotas = 3

// drawOf reads the form of a draw; codes are the dispositions of its quotas.
func drawOf(f *form, zone *time.Location, codes []string) (in app.DrawCalls) {
	first, last := f.date("first"), f.date("last")
	if f.OK() && last < first {
		f.wrong("last", "usage.too_long", "days", "92")
	}
	in = app.DrawCalls{Form: f.id("form", "form"), Seed: f.line("seed", 60), Campaign: f.optional("campaign", 200), Period: timex.Days(first, last+1, zone),
		Rule: quality.Rule{PerAgent: f.between("per_agent", 1, quality.MaxPerAgent), Least: int64(f.between("least", 0, 100_000))}}
	for i := range mostQuotas {
		at := itoa(i)
		if f.Value("q_name_"+at) == "" {
			continue
		}
		q := quality.Quota{Name: f.line("q_name_"+at, 60), Count: f.between("q_count_"+at, 1, quality.MaxPerAgent)}
		if f.Value("q_least_"+at) != "" {
			q.Least = int64(f.between("q_least_"+at, 0, 100_000))
		}
		if f.Value("q_most_"+at) != "" {
			q.Most = int64(f.between("q_most_"+at, 0, 100_000))
		}
		q.Dispositions = f.some("q_codes_"+at, codes...)
		in.Rule.Quotas = append(in.Rule.Quotas, q)
	}
	return in
}

// drawCalls draws calls to be inspected.
func (s *Server) drawCalls(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	if err := s.byName(v, f, "campaign"); err != nil {
		return err
	}
	offered, err := s.drawnCodes(v)
	if err != nil {
		return err
	}
	codes := make([]string, len(offered))
	for i, o := range offered {
		codes[i] = o["value"].(string)
	}
	in := drawOf(f, v.loc(), codes)
	if !f.OK() {
		return s.drawForm(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		drawn, err := s.d.System.DrawCalls(ctx, v.company, in)
		return access.Deed{Action: "quality.draw", Target: in.Form.Named("form"), After: map[string]any{"draw": in, "drawn": len(drawn)}}, v.at("/quality?drawn=" + itoa(len(drawn))), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.drawForm(w, v, status, f, why) })
}

// drawnCodes are the dispositions that a call with a conversation can have, by name: those
// that come with the program, the company's and those of its newest campaigns.
func (s *Server) drawnCodes(v *visit) (out []option, err error) {
	ctx := v.r.Context()
	company, err := s.d.System.Dispositions(ctx, v.company)
	if err != nil {
		return nil, err
	}
	campaigns, err := s.d.System.Campaigns(ctx, v.company, "", store.Page{Limit: store.MaxPage, Down: true})
	if err != nil {
		return nil, err
	}
	all, seen, times := attempt.Over(attempt.Builtin(), company), map[string]bool{}, map[string]int{}
	for i := range campaigns {
		all = append(all, campaigns[i].Dispositions...)
	}
	for i := range all {
		d := &all[i]
		if seen[d.Code] || d.Auto && unanswered(d.Code) || len(out) == mostKnown {
			continue
		}
		seen[d.Code] = true
		times[v.codeName(d)]++
		out = append(out, option{"value": d.Code, "label": v.codeName(d)})
	}
	for _, o := range out {
		if name := o["label"].(string); times[name] > 1 { // two of one name are told apart
			o["label"] = name + " · " + o["value"].(string)
		}
	}
	slices.SortStableFunc(out, func(a, b option) int { return strings.Compare(a["label"].(string), b["label"].(string)) })
	return out, nil
}

// unanswered tells whether a code is of calls in which nobody was spoken with.
func unanswered(code string) bool {
	return slices.ContainsFunc(usage.Answered.Choices(), func(r string) bool {
		return r != string(usage.Answered) && attempt.CodeOf(usage.Result(r)) == code
	})
}
