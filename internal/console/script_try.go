package console

import (
	"strings"

	"waihu/internal/calling/script"
)

// tryShown is what an agent sees of a script, with made-up words of a lead.
type tryShown struct {
	Wrong    bool // the script cannot be tried as it is
	Step     string
	Text     string
	Asks     []tryAsk
	Before   []tryAnswer
	Moves    int
	Over     bool
	End      string
	Code     string
	Missing  string
	Progress int
	Kept     []option // answers of other steps, sent along
}

// tryAsk is a question as it is asked.
type tryAsk struct {
	ID, Label, Kind, Value, Hint string
	Values                       []option // of choices
	Required                     bool
}

// tryAnswer is an answer that was given before.
type tryAnswer struct{ Label, Answer string }

// tryField begins the fields of answers that are tried.
const tryField = "try."

// try walks the script of the form with the answers beside it. Nothing of it is kept.
func (v *visit) try(b *scriptBody) *tryShown {
	f := b.Form
	out := &tryShown{}
	kept := b.Problems
	_, s := b.written(v)
	found := b.Problems
	if v.r.Method == "GET" { // nothing was sent that could be wrong
		b.Problems = kept
	}
	if s == nil || found.Err() != nil || len(s.Steps) == 0 {
		out.Wrong = true
		return out
	}
	tag := f.tongue(s)
	fields := v.sampleFields()
	moves := f.rows("try", script.MaxPath)
	switch f.Value("try.do") {
	case "next":
		moves++
	case "back":
		moves--
	case "again":
		moves = 0
	}
	never := func(string) bool { return false }
	sheet := &script.Sheet{}
	run, err := s.Replay(sheet, fields, never)
	for err == nil && len(sheet.Moves) < moves && !run.IsOver() {
		sheet.Moves = append(sheet.Moves, script.Move{Step: run.At, Answers: f.tried(s, run.At)})
		next, bad := s.Replay(sheet, fields, never)
		if bad != nil { // an answer is missing or wrong: it stays where it stands
			sheet.Moves = sheet.Moves[:len(sheet.Moves)-1]
			out.Missing = v.say("scripts.missing")
			break
		}
		run = next
	}
	if err != nil {
		out.Wrong = true
		return out
	}
	for _, q := range s.Questions() {
		if run.IsOver() || !asksIn(s, run.At, q.ID) {
			for _, word := range f.Values[tryField+q.ID] {
				out.Kept = append(out.Kept, option{"name": tryField + q.ID, "value": word})
			}
		}
	}
	out.Moves, out.Progress = len(sheet.Moves), (len(run.Path)-1)*100/max(len(s.Steps), 1)
	for _, q := range s.Questions() {
		if words := run.Answers[q.ID]; len(words) > 0 && (run.IsOver() || !asksIn(s, run.At, q.ID)) {
			out.Before = append(out.Before, tryAnswer{script.Fill(q.Label.In(tag), fields, run.Answers), answerWords(q, words, v, f)})
		}
	}
	if run.IsOver() {
		out.Over, out.End, out.Code, out.Progress = true, v.say("scripts.end_"+string(run.End.As)), run.End.Disposition, 100
		return out
	}
	step := s.Step(run.At)
	out.Step, out.Text = step.ID, script.Fill(step.Text.In(tag), fields, run.Answers)
	open := f.tried(s, run.At)
	for i := range step.Ask {
		q := &step.Ask[i]
		if !s.Asks(q, fields, run.Answers, open) {
			continue
		}
		ask := tryAsk{ID: q.ID, Label: script.Fill(q.Label.In(tag), fields, run.Answers), Kind: string(q.Kind), Value: f.Value(tryField + q.ID), Required: q.Required}
		for _, value := range q.Values() {
			ask.Values = append(ask.Values, option{"value": value, "label": answerWords(q, []string{value}, v, f), "on": f.Has(tryField+q.ID, value)})
		}
		out.Asks = append(out.Asks, ask)
	}
	return out
}

// sampleFields are the words of a lead that nobody is.
func (v *visit) sampleFields() map[string]string {
	return map[string]string{"name": v.say("scripts.sample_name"), "agent": v.say("scripts.sample_agent"), "campaign": v.say("scripts.sample_campaign")}
}

func asksIn(s *script.Script, step, question string) bool {
	_, at := s.Question(question)
	return at >= 0 && s.Steps[at].ID == step
}

// tried are the answers of a step that the form has.
func (f *form) tried(s *script.Script, step string) script.Answers {
	out := script.Answers{}
	for i := range s.Step(step).Ask {
		q := &s.Step(step).Ask[i]
		for _, word := range f.Values[tryField+q.ID] {
			if word = strings.TrimSpace(word); word != "" {
				out[q.ID] = append(out[q.ID], word)
			}
		}
	}
	return out
}

// answerWords is an answer as it is shown.
func answerWords(q *script.Question, words []string, v *visit, f *form) string {
	var out []string
	for _, word := range words {
		shown := word
		for i := range q.Choices {
			if q.Choices[i].ID == word {
				shown = q.Choices[i].Label.In(f.tongue(&script.Script{}))
			}
		}
		if q.Kind == script.YesNo {
			shown = v.say("scripts.yn_" + word)
		}
		out = append(out, shown)
	}
	return strings.Join(out, ", ")
}
