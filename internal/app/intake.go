package app

import (
	"context"
	"sync"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/usage"
)

// Intake gathers batches that come in at once, single calls above all, into one
// transaction: while one is written to disk the next fills up. An answer is
// given when its own transaction is on disk.
//
// What it holds is bounded: maxWaiting batches for each lane, then callers wait.
type Intake struct {
	system *System
	lanes  []chan *waiting

	mu     sync.RWMutex // held while somebody puts something into a lane
	closed bool
	group  sync.WaitGroup
}

const (
	maxWaiting  = 1_024  // batches that wait in a lane
	maxGathered = 10_000 // facts of one transaction, unless one batch alone has more
)

// waiting is a batch and whom to tell.
type waiting struct {
	handed
	ctx  context.Context
	done chan error
}

// NewIntake starts so many lanes, 1 to 64. A company is always in the same one:
// SQLite writes one transaction at a time and needs one, PostgreSQL can use
// several. Close ends it.
func NewIntake(s *System, lanes int) *Intake {
	in := &Intake{system: s, lanes: make([]chan *waiting, min(max(lanes, 1), 64))}
	for i := range in.lanes {
		lane := make(chan *waiting, maxWaiting)
		in.lanes[i] = lane
		in.group.Go(func() { in.run(lane) })
	}
	return in
}

// Close takes no more batches, and waits until those that wait are written.
func (in *Intake) Close() {
	in.mu.Lock()
	if !in.closed {
		in.closed = true
		for _, lane := range in.lanes {
			close(lane)
		}
	}
	in.mu.Unlock()
	in.group.Wait()
}

// Ingest is System.Ingest, together with what others hand in meanwhile. If ctx
// ends while the batch waits, it may be kept all the same: send it again.
func (in *Intake) Ingest(ctx context.Context, c id.Company, facts []usage.Fact) (_ *Receipt, err error) {
	defer fault.Wrap(&err, "ingest")
	w := &waiting{handed: handed{company: c, facts: facts}, ctx: ctx, done: make(chan error, 1)}
	if err := in.system.ready(ctx, &w.handed); err != nil { // priced here, while others are written
		return nil, err
	}
	if err := in.put(ctx, w); err != nil {
		return nil, err
	}
	select {
	case err := <-w.done:
		if err != nil {
			return nil, err
		}
		return w.receipt, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (in *Intake) put(ctx context.Context, w *waiting) error {
	in.mu.RLock()
	defer in.mu.RUnlock()
	if in.closed {
		return fault.New(fault.Conflict, "the service is stopping: send it again, to another node or later")
	}
	lane := in.lanes[int(w.company.ID[15])%len(in.lanes)]
	select {
	case lane <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run writes what waits in a lane, as much at once as is there.
func (in *Intake) run(lane chan *waiting) {
	for w := range lane {
		batch, facts := []*waiting{w}, len(w.facts)
		for more := true; more && facts < maxGathered; {
			select {
			case next, open := <-lane:
				if more = open; open {
					batch, facts = append(batch, next), facts+len(next.facts)
				}
			default:
				more = false
			}
		}
		in.write(batch)
	}
}

// write keeps batches together; if that fails each is tried by itself, so that
// nobody suffers for another's.
func (in *Intake) write(batch []*waiting) {
	all := make([]*handed, 0, len(batch))
	for _, w := range batch {
		all = append(all, &w.handed)
	}
	ctx := batch[0].ctx
	if len(batch) > 1 {
		ctx = context.Background() // it is not one caller's alone
	}
	err := in.keep(ctx, all)
	for _, w := range batch {
		if err != nil && len(batch) > 1 {
			w.done <- in.keep(w.ctx, []*handed{&w.handed})
			continue
		}
		w.done <- err
	}
}

// keep writes batches; a panic is the error of those whose batches they are, and
// the lane goes on.
func (in *Intake) keep(ctx context.Context, batches []*handed) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.New(fault.Internal, "keeping usage panicked: %v", v)
		}
	}()
	_, err = in.system.ingestAll(ctx, batches)
	return err
}
