package floor

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/calling/campaign"
)

// TestNobodyWaitsForAnothersDriver: while one campaign does not answer, agents log in to
// others, are paused and released there; its own wait as long as they asked to.
func TestNobodyWaitsForAnothersDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "4")
		ctx := t.Context()
		stuck := w.campaign("spring", campaign.Manual, 100, 3, nil)
		other := w.campaign("autumn", campaign.Manual, 200, 3, nil)
		w.sit(stuck.ID, "a")
		w.sit(other.ID, "b")
		free := make(chan struct{})
		w.floor.of(who{w.c, "a"}).post(func() { <-free })

		waits := make(chan error, 3)
		short, enough := context.WithTimeout(ctx, time.Second)
		defer enough()
		go func() { _, err := w.floor.EndPause(short, w.c, "a"); waits <- err }()
		go func() { _, err := w.floor.LogIn(short, w.c, stuck.ID, "a", 0); waits <- err }()
		go func() { _, err := w.floor.LogIn(short, w.c, stuck.ID, "d", 0); waits <- err }()
		synctest.Wait()

		began := time.Now()
		if _, err := w.floor.ForcePause(ctx, w.c, "b", "user_boss", "a word"); err != nil {
			t.Error(err)
		}
		if _, err := w.floor.EndPause(ctx, w.c, "b"); err != nil {
			t.Error(err)
		}
		w.sit(other.ID, "c")
		if since := time.Since(began); since != 0 {
			t.Errorf("another campaign was waited for: %s", since)
		}
		for range cap(waits) {
			if err := <-waits; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, want that who asked waited no longer", err)
			}
		}
		close(free)
		w.sit(stuck.ID, "d") // and all is as before
		w.floor.Close()
	})
}

// TestTurns: one after the other for a key, however many come; nothing is left.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all turns[string]
		in, most := 0, 0
		var done sync.WaitGroup
		for range 20 {
			done.Go(func() {
				over, err := all.take(t.Context(), "a")
				if err != nil {
					t.Error(err)
					return
				}
				defer over()
				in++
				most = max(most, in)
				time.Sleep(time.Second)
				in--
			})
		}
		over, err := all.take(t.Context(), "b")
		if err != nil {
			t.Fatal(err)
		}
		over()
		done.Wait()
		if most != 1 || len(all.taken) != 0 {
			t.Errorf("%d at once, %d keys are left", most, len(all.taken))
		}
	})
}
