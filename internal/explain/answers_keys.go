package explain

import (
	"strings"

	"waihu/internal/calling/script"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// keys is how many calls of a broadcast had each key pressed.
func (t *answersTeller) keys() Section {
	k := t.b.Keys
	s := Section{Path: "keys", Title: t.say("answers.keys"), Table: PressedKeys(t.b, t.tag),
		Sentences: []string{t.say("answers.keys_calls", "calls", digits(int64(k.Calls)), "pressed", digits(int64(k.Calls-k.None))), t.say("answers.keys_once")}}
	if k.Typed {
		s.Sentences = append(s.Sentences, t.say("answers.keys_typed"))
	}
	if k.Cut {
		s.Sentences = append(s.Sentences, t.say("answers.keys_cut"))
	}
	return s
}

// PressedKeys are the keys of a broadcast as a table: what each does, and in how many
// calls it was pressed. The book has them.
func PressedKeys(b *script.Book, tag lang.Tag) *Table {
	t := answersTeller{tag, b}
	out := &Table{Head: []string{t.say("answers.pressed"), t.say("answers.does"), t.say("answers.key_calls"), t.say("answers.key_share")}}
	row := func(key, does string, n int) {
		share := exact.Int(0)
		if b.Keys.Calls > 0 {
			share = exact.Frac(int64(n), int64(b.Keys.Calls))
		}
		out.add(words(key), words(does), count(n), portion(lang.Percent(tag, share.Round(exact.HalfAway, 3)), share))
	}
	for _, key := range b.Keys.Shown() {
		row(key, t.does(key), b.Keys.Of[key])
	}
	row(t.say("answers.no_key"), "", b.Keys.None)
	return out
}

// does is what a key does by the menu as it is now, in all its steps.
func (t *answersTeller) does(key string) string {
	var all []string
	said := map[string]bool{}
	for _, d := range t.b.Keys.Does {
		if d.Key != key {
			continue
		}
		what := t.say("menu.does_" + d.Does)
		if d.Question != "" {
			what = t.say("answers.answers", "question", t.asked(d.Question), "answer", t.valueOf(d.Question, d.Value))
		}
		if !said[what] {
			said[what] = true
			all = append(all, what)
		}
	}
	return strings.Join(all, "; ")
}

// asked is a question by its label; one that no version has, by its name.
func (t *answersTeller) asked(name string) string {
	for i := range t.b.Tally.Questions {
		if c := &t.b.Tally.Questions[i]; c.Question.ID == name {
			return t.label(c)
		}
	}
	return name
}

func (t *answersTeller) valueOf(question, value string) string {
	for i := range t.b.Tally.Questions {
		if c := &t.b.Tally.Questions[i]; c.Question.ID == question {
			return t.answer(&c.Question, value)
		}
	}
	return value
}
