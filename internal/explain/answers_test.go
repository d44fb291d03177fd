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
