package floor

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/calling/dialer"
	"waihu/internal/calling/dialogue"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/usage"
)

// brittle are books that are away now and then.
type brittle struct {
	store.DB
	away atomic.Bool
}

func (b *brittle) Update(ctx context.Context, f func(store.Tx) error) error {
	if b.away.Load() {
		return &store.Unavailable{Err: fault.New(fault.Internal, "the books are away")}
	}
	return b.DB.Update(ctx, f)
}

// spoken waits for a call whose dialogue was asked, and gives it.
func (w *world) spoken(asked <-chan id.ID) (try id.ID, o Outgoing) {
	w.t.Helper()
	select {
	case try = <-asked:
	case <-time.After(10 * time.Minute):
		w.t.Fatal("nobody was asked")
	}
	w.lines.mu.Lock()
	defer w.lines.mu.Unlock()
	return try, w.lines.at[try]
}

// TestARefusalCrossesTheHangUp: the customer hangs up while their dialogue server answers.
// What it says of them is kept, and the try comes to it; what it wants of the call is not
// done. One of a server that says nothing closes once its time is over.
func TestARefusalCrossesTheHangUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "robot")
		asked := make(chan id.ID, 10)
		var ends []string
		replies := []string{
			`{"say":[{"prompt":"never"}],"hang_up":true,"disposition":{"code":"refused","notes":"said never"},"state":"done"}`,
			`{"target":"Desk","disposition":{"code":"callback","call_back":"2026-03-03T02:00:00Z","time_zone":"Asia/Shanghai"}}`,
			`{"say":[{"prompt":"more"}],"disposition":{"code":"no_such"}}`,
			"",
		}
		n := 0
		w.speak = func(t dialogue.Turn) (string, time.Duration) {
			if t.Happened == dialogue.Over {
				ends = append(ends, fmt.Sprint(t.Turn, t.State))
				return "{}", 0
			}
			asked <- must(id.ParseNamed("try", t.Call))
			if n++; replies[n-1] == "" {
				return "{}", time.Hour
			}
			return replies[n-1], 3 * time.Second
		}
		camp := w.lane(12)
		must(w.sys.StartCampaign(t.Context(), w.c, camp.ID, "wu"))
		for i := range replies {
			try, o := w.spoken(asked)
			time.Sleep(time.Second)
			w.lines.over(try, usage.Answered)
			time.Sleep(time.Second)
			if got := w.tries(&camp); got["refused"]+got["callback"]+got["no_code"] != i {
				t.Errorf("%d: closed before its dialogue has spoken: %v", i, got)
			}
			time.Sleep(4 * time.Second)
			synctest.Wait()
			list := must(w.sys.Barred(t.Context(), w.c, []phone.Number{o.Number}))
			if (len(list) == 1) != (i == 0) || len(w.lines.spoke(try)) != 0 {
				t.Errorf("%d: %v, said %q", i, list, w.lines.spoke(try))
			}
		}
		if got := w.tries(&camp); got["refused"] != 1 || got["callback"] != 1 || got["no_code"] != 2 || len(w.lines.moved) != 0 {
			t.Errorf("%v, handed to %v", got, w.lines.moved)
		}
		if want := fmt.Sprint([]string{"2done", "2", "2", "2"}); fmt.Sprint(ends) != want {
			t.Errorf("%v, want %v", ends, want)
		}
		w.floor.mu.Lock()
		d := w.floor.drivers[which{w.c, camp.ID}]
		w.floor.mu.Unlock()
		if c := &w.lanes.Counts; c.Late.Load() != 3 || c.Turns.Load() != d.robots.counts.Turns.Load() || c.Wrong.Load() != 1 || c.Slow.Load() != 1 {
			t.Errorf("late %d, wrong %d, slow %d", c.Late.Load(), c.Wrong.Load(), c.Slow.Load())
		}
		w.floor.Close()
	})
}

// TestARefusalOutlastsTheBooks: they are away when it is said, for a moment or until the
// campaign is let go: it is kept once they are back, and no word is said before it.
func TestARefusalOutlastsTheBooks(t *testing.T) {
	for _, gone := range []time.Duration{4 * time.Second, 20 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(begin))
			books := &brittle{DB: must(sqlite.Memory(sqlite.Options{}))}
			defer func() { _ = books.Close() }()
			w := newWorldOn(t, store.Joining(books), "1", "robot")
			asked := make(chan id.ID, 10)
			w.speak = func(t dialogue.Turn) (string, time.Duration) {
				if t.Happened == dialogue.Met {
					asked <- must(id.ParseNamed("try", t.Call))
				}
				return `{"say":[{"prompt":"never"}],"hang_up":true,"disposition":{"code":"refused"}}`, time.Second
			}
			camp := w.lane(2)
			must(w.sys.StartCampaign(t.Context(), w.c, camp.ID, "wu"))
			try, o := w.spoken(asked)
			books.away.Store(true)
			time.Sleep(gone)
			if said := w.lines.spoke(try); len(said) != 0 {
				t.Errorf("%s: %q before it was kept", gone, said)
			}
			books.away.Store(false)
			time.Sleep(12 * time.Second)
			synctest.Wait()
			if list := must(w.sys.Barred(t.Context(), w.c, []phone.Number{o.Number})); len(list) != 1 {
				t.Errorf("%s: a refusal is lost", gone)
			}
			if said := w.lines.spoke(try); (len(said) == 1) != (gone < keepFor) {
				t.Errorf("%s: %q", gone, said)
			}
			w.floor.Close()
		})
	}
}

// TestARefusalBesideAnAgent: an agent has the call when its dialogue says that they refuse.
func TestARefusalBesideAnAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "robot")
		asked := make(chan id.ID, 10)
		w.speak = func(t dialogue.Turn) (string, time.Duration) {
			if t.Happened == dialogue.Met {
				asked <- must(id.ParseNamed("try", t.Call))
			}
			return `{"disposition":{"code":"refused"}}`, 3 * time.Second
		}
		camp := w.lane(2)
		must(w.sys.StartCampaign(t.Context(), w.c, camp.ID, "wu"))
		d := w.sit(camp.ID, "a")
		must(w.floor.Ready(t.Context(), w.c, "a", d.Session))
		try, o := w.spoken(asked)
		w.lines.mu.Lock()
		w.lines.calls[try].tell(dialer.ForAgent{Try: try}) // as one whose reply to the turn before was late
		w.lines.mu.Unlock()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if list := must(w.sys.Barred(t.Context(), w.c, []phone.Number{o.Number})); len(list) != 1 {
			t.Error("a refusal is lost")
		}
		w.floor.Close()
	})
}
