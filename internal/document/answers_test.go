package document

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"waihu/internal/calling/script"
	"waihu/internal/explain"
	"waihu/internal/lang"
)

// TestAnswersInWordsXLSX: what people said in words has a sheet of its question, as text
// whatever it begins with and on one line, and those who said nothing are not in it.
func TestAnswersInWordsXLSX(t *testing.T) {
	b := &script.Book{Name: "Spring"}
	b.Tally.Know(&script.Script{Steps: []script.Step{{ID: "a", Ask: []script.Question{{ID: "why", Kind: script.Text, Label: lang.Text{En: "Why so?", Hant: "為什麼？", Hans: "为什么？"}}}}}})
	said := []string{"=HYPERLINK(\"x\")", "", "太貴了\nand slow"}
	for i, word := range said {
		answers := script.Answers{}
		if word != "" {
			answers["why"] = []string{word}
		}
		b.Tally.Add(answers, script.Complete)
		b.Rows = append(b.Rows, script.Row{Try: "try_" + string(rune('a'+i)), Answers: answers})
	}
	for tag, name := range map[lang.Tag]string{lang.English: "Why so", lang.Traditional: "為什麼？", lang.Simplified: "为什么？"} {
		var out bytes.Buffer
		if err := ReportXLSX(&out, explain.Answers(b, tag)); err != nil {
			t.Fatal(err)
		}
		file, err := excelize.OpenReader(&out)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := file.GetRows(name)
		if err != nil || len(rows) != 3 || rows[1][1] != "try_a" || rows[1][2] != said[0] || rows[2][1] != "try_c" || rows[2][2] != "太貴了 and slow" {
			t.Errorf("%s: %v, %q", tag, err, rows)
		}
		if formula, err := file.GetCellFormula(name, "C2"); err != nil || formula != "" {
			t.Errorf("%s: what was said is a formula: %q, %v", tag, formula, err)
		}
	}
}

// TestAnswersInWordsAreBounded: beyond the bound a question says where the others are.
func TestAnswersInWordsAreBounded(t *testing.T) {
	b := &script.Book{Name: "Spring"}
	b.Tally.Know(&script.Script{Steps: []script.Step{{ID: "a", Ask: []script.Question{{ID: "why", Kind: script.Text, Label: lang.Text{En: "Why so?"}}}}}})
	for range explain.MaxWords + 1 {
		answers := script.Answers{"why": {"so"}}
		b.Tally.Add(answers, script.Complete)
		b.Rows = append(b.Rows, script.Row{Answers: answers})
	}
	for tag, want := range map[lang.Tag]string{lang.English: "The first 10,000 are here", lang.Traditional: "前 10,000 筆", lang.Simplified: "前 10,000 条"} {
		for _, s := range explain.Answers(b, tag).Sections {
			if s.Path == "questions.why" && (len(s.Table.Rows) != explain.MaxWords || !strings.Contains(strings.Join(s.Sentences, "\n"), want)) {
				t.Errorf("%s: %d rows, %q", tag, len(s.Table.Rows), s.Sentences)
			}
		}
	}
	b.Rows = nil
	for _, s := range explain.Answers(b, lang.English).Sections {
		if s.Path == "questions.why" && s.Table != nil {
			t.Error("who did not ask for the calls gets what was said in them")
		}
	}
}
