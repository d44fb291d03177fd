package script

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// read checks an answer and gives it as it is kept: numbers in their shortest form,
// choices in the order of the question.
func (q *Question) read(words []string) ([]string, *fault.Problem) {
	wrong := func(what, expected string) ([]string, *fault.Problem) {
		return nil, &fault.Problem{Value: fault.Shorten(strings.Join(words, ", "), 80), What: what, Expected: expected}
	}
	if q.Kind == Some {
		var out []string
		for i := range q.Choices {
			if slices.Contains(words, q.Choices[i].ID) {
				out = append(out, q.Choices[i].ID)
			}
		}
		if len(out) != len(words) {
			return wrong("these are no choices, or one stands there twice", q.choices())
		}
		return out, nil
	}
	if len(words) != 1 {
		return wrong("there is more than one answer", "one")
	}
	word := strings.TrimSpace(words[0])
	switch q.Kind {
	case OneOf:
		if !slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.ID == word }) {
			return wrong("this is no choice", q.choices())
		}
	case YesNo:
		if word != "yes" && word != "no" {
			return wrong("this is neither yes nor no", "yes or no")
		}
	case Number, Scale:
		n, err := exact.Parse(word)
		if err != nil || len(word) > MaxID || q.Kind == Scale && !n.IsInt() || !q.between(word) {
			return wrong("this is no such number", q.ends())
		}
		word = n.String()
	case Date:
		if !isDate(word) || !q.between(word) {
			return wrong("this is no such date", "as 2026-11-26; "+q.ends())
		}
	case Text:
		if word == "" || len(word) > MaxAnswer || !utf8.ValidString(word) || strings.ContainsFunc(word, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) {
			return wrong("words are missing, too long, or no text", fmt.Sprintf("1 to %d bytes of text", MaxAnswer))
		}
	}
	return []string{word}, nil
}

// between tells whether a number or date lies between the ends of a question.
func (q *Question) between(word string) bool {
	if c, ok := compare(word, q.Least); q.Least != "" && (!ok || c < 0) {
		return false
	}
	c, ok := compare(word, q.Most)
	return q.Most == "" || ok && c <= 0
}

// Hint tells in a few words how a question is answered: (yes, no), (1 to 5).
func (q *Question) Hint() string {
	switch q.Kind {
	case OneOf, Some:
		return "(" + q.choices() + ")"
	case YesNo:
		return "(yes, no)"
	case Number, Scale:
		return "(" + q.ends() + ")"
	case Date:
		return "(2026-11-26)"
	}
	return ""
}

func (q *Question) choices() string {
	var ids []string
	for i := range q.Choices {
		ids = append(ids, q.Choices[i].ID)
	}
	return fault.Shorten(strings.Join(ids, ", "), 200)
}

func (q *Question) ends() string {
	switch {
	case q.Least != "" && q.Most != "":
		return q.Least + " to " + q.Most
	case q.Least != "":
		return "at least " + q.Least
	case q.Most != "":
		return "at most " + q.Most
	}
	return "a number"
}

func isDate(s string) bool {
	if len(s) != len("2026-11-26") {
		return false
	}
	_, err := timex.ParseDate(s)
	return err == nil
}
