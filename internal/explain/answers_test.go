package explain_test

import (
	"bytes"
	"strings"
	"testing"

	"waihu/internal/calling/script"
	"waihu/internal/document"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// TestAnswers tells a book in each language, and writes it as a table and a workbook.
func TestAnswers(t *testing.T) {
	q := func(id string, k script.Kind) script.Question {
		return script.Question{ID: id, Kind: k, Label: lang.Text{En: id + "?", Hant: id + "？"}, Least: "1", Most: "5"}
	}
	may := q("may", script.YesNo)
	may.Least, may.Most = "", ""
	s := &script.Script{Name: "x", Steps: []script.Step{{ID: "a", Ask: []script.Question{may, q("score", script.Scale), {ID: "why", Kind: script.Text, Label: lang.Text{En: "Why?"}}}}}}
	b := &script.Book{Name: "Spring", Places: []script.Place{{Quota: "men", Most: 2, Taken: 2}}}
	b.Tally.Know(s)
	for i, a := range []script.Answers{{"may": {"yes"}, "score": {"5"}, "why": {"=HYPERLINK(1)"}}, {"may": {"no"}}} {
		end := []script.As{script.Complete, ""}[i]
		b.Tally.Add(a, end)
		b.Rows = append(b.Rows, script.Row{At: timex.Instant(1_790_000_000_000_000), Try: "try_1", Number: "+8613800000001", Version: 1, End: end, Answers: a})
	}
	for tag, want := range map[lang.Tag][]string{lang.English: {"2 calls with answers.", "Not finished", "On average 5; from 5 to 5.", "50%"}, lang.Traditional: {"共 2 通電話有作答。", "score？"}, lang.Simplified: {"共 2 通电话有作答。"}} {
		text := explain.Answers(b, tag).Text()
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", tag, w, text)
			}
		}
	}
	var out bytes.Buffer
	if err := document.TableCSV(&out, explain.AnswerRows(b, lang.English)); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(out.String(), "\r\n"); !strings.HasSuffix(lines[0], "may,score,why") || !strings.HasSuffix(lines[1], "yes,5,'=HYPERLINK(1)") {
		t.Errorf("%q", lines)
	}
	if err := document.ReportXLSX(&out, explain.Answers(b, lang.Traditional)); err != nil {
		t.Error(err)
	}
}

// TestPressedKeys tells what each key does and how many calls had it, in each language,
// though nobody answered a question.
func TestPressedKeys(t *testing.T) {
	b := &script.Book{Name: "Spring", Keys: &script.Keys{Typed: true, Cut: true, Does: []script.KeyDoes{{Key: "1", Does: "agent"}, {Key: "1", Does: "end"}, {Key: "2", Does: "answer", Question: "may", Value: "yes"}}}}
	b.Tally.Know(&script.Script{Steps: []script.Step{{ID: "a", Ask: []script.Question{{ID: "may", Kind: script.YesNo, Label: lang.Text{En: "May I?"}}}}}})
	for _, pressed := range []string{"1", "11", "", "#"} {
		b.Keys.Add(pressed)
	}
	var out bytes.Buffer
	if err := document.TableCSV(&out, explain.PressedKeys(b, lang.English)); err != nil {
		t.Fatal(err)
	}
	want := []string{"1,connects with an agent; ends the call,2,0.5", "2,May I?: yes,0,0", "#,,1,0.25", "No key,,1,0.25"}
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\r\n")[1:] {
		if i >= len(want) || line != want[i] {
			t.Errorf("%q, %q was expected", line, want)
		}
	}
	for tag, want := range map[lang.Tag]string{lang.English: "in 3 of 4 calls", lang.Traditional: "其中 3 通有按鍵", lang.Simplified: "其中 3 通有按键"} {
		d := explain.Answers(b, tag)
		if !strings.Contains(d.Text(), want) {
			t.Errorf("%s: %s", tag, d.Text())
		}
		if err := document.ReportXLSX(&out, d); err != nil {
			t.Error(err)
		}
	}
}
