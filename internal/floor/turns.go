package floor

import (
	"context"
	"sync"
)

// turns let one after the other do something about a key; about other keys nobody waits.
// Its bound is who waits or works at this moment.
type turns[K comparable] struct {
	mu    sync.Mutex
	taken map[K]chan struct{} // closed once the turn is over
}

// take waits for a turn, as long as the context lasts, and gives what ends it.
func (t *turns[K]) take(ctx context.Context, k K) (over func(), err error) {
	for {
		t.mu.Lock()
		before := t.taken[k]
		if before == nil {
			if t.taken == nil {
				t.taken = map[K]chan struct{}{}
			}
			mine := make(chan struct{})
			t.taken[k] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				defer t.mu.Unlock()
				delete(t.taken, k)
				close(mine)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
