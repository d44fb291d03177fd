package outbound_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/money"
	"waihu/internal/voice/script"
	"waihu/internal/voice/trunk"
)

// Whoever stole an agent's session asks for this many premium numbers, so many at
// a time.
const (
	premiumNumbers = 10_000
	thieves        = 8
)

// steal asks for numbers from several sides, and gives how often each reason was
// told; a call that was placed has none.
func (o *office) steal(n int, place func(number string) error) map[string]int {
	o.Helper()
	var mu sync.Mutex
	var next atomic.Int64
	var all sync.WaitGroup
	why := map[string]int{}
	for range thieves {
		all.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				err := place(fmt.Sprintf("+1900%07d", 2_000_000+i))
				reason := ""
				var never *trunk.Refusal
				var no *app.CallRefused
				switch {
				case errors.As(err, &never):
					reason = string(never.Reason)
				case errors.As(err, &no):
					reason = string(no.Reason)
				case err != nil:
					o.Errorf("%v", err)
				}
				mu.Lock()
				why[reason]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return why
}

// dear is a board over which premium numbers may be called.
func dear(way trunk.Trunk) *trunk.Board {
	way.Channels, way.Rate = 100, 100
	return trunk.NewBoard(&trunk.Config{Home: "CN", Zone: "Asia/Shanghai", Allow: []trunk.Class{trunk.Mobile, trunk.Premium}, Trunks: []trunk.Trunk{way}}, time.UTC, 1)
}

// TestAStolenSessionCallsNoPremiumNumber is the drill of toll fraud: ten thousand
// premium numbers, blocked by the trunks, then by the company's limits. Nothing is
// sent, nothing is put aside, nothing is left.
func TestAStolenSessionCallsNoPremiumNumber(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "10.00")
	at, calls := callee(t, 18340, script.Line{To: "*", Does: script.Answer})
	d := desk(t, o.sys, 18360, to("only", at, 1))
	place := func(number string) error {
		_, err := d.Place(t.Context(), o.wish(number, time.Hour))
		return err
	}
	if why := o.steal(premiumNumbers, place); why[string(trunk.Blocked)] != premiumNumbers {
		t.Errorf("by the trunks: %v", why)
	}
	d.Lines.Board = dear(to("only", at, 1))
	if err := o.sys.SetCallLimits(t.Context(), o.company, app.CallLimits{Classes: []string{"mobile", "landline"}}); err != nil {
		t.Fatal(err)
	}
	if why := o.steal(premiumNumbers, place); why[string(app.ClassBlocked)] != premiumNumbers {
		t.Errorf("by the company's limits: %v", why)
	}
	if calls.Load() != 0 || len(o.facts()) != 0 {
		t.Errorf("%d calls were sent, %d facts", calls.Load(), len(o.facts()))
	}
	o.settled("10.00")
}

// TestAStolenSessionSpendsNoMoreThanTheCap: where the class may be called, the loss of
// a day stays within the company's cap, however many calls begin at once.
func TestAStolenSessionSpendsNoMoreThanTheCap(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "1000.00")
	at, calls := callee(t, 18380, script.Line{To: "*", Does: script.Answer, Talk: script.Span(300 * time.Millisecond)}) // a second of talk each
	d := desk(t, o.sys, 18400, to("only", at, 1))
	d.Lines.Board = dear(to("only", at, 1))
	limit := must(money.Parse("0.50", cny)) // five of them
	if err := o.sys.SetCallLimits(t.Context(), o.company, app.CallLimits{Spend: limit}); err != nil {
		t.Fatal(err)
	}
	place := func(number string) error {
		_, err := d.Place(t.Context(), o.wish(number, time.Hour))
		return err
	}
	why := o.steal(200, place)
	var err error
	for range 6 { // one after another, what is left
		if err = place(mobile); err == nil {
			why[""]++
		}
	}
	for end := time.Now().Add(10 * time.Second); why[""] != int(calls.Load()) && time.Now().Before(end); { // the other side tells a call once it has seen its end
		time.Sleep(time.Millisecond)
	}
	if why[""] == 0 || why[""] != int(calls.Load()) || why[string(app.SpendCapMet)] == 0 {
		t.Errorf("%v, %d were sent", why, calls.Load())
	}
	var no *app.CallRefused
	if !errors.As(err, &no) || no.Reason != app.SpendCapMet {
		t.Errorf("one more: %v", err)
	}
	lost, err := must(money.Parse("1000.00", cny)).Sub(o.funds().Balance)
	if err != nil || lost.Sign() <= 0 || lost.Cmp(limit) > 0 {
		t.Errorf("%s are lost, of a cap of %s: %v", lost, limit, err)
	}
	o.settled(o.funds().Balance.Decimal())
}
