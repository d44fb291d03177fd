package script

import (
	"slices"

	"waihu/internal/lang"
)

// Script is a version of what is said and asked.
type Script struct {
	Name     string  `plan:"script,required" json:"script" doc:"Name of the script, for people."`
	Language string  `plan:"language" json:"language,omitempty" doc:"Language where the lead names none: en, zh-Hant or zh-Hans; whichever a text has if absent."`
	Steps    []Step  `plan:"steps,required" json:"steps" doc:"The steps in their order. The first one begins; the last one ends the script."`
	Quotas   []Quota `plan:"quotas" json:"quotas,omitempty" doc:"How many people with which answers are wanted."`
}

// Step is a text, its questions, and where it goes on.
type Step struct {
	ID   string     `plan:"id,required" json:"id" doc:"Name of the step: small letters, digits and _."`
	Text lang.Text  `plan:"text" json:"text,omitzero" doc:"What the agent says. {name} is the lead's name, {name|you} says what stands there without one, {city} or another field of the list likewise, {answer:id} what was answered; {{ is a brace."`
	Ask  []Question `plan:"ask" json:"ask,omitempty" doc:"Questions of the step."`
	Next []Jump     `plan:"next" json:"next,omitempty" doc:"Where it goes on: the first that fits. Without one that fits, the next step."`
}

// Kind is what an answer is.
type Kind string

const (
	OneOf  Kind = "choice"  // one of the choices
	Some   Kind = "several" // any number of them
	YesNo  Kind = "yes_no"  // yes or no
	Number Kind = "number"  // a decimal
	Scale  Kind = "scale"   // a whole number from least to most
	Date   Kind = "date"    // 2026-11-26
	Text   Kind = "text"    // words
)

// Choices lists them.
func (Kind) Choices() []string {
	return []string{"choice", "several", "yes_no", "number", "scale", "date", "text"}
}

// Question is what is asked.
type Question struct {
	ID       string    `plan:"id,required" json:"id" doc:"Name of the answer, unique in the script: small letters, digits and _."`
	Label    lang.Text `plan:"label,required" json:"label" doc:"The question, as it is shown. Filled like the text of a step."`
	Kind     Kind      `plan:"kind,required" json:"kind" doc:"choice, several, yes_no, number, scale, date or text."`
	Choices  []Choice  `plan:"choices" json:"choices,omitempty" doc:"Of choice and several."`
	Required bool      `plan:"required" json:"required,omitempty" doc:"The script goes on only with an answer."`
	Least    string    `plan:"least" json:"least,omitempty" doc:"Smallest number, first date, or lower end of a scale."`
	Most     string    `plan:"most" json:"most,omitempty" doc:"Largest number, last date, or upper end of a scale."`
	When     []Test    `plan:"when" json:"when,omitempty" doc:"It is asked only where all of these hold."`
}

// Choice is one answer of a list.
type Choice struct {
	ID    string    `plan:"id,required" json:"id" doc:"What is kept: small letters, digits and _."`
	Label lang.Text `plan:"label,required" json:"label" doc:"What is shown."`
}

// Test is a condition on one answer or one field of the lead. Every part that is
// given must hold.
type Test struct {
	Answer  string   `plan:"answer" json:"answer,omitempty" doc:"Name of a question."`
	Field   string   `plan:"field" json:"field,omitempty" doc:"Or a field of the lead: name, city, language, owner, or a field of the list."`
	Is      []string `plan:"is" json:"is,omitempty" doc:"It is one of these; of several, one is among them."`
	Not     []string `plan:"not" json:"not,omitempty" doc:"It is given and none of these."`
	AtLeast string   `plan:"at_least" json:"at_least,omitempty" doc:"It is this number or date, or more."`
	Below   string   `plan:"below" json:"below,omitempty" doc:"It is less than this number, or before this date."`
	Given   string   `plan:"given" json:"given,omitempty" doc:"yes: there is one; no: there is none."`
}

// Jump is where a step goes on.
type Jump struct {
	When []Test `plan:"when" json:"when,omitempty" doc:"All of these must hold; without any it is always taken."`
	To   string `plan:"to" json:"to,omitempty" doc:"A step."`
	Most int    `plan:"most" json:"most,omitempty" doc:"Of a jump back: how often it is taken in a call, 1 to 20. Then it is passed over."`
	End  *End   `plan:"end" json:"end,omitempty" doc:"Or the end."`
}

// As is how a script ends.
type As string

const (
	Complete As = "complete" // all was asked
	Screened As = "screened" // they are none of those who are asked
	Refused  As = "refused"  // they do not want to
	Later    As = "later"    // another time
)

// Choices lists them.
func (As) Choices() []string { return []string{"complete", "screened", "refused", "later"} }

// End is how a script ends, and the disposition that is proposed to the agent.
type End struct {
	As          As     `plan:"as,required" json:"as" doc:"complete, screened, refused or later."`
	Disposition string `plan:"disposition" json:"disposition,omitempty" doc:"Code of the disposition that is proposed."`
}

// Quota is how many people with some answers are wanted.
type Quota struct {
	ID   string `plan:"id,required" json:"id" doc:"Name of the quota. Versions of a script that keep it go on counting."`
	When []Test `plan:"when" json:"when,omitempty" doc:"Whom it counts: answers only; without any, everybody."`
	Most int    `plan:"most,required" json:"most" doc:"How many are wanted; 0: nobody."`
	Full End    `plan:"full" json:"full,omitzero" doc:"How the script ends for who belongs to it once it is full; screened if absent."`
}

// Bounds of scripts. Texts and lists are counted in bytes.
const (
	MaxName      = 120
	MaxID        = 40
	MaxSteps     = 200
	MaxAsk       = 20  // questions of a step
	MaxQuestions = 300 // of a script
	MaxChoices   = 100
	MaxJumps     = 20
	MaxTests     = 10
	MaxWords     = 50    // of is and not
	MaxText      = 8_000 // of a text in one language
	MaxLabel     = 1_000
	MaxBack      = 20    // times a jump back is taken
	MaxPath      = 2_000 // steps of a path
	MaxQuotas    = 50
	MaxQuota     = 1_000_000
	MaxPoints    = 101   // of a scale
	MaxAnswer    = 2_000 // of an answer in words
)

// Question finds one by its name, with the place of its step; nil: there is none.
func (s *Script) Question(name string) (*Question, int) {
	for i := range s.Steps {
		for j := range s.Steps[i].Ask {
			if q := &s.Steps[i].Ask[j]; q.ID == name {
				return q, i
			}
		}
	}
	return nil, -1
}

// Questions are all of them in their order.
func (s *Script) Questions() (out []*Question) {
	for i := range s.Steps {
		for j := range s.Steps[i].Ask {
			out = append(out, &s.Steps[i].Ask[j])
		}
	}
	return out
}

// Step finds one by its name; nil: there is none.
func (s *Script) Step(name string) *Step {
	if i := s.step(name); i >= 0 {
		return &s.Steps[i]
	}
	return nil
}

// step is the place of a step, -1 if there is none.
func (s *Script) step(name string) int {
	for i := range s.Steps {
		if s.Steps[i].ID == name {
			return i
		}
	}
	return -1
}

// Quota finds one; nil: there is none.
func (s *Script) Quota(name string) *Quota {
	for i := range s.Quotas {
		if s.Quotas[i].ID == name {
			return &s.Quotas[i]
		}
	}
	return nil
}

// Tag is the language a lead is spoken to in: their own if they name one, else the
// script's.
func (s *Script) Tag(language string) lang.Tag {
	for _, l := range []string{language, s.Language} {
		if tag, err := lang.ParseTag(l); err == nil {
			return tag
		}
	}
	return lang.English
}

// Dispositions are the codes its ends propose, each once.
func (s *Script) Dispositions() (out []string) {
	add := func(e *End) {
		if e != nil && e.Disposition != "" && !slices.Contains(out, e.Disposition) {
			out = append(out, e.Disposition)
		}
	}
	for i := range s.Steps {
		for j := range s.Steps[i].Next {
			add(s.Steps[i].Next[j].End)
		}
	}
	for i := range s.Quotas {
		add(&s.Quotas[i].Full)
	}
	return out
}
