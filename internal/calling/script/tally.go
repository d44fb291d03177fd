package script

import (
	"cmp"
	"slices"

	"waihu/internal/exact"
)

// Tally counts what was answered. It belongs to one goroutine.
type Tally struct {
	Sheets    int        // that were counted
	Ends      map[As]int // of those that are over
	Questions []Counted  // in the order in which they came
	at        map[string]int
}

// Counted is what was answered to one question.
type Counted struct {
	Question Question
	Given    int            // people who answered
	Words    map[string]int // of choices, yes or no, and scales
	Least    exact.Number   // of numbers and scales
	Most     exact.Number
	Sum      exact.Number
}

// Mean is the mean of numbers, zero where nobody answered.
func (c *Counted) Mean() exact.Number {
	if c.Given == 0 {
		return exact.Int(0)
	}
	return c.Sum.Div(exact.Int(int64(c.Given)))
}

// Values are the words a question may be answered with, in their order; none where
// they are not few.
func (q *Question) Values() (out []string) {
	switch q.Kind {
	case OneOf, Some:
		for i := range q.Choices {
			out = append(out, q.Choices[i].ID)
		}
	case YesNo:
		return []string{"yes", "no"}
	case Scale:
		low, err := exact.Parse(q.Least)
		if err != nil {
			return nil
		}
		for i := range q.points() {
			out = append(out, low.Add(exact.Int(int64(i))).String())
		}
	}
	return out
}

// points is how many values a scale has.
func (q *Question) points() int {
	low, err := exact.Parse(q.Least)
	if err != nil {
		return 0
	}
	high, err := exact.Parse(q.Most)
	if err != nil || !low.IsInt() || !high.IsInt() {
		return 0
	}
	n, err := high.Sub(low).Int64()
	if err != nil {
		return 0
	}
	return int(min(n, MaxPoints)) + 1
}

// Know takes the questions of a version into the tally; one of a later version with
// the same name takes the place of the earlier.
func (t *Tally) Know(s *Script) {
	if t.at == nil {
		t.at, t.Ends = map[string]int{}, map[As]int{}
	}
	for _, q := range s.Questions() {
		i, known := t.at[q.ID]
		if !known {
			t.at[q.ID] = len(t.Questions)
			t.Questions = append(t.Questions, Counted{Question: *q, Words: map[string]int{}})
			continue
		}
		t.Questions[i].Question = *q
	}
}

// Add counts the answers of one call; end is empty where it is not over. Answers to
// questions that no version known has are passed over.
func (t *Tally) Add(answers Answers, end As) {
	t.Sheets++
	if end != "" {
		t.Ends[end]++
	}
	for name, words := range answers {
		i, known := t.at[name]
		if !known || len(words) == 0 {
			continue
		}
		c := &t.Questions[i]
		c.Given++
		switch c.Question.Kind {
		case OneOf, Some, YesNo, Scale:
			for _, w := range words {
				c.Words[w]++
			}
		}
		if c.Question.Kind == Number || c.Question.Kind == Scale {
			if n, err := exact.Parse(words[0]); err == nil {
				c.number(n)
			}
		}
	}
}

func (c *Counted) number(n exact.Number) {
	c.Sum = c.Sum.Add(n)
	if !c.Least.IsGiven() || n.Less(c.Least) {
		c.Least = n
	}
	if !c.Most.IsGiven() || c.Most.Less(n) {
		c.Most = n
	}
}

// Counts are the words of a question with how often each was chosen: those it may be
// answered with first, in their order, then those of versions before.
func (c *Counted) Counts() (words []string, counts []int) {
	words = c.Question.Values()
	var old []string
	for w := range c.Words {
		if !slices.Contains(words, w) {
			old = append(old, w)
		}
	}
	slices.SortFunc(old, cmp.Compare[string])
	words = append(words, old...)
	for _, w := range words {
		counts = append(counts, c.Words[w])
	}
	return words, counts
}
