package outbound

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/timex"
)

const (
	moreTalk = 60               // seconds that are asked for at a time
	askAhead = 15 * time.Second // before what is paid for ends
	cutAhead = 50 * time.Millisecond
	lastAsk  = 500 * time.Millisecond // before a call is cut: what was paid in meanwhile counts
)

// meter keeps a call's attempt alive in the books, pays for its talk ahead, and
// hangs up when nothing more is paid for.
type meter struct {
	desk    *Desk
	company id.Company
	attempt app.Attempt
	routed  chan struct{} // way is another
	picked  chan picked
	ending  chan struct{}
	once    sync.Once
	done    sync.WaitGroup
	giveUp  func() // before the answer
	spent   bool   // set before done
	dry     bool   // more was asked for last, and there was none, or no answer
	way     atomic.Pointer[way]
}

// way is where a call goes.
type way struct{ trunk, from string }

type picked struct {
	at     time.Time
	hangup func()
}

func newMeter(d *Desk, c id.Company, a app.Attempt) *meter {
	return &meter{desk: d, company: c, attempt: a, routed: make(chan struct{}, 1), picked: make(chan picked, 1), ending: make(chan struct{})}
}

// over is told by the call, before a trunk is asked.
func (m *meter) over(trunk, from string) {
	m.way.Store(&way{trunk, from})
	select {
	case m.routed <- struct{}{}:
	default: // what waits there is told of the last
	}
}

// answer is told by the call.
func (m *meter) answer(at time.Time, hangup func()) { m.picked <- picked{at, hangup} }

func (m *meter) start(giveUp func()) {
	m.giveUp = giveUp
	m.done.Add(1)
	go m.run()
}

// stop ends it, and tells whether the call was cut. It may be called again.
func (m *meter) stop() bool {
	m.once.Do(func() { close(m.ending) })
	m.done.Wait()
	return m.spent
}

// run beats while the call goes on.
func (m *meter) run() {
	defer m.done.Done()
	pause := m.desk.Beat
	if pause == 0 {
		pause = usualBeat
	}
	beat := time.NewTicker(pause)
	defer beat.Stop()
	due := time.NewTimer(time.Hour)
	due.Stop()
	defer due.Stop()
	var on picked
	hangup := m.giveUp
	for {
		select {
		case <-m.ending:
			return
		case <-m.routed: // at once: a call that is killed has nobody else to say it
			if !m.goOn(on.at, 0) {
				hangup()
			}
		case on = <-m.picked:
			hangup = on.hangup
			m.goOn(on.at, 0)
			due.Reset(m.next(on.at))
		case <-beat.C:
			if !m.due(on.at) && !m.goOn(on.at, 0) {
				hangup()
			}
		case <-due.C:
			alive := true
			if !m.dry || !m.due(on.at) { // the cut itself waits for nobody
				alive = m.goOn(on.at, m.asked(on.at))
			}
			if m.spent = alive && m.due(on.at); !alive || m.spent {
				hangup()
				continue
			}
			due.Reset(m.next(on.at))
		}
	}
}

// paidUntil is when what is paid for ends.
func (m *meter) paidUntil(answered time.Time) time.Time {
	return answered.Add(time.Duration(m.attempt.Seconds) * time.Second)
}

// due tells whether an answered call is to be cut now, unless more is paid for.
func (m *meter) due(answered time.Time) bool {
	return !answered.IsZero() && time.Until(m.paidUntil(answered)) <= cutAhead
}

// next is until more is asked for, or the call is cut where there is no more: it is
// asked once again shortly before.
func (m *meter) next(answered time.Time) time.Duration {
	left := time.Until(m.paidUntil(answered)) - cutAhead
	switch {
	case m.attempt.Seconds < m.attempt.Longest:
		left -= askAhead
	case left > lastAsk:
		left -= lastAsk
	}
	return max(left, 0)
}

// asked is how much talk is to be paid for: as much as there is, and a minute.
func (m *meter) asked(answered time.Time) int64 {
	return min(max(m.attempt.Seconds, int64(time.Since(answered)/time.Second))+moreTalk, app.LongestTalk)
}

// goOn tells the books that the call lives; false: they gave it up, and it is to
// end. Books that do not answer are asked again at the next beat: what is paid
// for is known.
func (m *meter) goOn(answered time.Time, seconds int64) bool {
	in := app.GoingOn{Call: m.attempt.Call, Seconds: seconds}
	if !answered.IsZero() {
		in.Answered = timex.At(answered)
	}
	if w := m.way.Load(); w != nil {
		in.Trunk, in.From = w.trunk, w.from
	}
	patience := askAhead / 2
	if !answered.IsZero() { // books that hang give no talk away
		patience = min(patience, max(time.Until(m.paidUntil(answered))-cutAhead, cutAhead))
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	a, err := m.desk.Books.GoOnCalling(ctx, m.company, in)
	switch {
	case err == nil:
		m.attempt, m.dry = a, (m.dry || seconds > 0) && a.Seconds >= a.Longest
	case fault.KindOf(err) == fault.NotFound && !away(err):
		return false
	default:
		m.attempt.Longest, m.dry = m.attempt.Seconds, true // no more can be asked for just now
	}
	return true
}
