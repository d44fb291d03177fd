package script

import (
	"fmt"
	"strings"
	"unicode"

	"waihu/internal/calling/lead"
)

// Fields are the words of a lead that texts and tests may name: its own, and those
// of its list. A field of the list does not take the place of one of its own.
func Fields(l *lead.Lead, agent, campaign string) map[string]string {
	out := map[string]string{}
	for name, v := range l.Fields {
		out[name] = v
	}
	for name, v := range map[string]string{"name": l.Name, "key": l.Key, "language": l.Language, "owner": l.Owner, "country": l.Address.Country, "region": l.Address.Region,
		"city": l.Address.City, "postcode": l.Address.Postcode, "street": l.Address.Street, "agent": agent, "campaign": campaign} {
		if v != "" {
			out[name] = v
		}
	}
	return out
}

// Bounds of what is filled in.
const maxFilled = 200 // runes of one word

// Nothing stands where a text names a field the lead has not, and says nothing else
// for it.
const Nothing = "—"

// Fill puts words into a text. They are put in as they are and never read for
// braces again; what would turn the writing around or break the line is left out. What
// the words mean where the text is shown, as HTML, is for whoever shows it.
func Fill(text string, fields map[string]string, answers Answers) string {
	var b strings.Builder
	_ = eachPart(text, func(literal string) { b.WriteString(literal) }, func(name, otherwise string) {
		word := ""
		if q, is := strings.CutPrefix(name, answerMark); is {
			word = strings.Join(answers[q], ", ")
		} else {
			word = fields[name]
		}
		if word = plain(word); word == "" {
			word = otherwise
		}
		if word == "" {
			word = Nothing
		}
		b.WriteString(word)
	})
	return b.String()
}

const answerMark = "answer:"

// plain is a word without controls and marks of direction, on one line and bounded.
func plain(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			continue
		}
		if n++; n > maxFilled {
			b.WriteString("…")
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// eachPart takes a text apart: what stands as it is, and names in braces with what
// is said without them. A brace that is not closed, or a name that is none, is an
// error; what came before was handed out.
func eachPart(text string, literal func(string), name func(name, otherwise string)) error {
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			literal(text)
			return nil
		}
		literal(text[:open])
		text = text[open+1:]
		if strings.HasPrefix(text, "{") {
			literal("{")
			text = text[1:]
			continue
		}
		inside, rest, closed := strings.Cut(text, "}")
		if !closed {
			return fmt.Errorf("a brace is not closed before %q", short(text))
		}
		word, otherwise, _ := strings.Cut(inside, "|")
		word = strings.TrimSpace(word)
		if !isField(strings.TrimPrefix(word, answerMark)) {
			return fmt.Errorf("{%s} names no field", short(inside))
		}
		name(word, strings.TrimSpace(otherwise))
		text = rest
	}
	return nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

// isField tells whether a word may be the name of a field: of a list it may be in any
// writing, with spaces in it.
func isField(s string) bool {
	return s != "" && len(s) <= MaxLabel && !strings.ContainsAny(s, "{}|\r\n")
}
