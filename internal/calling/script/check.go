package script

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/lang"
)

// Validate finds everything that is wrong with a script. Warnings are what is legal
// and may not be meant.
func (s *Script) Validate() fault.Problems {
	c := &check{s: s, asked: map[string]int{}}
	if s.Name == "" || utf8.RuneCountInString(s.Name) > MaxName {
		c.bad("script", s.Name, "a name is missing or long", fmt.Sprintf("1 to %d characters", MaxName))
	}
	if s.Language != "" {
		if _, err := lang.ParseTag(s.Language); err != nil {
			c.bad("language", s.Language, "no such language", "en, zh-Hant or zh-Hans")
		}
	}
	if len(s.Steps) == 0 || len(s.Steps) > MaxSteps {
		c.bad("steps", fmt.Sprint(len(s.Steps)), "there are none, or too many", fmt.Sprintf("1 to %d", MaxSteps))
		return c.found
	}
	c.names()
	for i := range s.Steps {
		c.step(i, fmt.Sprintf("steps[%d]", i))
	}
	c.reach()
	c.length()
	c.quotas()
	return c.found
}

// check is one validation.
type check struct {
	s     *Script
	asked map[string]int // questions by name: the place of their step
	found fault.Problems
}

func (c *check) bad(path, value, what, expected string) {
	c.found = append(c.found, fault.Problem{Path: path, Value: fault.Shorten(value, 80), What: what, Expected: expected})
}

// names gathers what steps and questions are called: each its own.
func (c *check) names() {
	const expected = "1 to 40 small letters, digits and _, each name once"
	steps := map[string]bool{}
	for i := range c.s.Steps {
		st := &c.s.Steps[i]
		if !isID(st.ID) || steps[st.ID] {
			c.bad(fmt.Sprintf("steps[%d].id", i), st.ID, "a step needs a name of its own", expected)
		}
		steps[st.ID] = true
		for j := range st.Ask {
			q := &st.Ask[j]
			if _, twice := c.asked[q.ID]; twice || !isID(q.ID) {
				c.bad(fmt.Sprintf("steps[%d].ask[%d].id", i, j), q.ID, "a question needs a name of its own", expected)
				continue
			}
			c.asked[q.ID] = i
		}
	}
	if len(c.asked) > MaxQuestions {
		c.bad("steps", fmt.Sprint(len(c.asked)), "there are too many questions", fmt.Sprintf("at most %d", MaxQuestions))
	}
}

func (c *check) step(i int, path string) {
	st := &c.s.Steps[i]
	if st.Text == (lang.Text{}) && len(st.Ask) == 0 {
		c.bad(path+".text", "", "the step says nothing and asks nothing", "a text or a question")
	}
	c.text(st.Text, path+".text", MaxText)
	if len(st.Ask) > MaxAsk || len(st.Next) > MaxJumps {
		c.bad(path, fmt.Sprint(len(st.Ask)), "there are too many questions or jumps", fmt.Sprintf("at most %d and %d", MaxAsk, MaxJumps))
	}
	for j := range st.Ask {
		c.question(i, j, fmt.Sprintf("%s.ask[%d]", path, j))
	}
	for j := range st.Next {
		c.jump(i, j, fmt.Sprintf("%s.next[%d]", path, j))
	}
}

// text checks each language of a text, and that no language is left out which
// others have.
func (c *check) text(t lang.Text, path string, most int) {
	for tag, words := range map[lang.Tag]string{lang.English: t.En, lang.Traditional: t.Hant, lang.Simplified: t.Hans} {
		if len(words) > most {
			c.bad(path, words, "a text is too long", fmt.Sprintf("at most %d bytes", most))
		}
		err := eachPart(words, func(string) {}, func(name, _ string) {
			if q, is := strings.CutPrefix(name, answerMark); is {
				if _, known := c.asked[q]; !known {
					c.bad(path, "{"+name+"}", fmt.Sprintf("no question is called %s (in %s)", q, tag), "the id of a question")
				}
			}
		})
		if err != nil {
			c.found = append(c.found, fault.Problem{Path: path, Value: fault.Shorten(words, 80), What: err.Error(), Expected: "{name}, {name|friend} or {answer:question}", Fix: "write {{ for a brace itself"})
		}
	}
}

func (c *check) question(i, j int, path string) {
	q := &c.s.Steps[i].Ask[j]
	if q.Label == (lang.Text{}) {
		c.bad(path+".label", "", "the question is missing", fmt.Sprintf("1 to %d bytes", MaxLabel))
	}
	c.text(q.Label, path+".label", MaxLabel)
	if !slices.Contains(q.Kind.Choices(), string(q.Kind)) {
		c.bad(path+".kind", string(q.Kind), "there is no such kind", strings.Join(q.Kind.Choices(), ", "))
	}
	chosen := q.Kind == OneOf || q.Kind == Some
	if chosen != (len(q.Choices) > 0) || len(q.Choices) > MaxChoices {
		c.bad(path+".choices", fmt.Sprint(len(q.Choices)), "choices belong to choice and several, and to nothing else", fmt.Sprintf("1 to %d of them", MaxChoices))
	}
	ids := map[string]bool{}
	for k := range q.Choices {
		ch := &q.Choices[k]
		if !isID(ch.ID) || ids[ch.ID] {
			c.bad(fmt.Sprintf("%s.choices[%d].id", path, k), ch.ID, "a choice needs a name of its own", "small letters, digits and _, each name once")
		}
		ids[ch.ID] = true
		c.text(ch.Label, fmt.Sprintf("%s.choices[%d].label", path, k), MaxLabel)
	}
	c.ends(q, path)
	c.tests(q.When, path+".when", i, j, true)
}

// ends checks the least and the most of a question.
func (c *check) ends(q *Question, path string) {
	ordered := q.Kind == Number || q.Kind == Scale || q.Kind == Date
	if !ordered && q.Least+q.Most != "" {
		c.bad(path+".least", q.Least+q.Most, "only numbers, scales and dates have ends", "no least and no most")
		return
	}
	for _, end := range []struct{ key, word string }{{".least", q.Least}, {".most", q.Most}} {
		if end.word == "" {
			if q.Kind == Scale {
				c.bad(path+end.key, "", "a scale needs both ends", "whole numbers, as least: 1 and most: 5")
			}
			continue
		}
		if n, ok := compare(end.word, end.word); !ok || n != 0 || isDate(end.word) != (q.Kind == Date) {
			c.bad(path+end.key, end.word, "this is no "+string(q.Kind), "a number, or a date as 2026-11-26")
			return
		}
	}
	if q.Least == "" || q.Most == "" {
		return
	}
	if n, _ := compare(q.Least, q.Most); n > 0 {
		c.bad(path+".most", q.Most, "the upper end is below the lower", "least up to most")
	} else if points := q.points(); q.Kind == Scale && (points < 2 || points > MaxPoints) {
		c.bad(path+".most", q.Most, "this is no scale", fmt.Sprintf("whole numbers, 2 to %d points", MaxPoints))
	}
}

// tests checks conditions of step i; within its questions only those before j are
// answered.
func (c *check) tests(list []Test, path string, i, j int, within bool) {
	if len(list) > MaxTests {
		c.bad(path, fmt.Sprint(len(list)), "there are too many conditions", fmt.Sprintf("at most %d", MaxTests))
	}
	for k := range list {
		t, at := &list[k], fmt.Sprintf("%s[%d]", path, k)
		if (t.Answer == "") == (t.Field == "") {
			c.bad(at, t.Answer+t.Field, "a condition is about one answer or about one field", "answer or field")
			continue
		}
		if len(t.Is)+len(t.Not) > MaxWords || len(t.Is)+len(t.Not) == 0 && t.AtLeast+t.Below+t.Given == "" {
			c.bad(at, t.Answer+t.Field, "a condition says nothing, or too much", "is, not, at_least, below or given")
		}
		if t.Given != "" && t.Given != "yes" && t.Given != "no" {
			c.bad(at+".given", t.Given, "this is neither yes nor no", "yes or no")
		}
		if t.Answer == "" {
			if !isField(t.Field) {
				c.bad(at+".field", t.Field, "this is no name of a field", "name, city, or a field of the list")
			}
			continue
		}
		q, of := c.s.Question(t.Answer)
		if q == nil {
			c.bad(at+".answer", t.Answer, "no question has this name", "the id of a question")
			continue
		}
		if within && of == i && slices.IndexFunc(c.s.Steps[i].Ask, func(o Question) bool { return o.ID == t.Answer }) >= j {
			c.bad(at+".answer", t.Answer, "that question comes later in the step", "a question before this one")
		}
		c.words(q, t, at)
	}
}

// words checks that a condition names what a question can be answered with.
func (c *check) words(q *Question, t *Test, at string) {
	for _, list := range []struct {
		key   string
		words []string
	}{{".is", t.Is}, {".not", t.Not}} {
		for _, w := range list.words {
			if _, wrong := q.Read([]string{w}); wrong != nil && q.Kind != Text {
				c.bad(at+list.key, w, "question "+q.ID+" cannot be answered so", wrong.Expected)
			}
		}
	}
	for _, b := range []struct{ key, word string }{{".at_least", t.AtLeast}, {".below", t.Below}} {
		if b.word == "" {
			continue
		}
		_, ok := compare(b.word, b.word)
		if ordered := q.Kind == Number || q.Kind == Scale || q.Kind == Date; !ok || !ordered || isDate(b.word) != (q.Kind == Date) {
			c.bad(at+b.key, b.word, fmt.Sprintf("question %s is answered with %s", q.ID, q.Kind), "a number for numbers and scales, a date for dates")
		}
	}
}

func (c *check) jump(i, j int, path string) {
	jump := &c.s.Steps[i].Next[j]
	c.tests(jump.When, path+".when", i, 0, false)
	switch {
	case (jump.To == "") == (jump.End == nil):
		c.bad(path, jump.To, "a jump leads to a step or to the end", "to, or end")
	case jump.End != nil:
		c.end(jump.End, path+".end")
		if jump.Most != 0 {
			c.bad(path+".most", fmt.Sprint(jump.Most), "an end is reached once", "no most")
		}
	default:
		to := c.s.step(jump.To)
		switch back := to <= i; {
		case to < 0:
			c.bad(path+".to", jump.To, "there is no such step", "the id of a step")
		case back && (jump.Most < 1 || jump.Most > MaxBack):
			c.found = append(c.found, fault.Problem{Path: path + ".most", Value: fmt.Sprint(jump.Most), What: "a jump back without an end would go round for ever", Expected: fmt.Sprintf("1 to %d", MaxBack), Fix: "say how often it is taken: most: 3"})
		case !back && jump.Most != 0:
			c.bad(path+".most", fmt.Sprint(jump.Most), "a jump ahead is taken once at most, unless one leads back", "no most")
		}
	}
	if len(jump.When) == 0 && j+1 < len(c.s.Steps[i].Next) {
		c.bad(fmt.Sprintf("steps[%d].next[%d]", i, j+1), "", "nothing leads here: the jump before has no condition", "jumps without a condition at the end")
	}
}

func (c *check) end(e *End, path string) {
	if !slices.Contains(e.As.Choices(), string(e.As)) {
		c.bad(path+".as", string(e.As), "there is no such end", strings.Join(e.As.Choices(), ", "))
	}
	if e.Disposition != "" && !isID(e.Disposition) {
		c.bad(path+".disposition", e.Disposition, "this is no code", "the code of a disposition")
	}
}

// onward are the steps that a step may lead to.
func (c *check) onward(i int) (out []int) {
	for j := range c.s.Steps[i].Next {
		jump := &c.s.Steps[i].Next[j]
		if to := c.s.step(jump.To); jump.To != "" && to >= 0 {
			out = append(out, to)
		}
		if len(jump.When) == 0 && jump.Most == 0 {
			return out
		}
	}
	if i+1 < len(c.s.Steps) {
		out = append(out, i+1)
	}
	return out
}

// reach finds steps nothing leads to.
func (c *check) reach() {
	seen := make([]bool, len(c.s.Steps))
	for todo := []int{0}; len(todo) > 0; {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !seen[i] {
			seen[i] = true
			todo = append(todo, c.onward(i)...)
		}
	}
	for i, ok := range seen {
		if !ok {
			c.bad(fmt.Sprintf("steps[%d].id", i), c.s.Steps[i].ID, "nothing leads to this step", "a step that an earlier one goes on to")
		}
	}
}

// length bounds the longest path: between two jumps back it only goes ahead.
func (c *check) length() {
	back := 0
	for i := range c.s.Steps {
		for _, jump := range c.s.Steps[i].Next {
			back += max(jump.Most, 0)
		}
	}
	if long := (back + 1) * len(c.s.Steps); long > MaxPath {
		c.bad("steps", fmt.Sprint(long), "a call could go through too many steps", fmt.Sprintf("at most %d: fewer steps, or fewer times back", MaxPath))
	}
}

func (c *check) quotas() {
	if len(c.s.Quotas) > MaxQuotas {
		c.bad("quotas", fmt.Sprint(len(c.s.Quotas)), "there are too many", fmt.Sprintf("at most %d", MaxQuotas))
	}
	seen := map[string]bool{}
	for i := range c.s.Quotas {
		q, at := &c.s.Quotas[i], fmt.Sprintf("quotas[%d]", i)
		if !isID(q.ID) || seen[q.ID] {
			c.bad(at+".id", q.ID, "a quota needs a name of its own", "small letters, digits and _, each name once")
		}
		seen[q.ID] = true
		if q.Most < 0 || q.Most > MaxQuota {
			c.bad(at+".most", fmt.Sprint(q.Most), "it is out of range", fmt.Sprintf("0 to %d", MaxQuota))
		}
		c.tests(q.When, at+".when", len(c.s.Steps), 0, false)
		for k, t := range q.When {
			if t.Given == "no" || t.Field != "" {
				c.bad(fmt.Sprintf("%s.when[%d]", at, k), t.Field, "a quota counts by answers that were given", "answer with is, not, at_least or below")
			}
		}
		if q.Full != (End{}) {
			c.end(&q.Full, at+".full")
		}
	}
}

// isID tells whether a word may name something.
func isID(s string) bool {
	if s == "" || len(s) > MaxID {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
