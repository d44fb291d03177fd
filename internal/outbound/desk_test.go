package outbound_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/exact"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/outbound"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/trunk"
)

// plan prices each second of talk.
const plan = `plan: seconds
version: 1
currency: CNY
time_zone: Asia/Shanghai
tax: {default: voice, classes: [{id: voice, rates: [{rate: 0%}]}]}
components:
  - {id: talk, measure: talk_time, increment: 1/1, unit_price: 6, category: voice}
`

var cny = money.MustCurrency("CNY")

// office is a company with a prepaid contract, in books that are a file.
type office struct {
	*testing.T
	path     string // of the books
	sys      *app.System
	company  id.Company
	contract id.ID
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func openBooks(path string) (*app.System, error) {
	db, err := sqlite.Open(path, sqlite.Options{})
	return &app.System{DB: db, IDs: id.NewMaker(rand.Reader), Node: "test"}, err
}

func newOffice(t *testing.T, balance string) *office {
	t.Helper()
	path := filepath.Join(t.TempDir(), "books.db")
	o := &office{T: t, path: path, sys: must(openBooks(path))}
	t.Cleanup(func() {
		if err := o.sys.DB.Close(); err != nil {
			t.Error(err)
		}
	})
	ctx := context.Background()
	must(o.sys.PublishPlan(ctx, app.PublishPlan{File: plan}))
	o.company = id.Company{ID: must(o.sys.AddCompany(ctx, app.Company{Name: "one", Email: "one@example.com"})).ID}
	must(o.sys.OpenWallet(ctx, o.company, app.OpenWallet{Name: "main", Currency: cny}))
	must(o.sys.TopUp(ctx, o.company, app.Fund{Key: "k", Wallet: "main", Amount: must(money.Parse(balance, cny))}))
	today := timex.At(time.Now()).DateIn(time.UTC)
	text := "contract: one\nplan: seconds@1\nstart: " + (today - 5).String() + "\nseller: {name: Seller}\nbuyer: {name: Buyer}\n"
	o.contract = must(o.sys.Quote(ctx, o.company, app.Quote{File: text, Wallet: "main", On: today - 9})).ID
	must(o.sys.Sign(ctx, o.company, app.Sign{Contract: o.contract, Document: strings.Repeat("ab", 32), On: today - 8}))
	must(o.sys.Start(ctx, o.company, o.contract, today-5))
	return o
}

// facts are what the books have of our calls.
func (o *office) facts() (out []store.ChargedCall) {
	o.Helper()
	now := timex.At(time.Now())
	err := o.sys.DB.View(context.Background(), func(tx store.Tx) error {
		page, err := tx.Usage().Calls(o.company, store.CallQuery{Period: timex.Period{From: now.Add(-time.Hour), To: now.Add(time.Hour)}, Limit: 100})
		out = page.Calls
		return err
	})
	if err != nil {
		o.Fatal(err)
	}
	return out
}

func (o *office) funds() app.Funds {
	o.Helper()
	return must(o.sys.Balance(context.Background(), o.company, "main"))
}

// settled checks that nothing is left of calls: no attempt, nothing held.
func (o *office) settled(balance string) {
	o.Helper()
	if open := must(o.sys.OpenCalls(context.Background(), o.company)); len(open) != 0 {
		o.Errorf("left behind: %+v", open)
	}
	if f := o.funds(); f.Held.Sign() != 0 || f.Balance != must(money.Parse(balance, cny)) {
		o.Errorf("%s are held, the balance is %s, want %s", f.Held, f.Balance, balance)
	}
}

func local(port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
}

// callee is a carrier on loopback; calls counts those it took.
func callee(t *testing.T, first uint16, lines ...script.Line) (at netip.AddrPort, calls *atomic.Int64) {
	t.Helper()
	return calleeWith(t, first, carrier.Config{Script: &script.Script{Name: "test", Lines: lines}})
}

func calleeWith(t *testing.T, first uint16, cfg carrier.Config) (at netip.AddrPort, calls *atomic.Int64) {
	t.Helper()
	calls = new(atomic.Int64)
	cfg.Listen, cfg.Ports, cfg.Tell = local(0), must(rtp.NewPorts(local(0).Addr(), first, first+19)), func(carrier.Told) { calls.Add(1) }
	c, err := carrier.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c.Addr(), calls
}

// desk places calls over trunks.
func desk(t *testing.T, books outbound.Books, first uint16, trunks ...trunk.Trunk) *outbound.Desk {
	t.Helper()
	d, closed, err := newDesk(books, first, trunks)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closed(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func newDesk(books outbound.Books, first uint16, trunks []trunk.Trunk) (*outbound.Desk, func() error, error) {
	phone, err := sip.Open(sip.Config{Listen: local(0)})
	if err != nil {
		return nil, nil, err
	}
	cfg := &trunk.Config{Home: "CN", Zone: "Asia/Shanghai", Allow: []trunk.Class{trunk.Mobile}, Trunks: trunks, Pools: []trunk.Pool{{Name: "main", Numbers: []string{pooled}, Daily: 9}}}
	board := trunk.NewBoard(cfg, time.UTC, 1)
	return &outbound.Desk{Books: books, Owner: "desk", Lines: &voice.Lines{Endpoint: phone, Ports: must(rtp.NewPorts(local(0).Addr(), first, first+19)), Board: board}}, phone.Close, nil
}

func to(name string, at netip.AddrPort, price int64) trunk.Trunk {
	return trunk.Trunk{Name: name, Address: at.String(), Channels: 3, Rate: 20, Price: exact.Int(price)}
}

const (
	mobile = "13800138000"
	pooled = "02088880009" // calling number of the pool
)

func (o *office) wish(number string, talk time.Duration) outbound.Wish {
	return outbound.Wish{Company: o.company, Contract: o.contract, Agent: "mei", Order: voice.Order{Number: number, From: "02088880001", Talk: talk, Play: audio.Tone{Hertz: []float64{1000}, Level: 0.3}.Samples(time.Second)}}
}

// TestACallIsPaidFor: over the second trunk, since the first refuses; it is kept
// and charged once, with what is known of it.
func TestACallIsPaidFor(t *testing.T) {
	o := newOffice(t, "10.00")
	sick, _ := callee(t, 15700, script.Line{To: "*", Does: script.Refuse, Code: 503})
	well, _ := callee(t, 15720, script.Line{To: "139*", Does: script.Busy}, script.Line{To: "*", Does: script.Answer, Talk: script.Span(300 * time.Millisecond)})
	d := desk(t, o.sys, 15740, to("dear", well, 9), to("cheap", sick, 1))
	done, err := d.Place(t.Context(), o.wish(mobile, 0))
	if err != nil || done.Spent || len(done.Tries) != 2 || done.Report.Trunk != "dear" || done.Ended.Cost.Sign() <= 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	facts := o.facts()
	if len(facts) != 1 {
		t.Fatalf("%d facts", len(facts))
	}
	c := facts[0].Call
	if c.ID != done.Call || c.Trunk != "dear" || c.Agent != "mei" || c.Account != "one" || facts[0].Contract != o.contract || c.Result != usage.Answered || c.Course == nil || c.Course.Trying < c.Start || c.Course.Heard.Packets == 0 {
		t.Errorf("%+v %+v", c, c.Course)
	}
	o.settled(must(must(money.Parse("10.00", cny)).Sub(done.Ended.Cost)).Decimal())
	left := o.funds().Balance.Decimal()
	if done, err = d.Place(t.Context(), o.wish("13900139000", 0)); err != nil || done.Fact.Result != usage.Busy || done.Ended.Cost.Sign() != 0 {
		t.Errorf("a busy number: %+v, %v", done, err)
	}
	o.settled(left)
}

// TestACallIsCutWhenItsCreditIsSpent: there is money for two seconds, and nobody
// else hangs up.
func TestACallIsCutWhenItsCreditIsSpent(t *testing.T) {
	o := newOffice(t, "0.20")
	at, _ := callee(t, 15760, script.Line{To: "*", Does: script.Answer})
	d := desk(t, o.sys, 15780, to("only", at, 1))
	done, err := d.Place(t.Context(), o.wish(mobile, time.Hour))
	if err != nil || !done.Spent || done.Fact.Course.Why != outbound.Spent || done.Fact.Course.EndedBy != usage.OurSide || done.Fact.Talk < time.Second {
		t.Fatalf("%+v %+v, %v", done, done.Fact, err)
	}
	if facts := o.facts(); len(facts) != 1 || facts[0].Call.Course.Why != outbound.Spent {
		t.Errorf("%+v", facts)
	}
	var refused *app.CallRefused
	if _, err := d.Place(t.Context(), o.wish(mobile, time.Hour)); !errors.As(err, &refused) || refused.Reason != app.NoCredit {
		t.Errorf("a call without credit: %v", err)
	}
}

// TestCallsThatAreRefusedAreNotSent: neither what may not be called, nor what the
// books refuse.
func TestCallsThatAreRefusedAreNotSent(t *testing.T) {
	o := newOffice(t, "10.00")
	at, calls := callee(t, 15800, script.Line{To: "*", Does: script.Busy})
	d := desk(t, o.sys, 15820, to("only", at, 1))
	if err := o.sys.SetCallLimits(t.Context(), o.company, app.CallLimits{Classes: []string{"landline"}}); err != nil {
		t.Fatal(err)
	}
	var no *trunk.Refusal
	if _, err := d.Place(t.Context(), o.wish("4008001234", 0)); !errors.As(err, &no) || no.Reason != trunk.Blocked {
		t.Errorf("a class no trunk may call: %v", err)
	}
	var refused *app.CallRefused
	if _, err := d.Place(t.Context(), o.wish(mobile, 0)); !errors.As(err, &refused) || refused.Reason != app.ClassBlocked {
		t.Errorf("a class the company may not call: %v", err)
	}
	if calls.Load() != 0 || len(o.facts()) != 0 {
		t.Errorf("%d calls were sent, %d facts", calls.Load(), len(o.facts()))
	}
	o.settled("10.00")
}

// TestATrunkIsLoggedInAt: with the secret its file names, and refused without.
func TestATrunkIsLoggedInAt(t *testing.T) {
	o := newOffice(t, "10.00")
	at, _ := calleeWith(t, 15870, carrier.Config{User: "acme", Secret: "hush", Script: &script.Script{Name: "test", Lines: []script.Line{{To: "*", Does: script.Busy}}}})
	way := to("shut", at, 1)
	way.User, way.Secret = "acme", "GW_SECRET"
	d := desk(t, o.sys, 15890, way)
	secrets := map[string]string{}
	d.Lines.Secret = func(name string) string { return secrets[name] }
	if done, err := d.Place(t.Context(), o.wish(mobile, 0)); err != nil || done.Report.Ending.Code != 401 && done.Report.Ending.Code != 407 {
		t.Errorf("without the secret: %+v, %v", done, err)
	}
	secrets["GW_SECRET"] = "hush"
	if done, err := d.Place(t.Context(), o.wish(mobile, 0)); err != nil || done.Report.Ending.Code != 486 {
		t.Errorf("with it: %+v, %v", done, err)
	}
	o.settled("10.00")
}

// TestACallNoTrunkCanTake is a fact that says so, and costs nothing.
func TestACallNoTrunkCanTake(t *testing.T) {
	o := newOffice(t, "10.00")
	d := desk(t, o.sys, 15840, to("away", local(9), 1))
	d.Lines.Board.Ping("away", false)
	d.Lines.Board.Ping("away", false)
	done, err := d.Place(t.Context(), o.wish(mobile, 0))
	if err != nil || done.Report != nil || len(done.Tries) != 1 || done.Tries[0].Reason != trunk.Down {
		t.Fatalf("%+v, %v", done, err)
	}
	if facts := o.facts(); len(facts) != 1 || facts[0].Call.Result != usage.Congestion || facts[0].Call.Course.Cause != 34 {
		t.Errorf("%+v", facts)
	}
	o.settled("10.00")
}
