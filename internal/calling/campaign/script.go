package campaign

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"waihu/internal/fault"
)

// Script is what an agent says, step by step. The first step begins.
type Script struct {
	Steps []Step `json:"steps,omitempty"`
}

// Step is a text and where the answers lead. {name} and {a field's name} in the
// text stand for the lead's own.
type Step struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Ask     []string `json:"ask,omitempty"` // fields of the form shown with it
	Answers []Answer `json:"answers,omitempty"`
}

// Answer is a button below a step.
type Answer struct {
	Text        string `json:"text"`
	To          string `json:"to,omitempty"`          // a step
	Disposition string `json:"disposition,omitempty"` // or the end, with this code
}

// Field is one question of the form.
type Field struct {
	Name     string         `json:"name"`
	Label    string         `json:"label"`
	Kind     string         `json:"kind"` // text, number, date, choice, choices, yes_no
	Choices  []string       `json:"choices,omitempty"`
	Required bool           `json:"required,omitempty"`
	Quotas   map[string]int `json:"quotas,omitempty"` // of a choice: answers that are wanted
}

// Bounds of scripts and forms.
const (
	MaxSteps   = 200
	MaxAnswers = 12
	MaxFields  = 200
	MaxChoices = 100
	MaxText    = 8000 // bytes of a step
)

var fieldKinds = []string{"text", "number", "date", "choice", "choices", "yes_no"}

func (s *Script) problems(path string, form []Field, known func(code string) bool) (ps fault.Problems) {
	bad := func(at, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path + at, Value: value, What: what, Expected: expected})
	}
	if len(s.Steps) > MaxSteps {
		bad(".steps", fmt.Sprint(len(s.Steps)), "there are too many", fmt.Sprintf("at most %d", MaxSteps))
		return ps
	}
	steps := map[string]bool{}
	for i, st := range s.Steps {
		if st.ID == "" || len(st.ID) > MaxName || steps[st.ID] {
			bad(fmt.Sprintf(".steps[%d].id", i), st.ID, "a step needs a name of its own", "each name once")
		}
		steps[st.ID] = true
	}
	for i, st := range s.Steps {
		at := fmt.Sprintf(".steps[%d]", i)
		if st.Text == "" || len(st.Text) > MaxText {
			bad(at+".text", st.Text, "a text is missing or long", fmt.Sprintf("1 to %d bytes", MaxText))
		}
		for j, name := range st.Ask {
			if !slices.ContainsFunc(form, func(f Field) bool { return f.Name == name }) {
				bad(fmt.Sprintf("%s.ask[%d]", at, j), name, "the form has no such field", "the name of a field")
			}
		}
		if len(st.Answers) > MaxAnswers {
			bad(at+".answers", fmt.Sprint(len(st.Answers)), "there are too many", fmt.Sprintf("at most %d", MaxAnswers))
		}
		for j, a := range st.Answers {
			here := fmt.Sprintf("%s.answers[%d]", at, j)
			switch {
			case a.Text == "" || utf8.RuneCountInString(a.Text) > MaxName:
				bad(here+".text", a.Text, "a text is missing or long", fmt.Sprintf("1 to %d characters", MaxName))
			case (a.To == "") == (a.Disposition == ""):
				bad(here, a.Text, "an answer leads to a step or to a disposition", "one of the two")
			case a.To != "" && !steps[a.To]:
				bad(here+".to", a.To, "there is no such step", "the id of a step")
			case a.Disposition != "" && !known(a.Disposition):
				bad(here+".disposition", a.Disposition, "there is no such disposition", "the code of one")
			}
		}
	}
	return ps
}

func formProblems(form []Field, path string) (ps fault.Problems) {
	bad := func(at, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path + at, Value: value, What: what, Expected: expected})
	}
	if len(form) > MaxFields {
		bad("", fmt.Sprint(len(form)), "there are too many fields", fmt.Sprintf("at most %d", MaxFields))
		return ps
	}
	names := map[string]bool{}
	for i, f := range form {
		at := fmt.Sprintf("[%d]", i)
		if f.Name == "" || utf8.RuneCountInString(f.Name) > MaxName || names[f.Name] {
			bad(at+".name", f.Name, "a field needs a name of its own", "each name once")
		}
		names[f.Name] = true
		if f.Label == "" || len(f.Label) > MaxText {
			bad(at+".label", f.Label, "a label is missing or long", fmt.Sprintf("1 to %d bytes", MaxText))
		}
		if !slices.Contains(fieldKinds, f.Kind) {
			bad(at+".kind", f.Kind, "there is no such kind", fmt.Sprint(fieldKinds))
		}
		if choice := f.Kind == "choice" || f.Kind == "choices"; choice != (len(f.Choices) > 0) || len(f.Choices) > MaxChoices {
			bad(at+".choices", fmt.Sprint(len(f.Choices)), "choices belong to a choice, and to nothing else", fmt.Sprintf("1 to %d of them", MaxChoices))
		}
		for q, n := range f.Quotas {
			if !slices.Contains(f.Choices, q) || n < 0 {
				bad(at+".quotas", q, "a quota is of one of the choices, and not below 0", "one of the choices")
			}
		}
	}
	return ps
}
