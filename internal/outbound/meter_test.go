package outbound

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// told answers as a list says, one answer a question, the last for ever.
type told struct {
	mu      sync.Mutex
	answers []func(asked int64) (app.Attempt, error)
	asked   []int64
	at      []timex.Instant
}

func (b *told) BeginCall(context.Context, id.Company, app.BeginCall) (app.Attempt, error) {
	return app.Attempt{}, errors.New("not asked")
}

func (b *told) GoOnCalling(_ context.Context, _ id.Company, in app.GoingOn) (app.Attempt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := b.answers[min(len(b.asked), len(b.answers)-1)]
	b.asked, b.at = append(b.asked, in.Seconds), append(b.at, in.Answered)
	return next(in.Seconds)
}

func (b *told) EndCall(context.Context, id.Company, *usage.Call) (app.EndedCall, error) {
	return app.EndedCall{}, errors.New("not asked")
}

// TestMeter: more is paid for as long as there is, and the call is cut when there
// is not, when the books gave it up, or when they cannot be asked.
func TestMeter(t *testing.T) {
	paid := func(seconds, longest int64) func(int64) (app.Attempt, error) {
		return func(int64) (app.Attempt, error) { return app.Attempt{Seconds: seconds, Longest: longest}, nil }
	}
	fails := func(k fault.Kind) func(int64) (app.Attempt, error) {
		return func(int64) (app.Attempt, error) { return app.Attempt{}, fault.New(k, "no") }
	}
	for what, c := range map[string]struct {
		ago     time.Duration // the answer
		answers []func(int64) (app.Attempt, error)
		spent   bool
		least   int // questions
	}{
		"more, then no more": {20 * time.Second, []func(int64) (app.Attempt, error){paid(20, 99), paid(21, 99), paid(21, 21)}, true, 4},
		"no more at once":    {10 * time.Second, []func(int64) (app.Attempt, error){paid(10, 10)}, true, 2},
		"given up":           {10 * time.Second, []func(int64) (app.Attempt, error){paid(10, 10), fails(fault.NotFound)}, false, 2},
		"no books":           {20 * time.Second, []func(int64) (app.Attempt, error){paid(21, 99), fails(fault.Internal)}, true, 3},
	} {
		books := &told{answers: c.answers}
		m := newMeter(&Desk{Books: books}, id.Company{}, app.Attempt{Call: "x", Seconds: 5, Longest: 5})
		hung := make(chan struct{})
		m.start(func() { t.Errorf("%s: given up before it was answered", what) })
		var once sync.Once
		at := time.Now().Add(-c.ago)
		m.answer(at, func() { once.Do(func() { close(hung) }) })
		<-hung
		if spent := m.stop(); spent != c.spent || len(books.asked) < c.least || books.at[0] != timex.At(at) {
			t.Errorf("%s: spent %v after %v", what, spent, books.asked)
		}
		if books.asked[0] != 0 || books.asked[1] < 60 {
			t.Errorf("%s: asked for %v seconds", what, books.asked)
		}
	}
}

// TestMeterBeatsWhileItRings: the attempt does not run out before the answer; one
// that was given up ends the call.
func TestMeterBeatsWhileItRings(t *testing.T) {
	books := &told{answers: []func(int64) (app.Attempt, error){func(int64) (app.Attempt, error) { return app.Attempt{Seconds: 60, Longest: 60}, nil },
		func(int64) (app.Attempt, error) { return app.Attempt{}, fault.New(fault.NotFound, "gone") }}}
	m := newMeter(&Desk{Books: books, Beat: time.Millisecond}, id.Company{}, app.Attempt{Call: "x"})
	given := make(chan struct{})
	var once sync.Once
	m.start(func() { once.Do(func() { close(given) }) })
	<-given
	if m.stop() || books.at[0] != 0 {
		t.Errorf("%v", books.at)
	}
}
