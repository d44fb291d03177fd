package outbound

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/trunk"
)

// gone are books that cannot be asked: they hang, or fail with words that say
// something else; after a while they are back.
type gone struct {
	hang  bool
	fails int // so often, at the end of a call
	ended int
	asked int
}

var errAway = &store.Unavailable{Err: fault.New(fault.NotFound, "what was read is not there")}

func (b *gone) BeginCall(context.Context, id.Company, app.BeginCall) (app.Attempt, error) {
	return app.Attempt{}, errAway
}

func (b *gone) GoOnCalling(ctx context.Context, _ id.Company, _ app.GoingOn) (app.Attempt, error) {
	b.asked++
	if b.hang {
		<-ctx.Done()
		return app.Attempt{}, ctx.Err()
	}
	return app.Attempt{}, errAway
}

func (b *gone) EndCall(context.Context, id.Company, *usage.Call) (app.EndedCall, error) {
	if b.fails--; b.fails >= 0 {
		return app.EndedCall{}, errAway
	}
	b.ended++
	return app.EndedCall{Call: "x"}, nil
}

// TestACallGoesOnWithoutBooks: as long as is paid for, and no longer where they
// hang; what they say of the call meanwhile is not believed.
func TestACallGoesOnWithoutBooks(t *testing.T) {
	for _, hang := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			books := &gone{hang: hang}
			m := newMeter(&Desk{Books: books, Beat: 4 * time.Second}, id.Company{}, app.Attempt{Call: "x", Seconds: 60, Longest: 60})
			var talked time.Duration
			at := time.Now()
			m.start(func() { t.Error("given up before it was answered") })
			cut := make(chan struct{})
			m.answer(at, func() {
				if talked == 0 {
					talked = time.Since(at)
					close(cut)
				}
			})
			<-cut
			if spent := m.stop(); !spent || talked < 59*time.Second || talked > 60*time.Second || books.asked < 3 {
				t.Errorf("hang %v: cut %v after %v and %d questions", hang, spent, talked, books.asked)
			}
		})
	}
}

// TestTheEndOfACallIsToldWhenTheBooksAreBack: a minute later, and once.
func TestTheEndOfACallIsToldWhenTheBooksAreBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		books := &gone{fails: endTries - 1}
		out, err := (&Desk{Books: books}).end(t.Context(), id.Company{}, &usage.Call{ID: "x"})
		if err != nil || out.Call != "x" || books.ended != 1 {
			t.Errorf("%+v, %v, ended %d times", out, err, books.ended)
		}
		books = &gone{fails: 1000}
		began := time.Now()
		if _, err := (&Desk{Books: books}).end(t.Context(), id.Company{}, &usage.Call{ID: "x"}); !away(err) || time.Since(began) > 3*time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// falling are books of a call that falls over: it must not be heard of any more.
type falling struct {
	gone
	heard bool
}

func (b *falling) BeginCall(_ context.Context, _ id.Company, in app.BeginCall) (app.Attempt, error) {
	return app.Attempt{Call: in.Call, Seconds: 60, Longest: 60}, nil
}

func (b *falling) GoOnCalling(context.Context, id.Company, app.GoingOn) (app.Attempt, error) {
	b.heard = true
	runtime.Goexit() // or it would beat for ever
	return app.Attempt{}, nil
}

// TestACallThatFallsOverShowsNoSignOfLife: its attempt ends like that of a crash, and
// what is put aside for it comes back.
func TestACallThatFallsOverShowsNoSignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := &trunk.Config{Home: "CN", Zone: "Asia/Shanghai", Allow: []trunk.Class{trunk.Mobile}, Trunks: []trunk.Trunk{{Name: "one", Address: "192.0.2.1:5060", Channels: 1, Rate: 1}}}
		books, board := &falling{}, trunk.NewBoard(cfg, time.UTC, 1)
		board.Divide() // so that more of it is asked for
		lines := &voice.Lines{Board: board, More: func(context.Context, string) bool { panic("on purpose") }}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("it did not fall over")
				}
			}()
			_, _ = (&Desk{Books: books, Lines: lines}).Place(t.Context(), Wish{Order: voice.Order{Number: "13800138000"}})
		}()
		time.Sleep(time.Minute) // of the test's own time
		if books.heard {
			t.Error("it is said to live")
		}
	})
}
