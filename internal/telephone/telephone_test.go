package telephone_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/telephone"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/retention"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
	"waihu/internal/voice/vault"
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

var (
	cny  = money.MustCurrency("CNY")
	home = netip.MustParseAddr("127.0.0.1")
)

const ann = "user_ann"

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// office is a company with a prepaid contract, its telephone, and a carrier.
type office struct {
	*testing.T
	sys      *app.System
	company  id.Company
	contract id.ID
	gate     *access.Gate
	phones   *telephone.Telephone
	stop     func() error // of the node
	agent    *sip.Endpoint
	ports    *rtp.Ports // the agent's
}

func open(t *testing.T, balance string) *office {
	t.Helper()
	folder := t.TempDir()
	db := must(sqlite.Open(filepath.Join(folder, "books.db"), sqlite.Options{}))
	v := must(vault.Open(filepath.Join(folder, "recordings")))
	o := &office{T: t, sys: &app.System{DB: store.Joining(db), IDs: id.NewMaker(rand.Reader), Node: "test", Vault: v}, ports: must(rtp.NewPorts(home, 15850, 15899))}
	o.books(balance)
	c := must(carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: must(rtp.NewPorts(home, 15800, 15849)), Script: &script.Script{Name: "test", Lines: []script.Line{
		{To: "13800000001", Does: script.Busy}, {To: "13800000002", Does: script.Refuse, Code: 503},
		{To: "+8613800000001", Does: script.Busy}, {To: "+8613800000002", Does: script.Refuse, Code: 503}, {To: "+8613800000004", Does: script.Machine, Ring: script.Span(50 * time.Millisecond)}, {To: "+8613800000005", Does: script.Answer, Ring: script.Span(50 * time.Millisecond), Keys: "2", Every: script.Span(400 * time.Millisecond)}, {To: "*", Does: script.Answer, Ring: script.Span(50 * time.Millisecond)}}}}))
	trunks := filepath.Join(folder, "trunks.yaml")
	text := fmt.Sprintf("home: CN\nzone: Asia/Shanghai\nallow: [mobile]\ntrunks:\n  - {name: one, address: %q, channels: 5, rate: 20, incoming: 2}\n", c.Addr())
	if err := os.WriteFile(trunks, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o.gate = &access.Gate{DB: db, IDs: o.sys.IDs, Seal: must(access.NewSealer(make([]byte, access.SealerKeySize)))}
	o.phones = must(telephone.Open(t.Context(), o.sys, telephone.Config{Lines: o.gate, Listen: netip.AddrPortFrom(home, 0), Ports: "15900-15949", Trunks: trunks, KeepDays: 30}))
	o.stop = sync.OnceValue(o.phones.Close)
	o.agent = must(sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)}))
	t.Cleanup(func() {
		for _, close := range []func() error{o.agent.Close, o.stop, c.Close, v.Close, db.Close} {
			if err := close(); err != nil {
				t.Error(err)
			}
		}
	})
	return o
}

// books opens the company, its wallet and its contract.
func (o *office) books(balance string) {
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
}

// plan gives an agent a call.
func (o *office) plan(to string, recorded bool) string {
	o.Helper()
	return must(o.sys.PlanCall(o.Context(), o.company, app.PlannedCall{Contract: o.contract, Agent: ann, To: to, Record: recorded})).ID.Named("call")
}

// call lets the agent's telephone call a name.
func (o *office) call(name string, talk time.Duration) *voice.Report {
	o.Helper()
	user, secret, _, err := o.phones.Pass(o.company, ann)
	if err != nil {
		o.Fatal(err)
	}
	return o.dial(user, secret, name, talk)
}

// dial calls a name with a log-in.
func (o *office) dial(user, secret, name string, talk time.Duration) *voice.Report {
	o.Helper()
	r, err := voice.Place(o.Context(), o.agent, o.ports, voice.Order{To: "sip:" + name + "@" + o.phones.Host(), From: user, User: user, Secret: secret, Talk: talk,
		Play: audio.Tone{Hertz: []float64{1000}, Level: 0.4}.Samples(5 * time.Second)})
	if err != nil {
		o.Fatal(err)
	}
	return r
}

// facts are what the books have once they have as many as wanted: the customer's half
// ends a moment after the agent's.
func (o *office) facts(n int) (out []store.ChargedCall) {
	o.Helper()
	for deadline := time.Now().Add(20 * time.Second); len(out) < n; {
		if time.Now().After(deadline) {
			o.Fatalf("%d facts, want %d", len(out), n)
		}
		now := timex.At(time.Now())
		if err := o.sys.DB.View(context.Background(), func(tx store.Tx) error {
			page, err := tx.Usage().Calls(o.company, store.CallQuery{Period: timex.Period{From: now.Add(-time.Hour), To: now.Add(time.Hour)}, Limit: 100})
			out = page.Calls
			return err
		}); err != nil {
			o.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	return out
}

// TestAnAgentCalls: a planned call is placed once, paid, told as a fact, and its
// recording can be heard by nobody else.
func TestAnAgentCalls(t *testing.T) {
	o := open(t, "100.00")
	name := o.plan("13800138000", true)
	if r := o.call(name, 700*time.Millisecond); !r.Answered() {
		t.Fatalf("%+v", r.Ending)
	}
	f := o.facts(1)[0]
	if f.Call.ID != name || f.Call.Agent != ann || f.Call.To != "13800138000" || f.Call.Result != usage.Answered || f.Call.Seconds() != 1 || len(f.Charges) != 1 || f.Charges[0].Cost != must(money.Parse("0.10", cny)) {
		t.Errorf("%+v %+v", f.Call, f.Charges)
	}
	kept := must(o.sys.RecordingsOf(t.Context(), o.company, name))
	for deadline := time.Now().Add(20 * time.Second); len(kept) == 1 && kept[0].State == retention.Open && time.Now().Before(deadline); {
		kept = must(o.sys.RecordingsOf(t.Context(), o.company, name))
	}
	if len(kept) != 1 || kept[0].State != retention.Kept || kept[0].SHA256 == "" || f.Call.Course.Recording != kept[0].ID.Named("rec") || f.Call.Course.RecordingSHA256 != kept[0].SHA256 {
		t.Fatalf("%+v, the fact says %q", kept, f.Call.Course.Recording)
	}
	_, sound, err := o.sys.ReadRecording(t.Context(), o.company, kept[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	defer sound.Close()
	if w, err := audio.ReadWAV(sound); err != nil || len(w.Channels) != 2 {
		t.Errorf("%v", err)
	}
	other := id.Company{ID: must(o.sys.AddCompany(t.Context(), app.Company{Name: "other", Email: "o@example.com"})).ID}
	if _, _, err := o.sys.ReadRecording(t.Context(), other, kept[0].ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another company: %v", err)
	}
	if r := o.call(name, 0); r.Ending.Code != 404 {
		t.Errorf("a second time: %+v", r.Ending)
	}
	o.facts(1)
}

// TestWhatAnAgentMayNotCall: a number, somebody else's call, a class of numbers that is
// not allowed, a call nobody pays for; nothing of them is on any trunk.
func TestWhatAnAgentMayNotCall(t *testing.T) {
	o := open(t, "100.00")
	bobs := must(o.sys.PlanCall(t.Context(), o.company, app.PlannedCall{Contract: o.contract, Agent: "user_bob", To: "13800138000"})).ID.Named("call")
	for name, code := range map[string]int{"13800138000": 404, bobs: 404, o.plan("01012345678", false): 403} {
		if r := o.call(name, 0); r.Ending.Code != code {
			t.Errorf("%s: %+v, want %d", name, r.Ending, code)
		}
	}
	busy := o.plan("13800000001", true)
	if r := o.call(busy, 0); r.Ending.Code != 486 {
		t.Errorf("busy: %+v", r.Ending)
	}
	o.facts(1)
	silent := must(o.sys.RecordingsOf(t.Context(), o.company, busy))
	for deadline := time.Now().Add(20 * time.Second); len(silent) == 1 && silent[0].State != retention.Deleted && time.Now().Before(deadline); {
		silent = must(o.sys.RecordingsOf(t.Context(), o.company, busy))
	}
	if len(silent) != 1 || silent[0].State != retention.Deleted || silent[0].Why == "" {
		t.Errorf("a recording in which nothing is: %+v", silent)
	}
	if f := o.facts(1); len(f) != 1 || f[0].Call.Result != usage.Busy {
		t.Errorf("%+v", f)
	}
	poor := open(t, "0.05") // a second costs 0.10
	if r := poor.call(poor.plan("13800138000", false), 0); r.Ending.Code != 480 || r.Ending.Reason != "No credit" {
		t.Errorf("without money: %+v", r.Ending)
	}
}

// speaking gives the agent of the next call that runs and is answered.
func (o *office) speaking() <-chan string {
	out := make(chan string, 1)
	go func() {
		for ; o.Context().Err() == nil; time.Sleep(5 * time.Millisecond) {
			for _, r := range o.phones.Running(o.company) {
				if !r.Answered.IsZero() {
					out <- r.Agent
					return
				}
			}
		}
	}()
	return out
}

// TestADeskTelephone: a telephone whose log-in lasts dials 1 for the call that waits
// longest for whoever it belongs to, until it is ended.
func TestADeskTelephone(t *testing.T) {
	o := open(t, "100.00")
	var bob id.ID
	var line *access.Line
	secret := ""
	if err := o.sys.DB.Update(t.Context(), func(tx store.Tx) error {
		u, _, err := o.gate.AddUser(tx, access.NewUser{Email: "bob@example.com", Name: "Bob", Members: []access.Member{{Company: o.company, Role: access.Agent}}})
		if err != nil {
			return err
		}
		bob = u.ID
		line, secret, err = o.gate.AddLine(tx, o.company, bob, "desk 4")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	plan := func(to, agent string) string {
		return must(o.sys.PlanCall(t.Context(), o.company, app.PlannedCall{Contract: o.contract, Agent: agent, To: to})).ID.Named("call")
	}
	anns := plan("13800138000", ann)
	first := plan("13800138001", bob.Named("user"))
	plan("13800000001", bob.Named("user"))
	for what, c := range map[string]struct {
		secret, name string
		code         int
	}{"another's call": {secret, anns, 404}, "a number": {secret, "13800138000", 404}, "another secret": {"oak", access.NextCall, 401}} {
		if r := o.dial(line.Account(), c.secret, c.name, 0); r.Ending.Code != c.code {
			t.Errorf("%s: %+v", what, r.Ending)
		}
	}
	speaks := o.speaking()
	if r := o.dial(line.Account(), secret, access.NextCall, 600*time.Millisecond); !r.Answered() {
		t.Errorf("%+v", r.Ending)
	}
	if got := <-speaks; got != bob.Named("user") {
		t.Errorf("%q speaks in the call that runs", got)
	}
	if r := o.dial(line.Account(), secret, access.NextCall, 0); r.Ending.Code != 486 {
		t.Errorf("the second: %+v", r.Ending)
	}
	if r := o.dial(line.Account(), secret, access.NextCall, 0); r.Ending.Code != 404 {
		t.Errorf("none is left: %+v", r.Ending)
	}
	if f := o.facts(2); f[0].Call.ID != first && f[1].Call.ID != first || f[0].Call.Agent != bob.Named("user") {
		t.Errorf("%+v", f)
	}
	if err := o.sys.DB.Update(t.Context(), func(tx store.Tx) error {
		_, err := o.gate.EndLine(tx, o.company, bob, line.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if r := o.dial(line.Account(), secret, access.NextCall, 0); r.Ending.Code != 401 {
		t.Errorf("after its end: %+v", r.Ending)
	}
}

// TestAnAgentIsToldWhyACallIsNotPlaced: in a word, whatever the status.
func TestAnAgentIsToldWhyACallIsNotPlaced(t *testing.T) {
	o := open(t, "100.00")
	if r := o.call(o.plan("4008001234", false), 0); r.Ending.Code != 403 || r.Ending.Reason != "Blocked" {
		t.Errorf("a class the trunks may not call: %+v", r.Ending)
	}
	if err := o.sys.SetCallLimits(t.Context(), o.company, app.CallLimits{Classes: []string{"landline"}}); err != nil {
		t.Fatal(err)
	}
	if r := o.call(o.plan("13800138000", false), 0); r.Ending.Code != 480 || r.Ending.Reason != "Class blocked" {
		t.Errorf("a class the company may not call: %+v", r.Ending)
	}
	if err := o.sys.SetCallLimits(t.Context(), o.company, app.CallLimits{}); err != nil {
		t.Fatal(err)
	}
	for range 3 { // then the trunk rests
		if r := o.call(o.plan("13800000002", false), 0); r.Ending.Code != 503 {
			t.Errorf("a carrier that fails: %+v", r.Ending)
		}
	}
	if r := o.call(o.plan("13800138000", false), 0); r.Ending.Code != 480 || r.Ending.Reason != "No trunk" {
		t.Errorf("no trunk can take it: %+v", r.Ending)
	}
}

// TestWhatMayNotBeCalledIsNotPlanned, whatever plans it: the trunks say it at once.
func TestWhatMayNotBeCalledIsNotPlanned(t *testing.T) {
	o := open(t, "100.00")
	o.sys.Reach = o.phones.Reach()
	for number, want := range map[string]app.CallReason{"my aunt": app.NumberUnread, "4008001234": app.NumberBlocked, "13800138000": ""} {
		_, err := o.sys.PlanCall(t.Context(), o.company, app.PlannedCall{Contract: o.contract, Agent: ann, To: number})
		var no *app.CallRefused
		if errors.As(err, &no) != (want != "") || no != nil && (no.Reason != want || fault.KindOf(err) != fault.Invalid) || want == "" && err != nil {
			t.Errorf("%s: %v", number, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, text := range []string{"", "localhost:5060", "0.0.0.0:5060", "192.0.2.1", ":5060"} {
		if _, err := telephone.AddressOf(text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
	if at, err := telephone.AddressOf("192.0.2.1:5060"); err != nil || at.Port() != 5060 {
		t.Error(at, err)
	}
}
