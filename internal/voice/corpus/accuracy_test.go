package corpus_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"waihu/internal/voice/corpus"
	"waihu/internal/voice/detect"
)

var update = flag.Bool("update", false, "measure the whole corpus and write docs/voice.md")

// most is the share of persons that may be called machines: one in a hundred
// is too many.
const most = 0.01

// calls measures so many calls that are held out.
func calls(t *testing.T, n int, cfg detect.Config) *corpus.Measured {
	t.Helper()
	m, err := corpus.Measure(corpus.HeldOut, n, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// spoken measures so many announcements that are held out.
func spoken(t *testing.T, n int, others bool) *corpus.Measured {
	t.Helper()
	m, err := corpus.MeasureSpoken(corpus.HeldOut, n, others, detect.Config{Recogniser: known(t)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func known(t *testing.T) *detect.Templates {
	t.Helper()
	labelled, err := corpus.Announcements(corpus.HeldOut)
	if err != nil {
		t.Fatal(err)
	}
	known, err := detect.NewTemplates(labelled)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// TestAccuracy: of persons that are held out, fewer than one in a hundred is
// called a machine; and each class is told about as well as docs/voice.md says.
func TestAccuracy(t *testing.T) {
	all, same := calls(t, 320, detect.Config{}), spoken(t, 40, false)
	if all.Persons < 120 || float64(all.Called) >= most*float64(all.Persons) {
		t.Errorf("%d of %d persons are called machines\n%s", all.Called, all.Persons, all.Table())
	}
	for class, least := range map[string]float64{"machine": 0.80, "beep": 0.85, "busy": 0.9, "congestion": 0.85, "ringback": 0.9, "sit": 0.9, "key": 0.9, "fax": 0.9} {
		if s := all.Score(class); s.Recall() < least || s.Precision() < 0.95 {
			t.Errorf("%s is told with precision %.3f and recall %.3f\n%s", class, s.Precision(), s.Recall(), all.Table())
		}
	}
	if s := same.All(); s.Precision() < 0.9 || s.Recall() < 0.85 {
		t.Errorf("announcements are told with precision %.3f and recall %.3f\n%s", s.Precision(), s.Recall(), same.Table())
	}
}

// TestOneSeedMakesTheSameCalls, so that figures can be compared.
func TestOneSeedMakesTheSameCalls(t *testing.T) {
	for i := range 16 {
		a, err := corpus.Make(corpus.Train, i)
		if err != nil {
			t.Fatal(err)
		}
		b, err := corpus.Make(corpus.Train, i)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.Samples, b.Samples) || !slices.Equal(a.Received, b.Received) || a.Label != b.Label || a.Detail != b.Detail {
			t.Errorf("%s is not the same again", a.Name)
		}
		if n := len(a.Samples); n == 0 || n > corpus.MaxSamples {
			t.Errorf("%s has %d samples", a.Name, n)
		}
	}
	if _, err := corpus.Measure(corpus.Train, corpus.MaxCalls+1, detect.Config{}); err == nil {
		t.Error("a part without a bound is made")
	}
}

// document is where figures are published, between two lines of it.
const (
	document  = "../../../docs/voice.md"
	begin     = "<!-- figures of make detect -->\n"
	end       = "<!-- end of figures -->\n"
	published = 4000 // calls
)

// TestFiguresArePublished writes them when it is told to (make detect), and
// else sees that there is a place for them.
func TestFiguresArePublished(t *testing.T) {
	figures := ""
	if *update {
		figures = measured(t)
		trades(t)
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	old, tail, closed := strings.Cut(rest, end)
	if !ok || !closed || figures == "" && !strings.Contains(old, "| person |") {
		t.Fatalf("%s has no figures of detection; make them with: make detect", document)
	}
	if !*update {
		return
	}
	if err := os.WriteFile(document, []byte(head+begin+figures+end+tail), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Log(figures)
}

// measured is the figures of what is held out, as the document has them.
func measured(t *testing.T) string {
	t.Helper()
	all, same, other := calls(t, published, detect.Config{Recogniser: known(t)}), spoken(t, published/8, false), spoken(t, published/8, true)
	s, o := same.All(), other.All()
	return fmt.Sprintf("Of %d persons, %d (%.2f %%) were called a machine or a fax at any time. Half of those who spoke were known %.1f s after their first word began, nine of ten %.1f s after.\n\n%s\n"+
		"Announcements, as an operator labelled them, repeated and begun in the middle:\n\n%s\nAll together: precision %.1f %%, recall %.1f %%. The same words of other voices, which nobody labelled: precision %.1f %%, recall %.1f %%.\n",
		all.Persons, all.Called, 100*float64(all.Called)/float64(all.Persons), all.Until(0.5).Seconds(), all.Until(0.9).Seconds(), all.Table(),
		same.Table(), 100*s.Precision(), 100*s.Recall(), 100*o.Precision(), 100*o.Recall())
}

// trades logs what other limits would cost and bring, as ADR 0044 has it.
func trades(t *testing.T) {
	t.Helper()
	var limits []time.Duration
	for long := 3500 * time.Millisecond; long <= 6500*time.Millisecond; long += 500 * time.Millisecond {
		limits = append(limits, long)
	}
	all, err := corpus.Trades(2400, limits)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		t.Logf("%v: of %d persons %d are called machines (%.2f %%); of %d machines %d are found (%.1f %%), of %d without a beep %d", c.Long, c.Persons, c.Called, 100*float64(c.Called)/float64(c.Persons),
			c.Machines, c.Found, 100*float64(c.Found)/float64(c.Machines), c.Beepless, c.Talked)
	}
}
