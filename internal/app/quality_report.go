package app

import (
	"cmp"
	"context"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// AgentQuality is what the inspections of an agent came to.
type AgentQuality struct {
	Agent    string `json:"agent"`
	Count    int    `json:"inspections"`
	Mean     int    `json:"mean"`   // tenths of a percent, rounded half up
	Lowest   int    `json:"lowest"` // tenths of a percent
	Passed   int    `json:"passed"`
	Fatal    int    `json:"fatal"` // calls with a fatal error
	Objected int    `json:"objected"`
	Changed  int    `json:"changed"` // scores an objection changed
	sum      int
}

// QuestionQuality is how a question of a form was answered.
type QuestionQuality struct {
	Form   string `json:"form"`
	Key    string `json:"key"`
	Text   string `json:"text"`  // of the newest version it was asked in
	Asked  int    `json:"asked"` // answered by points
	NA     int    `json:"na"`
	Mean   int    `json:"mean"`  // of its points, tenths of a percent
	None   int    `json:"none"`  // times it earned no point
	Fatal  bool   `json:"fatal"` // in that version
	points int    // sum of the shares in 2520ths
}

// QualityReport is what inspections of calls recorded in a period came to.
type QualityReport struct {
	Count     int
	Agents    []AgentQuality
	Questions []QuestionQuality
	Cut       bool // there were more than MaxLooked
}

// QualityReport reads the inspections that were scored, of one form's name or all.
func (s *System) QualityReport(ctx context.Context, c id.Company, period timex.Period, form string) (out QualityReport, err error) {
	defer fault.Wrap(&err, "report on quality")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		g := &gathered{agents: map[string]*AgentQuality{}, questions: map[string]*QuestionQuality{}, forms: map[id.ID]*ScoreForm{}}
		page := store.Page{Limit: pageSize, Down: true}
		for looked := 0; ; {
			list, err := tx.Records().List(c, KindInspection, store.Key{}, page)
			if err != nil {
				return err
			}
			for i := range list {
				x, _, err := load[Inspection](&list[i], nil)
				if err != nil {
					return err
				}
				if looked++; looked > MaxLooked {
					g.cut = true
					out = g.report()
					return nil
				}
				if x.Score == nil || form != "" && x.FormName != form || period.From != 0 && x.Made < period.From || period.To != 0 && x.Made >= period.To {
					continue
				}
				if err := g.add(tx, c, &x); err != nil {
					return err
				}
			}
			if len(list) < pageSize {
				out = g.report()
				return nil
			}
			page.After = list[len(list)-1].ID
		}
	})
	return out, err
}

// gathered is a report that is being made.
type gathered struct {
	count     int
	agents    map[string]*AgentQuality
	questions map[string]*QuestionQuality
	forms     map[id.ID]*ScoreForm
	cut       bool
}

func (g *gathered) add(tx store.Tx, c id.Company, x *Inspection) error {
	g.count++
	a := g.agents[x.Agent]
	if a == nil {
		a = &AgentQuality{Agent: x.Agent, Lowest: x.Score.Total}
		g.agents[x.Agent] = a
	}
	a.Count++
	a.sum += x.Score.Total
	a.Lowest = min(a.Lowest, x.Score.Total)
	for _, n := range []struct {
		to *int
		is bool
	}{{&a.Passed, x.Score.Passed}, {&a.Fatal, len(x.Score.Fatal) > 0}, {&a.Objected, x.Objection != nil}, {&a.Changed, x.Before != nil}} {
		if n.is {
			*n.to++
		}
	}
	f := g.forms[x.Form]
	if f == nil {
		read, _, err := get[ScoreForm](tx, c, KindScoreForm, x.Form)
		if err != nil {
			return err
		}
		f = &read
		g.forms[x.Form] = f
	}
	g.answers(f, x)
	return nil
}

// answers adds those of one inspection; they are read from the newest on.
func (g *gathered) answers(f *ScoreForm, x *Inspection) {
	for _, a := range x.Answers {
		q, ok := f.Question(a.Key)
		if !ok {
			continue // it was checked when it was scored
		}
		at := g.questions[f.Name+"\n"+a.Key]
		if at == nil {
			at = &QuestionQuality{Form: f.Name, Key: a.Key, Text: q.Text, Fatal: q.Fatal}
			g.questions[f.Name+"\n"+a.Key] = at
		}
		if a.NA {
			at.NA++
			continue
		}
		at.Asked++
		at.points += a.Points * 2520 / q.Points
		if a.Points == 0 {
			at.None++
		}
	}
}

func (g *gathered) report() QualityReport {
	out := QualityReport{Count: g.count, Cut: g.cut}
	for _, a := range g.agents {
		a.Mean = (2*a.sum + a.Count) / (2 * a.Count)
		out.Agents = append(out.Agents, *a)
	}
	for _, q := range g.questions {
		if q.Asked > 0 {
			q.Mean = (2*1000*q.points + q.Asked*2520) / (2 * q.Asked * 2520)
		}
		out.Questions = append(out.Questions, *q)
	}
	slices.SortFunc(out.Agents, func(a, b AgentQuality) int { return cmp.Or(cmp.Compare(a.Mean, b.Mean), cmp.Compare(a.Agent, b.Agent)) })
	slices.SortFunc(out.Questions, func(a, b QuestionQuality) int {
		return cmp.Or(cmp.Compare(a.Form, b.Form), cmp.Compare(a.Mean, b.Mean), cmp.Compare(a.Key, b.Key))
	})
	return out
}
