package explain

import (
	"strings"
	"time"

	"waihu/internal/calling/script"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// Answers tells what people answered in a campaign: how calls ended, how far quotas
// have come, which keys were pressed in a broadcast, each question counted with a picture, and, where the book has them, the
// calls one by one with what the columns mean.
func Answers(b *script.Book, tag lang.Tag) *Document {
	t := answersTeller{tag, b}
	d := &Document{Language: tag, Kind: t.say("answers.kind"), Title: t.say("answers.title", "campaign", b.Name)}
	if b.Tally.Sheets == 0 {
		d.Sections = []Section{{Path: "calls", Sentences: []string{t.say("answers.none")}}}
		if b.Keys != nil {
			d.Sections = append(d.Sections, t.keys())
		}
		return d
	}
	complete := b.Tally.Ends[script.Complete]
	d.Figures = []Figure{{Label: t.say("answers.figure.calls"), Value: digits(int64(b.Tally.Sheets))}, {Label: t.say("answers.figure.complete"), Value: digits(int64(complete))},
		{Label: t.say("answers.figure.open"), Value: digits(int64(t.open()))}}
	d.Sections = append(d.Sections, Section{Path: "calls", Sentences: []string{t.say("answers.calls", "calls", digits(int64(b.Tally.Sheets)))}}, Section{Path: "ends", Title: t.say("answers.ends"), Table: t.ends()})
	if b.Keys != nil {
		d.Sections = append(d.Sections, t.keys())
	}
	if len(b.Places) > 0 {
		d.Sections = append(d.Sections, Section{Path: "quotas", Title: t.say("answers.quotas"), Table: t.quotas()})
	}
	for i := range b.Tally.Questions {
		d.Sections = append(d.Sections, t.question(&b.Tally.Questions[i]))
	}
	if len(b.Rows) > 0 {
		d.Sections = append(d.Sections, Section{Path: "rows", Title: t.say("answers.rows"), Table: AnswerRows(b, tag)}, Section{Path: "book", Title: t.say("answers.book"), Table: t.book()})
	}
	return d
}

// answersTeller tells one book in one language.
type answersTeller struct {
	tag lang.Tag
	b   *script.Book
}

func (t *answersTeller) say(key string, args ...string) string {
	m := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return lang.Phrase(t.tag, key, m)
}

// open are the calls whose script was not over.
func (t *answersTeller) open() int {
	n := t.b.Tally.Sheets
	for _, k := range t.b.Tally.Ends {
		n -= k
	}
	return n
}

// endWord is how a script ended, in words.
func (t *answersTeller) endWord(e script.As) string {
	switch e {
	case script.Complete:
		return t.say("answers.end.complete")
	case script.Screened:
		return t.say("answers.end.screened")
	case script.Refused:
		return t.say("answers.end.refused")
	case script.Later:
		return t.say("answers.end.later")
	}
	return t.say("answers.end.open")
}

func (t *answersTeller) ends() *Table {
	out := &Table{Head: []string{t.say("answers.end"), t.say("answers.figure.calls")}}
	for _, e := range script.As("").Choices() {
		out.add(words(t.endWord(script.As(e))), count(t.b.Tally.Ends[script.As(e)]))
	}
	out.add(words(t.endWord("")), count(t.open()))
	return out
}

func count(n int) cell { return numeric(digits(int64(n)), exact.Int(int64(n))) }

func (t *answersTeller) quotas() *Table {
	out := &Table{Head: []string{t.say("answers.quota"), t.say("answers.wanted"), t.say("answers.taken"), t.say("answers.full")}}
	for _, p := range t.b.Places {
		full := t.say("answers.no")
		if p.Taken >= p.Most {
			full = t.say("answers.yes")
		}
		out.add(words(p.Quota), count(p.Most), count(p.Taken), words(full))
	}
	return out
}

// question is one question with its counts, and their picture where there is
// something to draw.
func (t *answersTeller) question(c *script.Counted) Section {
	s := Section{Path: "questions." + c.Question.ID, Title: t.label(c), Sentences: []string{t.say("answers.given", "given", digits(int64(c.Given)))}}
	if c.Least.IsGiven() {
		s.Sentences = append(s.Sentences, t.say("answers.figures", "mean", lang.Number(t.tag, c.Mean().Round(exact.HalfAway, 2)), "least", lang.Number(t.tag, c.Least), "most", lang.Number(t.tag, c.Most)))
	}
	if c.Question.Kind == script.Text {
		t.inWords(&s, c.Question.ID)
		return s
	}
	values, counts := c.Counts()
	if len(values) == 0 {
		return s
	}
	s.Table = &Table{Head: []string{t.say("answers.answer"), t.say("answers.count"), t.say("answers.share")}}
	bars := &Bars{}
	for i, v := range values {
		share := exact.Int(0)
		if c.Given > 0 {
			share = exact.Frac(int64(counts[i]), int64(c.Given))
		}
		name := t.answer(&c.Question, v)
		s.Table.add(words(name), count(counts[i]), portion(lang.Percent(t.tag, share.Round(exact.HalfAway, 3)), share))
		n := float64(counts[i])
		bars.Rows = append(bars.Rows, Bar{Name: name, Parts: []BarPart{{0, n}}, Low: n, High: n, Label: digits(int64(counts[i]))})
	}
	if c.Given > 0 {
		bars.Keys = []Key{{Colour: 0, Name: t.say("answers.count"), Column: 1}}
		s.Charts = []Chart{{ID: "answer-" + strings.ReplaceAll(c.Question.ID, "_", "-"), Title: t.say("answers.counts", "question", t.label(c)), Values: t.say("answers.count"), Bars: bars, Twin: s.Table}}
	}
	return s
}

// label is a question as it is read: what it fills in has no lead here.
func (t *answersTeller) label(c *script.Counted) string {
	return script.Fill(c.Question.Label.In(t.tag), nil, nil)
}

// AnswerLabel is what one answer of a question is called: the label of a choice, yes
// or no in words, and what is kept else.
func AnswerLabel(q *script.Question, word string, tag lang.Tag) string {
	t := answersTeller{tag: tag}
	return t.answer(q, word)
}

func (t *answersTeller) answer(q *script.Question, word string) string {
	for i := range q.Choices {
		if q.Choices[i].ID == word {
			return q.Choices[i].Label.In(t.tag)
		}
	}
	switch word {
	case "yes":
		return t.say("answers.yes")
	case "no":
		return t.say("answers.no")
	}
	return word
}

// AnswerRows are the calls of a book one by one, for a spreadsheet: answers as they
// are kept, by the names of their questions.
func AnswerRows(b *script.Book, tag lang.Tag) *Table {
	t := answersTeller{tag, b}
	out := &Table{Head: []string{t.say("answers.at"), t.say("answers.try"), t.say("answers.agent"), t.say("answers.key"), t.say("answers.number"), t.say("answers.version"), t.say("answers.end"), t.say("answers.disposition")}}
	for i := range b.Tally.Questions {
		out.Head = append(out.Head, b.Tally.Questions[i].Question.ID)
	}
	for i := range b.Rows {
		r := &b.Rows[i]
		row := []cell{words(r.At.Time().UTC().Format(time.DateTime)), words(r.Try), words(r.Agent), words(r.Key), words(r.Number), count(r.Version), words(t.endWord(r.End)), words(r.Disposition)}
		for k := range b.Tally.Questions {
			row = append(row, given(&b.Tally.Questions[k].Question, r.Answers))
		}
		out.add(row...)
	}
	return out
}

// given is an answer as it is kept; numbers are numbers.
func given(q *script.Question, answers script.Answers) cell {
	list := answers[q.ID]
	if q.Kind == script.Number || q.Kind == script.Scale {
		if n, err := exact.Parse(strings.Join(list, "")); err == nil {
			return numeric(list[0], n)
		}
	}
	return words(strings.Join(list, "; "))
}

// book tells what the columns of the rows mean.
func (t *answersTeller) book() *Table {
	out := &Table{Head: []string{t.say("answers.column"), t.say("answers.question"), t.say("answers.words")}}
	for i := range t.b.Tally.Questions {
		q := &t.b.Tally.Questions[i].Question
		var list []string
		for _, v := range q.Values() {
			if w := t.answer(q, v); w != v {
				v += ": " + w
			}
			list = append(list, v)
		}
		out.add(words(q.ID), words(script.Fill(q.Label.In(t.tag), nil, nil)), words(strings.Join(list, "; ")))
	}
	return out
}
