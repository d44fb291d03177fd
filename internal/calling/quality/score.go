package quality

import (
	"strconv"
	"unicode/utf8"

	"waihu/internal/fault"
)

// MaxComment bounds what an inspector writes about one answer, in characters.
const MaxComment = 1000

// Answer is what an inspector found.
type Answer struct {
	Key     string `json:"key"`
	Points  int    `json:"points"`       // earned
	NA      bool   `json:"na,omitempty"` // it does not apply
	Comment string `json:"comment,omitempty"`
	At      *int64 `json:"at_ms,omitempty"` // where in the recording it is heard
}

// Score is what the answers come to. Shares are tenths of a percent.
type Score struct {
	Total    int      `json:"total"`
	Passed   bool     `json:"passed"`
	Fatal    []string `json:"fatal,omitempty"` // keys of the fatal errors
	Sections []*int   `json:"sections"`        // by section; nil: nothing of it applies, or it has no weight
}

// whole is what every share of points is a whole part of: the least common multiple
// of 1 to MaxPoints.
const whole = 2520

// Score counts answers by the form. Each question is answered once; what is missing,
// unknown or beyond its points is told, all of it.
func (f *Form) Score(answers []Answer, length int64) (out Score, err error) {
	given, problems := f.read(answers, length)
	if problems.Err() != nil {
		return out, problems
	}
	total := part{}
	for i := range f.Sections {
		of := part{}
		for j := range f.Sections[i].Questions {
			q := &f.Sections[i].Questions[j]
			a := given[q.Key]
			if a.NA {
				continue
			}
			if of.add(q.Weight, a.Points*whole/q.Points); q.Fatal && a.Points == 0 {
				out.Fatal = append(out.Fatal, q.Key)
			}
		}
		total.earned, total.weight = total.earned+of.earned, total.weight+of.weight
		out.Sections = append(out.Sections, of.tenths())
	}
	switch share := total.tenths(); {
	case share == nil:
		return out, fault.New(fault.Invalid, "nothing of the form applies to the call: there is no score")
	case len(out.Fatal) == 0:
		out.Total = *share
	}
	out.Passed = len(out.Fatal) == 0 && out.Total >= 10*f.Pass
	return out, nil
}

// read puts the answers by their keys and tells what is wrong with them.
func (f *Form) read(answers []Answer, length int64) (map[string]Answer, fault.Problems) {
	given, problems := map[string]Answer{}, fault.Problems{}
	bad := func(key, what, expected string) {
		problems = append(problems, fault.Problem{Path: key, What: what, Expected: expected})
	}
	for _, a := range answers {
		q, known := f.Question(a.Key)
		_, twice := given[a.Key]
		switch {
		case !known:
			bad(a.Key, "the form has no such question", "a key of the form")
		case twice:
			bad(a.Key, "it is answered twice", "one answer")
		case a.NA && !q.NA:
			bad(a.Key, "this question always applies", "points")
		case !a.NA && (a.Points < 0 || a.Points > q.Points):
			bad(a.Key, "so many points it does not have", "0 to "+strconv.Itoa(q.Points))
		case utf8.RuneCountInString(a.Comment) > MaxComment:
			bad(a.Key, "the comment is too long", "at most 1000 characters")
		case a.At != nil && (*a.At < 0 || *a.At > length):
			bad(a.Key, "the place is not in the recording", "a time within it")
		}
		given[a.Key] = a
	}
	for i := range f.Sections {
		for j := range f.Sections[i].Questions {
			if key := f.Sections[i].Questions[j].Key; given[key].Key == "" {
				bad(key, "it is not answered", "points, or that it does not apply where it may")
			}
		}
	}
	return given, problems
}

// part is what some questions earned of their weight.
type part struct{ earned, weight int }

func (p *part) add(weight, share int) {
	p.earned, p.weight = p.earned+weight*share, p.weight+weight
}

// tenths is the share in tenths of a percent, rounded half up; nil: no weight.
func (p *part) tenths() *int {
	if p.weight == 0 {
		return nil
	}
	n := (2*1000*p.earned + p.weight*whole) / (2 * p.weight * whole)
	return &n
}

func pathOf(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
