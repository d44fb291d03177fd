package manual

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"waihu/docs/guide"
	"waihu/internal/lang"
	"waihu/internal/planfile"
)

// TestChapters: every chapter is there in every language, with a title, headings
// and no more than the house's pages have.
func TestChapters(t *testing.T) {
	if _, err := books(); err != nil {
		t.Fatal(err)
	}
	for _, tag := range lang.Tags() {
		list := Chapters(tag)
		if len(list) != len(order) {
			t.Fatalf("%s has %d chapters", tag, len(list))
		}
		for i, c := range list {
			if c.Title == "" || len(c.Headings) < 4 || len(c.Headings) != len(Chapters(lang.English)[i].Headings) {
				t.Errorf("%s/%s: %q with %d headings", tag, c.Name, c.Title, len(c.Headings))
			}
			for _, h := range c.Headings {
				if !strings.Contains(c.HTML, `id="`+h.ID+`"`) {
					t.Errorf("%s/%s: no place %q", tag, c.Name, h.ID)
				}
			}
			if strings.Contains(c.HTML, "raw HTML omitted") {
				t.Errorf("%s/%s holds HTML", tag, c.Name)
			}
		}
	}
	if _, err := Find(lang.English, "nothing"); err == nil {
		t.Error("a chapter that is none was found")
	}
}

var block = regexp.MustCompile("(?s)```([a-z]+)\n(.*?)```")

// blocks are the code blocks of a chapter.
func blocks(t *testing.T, tag lang.Tag, name string) [][]string {
	t.Helper()
	b, err := guide.Files.ReadFile(string(tag) + "/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return block.FindAllStringSubmatch(string(b), -1)
}

// TestCodeIsTheSameInEveryLanguage: what is typed does not depend on what is read.
func TestCodeIsTheSameInEveryLanguage(t *testing.T) {
	for _, name := range order {
		en := blocks(t, lang.English, name)
		for _, tag := range lang.Tags() {
			other := blocks(t, tag, name)
			if len(other) != len(en) {
				t.Errorf("%s/%s has %d blocks, the English chapter %d", tag, name, len(other), len(en))
				continue
			}
			for i := range en {
				if other[i][0] != en[i][0] {
					t.Errorf("%s/%s, block %d differs:\n%s", tag, name, i+1, other[i][2])
				}
			}
		}
	}
}

// TestPlansOfTheManualAreSound checks each plan as waihu plan check would; parts of
// plans get the head of the first.
func TestPlansOfTheManualAreSound(t *testing.T) {
	head := ""
	n := 0
	for _, b := range blocks(t, lang.English, "plans") {
		if b[1] != "yaml" {
			continue
		}
		text := b[2]
		if head == "" {
			head, _, _ = strings.Cut(text, "components:")
		} else {
			text = head + text
		}
		n++
		_, problems := planfile.Load(fstest.MapFS{"plan.yaml": {Data: []byte(text)}}, "plan.yaml")
		if err := problems.Err(); err != nil {
			t.Errorf("plan %d: %v\n%s", n, err, text)
		}
	}
	if n < 5 {
		t.Errorf("only %d plans were read", n)
	}
}

// TestLinksLeadSomewhere: chapters link to chapters and pages of ours.
func TestLinksLeadSomewhere(t *testing.T) {
	to := regexp.MustCompile(`href="/docs/([a-z-]+)`)
	for _, c := range Chapters(lang.English) {
		for _, m := range to.FindAllStringSubmatch(c.HTML, -1) {
			if _, err := Find(lang.English, m[1]); err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
		}
	}
	if _, err := target("https://example.com"); err == nil {
		t.Error("a link out of the manual was taken")
	}
}

// TestScriptsAreApart: no character of the other Chinese script outside code.
func TestScriptsAreApart(t *testing.T) {
	for _, name := range order {
		for tag, other := range map[lang.Tag]string{lang.Traditional: "后云于并余范准采里制周占发", lang.Simplified: "於與並後餘準採裡係隻製週佔"} {
			b, err := guide.Files.ReadFile(string(tag) + "/" + name + ".md")
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range block.ReplaceAllString(string(b), "") {
				if r < 0x4e00 || r > 0x9fff {
					continue
				}
				_, inGB := simplifiedchinese.HZGB2312.NewEncoder().String(string(r))
				_, inBig5 := traditionalchinese.Big5.NewEncoder().String(string(r))
				if tag == lang.Traditional && inBig5 != nil || tag == lang.Simplified && inGB != nil || strings.ContainsRune(other, r) {
					t.Errorf("%s/%s: %c is of the other script", tag, name, r)
				}
			}
		}
	}
}
