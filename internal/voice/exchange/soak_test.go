package exchange_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lib "github.com/emiago/sipgo/sip"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/soak"
	"waihu/internal/voice/trunk"
)

// TestMain makes the timers of RFC 3261 ten times as fast: what a transaction rests
// after a call is waited for.
func TestMain(m *testing.M) {
	lib.SetTimers(50*time.Millisecond, 400*time.Millisecond, 500*time.Millisecond)
	lib.Timer_D = 64 * lib.T1
	os.Exit(m.Run())
}

// rush is an exchange through which calls of all kinds go, between agents'
// telephones and a carrier, each recorded.
type rush struct {
	*testing.T
	x       *exchange.Exchange
	agents  *sip.Endpoint
	other   *sip.Endpoint // who logs in wrongly, from an address of its own
	ports   map[string]*rtp.Ports
	lines   voice.Lines
	folder  string
	open    atomic.Int64 // customer's halves that are not at their end
	play    []int16
	carrier *carrier.Carrier
}

// Ports rest for five seconds after their call, so 40 calls a second at most take as
// many as the pools below have.
const (
	slots = 5
	least = 125 * time.Millisecond
)

// moods of the carrier, by the digit behind 138.
var moods = script.Script{Name: "moods", Lines: []script.Line{
	{To: "1381*", Does: script.Busy},
	{To: "1382*", Does: script.NoAnswer},
	{To: "1383*", Does: script.Announcement, Ring: ms(80)},
	{To: "1384*", Does: script.Answer, Loss: 0.2, Jitter: ms(30)},
	{To: "1385*", Does: script.Answer, Talk: ms(100)},
	{To: "1386*", Does: script.Refuse, Code: 480},
	{To: "*", Does: script.Answer},
}}

// TestSoakCalls lets agents and customers come and go: they talk, on good lines and
// bad ones, hold, hang up on either side, give up while it rings, are busy or
// announced, log in wrongly, ask for calls that are none. What a call took must
// come back: ports, files, goroutines, memory. WAIHU_SOAK makes it longer.
func TestSoakCalls(t *testing.T) {
	r := &rush{T: t, ports: map[string]*rtp.Ports{"carrier": must(rtp.NewPorts(home, 31000, 31499)), "exchange": must(rtp.NewPorts(home, 30000, 30999)), "agents": must(rtp.NewPorts(home, 31500, 31999))},
		folder: t.TempDir(), play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(time.Second)}
	const quick = 10_000 // requests a second of one source: all are of this machine
	r.carrier = must(carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: r.ports["carrier"], Script: &moods, Rate: quick}))
	cfg := &trunk.Config{Home: "CN", Zone: "Asia/Shanghai", Allow: []trunk.Class{trunk.Mobile},
		Trunks: []trunk.Trunk{{Name: "one", Address: r.carrier.Addr().String(), Channels: 100, Rate: 1000, Dial: trunk.AsGiven}}}
	if problems := cfg.Validate(); problems.Err() != nil {
		t.Fatal(problems)
	}
	secret := func(user string) (string, bool) { return "a secret", user == "ann" }
	r.x = must(exchange.Open(exchange.Config{SIP: sip.Config{Listen: netip.AddrPortFrom(home, 0), Secret: secret, Rate: quick, Burst: quick}, Ports: r.ports["exchange"], Connect: r.connect}))
	r.lines = voice.Lines{Endpoint: r.x.Phone(), Ports: r.ports["exchange"], Board: trunk.NewBoard(cfg, time.UTC, 1)}
	r.agents = must(sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0), Rate: quick, Burst: quick}))
	r.other = must(sip.Open(sip.Config{Listen: netip.MustParseAddrPort("127.0.0.2:0")}))
	defer func() {
		for _, closer := range []interface{ Close() error }{r.agents, r.other, r.x, r.carrier} {
			if err := closer.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	var number atomic.Int64
	soak.Run(t, 120*soak.Times(t), func(n int) {
		taken := make(chan struct{}, slots)
		var all sync.WaitGroup
		for range n {
			taken <- struct{}{}
			all.Go(func() {
				due := time.NewTimer(least)
				r.call(number.Add(1))
				<-due.C
				<-taken
			})
		}
		all.Wait()
	}, r.left)
}

// left is what of the calls is still there.
func (r *rush) left() string {
	lent := 0
	for _, p := range r.ports {
		lent += p.Lent()
	}
	list, err := os.ReadDir(r.folder)
	if n := r.x.Phone().Calls() + r.agents.Calls() + r.other.Calls(); n != 0 || lent != 0 || r.open.Load() != 0 || len(list) != 0 || err != nil {
		return fmt.Sprintf("%d calls, %d pairs of ports, %d customers, %d recordings, %v", n, lent, r.open.Load(), len(list), err)
	}
	return ""
}

// connect takes every name that ends as a number.
func (r *rush) connect(_ context.Context, _, name string, _ bool) (string, exchange.Placing, error) {
	if name == "none" {
		return "", nil, fault.New(fault.NotFound, "no call %q", name)
	}
	return name, func(ctx context.Context, beside func(*sip.Call, *voice.Leg)) (*voice.Report, error) {
		r.open.Add(1)
		defer r.open.Add(-1)
		f, err := os.Create(filepath.Join(r.folder, name+".wav"))
		if err != nil {
			return nil, err
		}
		defer os.Remove(f.Name())
		defer f.Close()
		report, _, err := r.lines.PlaceOver(ctx, voice.Order{ID: name, Number: name, Record: f, Beside: beside})
		return report, err
	}, nil
}

// call is one of an agent, of a kind by its number.
func (r *rush) call(n int64) {
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	name, from := fmt.Sprintf("138%d%07d", n%10, n), r.agents
	o := voice.Order{From: "ann", User: "ann", Secret: "a secret", Play: r.play, Talk: 100 * time.Millisecond}
	want := 200
	switch n % 10 {
	case 1:
		want = 486
	case 2: // given up while it rings
		timer := time.AfterFunc(150*time.Millisecond, stop)
		defer timer.Stop()
		want = 487
	case 3:
		want = 404
	case 5:
		o.Talk = 0
	case 6:
		want = 480
	case 7:
		o.Hold = 40 * time.Millisecond
	case 8:
		name, want = "none", 404
		if n%20 == 8 {
			o.User, want, from = "bob", 0, r.other // asked for a log-in again, or sent away for too many
		}
	}
	o.To = "sip:" + name + "@" + r.x.Phone().Addr().String()
	report, err := voice.Place(ctx, from, r.ports["agents"], o)
	if err != nil {
		r.Error(name, err)
	} else if got := report.Ending.Code; got != want && want != 0 {
		r.Errorf("%s: %+v, want %d", name, report.Ending, want)
	}
}
