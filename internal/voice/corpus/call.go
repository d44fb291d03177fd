package corpus

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"waihu/internal/voice/audio"
	"waihu/internal/voice/detect"
)

// Bounds of a part.
const (
	MaxCalls   = 10_000
	MaxLength  = 20 * time.Second
	MaxSamples = int(MaxLength * audio.Rate / time.Second)
)

// Label is what a call is.
type Label string

// Labels of calls beside those of detect's kinds.
const (
	Person  Label = "person"
	Machine Label = "machine"
	Fax     Label = "fax"
	Music   Label = "music" // a tune instead of ringing, or on hold
)

// Call is one labelled call.
type Call struct {
	Name     string
	Label    Label
	Detail   string  // variant, plan, keys or class
	Answered bool    // heard after the answer; else before it
	Beep     float64 // second at which its beep begins; 0: there is none
	Samples  []int16
	Received []bool
}

// Hear lets a detector hear the call.
func (c *Call) Hear(cfg detect.Config) *Heard {
	d := detect.New(cfg)
	h := &Heard{}
	if c.Answered {
		d.Answered()
	}
	for f, received := range c.Received {
		d.Frame(c.Samples[f*audio.FrameSamples:(f+1)*audio.FrameSamples], received)
		if v, ok := d.Decision(); ok && h.First.Party == "" {
			h.First = v
		}
	}
	h.Result = d.Result()
	return h
}

// Heard is what a detector made of a call.
type Heard struct {
	First  detect.Decision // who answered, as it was first decided
	Result detect.Result
}

// maker makes calls of one part.
type maker struct {
	*part
	r *rand.Rand
}

// Part names one.
type Part string

// The two parts.
const (
	Train   Part = "train"
	HeldOut Part = "held out"
)

// Make makes call number i of a part. Of sixteen in a row six are persons and
// four are machines.
func Make(which Part, i int) (*Call, error) {
	m := newMaker(which, 0, i)
	c, err := m.call(i)
	if err != nil {
		return nil, err
	}
	c.Name = fmt.Sprintf("%s %d", which, i)
	return c, nil
}

// newMaker makes one call; a stream of its own for each.
func newMaker(which Part, stream uint64, i int) *maker {
	p := &train
	if which == HeldOut {
		p = &heldOut
	}
	return &maker{p, rand.New(rand.NewPCG(p.seed+2*stream, uint64(i)))}
}

// workers make and hear calls; espeak-ng is waited for most of the time.
const workers = 4

// each does something for each of n calls, some at a time, and keeps their
// order. It is the first error that counts.
func each[T any](n int, do func(i int) (T, error)) ([]T, error) {
	if n > MaxCalls {
		return nil, fmt.Errorf("%d calls; at most %d are made", n, MaxCalls)
	}
	out, errs := make([]T, n), make([]error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < n && errs[w] == nil; i += workers {
				out[i], errs[w] = do(i)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *maker) call(i int) (*Call, error) {
	switch i % 16 {
	case 0, 1, 2, 4, 6, 8:
		return m.person()
	case 3, 5, 7, 9:
		return m.machine()
	case 10:
		return m.network(detect.Busy), nil
	case 11:
		return m.network(detect.Congestion), nil
	case 12:
		return m.network(detect.Ringback), nil
	case 13:
		return m.sit(), nil
	case 14:
		if m.r.IntN(2) == 0 {
			return m.keys(), nil
		}
		return m.fax(), nil
	}
	return m.music()
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// voice picks a language, a voice of it, and how it speaks.
func (m *maker) voice() (v Voice, language int) {
	manner := m.r.IntN(10) // so that a sentence is said in few ways and need not be said anew
	v = Voice{Speed: 145 + 8*manner, Pitch: 30 + 10*(manner*3%5)}
	if m.r.IntN(3) == 0 {
		v.Name = pick(m.r, m.english)
		return v, 1
	}
	v.Name = pick(m.r, m.mandarin)
	v.Speed = 290 + 12*manner // what makes four to five and a half syllables a second, as people speak
	return v, 0
}

// between is a number between two.
func (m *maker) between(low, high float64) float64 { return low + m.r.Float64()*(high-low) }

// finish lays noise under a call whose mean level is given, 10 to 40 dB below
// it, and sends it through a line.
func (m *maker) finish(c *Call, s *sound, level float64) *Call {
	s.out = s.out[:min(len(s.out), MaxSamples)]
	if m.r.IntN(4) > 0 {
		s.noise(pick(m.r, []string{"white", "street", "hum"}), max(-65, level-m.between(10, 40)))
	}
	l := Line{Law: audio.ALaw}
	if m.r.IntN(3) == 0 {
		l.Law = audio.MuLaw
	}
	if m.r.IntN(4) == 0 {
		l.Loss = m.between(0.005, 0.05)
	}
	c.Samples, c.Received = l.send(m.r, s.out)
	return c
}

// level is the loudest that somebody speaks, in dB; the mean is about peak lower.
func (m *maker) level() float64 { return m.between(-20, -4) }

const peak = 15.0

// person is somebody who picks up.
func (m *maker) person() (*Call, error) {
	v, l := m.voice()
	s, level := &sound{r: m.r}, m.level()
	c := &Call{Label: Person, Answered: true}
	say := func(of [2][]string) error {
		what, err := Say(v, pick(m.r, of[l]))
		if err == nil {
			s.say(what, level)
		}
		return err
	}
	var err error
	s.rest(m.between(0.05, 0.9))
	switch kind := m.r.IntN(20); {
	case kind == 0: // listens and says nothing
		c.Detail = "silent"
		s.rest(10)
		return m.finish(c, s, level-peak), nil
	case kind < 9:
		c.Detail = "short"
		err = say(m.short)
	case kind < 13:
		c.Detail = "name"
		err = say(m.name)
	case kind < 15:
		c.Detail = "office"
		v.Speed += 25 // who says it all day says it fast
		err = say(m.office)
	case kind < 17:
		c.Detail = "late"
		s.rest(m.between(0.8, 2.6))
		err = say(m.short)
	default: // asks again before anybody could answer
		c.Detail = "again"
		err = say(m.short)
		s.rest(m.between(0.3, 0.7))
		if err == nil {
			err = say(m.again)
		}
	}
	if err != nil {
		return nil, err
	}
	for s.seconds() < 10 { // nobody speaks to them: they ask again
		s.rest(m.between(1.3, 3))
		if err := say(m.again); err != nil {
			return nil, err
		}
	}
	if m.r.IntN(6) == 0 {
		c.Detail += ", music behind"
		s.under(music(m.r, 10*time.Second), level-m.between(20, 32))
	}
	return m.finish(c, s, level-peak), nil
}
