package workspace

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/charging/compare"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Space is one workspace. Its methods may be called by many at once.
type Space struct {
	Token   string     // to look and to change
	Share   string     // to look
	Company id.Company // zero: nobody's

	shelf  *Shelf
	dir    string
	used   time.Time // guarded by the shelf
	loaded atomic.Bool

	mu      sync.Mutex
	number  int // of the last file
	files   []*File
	basis   Basis
	zone    string
	library []string // market offers picked
	given   []Given  // offers handed in
	looking *Job     // reads new files
	looks   int      // how often files were looked at
	answers *answers
	audit   Audit
	gen     int // rises whenever the usage or the offers change
	gone    bool
}

// Basis is what usage a comparison stands on beside files: nothing, a ready
// profile, or whole months of a company's own.
type Basis struct {
	Profile string     // sales, service, survey
	Own     int        // the last months, or so many from First on
	First   timex.Date // of own usage, first of a month; 0: the months before this one
}

// months are those of own usage; today is in the month after the last ones.
func (b *Basis) months(today timex.Date) (first, after timex.Date) {
	if b.First != 0 {
		return b.First, b.First.AddMonths(b.Own)
	}
	y, m, _ := today.Civil()
	after = timex.NewDate(y, m, 1)
	return after.AddMonths(-b.Own), after
}

// maxOwnMonths bounds how far back own usage goes.
const maxOwnMonths = 36

// Stand chooses described or own usage; the zero Basis goes back to files.
func (sp *Space) Stand(b Basis) error {
	if b.Profile != "" {
		if err := knownProfile(b.Profile); err != nil {
			return err
		}
	}
	if b.Own != 0 && (sp.Company == id.Company{} || sp.shelf.system == nil) {
		return fault.New(fault.Invalid, "own usage is there for people of a company alone")
	}
	if b.Own < 0 || b.Own > maxOwnMonths || b.First != 0 && b.Own == 0 {
		return fault.New(fault.Invalid, "%d months: from 1 to %d", b.Own, maxOwnMonths)
	}
	if _, _, day := b.First.Civil(); b.First != 0 && day != 1 {
		return fault.New(fault.Invalid, "months are compared whole: from the first day of a month, not %s", b.First)
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.basis != b {
		sp.basis = b
		sp.changed()
	}
	return nil
}

// SetZone says in which zone stamps without one are.
func (sp *Space) SetZone(name string) error {
	if _, err := timex.LoadZone(name); err != nil {
		return fault.New(fault.Invalid, "%v", err)
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.zone != name {
		sp.zone = name
		sp.changed()
		_ = sp.look() // as with a file that comes
	}
	return nil
}

// Shown is what a workspace is at a moment.
type Shown struct {
	Files   []File
	Basis   Basis
	Zone    string
	Library []string
	Given   []Given
	Looking *Job // nil: no file is being read
	Gen     int
}

// HasUsage tells whether there is anything to compare by.
func (s *Shown) HasUsage() bool {
	return s.Basis != Basis{} || slices.ContainsFunc(s.Files, func(f File) bool { return f.State == FileRead })
}

// HasOffers tells whether there is anything to compare. What was given and is no
// offer was refused; warnings leave an offer one.
func (s *Shown) HasOffers() bool {
	return len(s.Library) > 0 || len(s.Given) > 0
}

// Show tells what is in the workspace.
func (sp *Space) Show() Shown {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	_ = sp.looked() // a page shows what there is; whoever asks for an answer is told
	out := Shown{Basis: sp.basis, Zone: sp.zone, Library: slices.Clone(sp.library), Given: slices.Clone(sp.given), Gen: sp.gen}
	for _, f := range sp.files {
		out.Files = append(out.Files, *f)
	}
	if sp.looking != nil && !sp.looking.Over() {
		out.Looking = sp.looking
	}
	return out
}

// changed drops what was made of the usage or offers before; sp.mu is held.
func (sp *Space) changed() {
	sp.gen++
	sp.drop()
}

func (sp *Space) drop() {
	if sp.answers != nil {
		sp.answers.stop()
		sp.answers = nil
	}
	sp.loaded.Store(false)
}

func (sp *Space) forget() {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.drop()
}

// errGone is for what still came in while the workspace was taken away.
var errGone = fault.New(fault.NotFound, "there is no such workspace: it has ended")

// end stops everything that runs for the workspace and gives what its files took,
// the first time.
func (sp *Space) end() (bytes int64) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.gone {
		return 0
	}
	sp.gone = true
	sp.drop()
	if sp.looking != nil {
		sp.looking.stop()
	}
	if sp.audit.Job != nil {
		sp.audit.Job.stop()
	}
	for _, f := range sp.files {
		bytes += f.Size
	}
	return bytes + sp.audit.size()
}

// answers are the comparison of one state of a workspace, with what was asked
// of it.
type answers struct {
	base *compare.Comparison // holds the usage; nil: not read yet
	made map[string]*Answer
	keys []string // of made, oldest first
	job  *Job     // the one that runs, or the last
	key  string   // of the question the job answers

	beside    *Job   // works out what stands beside an answer, or the last that did
	besideKey string // of the question of that answer
}

// maxAnswers bounds the answers of one workspace that are kept.
const maxAnswers = 8

func (a *answers) keep(key string, made *Answer) {
	if a.made[key] == nil {
		a.keys = append(a.keys, key)
	}
	a.made[key] = made
	for len(a.keys) > maxAnswers {
		delete(a.made, a.keys[0])
		a.keys = a.keys[1:]
	}
}

func (a *answers) stop() {
	for _, j := range []*Job{a.job, a.beside} {
		if j != nil {
			j.stop()
		}
	}
}

// Job is work that goes on while people wait for it, or leave.
type Job struct {
	done, total atomic.Int64
	phase       atomic.Value // Phase
	over        chan struct{}
	err         error
	stop        context.CancelFunc
}

// Phase is what a job does at the moment.
type Phase string

const (
	Waiting   Phase = "waiting" // for others to end
	Reading   Phase = "reading"
	Comparing Phase = "comparing"
	Searching Phase = "searching" // for the smallest bill possible
	Checking  Phase = "auditing"
)

// Phase tells what goes on.
func (j *Job) Phase() Phase { return j.phase.Load().(Phase) }

// Progress is how far the phase is in bytes; total 0: not known.
func (j *Job) Progress() (done, total int64) { return j.done.Load(), j.total.Load() }

// Over tells whether the job has ended.
func (j *Job) Over() bool {
	select {
	case <-j.over:
		return true
	default:
		return false
	}
}

// Done is closed when the job has ended.
func (j *Job) Done() <-chan struct{} { return j.over }

// Err is why it failed, once it is over.
func (j *Job) Err() error {
	if !j.Over() {
		return nil
	}
	return j.err
}

// start runs work when one of the slots is free. The error is of kind Overflow
// when too much waits already.
func (s *Shelf) start(work func(context.Context, *Job) error) (*Job, error) {
	s.mu.Lock()
	if s.waiting >= s.lim.Waiting {
		s.mu.Unlock()
		return nil, fault.New(fault.Overflow, "%d comparisons are waiting already: try again in a minute", s.waiting)
	}
	s.waiting++
	s.mu.Unlock()
	ctx, stop := context.WithCancel(context.Background())
	j := &Job{over: make(chan struct{}), stop: stop}
	j.phase.Store(Waiting)
	go func() {
		defer stop()
		defer close(j.over)
		defer func() {
			s.mu.Lock()
			s.waiting--
			s.mu.Unlock()
		}()
		select {
		case s.slots <- struct{}{}:
			defer func() { <-s.slots }()
			j.err = work(ctx, j)
		case <-ctx.Done():
			j.err = ctx.Err()
		}
	}()
	return j, nil
}
