package workspace

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/vendorbill"
)

// Limits bound what is kept. Zero fields are those of DefaultLimits.
type Limits struct {
	FileBytes  int64         // of one file
	SpaceBytes int64         // of the files of one workspace
	AllBytes   int64         // of all files
	Files      int           // of one workspace
	Spaces     int           // workspaces at a time
	Offers     int           // of one workspace
	Age        time.Duration // since a workspace was last used
	Loaded     int           // workspaces whose usage is in memory
	Jobs       int           // readings and comparisons at a time
	Waiting    int           // of them, until one is free
}

// DefaultLimits suit one machine with some gigabytes to spare.
func DefaultLimits() Limits {
	return Limits{FileBytes: 1 << 30, SpaceBytes: 2 << 30, AllBytes: 8 << 30, Files: 40, Spaces: 500, Offers: 40, Age: 24 * time.Hour, Loaded: 12, Jobs: 2, Waiting: 40}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	fill(&l.FileBytes, d.FileBytes)
	fill(&l.SpaceBytes, d.SpaceBytes)
	fill(&l.AllBytes, d.AllBytes)
	fill(&l.Files, d.Files)
	fill(&l.Spaces, d.Spaces)
	fill(&l.Offers, d.Offers)
	fill(&l.Age, d.Age)
	fill(&l.Loaded, d.Loaded)
	fill(&l.Jobs, d.Jobs)
	fill(&l.Waiting, d.Waiting)
	return l
}

func fill[T comparable](v *T, absent T) {
	var zero T
	if *v == zero {
		*v = absent
	}
}

// Shelf keeps workspaces.
type Shelf struct {
	under    string // where its folder is made; empty: the system's place for temporary files
	dir      string // its folder; empty until the first workspace: a shelf nobody uses leaves none
	lim      Limits
	now      func() time.Time
	system   *app.System // for a company's own usage and plans; nil: there is none
	holidays map[string]*timex.Calendar
	slots    chan struct{} // one for each job that runs

	mu      sync.Mutex
	spaces  map[string]*Space // by token, and by the token to read
	bytes   int64             // of all files, those coming in too
	waiting int
	swept   time.Time

	mappings map[string]*vendorbill.Mapping // of bills by company and columns
}

// Open makes a shelf that will have a folder of its own in dir; empty: the
// system's place for temporary files.
func Open(dir string, lim Limits, system *app.System, now func() time.Time) (*Shelf, error) {
	calendars, err := holiday.Calendars()
	if err != nil {
		return nil, err
	}
	lim = lim.orDefault()
	return &Shelf{under: dir, lim: lim, now: now, system: system, holidays: calendars, slots: make(chan struct{}, lim.Jobs), spaces: map[string]*Space{}, swept: now()}, nil
}

// Limits are those that hold.
func (s *Shelf) Limits() Limits { return s.lim }

// Close ends all jobs and takes everything away.
func (s *Shelf) Close() error {
	s.mu.Lock()
	var all []*Space
	for token, sp := range s.spaces {
		if token == sp.Token {
			all = append(all, sp)
		}
	}
	s.spaces = map[string]*Space{}
	dir := s.dir
	s.dir = ""
	s.mu.Unlock()
	for _, sp := range all {
		sp.end()
	}
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}

// New begins a workspace, for a company or (zero) for nobody in particular. An
// error of kind Overflow says that there are too many.
func (s *Shelf) New(c id.Company) (*Space, error) {
	if err := errors.Join(s.Sweep(), s.makePlace(c)); err != nil {
		return nil, err
	}
	sp := &Space{shelf: s, Token: newToken(), Share: newToken(), Company: c, zone: "UTC"}
	sp.used = s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.spaces)/2 >= s.lim.Spaces {
		return nil, fault.New(fault.Overflow, "%d workspaces are open, as many as are kept: try again in an hour", s.lim.Spaces)
	}
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.under, "waihu-workspaces-")
		if err != nil {
			return nil, err
		}
		s.dir = dir
	}
	sp.dir = filepath.Join(s.dir, sp.Token)
	if err := os.MkdirAll(filepath.Join(sp.dir, "offers"), 0o700); err != nil {
		return nil, err
	}
	s.spaces[sp.Token], s.spaces[sp.Share] = sp, sp
	return sp, nil
}

// guestStays is how long a workspace that is nobody's keeps its place unused where
// all places are taken: whoever fills them shuts others out no longer than that.
const guestStays = time.Hour

// makePlace lets go, where all places are taken, of the workspace of nobody in
// particular that was left the longest. Companies do not wait for it to be old.
func (s *Shelf) makePlace(c id.Company) error {
	var oldest *Space
	s.mu.Lock()
	if len(s.spaces)/2 >= s.lim.Spaces {
		for _, sp := range s.spaces {
			if sp.Company == (id.Company{}) && (oldest == nil || sp.used.Before(oldest.used)) {
				oldest = sp
			}
		}
	}
	stays := oldest == nil || c == (id.Company{}) && s.now().Sub(oldest.used) < guestStays
	s.mu.Unlock()
	if stays {
		return nil
	}
	return s.Discard(oldest)
}

// newToken is a word of 160 bits.
func newToken() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // it never fails: the program ends instead
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// Find is the workspace of a token, and whether the token allows changes. The
// error is of kind NotFound.
func (s *Shelf) Find(token string) (sp *Space, may bool, err error) {
	if err := s.sweepNow(time.Minute); err != nil {
		return nil, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sp = s.spaces[token]
	if sp == nil {
		return nil, false, fault.New(fault.NotFound, "there is no such workspace: it may have ended")
	}
	sp.used = s.now()
	return sp, token == sp.Token, nil
}

// Sweep takes workspaces away that nobody has used for their age.
func (s *Shelf) Sweep() error { return s.sweepNow(0) }

// sweepNow sweeps if that was not done for a while.
func (s *Shelf) sweepNow(every time.Duration) error {
	now := s.now()
	var old []*Space
	s.mu.Lock()
	if now.Sub(s.swept) >= every {
		s.swept = now
		for token, sp := range s.spaces {
			if token == sp.Token && now.Sub(sp.used) > s.lim.Age {
				old = append(old, sp)
				delete(s.spaces, sp.Token)
				delete(s.spaces, sp.Share)
			}
		}
	}
	s.mu.Unlock()
	var errs []error
	for _, sp := range old {
		s.give(sp.end())
		errs = append(errs, os.RemoveAll(sp.dir))
	}
	return errors.Join(errs...)
}

// Discard takes a workspace away before its time. One that is gone already is as
// good as gone now.
func (s *Shelf) Discard(sp *Space) error {
	s.mu.Lock()
	delete(s.spaces, sp.Token)
	delete(s.spaces, sp.Share)
	s.mu.Unlock()
	s.give(sp.end())
	return os.RemoveAll(sp.dir)
}

// take keeps room for bytes of a file that comes in.
func (s *Shelf) take(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bytes+n > s.lim.AllBytes {
		return false
	}
	s.bytes += n
	return true
}

func (s *Shelf) give(n int64) {
	s.mu.Lock()
	s.bytes -= n
	s.mu.Unlock()
}

// makeRoom forgets the usage of the workspaces used longest ago, beyond those
// that may be in memory. What is forgotten is read again when it is asked for.
func (s *Shelf) makeRoom(except *Space) {
	s.mu.Lock()
	var loaded []*Space
	for token, sp := range s.spaces {
		if token == sp.Token && sp != except && sp.loaded.Load() {
			loaded = append(loaded, sp)
		}
	}
	var oldest []*Space
	for len(loaded) >= s.lim.Loaded {
		at := 0
		for i := range loaded {
			if loaded[i].used.Before(loaded[at].used) {
				at = i
			}
		}
		oldest = append(oldest, loaded[at])
		loaded = append(loaded[:at], loaded[at+1:]...)
	}
	s.mu.Unlock()
	for _, sp := range oldest {
		sp.forget()
	}
}
