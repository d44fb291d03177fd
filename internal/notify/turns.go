package notify

import (
	"context"
	"errors"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Bounds of sending, of each channel.
const (
	atOnce     = 64 // deliveries at a time
	ofACompany = 4  // of them, those of one company: one whose receiver hangs leaves the rest to others
	claimed    = 2 * mailTime
	lookAgain  = time.Second // while some are on their way
	errorsTold = 20
)

// Due sends what is due of a channel until nothing more is. Companies take turns,
// and each has a few deliveries on their way at most, so that a receiver that is
// slow or dead holds up nobody else. A message is claimed when there is room for
// it, for longer than a try can take: no other node sends it meanwhile.
func (p *Post) Due(ctx context.Context, channel string) error {
	s := sending{post: p, channel: channel, busy: map[id.Company]int{}, done: make(chan delivered, atOnce)}
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	var errs []error
	failed := false
	for { // ends: what was tried is due later
		if !failed && ctx.Err() == nil {
			if err := s.begin(ctx); err != nil { // the database: no use in going on
				failed, errs = true, append(errs, err)
			}
		}
		if s.all == 0 {
			return errors.Join(errs...)
		}
		select {
		case d := <-s.done:
			s.end(d.company)
			if d.err != nil && len(errs) < errorsTold {
				errs = append(errs, d.err)
			}
		case <-tick.C:
		}
	}
}

// sending is what is on its way.
type sending struct {
	post    *Post
	channel string
	busy    map[id.Company]int // deliveries of each company
	all     int
	last    id.Company // whose turn was the last
	done    chan delivered
}

// delivered is a delivery that came to its end.
type delivered struct {
	company id.Company
	err     error
}

func (s *sending) end(c id.Company) {
	s.all--
	if s.busy[c]--; s.busy[c] == 0 {
		delete(s.busy, c)
	}
}

// begin starts deliveries until there is no more room or nothing is due.
func (s *sending) begin(ctx context.Context) error {
	for s.all < atOnce {
		list, last, err := s.claim(ctx)
		if err != nil || len(list) == 0 {
			return err
		}
		s.last = last
		for i := range list {
			s.start(ctx, &list[i])
		}
	}
	return nil
}

// claim takes a turn of each company that has room: one message, or more where
// few companies have any.
func (s *sending) claim(ctx context.Context) (list []store.Message, last id.Company, err error) {
	err = s.post.DB.Update(ctx, func(tx store.Tx) error {
		list, last = nil, s.last
		all, err := tx.Outbox().Senders(s.channel, s.last, tx.Now(), store.MaxSenders)
		if err != nil {
			return err
		}
		share := max(1, (atOnce-s.all)/max(len(all), 1))
		for _, c := range all {
			n := min(ofACompany-s.busy[c], share, atOnce-s.all-len(list))
			if n <= 0 {
				continue
			}
			some, err := tx.Outbox().Claim(s.channel, c, tx.Now(), claimed, n)
			if err != nil {
				return err
			}
			list, last = append(list, some...), c
		}
		return nil
	})
	return list, last, err
}

// start sends one message beside the others.
func (s *sending) start(ctx context.Context, m *store.Message) {
	s.all++
	s.busy[m.Company]++
	go func() {
		d := delivered{company: m.Company}
		defer func() {
			if v := recover(); v != nil { // it must not end the process
				d.err = fault.New(fault.Internal, "delivering message %s panicked: %v", m.ID, v)
			}
			s.done <- d
		}()
		d.err = s.post.deliver(ctx, m)
	}()
}
