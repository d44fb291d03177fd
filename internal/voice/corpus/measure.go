package corpus

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"waihu/internal/voice/detect"
)

// Score is how often a class was told rightly.
type Score struct {
	Class             string
	Right, Wrong, Not int // told and so; told and not so; so and not told
}

// Precision is the share of what was told that is so.
func (s *Score) Precision() float64 { return share(s.Right, s.Right+s.Wrong) }

// Recall is the share of what is so that was told.
func (s *Score) Recall() float64 { return share(s.Right, s.Right+s.Not) }

func share(n, of int) float64 {
	if of == 0 {
		return math.NaN()
	}
	return float64(n) / float64(of)
}

// Measured is what detection made of a part.
type Measured struct {
	scores  map[string]*Score
	order   []string
	Persons int             // who answered
	Called  int             // of those: called a machine or a fax at any time
	took    []time.Duration // until a person was known

	beepless, talked int // machines without a beep; of those: told
}

// order is that in which classes are told.
var order = []string{"person", "machine", "fax", "beep", "busy", "congestion", "ringback", "sit", "key"}

// Measure makes and hears so many calls of a part; a call is forgotten when it
// was heard.
func Measure(which Part, calls int, cfg detect.Config) (*Measured, error) {
	m := newMeasured(order)
	return m, m.hear(calls, cfg, func(i int) (*Call, error) { return Make(which, i) }, m.add)
}

func newMeasured(classes []string) *Measured {
	m := &Measured{scores: map[string]*Score{}}
	for _, name := range classes {
		m.score(name)
	}
	return m
}

// hear hears each call and counts it.
func (m *Measured) hear(calls int, cfg detect.Config, one func(int) (*Call, error), add func(*Call, *Heard)) error {
	type pair struct {
		c *Call
		h *Heard
	}
	all, err := each(calls, func(i int) (pair, error) {
		c, err := one(i)
		if err != nil {
			return pair{}, err
		}
		h := c.Hear(cfg)
		c.Samples, c.Received = nil, nil
		return pair{c, h}, nil
	})
	if err != nil {
		return err
	}
	for _, p := range all {
		add(p.c, p.h)
	}
	return nil
}

func (m *Measured) score(class string) *Score {
	s := m.scores[class]
	if s == nil {
		s = &Score{Class: class}
		m.scores[class] = s
		m.order = append(m.order, class)
	}
	return s
}

// told counts what was told beside what is so; both may be empty.
func (m *Measured) told(told, is string) {
	switch {
	case told == is && is != "":
		m.score(is).Right++
	case told != is:
		if told != "" {
			m.score(told).Wrong++
		}
		if is != "" {
			m.score(is).Not++
		}
	}
}

func (m *Measured) add(c *Call, h *Heard) {
	if c.Answered {
		is := string(c.Label)
		if c.Label == Music {
			is = string(Person)
		}
		m.told(string(h.Result.Decision.Party), is)
		if c.Label == Machine && c.Beep == 0 {
			m.beepless++
			if h.Result.Decision.Party == detect.Machine {
				m.talked++
			}
		}
		m.person(c, h)
	}
	for _, kind := range []detect.Kind{detect.Beep, detect.Busy, detect.Congestion, detect.Ringback, detect.SIT} {
		told, is := "", ""
		for _, f := range h.Result.Findings {
			if f.Kind == kind && f.Confidence >= 0.7 && fits(c, &f) {
				told = string(kind)
			} else if f.Kind == kind {
				told = string(kind)
				m.score(told).Wrong++
			}
		}
		if c.Label == Label(kind) || kind == detect.Beep && c.Beep > 0 {
			is = string(kind)
		}
		if told != "" && is == "" {
			continue // it was counted above
		}
		m.told(told, is)
	}
	told, is := h.Result.Keys, ""
	if c.Label == Label(detect.Key) {
		is = c.Detail
	}
	m.keys(told, is)
}

// fits tells whether a finding is what the call has, and where it has it.
func fits(c *Call, f *detect.Finding) bool {
	if f.Kind == detect.Beep {
		return c.Beep > 0 && math.Abs(f.From.Seconds()-c.Beep) < 0.1
	}
	return c.Label == Label(f.Kind) && f.Detail == c.Detail
}

// keys counts key by key.
func (m *Measured) keys(told, is string) {
	s := m.score("key")
	for len(is) > 0 {
		if strings.HasPrefix(told, is[:1]) {
			told = told[1:]
			s.Right++
		} else {
			s.Not++
		}
		is = is[1:]
	}
	s.Wrong += len(told)
}

func (m *Measured) person(c *Call, h *Heard) {
	if c.Label != Person {
		return
	}
	m.Persons++
	if p := h.Result.Decision.Party; p != detect.Person || h.First.Party != detect.Person && h.First.Party != "" {
		m.Called++
	} else if h.First.Party != "" && h.First.Reason != detect.NoVoice {
		m.took = append(m.took, h.First.At-h.First.Silence)
	}
}

// Trade is what a limit costs and brings.
type Trade struct {
	Long             time.Duration // talk without waiting that makes a machine
	Persons, Called  int           // who answered; called a machine or a fax at any time
	Machines, Found  int
	Beepless, Talked int // machines without a beep; of those: found
}

// Trades hears calls of the part for training under each of several limits, so
// that one can be chosen.
func Trades(calls int, limits []time.Duration) ([]Trade, error) {
	all := make([]Trade, 0, len(limits))
	for _, long := range limits {
		l := detect.Usual()
		l.Long = long
		m, err := Measure(Train, calls, detect.Config{Limits: l})
		if err != nil {
			return nil, err
		}
		machines := m.Score(string(Machine))
		all = append(all, Trade{long, m.Persons, m.Called, machines.Right + machines.Not, machines.Right, m.beepless, m.talked})
	}
	return all, nil
}

// MeasureSpoken hears so many announcements; the class of one nobody labelled
// is empty.
func MeasureSpoken(which Part, calls int, others bool, cfg detect.Config) (*Measured, error) {
	var classes []string
	for _, c := range detect.Classes() {
		classes = append(classes, string(c))
	}
	m := newMeasured(classes)
	return m, m.hear(calls, cfg, func(i int) (*Call, error) { return Spoken(which, i, others) }, func(c *Call, h *Heard) {
		told := ""
		if f, ok := h.Result.Cause(); ok && f.Kind == detect.Spoken {
			told = f.Detail
		}
		m.told(told, c.Detail)
	})
}

// All is all classes together.
func (m *Measured) All() (all Score) {
	for _, s := range m.scores {
		all.Right, all.Wrong, all.Not = all.Right+s.Right, all.Wrong+s.Wrong, all.Not+s.Not
	}
	return all
}

// Score is that of one class.
func (m *Measured) Score(class string) Score { return *m.scores[class] }

// Until is the time from the first word within which so large a share of persons is
// known.
func (m *Measured) Until(part float64) time.Duration {
	if len(m.took) == 0 {
		return 0
	}
	slices.SortFunc(m.took, cmp.Compare)
	return m.took[min(len(m.took)-1, int(part*float64(len(m.took))))]
}

// Table is the scores as a table of Markdown.
func (m *Measured) Table() string {
	var b strings.Builder
	b.WriteString("| what | precision | recall | told rightly | told wrongly | missed |\n|---|---|---|---|---|---|\n")
	for _, name := range m.order {
		s := m.scores[name]
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %d | %d |\n", strings.ReplaceAll(name, "_", " "), percent(s.Precision()), percent(s.Recall()), s.Right, s.Wrong, s.Not)
	}
	return b.String()
}

func percent(f float64) string {
	if math.IsNaN(f) {
		return "none"
	}
	return fmt.Sprintf("%.1f %%", 100*f)
}
