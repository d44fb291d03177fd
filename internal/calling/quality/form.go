package quality

import (
	"unicode/utf8"

	"waihu/internal/fault"
)

// Bounds of a form.
const (
	MaxSections  = 20
	MaxQuestions = 100 // in all sections
	MaxPoints    = 10  // of a question
	MaxWeight    = 100
	MaxText      = 300 // characters of a name, a question or a hint
)

// Form is a version of a score form.
type Form struct {
	Name     string    `json:"name"`
	Version  int       `json:"version"`
	Pass     int       `json:"pass"` // percent from which a call has passed
	Sections []Section `json:"sections"`
}

// Section is questions about one thing.
type Section struct {
	Name      string     `json:"name"`
	Questions []Question `json:"questions"`
}

// Question is one thing that is looked at. One of a single point is answered by yes or
// no, one of more by how many of them the call earned.
type Question struct {
	Key    string `json:"key"` // small letters, digits and _; unique in the form, kept by later versions
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`  // what deserves which answer
	Points int    `json:"points"`          // 1 to MaxPoints
	Weight int    `json:"weight"`          // 0 to MaxWeight; of a fatal one it may be nought
	NA     bool   `json:"na,omitempty"`    // it may not apply
	Fatal  bool   `json:"fatal,omitempty"` // no point at all makes the whole score nought
}

// Check tells every problem of a form.
func (f *Form) Check() (out fault.Problems) {
	bad := func(path, what, expected string) {
		out = append(out, fault.Problem{Path: path, What: what, Expected: expected})
	}
	if !named(f.Name) {
		bad("name", "the form has no name, or too long a one", "1 to 300 characters")
	}
	if f.Pass < 0 || f.Pass > 100 {
		bad("pass", "the percentage to pass is none", "0 to 100")
	}
	if len(f.Sections) == 0 || len(f.Sections) > MaxSections {
		bad("sections", "a form has 1 to 20 sections", "")
	}
	seen, weight, count := map[string]bool{}, 0, 0
	for i := range f.Sections {
		s := &f.Sections[i]
		at := pathOf("sections", i)
		if !named(s.Name) {
			bad(at+".name", "the section has no name, or too long a one", "1 to 300 characters")
		}
		if len(s.Questions) == 0 {
			bad(at+".questions", "the section has no question", "at least one")
		}
		for j := range s.Questions {
			q := &s.Questions[j]
			q.check(pathOf(at+".questions", j), seen, bad)
			weight, count = weight+q.Weight, count+1
		}
	}
	if count > MaxQuestions {
		bad("sections", "the form has too many questions", "at most 100")
	}
	if count > 0 && weight == 0 {
		bad("sections", "no question has a weight: every score would be nought", "at least one weight above 0")
	}
	return out
}

// check tells what is wrong with a question.
func (q *Question) check(at string, seen map[string]bool, bad func(path, what, expected string)) {
	if !keyed(q.Key) {
		bad(at+".key", "the key of a question is none", "1 to 40 small letters, digits and _")
	} else if seen[q.Key] {
		bad(at+".key", "another question has this key", "each key once")
	}
	seen[q.Key] = true
	if !named(q.Text) {
		bad(at+".text", "the question has no text, or too long a one", "1 to 300 characters")
	}
	if utf8.RuneCountInString(q.Hint) > MaxText {
		bad(at+".hint", "the hint is too long", "at most 300 characters")
	}
	if q.Points < 1 || q.Points > MaxPoints {
		bad(at+".points", "the points of a question are none", "1 (yes or no) to 10")
	}
	if q.Weight < 0 || q.Weight > MaxWeight || q.Weight == 0 && !q.Fatal {
		bad(at+".weight", "the weight of a question is none", "1 to 100; 0 for one that is fatal only")
	}
}

// named tells whether a text can be a name.
func named(s string) bool { return s != "" && utf8.RuneCountInString(s) <= MaxText }

// keyed tells whether a text can be a key.
func keyed(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// Question finds one by its key.
func (f *Form) Question(key string) (*Question, bool) {
	for i := range f.Sections {
		for j := range f.Sections[i].Questions {
			if q := &f.Sections[i].Questions[j]; q.Key == key {
				return q, true
			}
		}
	}
	return nil, false
}
