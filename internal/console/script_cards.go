package console

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"waihu/internal/calling/script"
	"waihu/internal/lang"
)

// Bounds of what cards can hold; a script that has more is written as a text.
const (
	cardSteps = 60
	cardAsks  = 8
	cardJumps = 6
)

// textIn is a text in one language.
func textIn(tag lang.Tag, s string) (t lang.Text) {
	setText(&t, tag, s)
	return t
}

func setText(t *lang.Text, tag lang.Tag, s string) {
	switch tag {
	case lang.Traditional:
		t.Hant = s
	case lang.Simplified:
		t.Hans = s
	default:
		t.En = s
	}
}

// inCards tells whether cards say all that a script says: conditions of one test on
// an answer.
func inCards(s *script.Script) bool {
	one := func(tests []script.Test) bool {
		return len(tests) == 0 || len(tests) == 1 && tests[0].Answer != "" && tests[0].Given == "" && opsOf(&tests[0]) == 1
	}
	if len(s.Steps) > cardSteps {
		return false
	}
	for i := range s.Steps {
		st := &s.Steps[i]
		if len(st.Ask) > cardAsks || len(st.Next) > cardJumps {
			return false
		}
		for j := range st.Ask {
			if !one(st.Ask[j].When) {
				return false
			}
		}
		for j := range st.Next {
			if !one(st.Next[j].When) {
				return false
			}
		}
	}
	for i := range s.Quotas {
		if !one(s.Quotas[i].When) {
			return false
		}
	}
	return true
}

func opsOf(t *script.Test) (n int) {
	for _, there := range []bool{len(t.Is) > 0, len(t.Not) > 0, t.AtLeast != "", t.Below != ""} {
		if there {
			n++
		}
	}
	return n
}

// tongue is the language whose texts the cards show and change.
func (f *form) tongue(s *script.Script) lang.Tag {
	for _, name := range []string{f.Value("tongue"), s.Language} {
		if tag, err := lang.ParseTag(name); err == nil {
			return tag
		}
	}
	return f.v.Tag
}

// Cards name their fields as the paths of what is wrong with a script. Texts of
// other languages are carried along in fields that are not shown.
func fillCards(f *form, s *script.Script) {
	tag := f.tongue(s)
	f.set("tongue", string(tag))
	f.set("script", s.Name)
	f.set("language", s.Language)
	f.setRows("steps", len(s.Steps))
	for i := range s.Steps {
		st := &s.Steps[i]
		f.set(f.At("steps", i, "id"), st.ID)
		f.fillText(f.At("steps", i, "text"), st.Text)
		asks := f.At("steps", i, "ask")
		f.Values.Set("rows."+asks, itoa(len(st.Ask)+1))
		for j := range st.Ask {
			q := &st.Ask[j]
			for name, value := range map[string]string{"id": q.ID, "kind": string(q.Kind), "required": given(q.Required, "1"), "least": q.Least, "most": q.Most, "choices": choiceLines(q.Choices, tag)} {
				f.set(f.At(asks, j, name), value)
			}
			f.fillText(f.At(asks, j, "label"), q.Label)
			for k := range q.Choices {
				f.fillText(f.At(f.At(asks, j, "choice"), k, q.Choices[k].ID), q.Choices[k].Label)
			}
			f.fillTest(f.At(asks, j, "when"), q.When)
		}
		next := f.At("steps", i, "next")
		f.Values.Set("rows."+next, itoa(len(st.Next)+1))
		for j := range st.Next {
			n := &st.Next[j]
			to := n.To
			if n.End != nil {
				to = "end:" + string(n.End.As)
				f.set(f.At(next, j, "code"), n.End.Disposition)
			}
			f.set(f.At(next, j, "to"), to)
			f.set(f.At(next, j, "most"), plain(n.Most))
			f.fillTest(f.At(next, j, "when"), n.When)
		}
	}
	f.Values.Set("rows.quotas", itoa(len(s.Quotas)+1))
	for i := range s.Quotas {
		q := &s.Quotas[i]
		f.set(f.At("quotas", i, "id"), q.ID)
		f.set(f.At("quotas", i, "most"), itoa(q.Most))
		f.set(f.At("quotas", i, "code"), q.Full.Disposition)
		f.fillTest(f.At("quotas", i, "when"), q.When)
	}
}

// fillText puts a text in each language it has.
func (f *form) fillText(at string, t lang.Text) {
	for _, x := range lang.Tags() {
		one := map[lang.Tag]string{lang.English: t.En, lang.Traditional: t.Hant, lang.Simplified: t.Hans}[x]
		f.set(at+"."+string(x), one)
	}
}

func (f *form) readText(at string) (t lang.Text) {
	for _, x := range lang.Tags() {
		setText(&t, x, strings.TrimSpace(f.Value(at+"."+string(x))))
	}
	return t
}

func (f *form) fillTest(at string, tests []script.Test) {
	if len(tests) == 0 {
		return
	}
	t := &tests[0]
	f.set(at+".answer", t.Answer)
	op, value := "is", strings.Join(t.Is, ", ")
	switch {
	case len(t.Not) > 0:
		op, value = "not", strings.Join(t.Not, ", ")
	case t.AtLeast != "":
		op, value = "at_least", t.AtLeast
	case t.Below != "":
		op, value = "below", t.Below
	}
	f.set(at+".op", op)
	f.set(at+".value", value)
}

func (f *form) readTest(at string) []script.Test {
	t := script.Test{Answer: strings.TrimSpace(f.Value(at + ".answer"))}
	value := strings.TrimSpace(f.Value(at + ".value"))
	if t.Answer == "" || f.Value(at+".op") == "" {
		return nil
	}
	words := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == '，' || r == '、' || r == ' ' })
	switch f.Value(at + ".op") {
	case "not":
		t.Not = words
	case "at_least":
		t.AtLeast = value
	case "below":
		t.Below = value
	default:
		t.Is = words
	}
	return []script.Test{t}
}

// choiceLines are choices a line each: what is kept = what is shown.
func choiceLines(list []script.Choice, tag lang.Tag) string {
	var out []string
	for i := range list {
		out = append(out, list[i].ID+" = "+list[i].Label.In(tag))
	}
	return strings.Join(out, "\n")
}

// readChoices reads them; a line without a name gets one.
func (f *form) readChoices(at string, tag lang.Tag) (out []script.Choice) {
	for _, line := range strings.Split(f.Value(at+".choices"), "\n") {
		name, label, both := strings.Cut(line, "=")
		if name, label = strings.TrimSpace(name), strings.TrimSpace(label); !both {
			label, name = name, fmt.Sprint("c", len(out)+1)
		}
		if label == "" {
			continue
		}
		c := script.Choice{ID: name}
		for k := range script.MaxChoices { // other languages of this choice, wherever it stood
			if before := f.At(at+".choice", k, name); f.hasText(before) {
				c.Label = f.readText(before)
				break
			}
		}
		setText(&c.Label, tag, label)
		out = append(out, c)
	}
	return out
}

func (f *form) hasText(at string) bool {
	return slices.ContainsFunc(lang.Tags(), func(t lang.Tag) bool { return f.Value(at+"."+string(t)) != "" })
}

// readCards is the script that cards make. A step or question without a name gets one.
func readCards(f *form) *script.Script {
	s := &script.Script{Name: strings.TrimSpace(f.Value("script")), Language: f.Value("language")}
	tag := f.tongue(s)
	for i := range f.rows("steps", cardSteps) {
		st := script.Step{ID: strings.TrimSpace(f.Value(f.At("steps", i, "id"))), Text: f.readText(f.At("steps", i, "text"))}
		asks, next := f.At("steps", i, "ask"), f.At("steps", i, "next")
		for j := range f.rows(asks, cardAsks+1) {
			at := f.At(asks, j, "")
			q := script.Question{ID: strings.TrimSpace(f.Value(at + ".id")), Kind: script.Kind(f.Value(at + ".kind")), Label: f.readText(at + ".label"), Required: f.Value(at+".required") != "", When: f.readTest(at + ".when")}
			if q.Kind == "" {
				continue
			}
			q.ID = orWord(q.ID, fmt.Sprintf("q%d_%d", i+1, j+1))
			switch q.Kind {
			case script.OneOf, script.Some:
				q.Choices = f.readChoices(at, tag)
			case script.Number, script.Scale, script.Date:
				q.Least, q.Most = strings.TrimSpace(f.Value(at+".least")), strings.TrimSpace(f.Value(at+".most"))
			}
			st.Ask = append(st.Ask, q)
		}
		for j := range f.rows(next, cardJumps+1) {
			at := f.At(next, j, "")
			n := script.Jump{When: f.readTest(at + ".when"), To: f.Value(at + ".to"), Most: f.count(at+".most", script.MaxBack)}
			if end, is := strings.CutPrefix(n.To, "end:"); is {
				n.To, n.End = "", &script.End{As: script.As(end), Disposition: f.Value(at + ".code")}
			}
			if n.To != "" || n.End != nil {
				st.Next = append(st.Next, n)
			}
		}
		if st.ID == "" && st.Text == (lang.Text{}) && len(st.Ask) == 0 {
			continue
		}
		st.ID = orWord(st.ID, fmt.Sprint("step_", i+1))
		s.Steps = append(s.Steps, st)
	}
	for i := range f.rows("quotas", script.MaxQuotas) {
		q := script.Quota{ID: strings.TrimSpace(f.Value(f.At("quotas", i, "id"))), Most: f.count(f.At("quotas", i, "most"), script.MaxQuota), When: f.readTest(f.At("quotas", i, "when"))}
		if q.ID == "" {
			continue
		}
		q.Full = script.End{As: script.Screened, Disposition: f.Value(f.At("quotas", i, "code"))}
		s.Quotas = append(s.Quotas, q)
	}
	return s
}

// Carried are the fields that begin with a name, for templates.
func (f *form) Carried(begins string) (out []option) {
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if strings.HasPrefix(name, begins) {
			out = append(out, option{"name": name, "value": f.Value(name)})
		}
	}
	return out
}
