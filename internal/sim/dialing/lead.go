package dialing

import "math"

// stream is a small generator of random numbers (SplitMix64); one is made for
// each lead.
type stream uint64

func streamOf(seed uint64, lead int, kind uint64) stream {
	s := stream(seed*0x9E3779B97F4A7C15 ^ uint64(lead)*0xD1B54A32D192ED03 ^ kind*0x8CB92BA72F3D8DD7)
	s.next()
	return s
}

func (s *stream) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// share is uniform above 0 and below 1.
func (s *stream) share() float64 { return (float64(s.next()>>11) + 0.5) / (1 << 53) }

func (s *stream) exponential(mean float64) float64 { return -mean * math.Log(s.share()) }

func (s *stream) normal() float64 {
	return math.Sqrt(-2*math.Log(s.share())) * math.Cos(2*math.Pi*s.share())
}

// lognormal has a mean and a coefficient of variation.
func (s *stream) lognormal(mean, cv float64) float64 {
	v := math.Log(1 + cv*cv)
	return math.Exp(math.Log(mean) - v/2 + math.Sqrt(v)*s.normal())
}

// erlang is a sum of stages.
func (s *stream) erlang(stages int, mean float64) float64 {
	sum := 0.0
	for range stages {
		sum += s.exponential(mean / float64(stages))
	}
	return sum
}

// lead is what one would do when dialled.
type lead struct {
	luck    float64 // a person answers where this is below the chance
	ring    float64 // seconds until the person answers
	kind    float64 // of those not answered by a person
	delay   float64 // seconds until the phone rings
	talk    float64
	wrap    float64
	area    int
	detects float64 // seconds to tell a person from a machine
	mistake float64 // of that
}

// Times of the standard world, in seconds.
const (
	ringMean  = 12
	ringLimit = 25
	busyAt    = 3  // busy and invalid numbers end
	machineAt = 15 // a machine answers
	busyShare = 0.15
	machines  = 0.25
	areas     = 8
)

// leadOf draws a lead.
func (c *Case) leadOf(seed uint64, number int) lead {
	s := streamOf(seed, number, 1)
	l := lead{luck: s.share(), kind: s.share(), delay: 1.5 + 1.5*s.share(), area: int(s.share() * areas), detects: 1 + 2*s.share(), mistake: s.share()}
	h := streamOf(seed, number, 2)
	switch c.Handling {
	case Exponential:
		l.talk = h.exponential(90)
	case Bimodal:
		if h.share() < 0.4 {
			l.talk = h.exponential(5)
		} else {
			l.talk = h.lognormal(180, 0.5)
		}
	case Memoryless:
		l.talk = h.exponential(110)
	default:
		l.talk = h.lognormal(90, max(c.Variation, 1))
	}
	if c.Handling != Memoryless {
		l.wrap = h.exponential(20)
	}
	r := streamOf(seed, number, 3)
	if c.Handling == Memoryless {
		l.ring = r.erlang(2, markovRing)
		l.delay = min(l.delay, l.ring/2)
		return l
	}
	for {
		if l.ring = r.erlang(4, ringMean); l.ring < ringLimit {
			break
		}
	}
	l.delay = min(l.delay, l.ring/2)
	return l
}

const markovRing = 15 // mean seconds of a phone in the world of Optimal
