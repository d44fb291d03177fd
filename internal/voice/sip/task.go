package sip

import (
	"context"
	"sync"
	"time"

	"waihu/internal/fault"
)

// maxTasks is how many registrations and peers that are watched one endpoint has.
const maxTasks = 1000

// task does something again and again until it is closed, or its endpoint is.
type task struct {
	stop context.CancelFunc
	done chan struct{}
}

// again begins a task: each returns how long to wait until it is called again;
// last is called at the end.
func (e *Endpoint) again(each func(context.Context) time.Duration, last func()) (*task, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.asking >= maxTasks {
		return nil, fault.New(fault.Conflict, "the endpoint closes, or has %d registrations and peers to watch, as many as may be", maxTasks)
	}
	e.asking++
	ctx, stop := context.WithCancel(e.quit)
	t := &task{stop, make(chan struct{})}
	e.tasks.Go(func() {
		defer close(t.done)
		defer func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.asking--
		}()
		defer last()
		for {
			next := time.NewTimer(each(ctx))
			select {
			case <-next.C:
			case <-ctx.Done():
				next.Stop()
				return
			}
		}
	})
	return t, nil
}

// Close ends it and waits until it has ended. It may be called again.
func (t *task) Close() {
	t.stop()
	<-t.done
}

// kept is a state others look at while a task changes it.
type kept[T any] struct {
	mu sync.Mutex
	is T
}

func (k *kept[T]) get() T {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.is
}

func (k *kept[T]) change(f func(*T)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f(&k.is)
}
