package floor

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"

	"waihu/internal/fault"
)

// MaxReaders bounds those who read the changes of one company at once.
const MaxReaders = 1_000

// Change is one thing of the floor as it is now.
type Change struct {
	Seq  int64
	Kind string // campaign, agent, standing, desk
	Key  string
	Data []byte // JSON; nil: it is gone
}

// stream is what can be seen of one company's floor: the last state of each thing,
// and who is to be told of the next. A reader who is slow is told of fewer states,
// never of old ones: nothing queues up.
type stream struct {
	mu      sync.Mutex
	seq     int64
	now     map[place]Change
	readers map[*Reader]bool
}

// place names a thing of the floor.
type place struct{ kind, key string }

func newStream() *stream { return &stream{now: map[place]Change{}, readers: map[*Reader]bool{}} }

// put tells a state; the same as before is none.
func (s *stream) put(kind, key string, state any) error {
	b, err := json.Marshal(state)
	if err != nil {
		return fault.New(fault.Internal, "%s %s cannot be told: %v", kind, key, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := place{kind, key}
	if was, there := s.now[at]; !there || !bytes.Equal(was.Data, b) {
		s.seq++
		s.now[at] = Change{s.seq, kind, key, b}
		s.tell(at)
	}
	return nil
}

// drop tells that something is gone.
func (s *stream) drop(kind, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := place{kind, key}
	if _, there := s.now[at]; there {
		s.seq++
		delete(s.now, at)
		s.tell(at)
	}
}

func (s *stream) tell(at place) {
	for r := range s.readers {
		if r.wants(at.kind, at.key) {
			r.dirty[at] = s.seq
			select {
			case r.bell <- struct{}{}:
			default: // it rang already
			}
		}
	}
}

// get is one state; nil: there is none.
func (s *stream) get(kind, key string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now[place{kind, key}].Data
}

// all are the states of some kinds, in the order in which they came to be.
func (s *stream) all(wants func(kind, key string) bool) (seq int64, out []Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seq, s.those(wants)
}

func (s *stream) those(wants func(kind, key string) bool) (out []Change) {
	for at, c := range s.now {
		if wants(at.kind, at.key) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// read begins to tell somebody of changes; one is the only thing they are about, if it is.
func (s *stream) read(one place, wants func(kind, key string) bool) (*Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.readers) >= MaxReaders {
		return nil, fault.New(fault.Conflict, "%d readers watch the floor of this company, as many as may: close some", MaxReaders)
	}
	r := &Reader{s: s, one: one, wants: wants, bell: make(chan struct{}, 1), dirty: map[place]int64{}}
	s.readers[r] = true
	return r, nil
}

// Reader is told of changes until it is closed.
type Reader struct {
	s     *stream
	one   place // zero: it is about many things
	wants func(kind, key string) bool
	bell  chan struct{}
	dirty map[place]int64 // under the stream's lock; at most as many as there are things
}

// First are all states of now; Next tells what is newer. Of one thing that is gone already
// it tells that.
func (r *Reader) First() (seq int64, all []Change) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	clear(r.dirty)
	all = r.s.those(r.wants)
	if len(all) == 0 && r.one != (place{}) {
		all = []Change{{Seq: r.s.seq, Kind: r.one.kind, Key: r.one.key}}
	}
	return r.s.seq, all
}

// Next waits for changes and gives them in their order, each thing once, as it is
// now. It gives none when the context ends.
func (r *Reader) Next(ctx context.Context) []Change {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.bell:
		}
		if out := r.take(); len(out) > 0 {
			return out
		}
	}
}

func (r *Reader) take() (out []Change) {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for at, seq := range r.dirty {
		c, there := r.s.now[at]
		if !there {
			c = Change{Seq: seq, Kind: at.kind, Key: at.key}
		}
		out = append(out, c)
	}
	clear(r.dirty)
	slices.SortFunc(out, func(a, b Change) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// Close ends it.
func (r *Reader) Close() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	delete(r.s.readers, r)
}
