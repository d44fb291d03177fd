package report

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/explain"
	"waihu/internal/lang"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestWithinBounds: whatever a chart holds and however wide it is drawn, every
// shape lies within the drawing, and nothing is at no place.
func TestWithinBounds(t *testing.T) {
	for _, c := range pictures(t) {
		for _, width := range []float64{smallWidth, 500, 740, largeWidth} {
			d := Draw(&c, lang.English, width, roughly)
			for _, s := range d.Shapes {
				for _, p := range s.Points {
					if math.IsNaN(p.X+p.Y) || p.X < -0.01 || p.X > width+0.01 || p.Y < -0.01 || p.Y > d.Height+0.01 {
						t.Fatalf("%s at %v: %+v is outside %v x %v", c.ID, width, s, width, d.Height)
					}
				}
			}
			for _, s := range d.Shapes {
				if s.Text == "" {
					continue
				}
				wide := roughly(s.Text, s.Size)
				left := s.Points[0].X - wide*float64(s.Anchor)/2
				if left < -1 || left+wide > width+1 {
					t.Errorf("%s at %v: %q goes from %.1f to %.1f", c.ID, width, s.Text, left, left+wide)
				}
			}
			if again := Draw(&c, lang.English, width, roughly); d.SVG("x") != again.SVG("x") {
				t.Errorf("%s: two drawings differ", c.ID)
			}
		}
	}
}

// TestOpenIsNotShort: what cannot be totalled is drawn with a hatched end, even
// where nothing of it is known, and a bar begins at zero.
func TestOpenIsNotShort(t *testing.T) {
	c := explain.Chart{Bars: &explain.Bars{Rows: []explain.Bar{{Name: "known", Parts: []explain.BarPart{{Colour: 0, Value: 100}}, Low: 100, High: 100, Label: "100"}}}}
	without := Draw(&c, lang.English, 740, roughly)
	c.Bars.Rows[0].Open = true
	with := Draw(&c, lang.English, 740, roughly)
	if hatched(&with) < 5 || hatched(&without) != 0 {
		t.Errorf("%d hatch lines where it is open, %d where it is known", hatched(&with), hatched(&without))
	}
	c.Bars.Rows[0] = explain.Bar{Name: "nothing", Open: true, Label: "unknown"}
	if nothing := Draw(&c, lang.English, 740, roughly); hatched(&nothing) < 5 {
		t.Error("an offer of which nothing is known is drawn as zero")
	}
	zero := 0.0
	for _, s := range without.Shapes {
		if s.Text == "0" {
			zero = s.Points[0].X
		}
	}
	for _, s := range without.Shapes {
		if s.Fill == Series(0) && s.Text == "" && math.Abs(s.Points[0].X-zero) > 0.01 {
			t.Errorf("the bar begins at %v, zero is at %v", s.Points[0].X, zero)
		}
	}
}

// hatched counts slanting lines of two points.
func hatched(d *Drawing) (n int) {
	for _, s := range d.Shapes {
		if s.Stroke == Muted && len(s.Points) == 2 && s.Points[0].X != s.Points[1].X && s.Points[0].Y != s.Points[1].Y {
			n++
		}
	}
	return n
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{0, 10, "0 2 4 6 8 10"}, {0, 28336, "0 10,000 20,000"}, {0, 0, "0 0.2 0.4 0.6 0.8 1"}, {-0.5, 1, "-0.5 0 0.5 1"}, {0, 0.07, "0 0.02 0.04 0.06"}, {0, 1e15, "0 200,000,000,000,000 400,000,000,000,000 600,000,000,000,000 800,000,000,000,000 1,000,000,000,000,000"},
		{math.NaN(), math.Inf(1), ""},
	} {
		s := newScale(c.low, c.high, 5, false)
		var names []string
		for _, v := range s.ticks() {
			names = append(names, s.name(lang.English, v, false))
		}
		if got := strings.Join(names, " "); got != c.want && c.want != "" {
			t.Errorf("%v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
		if len(names) > mostTicks {
			t.Errorf("%d marks", len(names))
		}
	}
}

func written(t testing.TB, d *explain.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	pictured = regexp.MustCompile(`(?s)<svg.*?</svg>`)
	styled   = regexp.MustCompile(`(?s)<style>.*?</style>`)
	outside  = regexp.MustCompile(`(?i)<(script|link|img|iframe|object|embed|form)|url\(|@import|\bsrc=|href="[^#]|javascript:`)
)

// TestHTML: the page in each language, without its style and its paths, is the
// one that was looked at; it asks for nothing outside itself; each picture has a
// caption, a name and a table; the same document gives the same bytes.
func TestHTML(t *testing.T) {
	r := small(t)
	for _, tag := range lang.Tags() {
		d := explain.Comparison(r, tag)
		page := written(t, d)
		if page != written(t, explain.Comparison(r, tag)) {
			t.Errorf("%s: two pages differ", tag)
		}
		if found := outside.FindString(page); found != "" {
			t.Errorf("%s: the page asks for something: %q", tag, found)
		}
		if strings.ContainsAny(styled.ReplaceAllString(page, ""), "{}") || strings.Contains(page, "[report.") {
			t.Errorf("%s: a phrase is missing", tag)
		}
		checkPage(t, page)
		bare := styled.ReplaceAllString(pictured.ReplaceAllString(page, "<svg/>"), "<style/>")
		file := filepath.Join("testdata", "comparison."+string(tag)+".html")
		if *update {
			if err := os.WriteFile(file, []byte(bare), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(file); err != nil || string(want) != bare {
			t.Errorf("%s differs (%v): run with -update and look at the page", file, err)
		}
		for i := range d.Sections {
			s := &d.Sections[i]
			if s.Table == nil {
				continue
			}
			for _, row := range s.Table.Rows {
				for _, cell := range row {
					if !strings.Contains(page, escape(cell)) {
						t.Errorf("%s %s: the page does not say %q", tag, s.Path, cell)
					}
				}
			}
		}
	}
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "+", "&#43;").Replace(s)
}

// checkPage reads the page as XML, which is stricter than HTML: tags are closed
// and nested, identifiers are there once, links lead somewhere.
func checkPage(t *testing.T, page string) {
	t.Helper()
	page = strings.Replace(page, "<!doctype html>", "", 1)
	page = regexp.MustCompile(`<meta ([^>]*)>`).ReplaceAllString(page, "<meta $1/>")
	dec := xml.NewDecoder(strings.NewReader(page))
	ids, links := map[string]int{}, []string{}
	count := map[string]int{}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v", err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		count[e.Name.Local]++
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "id":
				ids[a.Value]++
			case "href":
				links = append(links, strings.TrimPrefix(a.Value, "#"))
			case "aria-labelledby":
				links = append(links, a.Value)
			}
		}
		if e.Name.Local == "th" && !strings.Contains(attrs(e), "scope=") {
			t.Error("a heading of a table has no scope")
		}
		if e.Name.Local == "svg" && (!strings.Contains(attrs(e), "role=img") || !strings.Contains(attrs(e), "aria-label=")) {
			t.Error("a picture has no name")
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("the identifier %s is there %d times", id, n)
		}
	}
	for _, l := range links {
		if ids[l] == 0 {
			t.Errorf("a link leads to %s, which is not there", l)
		}
	}
	if count["h1"] != 1 || count["figure"] == 0 || count["figcaption"] != count["figure"] || count["details"] != count["figure"] || count["svg"] != 2*count["figure"] || count["script"] != 0 {
		t.Errorf("elements: %v", count)
	}
}

func attrs(e xml.StartElement) (s string) {
	for _, a := range e.Attr {
		s += a.Name.Local + "=" + a.Value + " "
	}
	return s
}

// TestHTMLEscapes: names are text, whatever is in them.
func TestHTMLEscapes(t *testing.T) {
	nasty := `</svg><script>alert("x")</script>&'`
	c := explain.Chart{ID: "x", Title: nasty, Values: nasty, Bars: &explain.Bars{Rows: []explain.Bar{{Name: nasty, Label: nasty}}}, Twin: &explain.Table{Head: []string{nasty}, Rows: [][]string{{nasty}}}}
	d := &explain.Document{Language: lang.English, Title: nasty, Sections: []explain.Section{{Path: nasty, Title: nasty, Sentences: []string{nasty}, Charts: []explain.Chart{c}}}}
	page := written(t, d)
	if strings.Contains(page, "<script") || strings.Contains(page, "</svg><") && strings.Count(page, "</svg>") != 2 {
		t.Error("a name became a part of the page")
	}
	checkPage(t, page)
}

// ExampleHTML writes one page.
func ExampleHTML() {
	d := &explain.Document{Language: lang.English, Title: "Which offer is cheapest?", Sections: []explain.Section{{Path: "answer", Sentences: []string{"Offer B costs least."}}}}
	var b bytes.Buffer
	if err := HTML(&b, d); err != nil {
		panic(err)
	}
	os.Stdout.WriteString(regexp.MustCompile(`<p class="answer">.*`).FindString(b.String()))
	// Output: <p class="answer">Offer B costs least.</p>
}
