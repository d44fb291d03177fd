package outbound

import (
	"context"
	"errors"
	"sync"
	"time"

	"waihu/internal/app"
	"waihu/internal/voice/trunk"
)

// Times of shares.
const (
	shareFor   = 30 * time.Second // what a dead node held comes back after it
	shareBeat  = 5 * time.Second  // between looks at what is used
	shareRenew = 20 * time.Second // a share with less left than this is taken anew
	shareWait  = 3 * time.Second  // for the books, while a call waits
	shareVain  = time.Second      // after more of a trunk was asked for in vain
)

// Sharing is what keeping shares asks of the books; app.System is it.
type Sharing interface {
	ShareTrunks(ctx context.Context, wants []app.TrunkShare, long time.Duration) ([]app.TrunkShare, error)
	ShareCallers(ctx context.Context, in trunk.Borrow) ([]trunk.Lent, error)
	ShareRests(ctx context.Context, mine []trunk.Remembered) ([]trunk.Remembered, error)
}

// Shares keep this node's part of trunks that several nodes use: what it uses and a
// tenth to spare. So are the daily calls of calling numbers, which outlive a node as the
// rest of trunks does. Its calls go on where the books cannot be asked; new ones do not
// begin once its part is over.
type Shares struct {
	books Sharing
	board *trunk.Board
	now   func() time.Time

	mu   sync.Mutex           // one question at a time: answers must not overtake each other
	vain map[string]time.Time // when there was no more of a trunk
	stop context.CancelFunc
	done chan struct{}
}

// KeepShares divides the trunks of a board among nodes, until it is closed.
func KeepShares(ctx context.Context, books Sharing, board *trunk.Board) (*Shares, error) {
	s := &Shares{books: books, board: board, now: time.Now, done: make(chan struct{}), vain: map[string]time.Time{}}
	board.Divide()
	if err := s.look(ctx); err != nil {
		return nil, err
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go s.keep(keeping)
	return s, nil
}

func (s *Shares) keep(ctx context.Context) {
	defer close(s.done)
	tick := time.NewTicker(shareBeat)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = s.inTime(ctx) // asked again soon; without an answer the part ends
		case <-ctx.Done():
			return
		}
	}
}

// inTime looks for as long as calls would wait: books that hang hold up the question of
// none for ever.
func (s *Shares) inTime(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, shareWait)
	defer stop()
	return s.look(ctx)
}

// look takes shares anew that are too small, too large, or soon over.
func (s *Shares) look(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.question(ctx, s.board.Names(), false)
	for _, pool := range s.board.Pools() { // bounded by the pools of a file
		if err == nil {
			_, err = s.borrow(ctx, pool, false)
		}
	}
	if err != nil {
		return err
	}
	rest, err := s.books.ShareRests(ctx, s.board.Rests(s.now()))
	if err == nil {
		s.board.LetRest(rest)
	}
	return err
}

// borrow tells what was done with the numbers of a pool, takes more of them where this
// node has none left, and tells whether it got any; the lock is held.
func (s *Shares) borrow(ctx context.Context, pool string, more bool) (grew bool, err error) {
	in, ask := s.board.Borrow(pool, more, s.now())
	if !ask {
		return false, nil
	}
	got, err := s.books.ShareCallers(ctx, in)
	if err != nil {
		return false, err
	}
	return s.board.Lend(in, got), nil
}

// More asks for more of a trunk that a call waits for, and tells whether it may be
// tried again.
func (s *Shares) More(ctx context.Context, name string) bool {
	ctx, stop := context.WithTimeout(ctx, shareWait)
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Sub(s.vain[name]) < shareVain {
		return false
	}
	grew, err := s.question(ctx, []string{name}, true)
	if pool := s.board.PoolOf(name); err == nil && pool != "" {
		var lent bool
		lent, err = s.borrow(ctx, pool, true)
		grew = grew || lent
	}
	if err != nil || !grew {
		s.vain[name] = s.now()
	}
	return grew && err == nil
}

// question asks the books where something is to be asked, and tells whether a part
// grew; the lock is held.
func (s *Shares) question(ctx context.Context, names []string, more bool) (grew bool, err error) {
	now := s.now()
	var wants []app.TrunkShare
	for _, name := range names {
		if want, most, ask := s.board.Propose(name, more, now, now.Add(shareRenew)); ask {
			wants = append(wants, app.TrunkShare{Trunk: name, Channels: want.Channels, Rate: want.Rate, MostChannels: most.Channels, MostRate: most.Rate})
		}
	}
	if len(wants) == 0 {
		return false, nil
	}
	got, err := s.books.ShareTrunks(ctx, wants, shareFor)
	if err != nil {
		return false, err
	}
	for _, t := range got { // its time counts from before they were asked: it ends here first
		grew = s.board.Give(t.Trunk, trunk.Part{Channels: t.Channels, Rate: t.Rate}, now.Add(shareFor)) || grew
	}
	return grew, nil
}

// Close gives everything back: it is called when no call goes on any more.
func (s *Shares) Close(ctx context.Context) error {
	s.stop()
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	var wants []app.TrunkShare
	for _, name := range s.board.Names() {
		s.board.Give(name, trunk.Part{}, time.Time{})
		wants = append(wants, app.TrunkShare{Trunk: name})
	}
	_, err := s.books.ShareTrunks(ctx, wants, shareFor)
	for _, pool := range s.board.Pools() {
		if in, ask := s.board.GiveBack(pool); ask {
			_, failed := s.books.ShareCallers(ctx, in)
			err = errors.Join(err, failed)
		}
	}
	return err
}
