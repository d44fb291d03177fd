package script

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

func said(s string) lang.Text { return lang.Text{En: s} }

// survey asks who somebody is, goes round once or twice, and counts by answers.
func survey() *Script {
	return &Script{Name: "Survey", Steps: []Step{
		{ID: "hello", Text: said("Good day {name|friend}."), Ask: []Question{{ID: "may", Label: said("May I?"), Kind: YesNo, Required: true}},
			Next: []Jump{{When: []Test{{Answer: "may", Is: []string{"no"}}}, End: &End{As: Refused, Disposition: "not_interested"}}}},
		{ID: "who", Text: said("First about you."), Ask: []Question{
			{ID: "age", Label: said("How old?"), Kind: Number, Required: true, Least: "0", Most: "120"},
			{ID: "sex", Label: said("?"), Kind: OneOf, Choices: []Choice{{ID: "f", Label: said("f")}, {ID: "m", Label: said("m")}}},
			{ID: "school", Label: said("Which school?"), Kind: Text, When: []Test{{Answer: "age", Below: "18"}}}},
			Next: []Jump{{When: []Test{{Field: "city", Is: []string{"Taipei"}}}, To: "last"}}},
		{ID: "again", Text: said("Shall I say it again?"), Ask: []Question{{ID: "repeat", Label: said("Again?"), Kind: YesNo}},
			Next: []Jump{{When: []Test{{Answer: "repeat", Is: []string{"yes"}}}, To: "again", Most: 2}}},
		{ID: "last", Text: said("You are {answer:age}."), Ask: []Question{{ID: "score", Label: said("How good?"), Kind: Scale, Least: "1", Most: "5"}, {ID: "seen", Label: said("Seen?"), Kind: Some,
			Choices: []Choice{{ID: "tv", Label: said("tv")}, {ID: "web", Label: said("web")}}}}},
	}, Quotas: []Quota{{ID: "old_women", When: []Test{{Answer: "age", AtLeast: "60"}, {Answer: "sex", Is: []string{"f"}}}, Most: 1}, {ID: "all", Most: 100}}}
}

func TestASurvey(t *testing.T) {
	s := survey()
	if ps := s.Validate(); len(ps) != 0 {
		t.Fatal(ps)
	}
	moves := []Move{
		{Step: "hello", Answers: Answers{"may": {"yes"}}},
		{Step: "who", Answers: Answers{"age": {"070.0"}, "sex": {"f"}, "school": {"not asked at 70"}}},
		{Step: "again", Answers: Answers{"repeat": {"yes"}}},
		{Step: "again", Answers: Answers{"repeat": {"yes"}}},
		{Step: "again", Answers: Answers{"repeat": {"yes"}}}, // the third time it is passed over
		{Step: "last", Answers: Answers{"seen": {"web", "tv"}}},
	}
	r, err := s.Replay(&Sheet{Moves: moves}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.IsOver() || r.End.As != Complete || fmt.Sprint(r.Path) != "[hello who again again again last]" || fmt.Sprint(r.Quotas) != "[all old_women]" {
		t.Errorf("%+v", r)
	}
	if fmt.Sprint(r.Answers) != "map[age:[70] may:[yes] repeat:[yes] seen:[tv web] sex:[f]]" {
		t.Errorf("%v", r.Answers)
	}
	if r, err = s.Replay(&Sheet{Moves: moves[:2]}, nil, func(q string) bool { return q == "old_women" }); err != nil || r.Full != "old_women" || r.End.As != Screened || !r.IsOver() {
		t.Errorf("a full quota: %+v, %v", r, err)
	}
	if r, err = s.Replay(&Sheet{Moves: moves[:2], Open: nil}, map[string]string{"city": "Taipei"}, nil); err != nil || r.At != "last" {
		t.Errorf("by a field: %+v, %v", r, err)
	}
	if r, err = s.Replay(&Sheet{Open: Answers{}}, nil, nil); err != nil || r.At != "hello" || fmt.Sprint(r.Missing) != "[may]" {
		t.Errorf("at the beginning: %+v, %v", r, err)
	}
	if r, err = s.Replay(&Sheet{Moves: []Move{{Step: "hello", Answers: Answers{"may": {"no"}}}}}, nil, nil); err != nil || r.End.Disposition != "not_interested" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestASheetThatDoesNotFit is refused with its place.
func TestASheetThatDoesNotFit(t *testing.T) {
	yes := Move{Step: "hello", Answers: Answers{"may": {"yes"}}}
	for path, sheet := range map[string]Sheet{
		"moves[0].step":        {Moves: []Move{{Step: "who"}}},
		"moves[0].answers.may": {Moves: []Move{{Step: "hello"}}},
		"moves[0].answers.zip": {Moves: []Move{{Step: "hello", Answers: Answers{"may": {"yes"}, "zip": {"1"}}}}},
		"moves[1].answers.age": {Moves: []Move{yes, {Step: "who", Answers: Answers{"age": {"130"}}}}},
		"moves[1].answers.sex": {Moves: []Move{yes, {Step: "who", Answers: Answers{"age": {"13"}, "sex": {"f", "m"}}}}},
		"open.age":             {Moves: []Move{yes}, Open: Answers{"age": {"old"}}},
		"open":                 {Moves: []Move{{Step: "hello", Answers: Answers{"may": {"no"}}}}, Open: Answers{"age": {"1"}}},
		"moves[1].step":        {Moves: []Move{{Step: "hello", Answers: Answers{"may": {"no"}}}, yes}},
		"moves[4].step":        {Moves: []Move{yes, {Step: "who", Answers: Answers{"age": {"3"}}}, {Step: "again"}, {Step: "last"}, yes}},
	} {
		_, err := survey().Replay(&sheet, nil, nil)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), path+":") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestValidateFindsEverything, each with its place.
func TestValidateFindsEverything(t *testing.T) {
	for path, change := range map[string]func(*Script){
		"script":                         func(s *Script) { s.Name = "" },
		"language":                       func(s *Script) { s.Language = "eo" },
		"steps":                          func(s *Script) { s.Steps = nil },
		"steps[1].id":                    func(s *Script) { s.Steps[1].ID = "hello" },
		"steps[1].ask[0].id":             func(s *Script) { s.Steps[1].Ask[0].ID = "may" },
		"steps[0].text":                  func(s *Script) { s.Steps[0].Text = said("{name") },
		"steps[3].text":                  func(s *Script) { s.Steps[3].Text = lang.Text{Hant: "{answer:weight}"} },
		"steps[0].ask[0].kind":           func(s *Script) { s.Steps[0].Ask[0].Kind = "colour" },
		"steps[1].ask[1].choices":        func(s *Script) { s.Steps[1].Ask[1].Choices = nil },
		"steps[1].ask[0].most":           func(s *Script) { s.Steps[1].Ask[0].Most = "-1" },
		"steps[3].ask[0].least":          func(s *Script) { s.Steps[3].Ask[0].Least = "" },
		"steps[1].ask[2].when[0].answer": func(s *Script) { s.Steps[1].Ask[2].When[0].Answer = "school" },
		"steps[0].next[0].when[0].is":    func(s *Script) { s.Steps[0].Next[0].When[0].Is = []string{"maybe"} },
		"steps[0].next[0].end.as":        func(s *Script) { s.Steps[0].Next[0].End.As = "x" },
		"steps[1].next[0].to":            func(s *Script) { s.Steps[1].Next[0].To = "nowhere" },
		"steps[2].next[0].most":          func(s *Script) { s.Steps[2].Next[0].Most = 0 },
		"steps[2].next[1]":               func(s *Script) { s.Steps[2].Next = append([]Jump{{To: "last"}}, s.Steps[2].Next...) },
		"steps[2].id": func(s *Script) {
			s.Steps[1].Next = []Jump{{To: "last"}}
		},
		"quotas[0].when[0].answer": func(s *Script) { s.Quotas[0].When[0].Answer = "weight" },
		"quotas[0].when[1]":        func(s *Script) { s.Quotas[0].When[1] = Test{Field: "city", Is: []string{"x"}} },
	} {
		s := survey()
		change(s)
		ps := s.Validate()
		if !slices.ContainsFunc(ps, func(p fault.Problem) bool { return p.Path == path && p.What != "" && p.Expected != "" }) {
			t.Errorf("%s is not among %v", path, ps)
		}
	}
}

// TestNoPathIsEndless: scripts made at random that Validate lets pass end for
// whatever is answered, within their bound.
func TestNoPathIsEndless(t *testing.T) {
	walked := 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 64))
		s := &Script{Name: "x"}
		n := 1 + r.IntN(8)
		for i := range n {
			q := fmt.Sprintf("q%d", i)
			st := Step{ID: fmt.Sprintf("s%d", i), Ask: []Question{{ID: q, Label: said("?"), Kind: YesNo}}}
			for range r.IntN(3) {
				j := Jump{When: []Test{{Answer: q, Is: []string{"yes"}}}, To: fmt.Sprintf("s%d", r.IntN(n))}
				if s := j.To; s <= st.ID && r.IntN(20) > 0 {
					j.Most = 1 + r.IntN(3)
				}
				st.Next = append(st.Next, j)
			}
			s.Steps = append(s.Steps, st)
		}
		if s.Validate() != nil {
			continue
		}
		walked++
		sheet := Sheet{}
		for {
			run, err := s.Replay(&sheet, nil, nil)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if run.IsOver() {
				break
			}
			if len(sheet.Moves) > MaxPath {
				t.Fatalf("seed %d: it goes on for ever: %+v", seed, s)
			}
			m := Move{Step: run.At}
			if r.IntN(8) > 0 {
				m.Answers = Answers{"q" + run.At[1:]: {[]string{"yes", "no"}[r.IntN(2)]}}
			}
			sheet.Moves = append(sheet.Moves, m)
		}
	}
	if walked < 50 {
		t.Errorf("only %d scripts were walked", walked)
	}
}

func TestFill(t *testing.T) {
	l := &lead.Lead{Name: "Li\n{city}\u202e", Fields: map[string]string{"name": "another", "Car type": "red"}}
	f := Fields(l, "wu", "")
	got := Fill("Hello {name}, your {Car type} car. {agent} of {campaign|us}; {city}; {answer:seen}. {{x}", f, Answers{"seen": {"tv", "web"}})
	if got != "Hello Li {city}, your red car. wu of us; —; tv, web. {x}" {
		t.Error(got)
	}
	if n := len([]rune(Fill("{name}", map[string]string{"name": strings.Repeat("x", 5_000)}, nil))); n != 201 {
		t.Errorf("%d runes", n)
	}
}

// TestTally counts each kind of question.
func TestTally(t *testing.T) {
	var c Tally
	c.Know(survey())
	c.Add(Answers{"may": {"yes"}, "age": {"20"}, "seen": {"tv", "web"}, "score": {"5"}, "gone": {"x"}}, Complete)
	c.Add(Answers{"may": {"no"}, "age": {"30.5"}, "score": {"4"}}, "")
	by := map[string]*Counted{}
	for i := range c.Questions {
		by[c.Questions[i].Question.ID] = &c.Questions[i]
	}
	if c.Sheets != 2 || c.Ends[Complete] != 1 || by["age"].Mean().String() != "25.25" || by["age"].Most.String() != "30.5" || by["seen"].Given != 1 {
		t.Errorf("%+v", c)
	}
	if words, counts := by["score"].Counts(); fmt.Sprint(words, counts) != "[1 2 3 4 5] [0 0 0 1 1]" {
		t.Error(words, counts)
	}
}
