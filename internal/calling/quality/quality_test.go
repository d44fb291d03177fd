package quality

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/id"
)

func form() *Form {
	return &Form{Name: "Sales", Version: 1, Pass: 80, Sections: []Section{
		{"Opening", []Question{{Key: "greets", Text: "Greets", Points: 1, Weight: 10}, {Key: "notice", Text: "Says that it is recorded", Points: 1, Fatal: true}}},
		{"Needs", []Question{{Key: "asks", Text: "Asks", Points: 3, Weight: 20, NA: true}, {Key: "listens", Text: "Listens", Points: 7, Weight: 10}}},
	}}
}

func answers(greets, notice, asks, listens int) []Answer {
	return []Answer{{Key: "greets", Points: greets}, {Key: "notice", Points: notice}, {Key: "asks", Points: max(asks, 0), NA: asks < 0}, {Key: "listens", Points: listens}}
}

// TestWhatAnswersComeTo: shares by weight, rounded half up once; what does not apply
// counts for nothing; a fatal error makes it nought and says which.
func TestWhatAnswersComeTo(t *testing.T) {
	f := form()
	if problems := f.Check(); problems.Err() != nil {
		t.Fatal(problems)
	}
	for name, x := range map[string]struct {
		answers []Answer
		want    string
	}{
		"all":        {answers(1, 1, 3, 7), "1000 true [] [1000 1000]"},
		"some":       {answers(1, 1, 2, 3), "690 false [] [1000 587]"},  // (10 + 20*2/3 + 10*3/7) / 40
		"not asked":  {answers(1, 1, -1, 4), "786 false [] [1000 571]"}, // (10 + 10*4/7) / 20
		"fatal":      {answers(1, 0, 3, 7), "0 false [notice] [1000 1000]"},
		"just there": {answers(1, 1, 3, 2), "821 true [] [1000 762]"},
	} {
		s, err := f.Score(x.answers, 1000)
		if err != nil {
			t.Fatal(name, err)
		}
		sections := make([]int, 0, 2)
		for _, n := range s.Sections {
			sections = append(sections, *n)
		}
		if got := fmt.Sprint(s.Total, " ", s.Passed, " ", s.Fatal, " ", sections); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

// TestAnswersThatAreWrong are told, every one of them.
func TestAnswersThatAreWrong(t *testing.T) {
	late := int64(1001)
	for want, list := range map[string][]Answer{
		"not answered":         answers(1, 1, 1, 1)[:3],
		"no such question":     append(answers(1, 1, 1, 1), Answer{Key: "dances"}),
		"answered twice":       append(answers(1, 1, 1, 1), Answer{Key: "greets"}),
		"so many points":       answers(2, 1, 1, 1),
		"always applies":       {{Key: "greets", NA: true}, {Key: "notice", Points: 1}, {Key: "asks"}, {Key: "listens"}},
		"too long":             append(answers(1, 1, 1, 1)[:3], Answer{Key: "listens", Comment: strings.Repeat("a", MaxComment+1)}),
		"not in the recording": append(answers(1, 1, 1, 1)[:3], Answer{Key: "listens", At: &late}),
	} {
		if _, err := form().Score(list, 1000); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	only := &Form{Name: "n", Sections: []Section{{"s", []Question{{Key: "a", Text: "a", Points: 1, Weight: 1, NA: true}}}}}
	if _, err := only.Score([]Answer{{Key: "a", NA: true}}, 0); fault.KindOf(err) != fault.Invalid {
		t.Error("nothing applies, and there is a score")
	}
}

// TestFormsThatAreWrong are told with the place of each problem.
func TestFormsThatAreWrong(t *testing.T) {
	for want, change := range map[string]func(*Form){
		"name":                            func(f *Form) { f.Name = "" },
		"pass":                            func(f *Form) { f.Pass = 101 },
		"sections":                        func(f *Form) { f.Sections = nil },
		"sections[0].name":                func(f *Form) { f.Sections[0].Name = strings.Repeat("a", 301) },
		"sections[0].questions":           func(f *Form) { f.Sections[0].Questions = nil },
		"sections[0].questions[0].key":    func(f *Form) { f.Sections[0].Questions[0].Key = "A b" },
		"sections[1].questions[0].key":    func(f *Form) { f.Sections[1].Questions[0].Key = "greets" },
		"sections[1].questions[0].text":   func(f *Form) { f.Sections[1].Questions[0].Text = "" },
		"sections[1].questions[0].hint":   func(f *Form) { f.Sections[1].Questions[0].Hint = strings.Repeat("a", 301) },
		"sections[1].questions[0].points": func(f *Form) { f.Sections[1].Questions[0].Points = 11 },
		"sections[1].questions[0].weight": func(f *Form) { f.Sections[1].Questions[0].Weight = 0 },
	} {
		f := form()
		change(f)
		if problems := f.Check(); len(problems) == 0 || problems[0].Path != want {
			t.Errorf("%s: %v", want, problems)
		}
	}
}

// calls are so many of each of some agents; the n-th is n seconds long.
func calls(count int, agents ...string) (out []Candidate) {
	for i, a := range agents {
		for n := range count {
			c := Candidate{Recording: id.ID{byte(i + 1), byte(n)}, Agent: a, Seconds: int64(n), Disposition: "NI"}
			if n%10 == 0 {
				c.Disposition = "SALE"
			}
			out = append(out, c)
		}
	}
	return out
}

// TestADrawIsFairAndTheSameAgain: as many of each agent, quotas first, whatever the order
// of the calls; drawing again adds only what is missing; another seed draws others.
func TestADrawIsFairAndTheSameAgain(t *testing.T) {
	rule := Rule{PerAgent: 5, Least: 10, Quotas: []Quota{{Name: "long", Count: 2, Least: 80}, {Name: "sales", Count: 1, Dispositions: []string{"SALE"}}}}
	all := calls(100, "ann", "bob", "cid")
	first, err := rule.Draw("2026-W10", all)
	if err != nil || len(first) != 15 {
		t.Fatal(len(first), err)
	}
	per := map[string]int{}
	for _, d := range first {
		per[d.Agent+" "+d.Why.Quota]++
		if d.Recording[1] < 10 || d.Why.Quota == "long" && (d.Recording[1] < 80 || d.Why.Of != 20) || d.Why.Calls != 90 || d.Why.Place < 1 {
			t.Errorf("%+v", d)
		}
	}
	for _, a := range []string{"ann", "bob", "cid"} {
		if per[a+" long"] != 2 || per[a+" sales"] != 1 || per[a+" "] != 2 {
			t.Errorf("%v", per)
		}
	}
	shuffled := calls(100, "ann", "bob", "cid")
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if again, _ := rule.Draw("2026-W10", shuffled); !reflect.DeepEqual(first, again) {
		t.Error("the same draw came out otherwise")
	}
	if other, _ := rule.Draw("2026-W11", all); reflect.DeepEqual(first, other) {
		t.Error("another seed drew the same")
	}
	for i := range all {
		for _, d := range first {
			all[i].Drawn = all[i].Drawn || all[i].Recording == d.Recording && d.Agent != "cid"
		}
	}
	rest, err := rule.Draw("2026-W10", all)
	if err != nil || len(rest) != 5 || rest[0].Agent != "cid" {
		t.Errorf("%d more, %v", len(rest), err)
	}
}

// TestEveryCallHasTheSameChance: over many seeds none is drawn much more often.
func TestEveryCallHasTheSameChance(t *testing.T) {
	rule, hits := Rule{PerAgent: 2}, map[id.ID]int{}
	for seed := range 2000 {
		drawn, err := rule.Draw(fmt.Sprint(seed), calls(10, "ann"))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range drawn {
			hits[d.Recording]++
		}
	}
	for i, n := range hits {
		if n < 320 || n > 480 { // 400 expected, standard deviation 18
			t.Errorf("%v was drawn %d times of 2000, want about 400", i, n)
		}
	}
}

// TestRulesThatAreWrong are refused, and so is a draw of too many.
func TestRulesThatAreWrong(t *testing.T) {
	for _, r := range []Rule{{}, {PerAgent: 51}, {PerAgent: 1, Least: -1}, {PerAgent: 1, Quotas: []Quota{{Name: "a", Count: 2}}}, {PerAgent: 1, Quotas: []Quota{{Count: 1}}}, {PerAgent: 1, Quotas: []Quota{{Name: "a", Count: 1, Least: 9, Most: 3}}}} {
		if _, err := r.Draw("s", nil); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", r, err)
		}
	}
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprint(i))
	}
	if _, err := (&Rule{PerAgent: 50}).Draw("s", calls(60, names...)); fault.KindOf(err) != fault.Invalid {
		t.Error("too many were drawn")
	}
}

// TestAlphaOfThePublishedExample: the data of four observers and twelve units that
// Krippendorff works out, and edges.
func TestAlphaOfThePublishedExample(t *testing.T) {
	units := [][]float64{{1, 1, 1}, {2, 2, 3, 2}, {3, 3, 3, 3}, {3, 3, 3, 3}, {2, 2, 2, 2}, {1, 2, 3, 4}, {4, 4, 4, 4}, {1, 1, 2, 1}, {2, 2, 2, 2}, {5, 5, 5}, {1, 1}, {3}}
	if a, ok := Alpha(units); !ok || math.Abs(a-0.849) > 0.0005 {
		t.Errorf("%.4f, published is 0.849", a)
	}
	if a, ok := Alpha([][]float64{{0, 0}, {1, 1}}); !ok || a != 1 {
		t.Errorf("all agree: %v", a)
	}
	if a, ok := Alpha([][]float64{{0, 1}, {1, 0}}); !ok || a >= 0 {
		t.Errorf("all disagree: %v", a)
	}
	for _, none := range [][][]float64{nil, {{1}}, {{1, 1}, {1, 1}}} {
		if _, ok := Alpha(none); ok {
			t.Errorf("%v has a figure", none)
		}
	}
}
