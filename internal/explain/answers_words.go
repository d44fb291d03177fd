package explain

import (
	"strconv"
	"strings"
	"time"
)

// MaxWords bounds the answers in words that stand below their question; the calls one by
// one have all.
const MaxWords = 10_000

// inWords puts what was said to a question below it, call by call, where the book has
// the calls.
func (t *answersTeller) inWords(s *Section, question string) {
	for i := range t.b.Rows {
		r := &t.b.Rows[i]
		said := strings.Join(r.Answers[question], "; ")
		if said == "" {
			continue
		}
		if s.Table == nil {
			s.Table = &Table{Head: []string{t.say("answers.at"), t.say("answers.try"), t.say("answers.answer")}}
		}
		if len(s.Table.Rows) == MaxWords {
			s.Sentences = append(s.Sentences, t.say("answers.said_cut", "n", strconv.Itoa(MaxWords)))
			return
		}
		s.Table.add(words(r.At.Time().UTC().Format(time.DateTime)), words(r.Try), words(said))
	}
}
