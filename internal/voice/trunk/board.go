package trunk

import (
	"cmp"
	"sync"
	"time"

	"waihu/internal/timex"
)

// How long trunks rest.
const (
	failuresUntilRest = 3                // in a row
	firstRest         = 30 * time.Second // doubled with each further failure
	mostRest          = time.Hour        // also of what a Retry-After asks for
	missesUntilDown   = 2                // pings in a row
)

// Board is what the trunks of a configuration carry, and how they are. It is
// safe for several goroutines: a channel is given once.
type Board struct {
	cfg  *Config
	loc  *time.Location
	seed uint64

	mu      sync.Mutex
	divided bool // other processes use the trunks too
	trunks  []load
	pools   map[string]*turns
}

// load is one trunk.
type load struct {
	open     int
	begun    []time.Time // ring of the last Rate beginnings
	next     int         // the oldest of them
	rests    time.Time   // until then
	failures int         // in a row
	misses   int         // pings in a row
	standing *Standing   // of our registration; nil: none is needed
	calls    int64
	answered int64
	part     Part      // of it that is ours, where the trunks are divided
	until    time.Time // then it is not any more
	came     came
}

// NewBoard makes one with nothing going on. The zone is the configuration's;
// the seed decides in which order calling numbers take turns.
func NewBoard(c *Config, loc *time.Location, seed uint64) *Board {
	b := &Board{cfg: c, loc: loc, seed: seed, trunks: make([]load, len(c.Trunks)), pools: map[string]*turns{}}
	for i := range b.trunks {
		b.trunks[i].begun = make([]time.Time, c.Trunks[i].Rate)
	}
	for i := range c.Pools {
		b.pools[c.Pools[i].Name] = &turns{pool: &c.Pools[i]}
	}
	return b
}

// Order are the trunks for a number (Config.Order).
func (b *Board) Order(number string, now time.Time) ([]Route, error) {
	return b.cfg.Order(number, now, b.loc)
}

// Class is the class of a destination that may be called (Config.Class).
func (b *Board) Class(number string) (Class, error) { return b.cfg.Class(number) }

// FailsOver tells whether the next trunk is tried after an end.
func (b *Board) FailsOver(e End) bool {
	return !e.Rang && !e.Answered && (e.Lost || b.cfg.FailsOver(e.Code))
}

// Seized is a channel of a trunk, and a calling number, taken for one call.
type Seized struct {
	From   string   // calling number; the one that was given, where one was
	Routes []string // proxies the trunk's registrar wants the call to take; none: any
	b      *Board
	at     int
	pool   *turns
	day    timex.Date
	once   sync.Once
}

// Seize takes a channel of a trunk, its place in this second, and a calling
// number where from is empty. A reason says why it cannot; then nothing is taken.
func (b *Board) Seize(r *Route, from string, now time.Time) (*Seized, Reason) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, l := r.Trunk, &b.trunks[r.at]
	most := b.bounds(t, l, now)
	switch {
	case l.misses >= missesUntilDown:
		return nil, Down
	case l.standing != nil && !now.Before(l.standing.Until):
		return nil, Apart
	case now.Before(l.rests):
		return nil, Resting
	case l.open >= most.Channels:
		return nil, Full
	case l.tooFast(most.Rate, now):
		return nil, TooFast
	}
	s := &Seized{From: from, b: b, at: r.at, day: timex.At(now).DateIn(b.loc)}
	if from == "" && t.Callers != "" {
		s.pool = b.pools[t.Callers]
		if s.From = s.pool.take(s.day, b.seed, b.divided); s.From == "" {
			return nil, NoCaller
		}
	}
	if l.standing != nil {
		s.Routes = l.standing.Routes
	}
	l.open++
	l.calls++
	l.begun[l.next] = now
	l.next = (l.next + 1) % len(l.begun)
	return s, ""
}

// End is what came of a call over a trunk.
type End struct {
	Code     int           // final status; 0: none came
	Retry    time.Duration // Retry-After
	Lost     bool          // could not be sent, or nothing came back at all
	Rang     bool          // it rang, or there was sound
	Answered bool
	Talk     time.Duration
	OurDoing bool // given up by us: it says nothing about the trunk
}

// Release gives the channel back, once, and notes what came of the call.
func (s *Seized) Release(e End, now time.Time) {
	s.once.Do(func() {
		s.b.mu.Lock()
		defer s.b.mu.Unlock()
		l := &s.b.trunks[s.at]
		l.open--
		l.note(e, now)
		if s.pool != nil && !e.OurDoing {
			s.pool.note(s.From, s.day, e)
		}
	})
}

// note lets a trunk rest that says it cannot, or that fails again and again.
func (l *load) note(e End, now time.Time) {
	failed := e.Lost || e.Code >= 500 && e.Code < 600
	switch {
	case e.OurDoing:
	case e.Code == 503 && e.Retry > 0:
		l.rest(now.Add(min(e.Retry, mostRest)))
	case failed && !e.Rang:
		if l.failures++; l.failures >= failuresUntilRest {
			l.rest(now.Add(min(mostRest, firstRest<<min(l.failures-failuresUntilRest, 10))))
		}
	default:
		l.failures = 0
	}
	if e.Answered {
		l.answered++
	}
}

func (l *load) rest(until time.Time) {
	if until.After(l.rests) {
		l.rests = until
	}
}

// Ping notes whether a trunk answered when it was asked. Unanswered pings take it
// out of use, an answered one brings it back.
func (b *Board) Ping(name string, answered bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.trunks {
		if b.cfg.Trunks[i].Name != name {
			continue
		}
		if b.trunks[i].misses++; answered {
			b.trunks[i].misses = 0
		}
	}
}

// State is how a trunk is.
type State struct {
	Name     string
	Open     int // calls now
	In       int // calls now that came in, beside them
	Channels int
	Calls    int64
	Answered int64
	Rests    time.Time // until then; zero: it does not
	Down     bool
	Apart    string // why we are not registered at it, though we should be; empty: we are, or need not
}

// States are all trunks as they are, in the order of the file.
func (b *Board) States(now time.Time) []State {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]State, len(b.trunks))
	for i := range b.trunks {
		l, t := &b.trunks[i], &b.cfg.Trunks[i]
		out[i] = State{Name: t.Name, Open: l.open, In: l.came.open, Channels: t.Channels, Calls: l.calls, Answered: l.answered, Down: l.misses >= missesUntilDown}
		if now.Before(l.rests) {
			out[i].Rests = l.rests
		}
		if l.standing != nil && !now.Before(l.standing.Until) {
			out[i].Apart = cmp.Or(l.standing.Why, "no answer yet")
		}
	}
	return out
}
