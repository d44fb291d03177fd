package corpus

import (
	"time"

	"waihu/internal/voice/detect"
)

// machine is an answering machine or voice mail.
func (m *maker) machine() (*Call, error) {
	v, l := m.voice()
	s, level := &sound{r: m.r}, m.level()
	c := &Call{Label: Machine, Answered: true}
	s.rest(m.between(0.05, 1.2))
	of, beep := m.personal, true
	switch kind := m.r.IntN(10); {
	case kind < 6:
		c.Detail = "personal"
		if m.r.IntN(4) == 0 {
			beep = false
			c.Detail = "personal, no beep"
		}
	case kind < 8:
		c.Detail, of = "brief", m.brief
	default:
		c.Detail, of, beep = "carrier", m.carrier, false
	}
	what, err := Say(v, pick(m.r, of[l]))
	if err != nil {
		return nil, err
	}
	s.say(what, level)
	if beep {
		s.rest(m.between(0.1, 1.2))
		c.Beep = s.seconds()
		s.tone(m.between(0.16, 1), level+m.between(-8, 2), m.between(400, 2200))
	}
	s.rest(2.5)
	return m.finish(c, s, level-peak), nil
}

// network is a tone of a network, in early media.
func (m *maker) network(kind detect.Kind) *Call {
	type tone struct {
		where   string
		hz      []float64
		cadence []float64
	}
	of := map[detect.Kind][]tone{
		detect.Busy: {{"CN", []float64{450}, []float64{.35, .35}}, {"HK TW US", []float64{480, 620}, []float64{.5, .5}}, {"EU", []float64{425}, []float64{.5, .5}},
			{"ES", []float64{425}, []float64{.2, .2}}, {"FR", []float64{440}, []float64{.5, .5}}, {"GB", []float64{400}, []float64{.375, .375}}},
		detect.Congestion: {{"CN", []float64{450}, []float64{.7, .7}}, {"HK TW US", []float64{480, 620}, []float64{.25, .25}}, {"EU", []float64{425}, []float64{.25, .25}},
			{"GB", []float64{400}, []float64{.4, .35, .225, .525}}},
		detect.Ringback: {{"CN", []float64{450}, []float64{1, 4}}, {"US", []float64{440, 480}, []float64{2, 4}}, {"TW", []float64{440, 480}, []float64{1, 2}},
			{"HK", []float64{440, 480}, []float64{.4, .2, .4, 3}}, {"EU", []float64{425}, []float64{1, 4}}, {"ES", []float64{425}, []float64{1.5, 3}},
			{"FR", []float64{440}, []float64{1.5, 3.5}}, {"GB", []float64{400, 450}, []float64{.4, .2, .4, 2}}},
	}
	t := pick(m.r, of[kind])
	s, level := &sound{r: m.r}, m.between(-30, -10)
	least := 4.0
	if kind == detect.Ringback {
		least = 12
	}
	s.rest(m.between(0, 0.6))
	for s.seconds() < least {
		for i, d := range t.cadence {
			if i%2 == 0 {
				s.tone(d, level, t.hz...)
			} else {
				s.rest(d)
			}
		}
	}
	return m.finish(&Call{Label: Label(kind), Detail: t.where}, s, level)
}

// sit is special information tones, then words a recogniser does not know.
func (m *maker) sit() *Call {
	type tones struct {
		name    string
		hz      [2]float64
		seconds [2]float64
	}
	const low, high, low2, high2, short, long = 913.8, 985.2, 1370.6, 1428.5, 0.274, 0.380
	t := pick(m.r, []tones{{"IC", [2]float64{low, low2}, [2]float64{short, short}}, {"VC", [2]float64{high, low2}, [2]float64{long, short}},
		{"RO'", [2]float64{low, high2}, [2]float64{short, long}}, {"RO\"", [2]float64{high, low2}, [2]float64{short, long}},
		{"NC'", [2]float64{high, high2}, [2]float64{long, long}}, {"NC\"", [2]float64{low, low2}, [2]float64{long, long}},
		{"#1", [2]float64{low, high2}, [2]float64{long, short}}, {"#2", [2]float64{high, high2}, [2]float64{short, short}}, {detect.General, [2]float64{950, 1400}, [2]float64{.33, .33}}})
	s, level := &sound{r: m.r}, m.between(-30, -12)
	s.rest(m.between(0, 0.6))
	third, last := 1776.7, long
	if t.name == detect.General {
		third, last = 1800, .33
	}
	gap := 0.0
	if m.r.IntN(2) == 0 {
		gap = 0.03
	}
	s.tone(t.seconds[0], level, t.hz[0])
	s.rest(gap)
	s.tone(t.seconds[1], level, t.hz[1])
	s.rest(gap)
	s.tone(last, level, third)
	s.rest(1)
	return m.finish(&Call{Label: Label(detect.SIT), Detail: t.name}, s, level)
}

// keys are keys pressed as sound after an answer.
func (m *maker) keys() *Call {
	rows, columns := []float64{697, 770, 852, 941}, []float64{1209, 1336, 1477, 1633}
	const names = "123A456B789C*0#D"
	s, level := &sound{r: m.r}, m.between(-24, -8)
	c := &Call{Label: Label(detect.Key)}
	s.rest(0.5)
	for range 4 + m.r.IntN(8) {
		k := m.r.IntN(16)
		c.Detail += names[k : k+1]
		off := 1 + m.between(-0.012, 0.012)
		s.tone(m.between(0.07, 0.2), level, rows[k/4]*off, columns[k%4]*off)
		s.rest(m.between(0.07, 0.2))
	}
	s.rest(0.5)
	return m.finish(c, s, level)
}

// fax is a fax machine that answers, or one that calls.
func (m *maker) fax() *Call {
	s, level := &sound{r: m.r}, m.between(-24, -10)
	c := &Call{Label: Fax, Detail: "CED", Answered: true}
	s.rest(m.between(0.2, 1.8))
	if m.r.IntN(2) == 0 {
		s.tone(2.9, level, 2100+m.between(-12, 12))
		s.rest(1)
		return m.finish(c, s, level)
	}
	c.Detail = "CNG"
	hz := 1100 + m.between(-30, 30)
	for range 3 {
		s.tone(0.5, level, hz)
		s.rest(3)
	}
	return m.finish(c, s, level)
}

// music is a tune instead of ringing, or a person who puts us on hold.
func (m *maker) music() (*Call, error) {
	s, level := &sound{r: m.r}, m.level()
	c := &Call{Label: Music}
	if m.r.IntN(2) == 0 {
		c.Answered, c.Detail = true, "on hold"
		v, l := m.voice()
		what, err := Say(v, pick(m.r, m.short[l]))
		if err != nil {
			return nil, err
		}
		s.rest(0.4)
		s.say(what, level)
		s.rest(1.5)
	}
	s.say(music(m.r, 10*time.Second), level-6)
	return m.finish(c, s, level-peak), nil
}
