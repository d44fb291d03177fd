package serve

import (
	"context"
	"fmt"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"time"

	"waihu/internal/api"
	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// workers are what the process does by itself, and how each is.
type workers struct {
	log   *slog.Logger
	group sync.WaitGroup
	mu    sync.Mutex
	state map[string]string // what went wrong at the last turn; empty: nothing
}

func newWorkers(log *slog.Logger) *workers { return &workers{log: log, state: map[string]string{}} }

// every calls f again and again, with a pause between, until the context ends.
// An error is noted and told once, until it changes.
func (w *workers) every(ctx context.Context, name string, pause time.Duration, f func(context.Context) error) {
	w.note(name, nil)
	w.group.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			err := w.turn(ctx, name, f)
			if ctx.Err() != nil {
				return
			}
			w.note(name, err)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// once calls f a single time, beside everything else.
func (w *workers) once(ctx context.Context, name string, f func(context.Context) error) {
	w.note(name, nil)
	w.group.Go(func() {
		if err := w.turn(ctx, name, f); ctx.Err() == nil {
			w.note(name, err)
		}
	})
}

// turn calls f; a panic in it is its error, and the others go on.
func (w *workers) turn(ctx context.Context, name string, f func(context.Context) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%s panicked: %v", name, v)
		}
	}()
	return f(ctx)
}

func (w *workers) note(name string, err error) {
	text := ""
	if err != nil {
		text = fault.Shorten(err.Error(), 300)
	}
	w.mu.Lock()
	was := w.state[name]
	w.state[name] = text
	w.mu.Unlock()
	switch {
	case text != "" && text != was:
		w.log.Error("a worker has a problem", "worker", name, "error", text)
	case text == "" && was != "":
		w.log.Info("a worker is well again", "worker", name)
	}
}

// list tells how each is, without the details.
func (w *workers) list() []api.Worker {
	return w.told(func(name string) string { return name })
}

// publicly is list for anybody who asks: sources, whose names hold companies,
// are told as one.
func (w *workers) publicly() []api.Worker {
	return w.told(func(name string) string {
		if strings.HasPrefix(name, sourceWorker) {
			return "sources"
		}
		return name
	})
}

// told tells how those are that get the same name: a problem outweighs none.
func (w *workers) told(as func(string) string) (out []api.Worker) {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]string{}
	for name, problem := range w.state {
		if problem != "" {
			problem = "has a problem: see the log"
		}
		all[as(name)] = max(all[as(name)], problem)
	}
	for name, problem := range all {
		out = append(out, api.Worker{Name: name, Error: problem})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// leased does f only while this node has the lease of that name; another node
// takes over when this one is gone.
func leased(b *Books, name string, length time.Duration, f func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := b.DB.Update(ctx, func(tx store.Tx) error {
			_, err := tx.Leases().Take(name, b.System.Node, length)
			return err
		})
		if fault.KindOf(err) == fault.Conflict && err != nil {
			return nil // another node does it
		}
		if err != nil {
			return err
		}
		return f(ctx)
	}
}

// onceKept is how long answers under idempotency keys are kept.
const onceKept = 30 * 24 * time.Hour

// sweepRows bounds one turn of the sweeper.
const sweepRows = 1000

// sweep removes what passed: sessions, attempts, answers.
func sweep(b *Books, a *api.API) func(context.Context) error {
	return func(ctx context.Context) error {
		var now timex.Instant
		err := b.DB.Update(ctx, func(tx store.Tx) error {
			now = tx.Now()
			if _, err := b.Gate.Sweep(tx, sweepRows); err != nil {
				return err
			}
			_, err := tx.Once().Prune(tx.Now().Add(-onceKept), sweepRows)
			return err
		})
		if err != nil {
			return err
		}
		return a.SweepUploads(now.Time())
	}
}

// endsPause is between two looks at ends of calls that wait for the books.
const endsPause = 5 * time.Second

// lostPause is between two looks for calls that were left behind. Where the node that
// looks is itself gone, another does within two more: what such a call holds of a wallet
// and of a company's bounds is free within minutes.
const lostPause = time.Minute

// lost ends calls that whoever carried them left behind, after those whose end is known.
func (s *Service) lost(ctx context.Context) error {
	if s.calls != nil {
		_ = s.calls.TellEnds(ctx) // a worker of its own tells what is wrong with them
	}
	_, err := s.books.System.CutOffLostCalls(ctx)
	return err
}

// today does the work of the day that it is where each contract is: done again,
// it finds it done, and looks at budgets.
func today(b *Books) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := b.System.Daily(ctx, 0)
		return err
	}
}
