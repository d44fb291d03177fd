package outbound

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
	"waihu/internal/voice/trunk"
)

// nodes share one database, and a clock that the test sets.
type nodes struct {
	*testing.T
	now  time.Time
	db   *sqlite.DB
	pool string // of calling numbers; empty: there is none
}

// node is one of them, with its board.
type node struct {
	*nodes
	board  *trunk.Board
	shares *Shares
	books  *broken
	open   []*trunk.Seized
}

// broken are books that can be made unreachable.
type broken struct {
	*app.System
	away bool
}

func (b *broken) ShareTrunks(ctx context.Context, wants []app.TrunkShare, long time.Duration) ([]app.TrunkShare, error) {
	if b.away {
		return nil, errors.New("the books are away")
	}
	return b.System.ShareTrunks(ctx, wants, long)
}

func newNodes(t *testing.T) *nodes {
	t.Helper()
	n := &nodes{T: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "books.db"), sqlite.Options{Clock: func() timex.Instant { return timex.At(n.now) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	n.db = db
	return n
}

// node opens one; it looks at its shares when the test says so.
func (n *nodes) node(name string, channels, rate int) *node {
	n.Helper()
	cfg := &trunk.Config{Home: "CN", Zone: "UTC", Allow: []trunk.Class{trunk.Mobile}, Trunks: []trunk.Trunk{{Name: "one", Address: "192.0.2.1:5060", Channels: channels, Rate: rate, Callers: n.pool}}}
	if n.pool != "" {
		cfg.Pools = []trunk.Pool{{Name: n.pool, Numbers: []string{"02012345678", "02012345679"}, Daily: 10}}
	}
	if problems := cfg.Validate(); problems.Err() != nil {
		n.Fatal(problems)
	}
	x := &node{nodes: n, board: trunk.NewBoard(cfg, time.UTC, 1), books: &broken{System: &app.System{DB: n.db, IDs: id.NewMaker(rand.Reader), Node: name}}}
	x.board.Divide()
	x.shares = &Shares{books: x.books, board: x.board, now: func() time.Time { return n.now }, vain: map[string]time.Time{}, done: make(chan struct{}), stop: func() {}}
	close(x.shares.done)
	if err := x.shares.look(n.Context()); err != nil {
		n.Fatal(err)
	}
	return x
}

// begin begins up to so many calls and tells how many could.
func (x *node) begin(calls int) (begun int) {
	x.Helper()
	routes, err := x.board.Order("13800138000", x.now)
	if err != nil {
		x.Fatal(err)
	}
	for range calls {
		s, why := x.board.Seize(&routes[0], "", x.now)
		if s == nil && (why == trunk.Full || why == trunk.TooFast || why == trunk.NoCaller) && x.shares.More(x.Context(), "one") {
			s, _ = x.board.Seize(&routes[0], "", x.now)
		}
		if s != nil {
			x.open = append(x.open, s)
			begun++
		}
	}
	return begun
}

// end ends all calls of a node.
func (x *node) end() {
	for _, s := range x.open {
		s.Release(trunk.End{OurDoing: true}, x.now)
	}
	x.open = nil
}

func (x *node) look() {
	x.Helper()
	if err := x.shares.look(x.Context()); err != nil && !x.books.away {
		x.Fatal(err)
	}
}

func (n *nodes) pass(d time.Duration) { n.now = n.now.Add(d) }

func (n *nodes) want(what string, got, want int) {
	n.Helper()
	if got != want {
		n.Errorf("%s: %d, want %d", what, got, want)
	}
}

// TestNodesShareChannels: two nodes never have more calls than the trunk has channels;
// what one does not use the other can, and what a dead one held comes back.
func TestNodesShareChannels(t *testing.T) {
	n := newNodes(t)
	a, b := n.node("a", 10, 1000), n.node("b", 10, 1000)
	n.want("a begins", a.begin(6), 6)
	b.look()
	begun := b.begin(10)
	if sum := 6 + begun; sum > 10 || sum < 9 { // a keeps one to spare
		t.Errorf("%d calls over ten channels", sum)
	}
	n.pass(2 * time.Second)
	a.end()
	a.look()
	b.begin(10)
	n.want("b has all but what a keeps to spare", len(b.open), 9)
	n.want("a begins", a.begin(5), 1)
	n.pass(shareFor - 2*time.Second)
	b.look()
	n.pass(3 * time.Second) // a is dead: it has shown no sign of life
	n.want("b begins", b.begin(5), 1)
	n.want("a, which was only slow, begins", a.begin(5), 0)
}

// TestNodesShareRates: in no second do two nodes together begin more calls than the
// trunk takes, also when what one does not need goes to the other.
func TestNodesShareRates(t *testing.T) {
	n := newNodes(t)
	a, b := n.node("a", 100, 10), n.node("b", 100, 10)
	for second := range 20 {
		fast, slow := a, b
		if second%3 == 0 {
			fast, slow = b, a
		}
		sum := fast.begin(30)
		slow.look()
		fast.look()
		sum += slow.begin(30)
		if sum > 10 || sum < 9 {
			t.Errorf("second %d: %d calls begun, ten may be", second, sum)
		}
		a.end()
		b.end()
		n.pass(1100 * time.Millisecond)
	}
}

// TestWithoutTheBooks: a node that cannot ask goes on with what it has while its time
// lasts, and then begins no call.
func TestWithoutTheBooks(t *testing.T) {
	n := newNodes(t)
	a := n.node("a", 10, 100)
	n.want("begun", a.begin(3), 3)
	a.end()
	a.books.away = true
	n.pass(shareFor - time.Second)
	a.look()
	if got := a.begin(3); got < 1 {
		t.Errorf("%d begun while its time lasts", got)
	}
	a.end()
	n.pass(2 * time.Second)
	n.want("after its time", a.begin(3), 0)
	a.books.away = false
	n.pass(shareVain)
	n.want("when the books are back", a.begin(3), 3)
	a.end()
	if err := a.shares.Close(t.Context()); err != nil {
		t.Error(err)
	}
	n.want("after it closed", a.begin(1), 1) // More asks anew: nothing forbids it
	b := n.node("b", 10, 100)
	n.want("another node", b.begin(10), 9)
}
