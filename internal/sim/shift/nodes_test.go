package shift

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/outbound"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/store/storetest"
	"waihu/internal/timex"
	"waihu/internal/voice"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
	"waihu/internal/voice/sip"
)

// secondsPlan prices each second of talk with 0.10.
const secondsPlan = `plan: seconds
version: 1
currency: CNY
time_zone: Asia/Shanghai
tax: {default: voice, classes: [{id: voice, rates: [{rate: 0%}]}]}
components:
  - {id: talk, measure: talk_time, increment: 1/1, unit_price: 6, category: voice}
`

var yuan = money.MustCurrency("CNY")

// enough is how long anything here may take.
const enough = 30 * time.Second

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// installation is two nodes over one PostgreSQL database, a company that pays ahead, and
// a person of it with a telephone.
type installation struct {
	*testing.T
	cluster  *storetest.Cluster
	books    *serve.Books // beside the nodes
	company  id.Company
	contract id.ID
	credit   int64 // seconds that were paid in and not talked yet
	cookie   string
	phone    *sip.Endpoint
	ports    *rtp.Ports
}

// node is one of them, a process of its own.
type node struct {
	in       *installation
	settings []string
	data, at string // its folder and its interface
	process  *exec.Cmd
}

func install(t *testing.T) (in *installation, a, b *node) {
	in = &installation{T: t, cluster: must(storetest.StartCluster("fsync=off")), ports: must(rtp.NewPorts(home, 24_300, 24_349)), phone: must(sip.Open(sip.Config{Listen: netip.AddrPortFrom(home, 0)}))}
	must(in.cluster.Database("nodes"))
	socket := strings.TrimPrefix(strings.Fields(must(in.cluster.Database("spare")))[0], "host=")
	far := must(carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: must(rtp.NewPorts(home, 24_200, 24_299)), Script: &script.Script{Name: "nodes", Lines: []script.Line{{To: "*", Does: script.Answer, Ring: script.Span(50 * time.Millisecond)}}}}))
	trunks := filepath.Join(t.TempDir(), "trunks.yaml")
	if err := os.WriteFile(trunks, fmt.Appendf(nil, trunkFile, far.Addr()), 0o600); err != nil {
		t.Fatal(err)
	}
	var nodes [2]*node
	for i, name := range []string{"a", "b"} {
		n := &node{in: in, data: t.TempDir(), at: must(free())}
		n.settings = []string{"data=" + n.data, "database=postgres:///nodes?user=waihu&host=" + socket, "access.second_factor=false", "node=" + name, "http.listen=" + n.at,
			"voice.trunks=" + trunks, "voice.listen=" + netip.AddrPortFrom(home, 0).String(), fmt.Sprintf("voice.ports=%d-%d", 24_000+100*i, 24_099+100*i)}
		nodes[i] = n
	}
	cfg, _, err := serve.Load("", nil, append(nodes[0].settings, "node=beside"))
	if err != nil {
		t.Fatal(err)
	}
	in.books = must(serve.Open(t.Context(), &cfg))
	other, _, err := serve.Load("", nil, nodes[1].settings)
	if err == nil {
		err = serve.TakeKey(&other, cfg.Data)
	}
	if err != nil {
		t.Fatal(err)
	}
	in.fill()
	t.Cleanup(func() {
		for _, n := range nodes {
			n.kill()
		}
		for _, end := range []func() error{in.books.DB.Close, in.phone.Close, far.Close, in.cluster.Close} {
			if err := end(); err != nil {
				t.Error(err)
			}
		}
	})
	return in, nodes[0], nodes[1]
}

// fill makes the company, its contract and its person.
func (in *installation) fill() {
	ctx, sys := in.Context(), in.books.System
	must(sys.PublishPlan(ctx, app.PublishPlan{File: secondsPlan}))
	in.company = id.Company{ID: must(sys.AddCompany(ctx, app.Company{Name: "one", Email: "one@shift.example"})).ID}
	must(sys.OpenWallet(ctx, in.company, app.OpenWallet{Name: "main", Currency: yuan}))
	today := timex.At(time.Now()).DateIn(time.UTC)
	file := "contract: one\nplan: seconds@1\nstart: " + (today - 1).String() + "\nseller: {name: Seller}\nbuyer: {name: Buyer}\n"
	in.contract = must(sys.Quote(ctx, in.company, app.Quote{File: file, Wallet: "main", On: today - 1})).ID
	must(sys.Sign(ctx, in.company, app.Sign{Contract: in.contract, Document: fmt.Sprintf("%064x", 1), On: today - 1}))
	must(sys.Start(ctx, in.company, in.contract, today-1))
	var token string
	if err := in.books.DB.Update(ctx, func(tx store.Tx) (err error) {
		_, token, err = in.books.Gate.AddUser(tx, access.NewUser{Email: "ann@shift.example", Name: "Ann", Members: []access.Member{{Company: in.company, Role: access.CustomerAdmin}}})
		return err
	}); err != nil {
		in.Fatal(err)
	}
	must(in.books.Gate.TakeInvitation(ctx, token, password, access.Client{Address: home.String()}))
}

// topUp pays so many seconds in.
func (in *installation) topUp(seconds int64) {
	in.Helper()
	in.credit += seconds
	must(in.books.System.TopUp(in.Context(), in.company, app.Fund{Key: fmt.Sprint(seconds, " more"), Wallet: "main", Amount: priceOf(seconds)}))
}

// priceOf is what so many seconds cost.
func priceOf(seconds int64) money.Amount { return money.Micros(100_000*seconds, yuan) }

// until waits for something the books will say.
func (in *installation) until(what string, is func() bool) {
	in.Helper()
	for end := time.Now().Add(enough); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			in.Fatalf("never: %s", what)
		}
	}
}

// open are the calls that go on.
func (in *installation) open() (all []app.Attempt) {
	in.Helper()
	in.until("the books say which calls go on", func() bool { // connections that broke with the database are noticed when they are used
		var err error
		all, err = in.books.System.OpenCalls(in.Context(), in.company)
		return err == nil
	})
	return all
}

// pass lets time go by for what a dead node left: nothing was heard of its calls, nor of
// its work, for as long as it takes to give them up.
func (in *installation) pass() {
	in.Helper()
	if err := in.books.DB.Update(in.Context(), func(tx store.Tx) error {
		all, err := tx.Records().List(in.company, app.KindAttempt, store.Key{}, store.Page{Limit: 100})
		for i := range all {
			var a app.Attempt
			if err = json.Unmarshal(all[i].Body, &a); err != nil {
				return err
			}
			a.Until = tx.Now().Add(-time.Second)
			all[i].Body = must(json.Marshal(a))
			if err = tx.Records().Put(&all[i]); err != nil {
				return err
			}
		}
		leases, failed := tx.Leases().List("")
		for _, l := range leases {
			if l.Name == "calls" && (l.Node != "a" || l.Until.Sub(tx.Now()) > 2*time.Minute) {
				in.Errorf("lost calls are looked for by %s alone until %s", l.Node, l.Until)
			}
		}
		return errors.Join(err, failed, tx.Leases().Release("calls", "a"))
	}); err != nil {
		in.Fatal(err)
	}
}

func (n *node) start() {
	n.in.Helper()
	cfg, _, err := serve.Load("", nil, n.settings)
	if err != nil {
		n.in.Fatal(err)
	}
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), serving+"="+strings.Join(n.settings, "\n"))
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		n.in.Fatal(err)
	}
	n.process = c
	ctx, stop := context.WithTimeout(n.in.Context(), enough)
	defer stop()
	if err := (&Shift{cfg: cfg}).up(ctx, make(chan error)); err != nil {
		n.in.Fatal(err)
	}
}

// kill ends it as a crash does (kill -9).
func (n *node) kill() {
	if n.process != nil {
		_ = n.process.Process.Kill()
		_ = n.process.Wait() // it was killed
		n.process = nil
	}
}

// ask asks the interface of a node as the person; again while its database is away.
func (n *node) ask(method, path string, body, out any) {
	t := n.in
	t.Helper()
	var res *http.Response
	var b []byte
	t.until(method+" "+path+" is answered", func() bool {
		r := must(http.NewRequestWithContext(t.Context(), method, "http://"+n.at+path, bytes.NewReader(must(json.Marshal(body)))))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Waihu-Company", t.company.Named("co"))
		r.Header.Set("Cookie", t.cookie)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res = must(http.DefaultClient.Do(r))
		b = must(io.ReadAll(res.Body))
		return res.Body.Close() == nil && res.StatusCode != http.StatusServiceUnavailable
	})
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, b)
	}
	if k := res.Cookies(); t.cookie == "" && len(k) > 0 {
		t.cookie = k[0].Name + "=" + k[0].Value
	}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

// call plans a call by the interface of a node and lets the telephone place it there.
func (n *node) call(ctx context.Context, talk time.Duration) (name string, report <-chan *voice.Report) {
	n.in.Helper()
	var plan struct{ ID, Address string }
	n.ask("POST", "/v1/calls", map[string]any{"contract": n.in.contract.Named("con"), "to": "13910000001"}, &plan)
	var pass struct{ User, Secret string }
	n.ask("POST", "/v1/softphone", map[string]any{}, &pass)
	out := make(chan *voice.Report, 1)
	go func() {
		r, _ := voice.Place(ctx, n.in.phone, n.in.ports, voice.Order{To: plan.Address, From: pass.User, User: pass.User, Secret: pass.Secret, Talk: talk}) // what it came to is in the books
		out <- r
	}()
	return plan.ID, out
}

// answered waits until a call is answered, as the books have it.
func (in *installation) answered(name string) {
	in.Helper()
	in.until(name+" is answered", func() bool {
		for _, a := range in.open() {
			if a.Call == name {
				return a.Answered != 0
			}
		}
		return false
	})
}

// told is what the interface says of a call; nothing: it is not there.
type told struct {
	ID      string
	Result  string
	Talk    int64 `json:"talk_seconds"`
	Charges []struct{ Cost struct{ Amount string } }
	Course  struct{ Why string }
}

func (n *node) facts() map[string]told {
	n.in.Helper()
	var page struct{ Items []told }
	now := time.Now().UTC()
	n.ask("GET", "/v1/calls?limit=100&from="+now.Add(-time.Hour).Format(time.RFC3339)+"&until="+now.Add(time.Hour).Format(time.RFC3339), nil, &page)
	out := map[string]told{}
	for _, f := range page.Items {
		if _, twice := out[f.ID]; twice {
			n.in.Errorf("%s is told twice", f.ID)
		}
		out[f.ID] = f
	}
	return out
}

// fact waits for what the books have of a call, once nothing of it is open any more.
func (n *node) fact(name string) (f told) {
	n.in.Helper()
	n.in.until(name+" is over", func() bool {
		for _, a := range n.in.open() {
			if a.Call == name {
				return false
			}
		}
		ok := false
		f, ok = n.facts()[name]
		return ok
	})
	return f
}

// came waits for the end of a call and looks at it: why it ended, and that what was talked
// was charged, once.
func (n *node) came(name, why string) (seconds int64) {
	n.in.Helper()
	f := n.fact(name)
	if f.Result != "answered" || f.Course.Why != why || f.Talk == 0 || len(f.Charges) != 1 || f.Charges[0].Cost.Amount != priceOf(f.Talk).Decimal() {
		n.in.Errorf("%+v, want %q, charged once", f, why)
	}
	n.in.credit -= f.Talk
	return f.Talk
}

// held looks at what calls hold of the wallet, in seconds, and that everything else that
// was paid in and not talked is there.
func (in *installation) held(seconds int64) {
	in.Helper()
	f := must(in.books.System.Balance(in.Context(), in.company, "main"))
	left, err := priceOf(in.credit).Sub(priceOf(seconds))
	if err != nil || f.Available != left || f.Held != priceOf(seconds) {
		in.Errorf("%s is left and %s held, want %s and %s", f.Available, f.Held, left, priceOf(seconds))
	}
}

// killedInACall lets a node carry a call, and kills it in the middle.
func (n *node) killedInACall() (name string) {
	n.in.Helper()
	ctx, hang := context.WithCancel(n.in.Context())
	defer hang()
	name, report := n.call(ctx, time.Hour)
	n.in.answered(name)
	n.kill()
	hang()
	<-report
	return name
}

// TestPaidCallsOfTwoNodes: two services over one PostgreSQL, each a process of its own.
// A call is placed through either, charged once and cut where its credit ends; a top-up
// in mid-call counts; a node that is killed in mid-call leaves the other one well, and
// the call it carried becomes one fact, told by itself once it is back or by the other
// when nothing was heard of it; and an end the database could not be told is told later.
func TestPaidCallsOfTwoNodes(t *testing.T) {
	t.Parallel()
	in, a, b := install(t)
	a.start() // first: what one node does for all is a's, until it is gone
	b.start()
	a.ask("POST", "/v1/login", map[string]string{"email": "ann@shift.example", "password": password}, &struct{}{})

	in.topUp(10)
	for _, n := range []*node{a, b} {
		name, report := n.call(t.Context(), 300*time.Millisecond)
		if r := <-report; r == nil || !r.Answered() {
			t.Fatalf("%+v", r)
		}
		n.came(name, "bye")
		in.held(0)
	}

	// What is left is put aside before anything is sent. More is paid in while they talk,
	// and they are cut when that is spent, too.
	could := in.credit
	name, report := a.call(t.Context(), time.Hour)
	in.answered(name)
	in.held(could)
	in.topUp(2)
	<-report
	if talked := b.came(name, outbound.Spent); talked < could+2 {
		t.Errorf("cut after %d s: %d were paid for, and 2 more", talked, could)
	}
	in.held(0)

	// The node is killed while they talk. To the other it may live: nothing is given back
	// yet, and it carries calls of its own. Back again, the node tells what it left.
	in.topUp(130)
	name = a.killedInACall()
	in.held(60)
	other, second := b.call(t.Context(), 300*time.Millisecond)
	<-second
	in.until("the other's call is over, and that of the dead node is not", func() bool {
		all := in.open()
		return len(all) == 1 && all[0].Call == name
	})
	a.start()
	b.came(name, app.Interrupted)
	b.came(other, "bye")
	in.held(0)

	// It is killed again and does not come back: in time another tells it, which looks
	// each minute, and when it is started.
	name = a.killedInACall()
	in.pass()
	b.kill()
	b.start()
	b.came(name, app.Interrupted)
	in.held(0)
	a.start()

	// The database goes away while they talk, and they hang up: the end lies on disk, and
	// is told when the database is back.
	ctx, hang := context.WithCancel(t.Context())
	defer hang()
	name, report = a.call(ctx, time.Hour)
	in.answered(name)
	if err := in.cluster.Kill(); err != nil {
		t.Fatal(err)
	}
	hang()
	<-report
	in.until("its end is on disk", func() bool {
		waiting, _, err := outbound.Waiting(filepath.Join(a.data, "ends"))
		return err == nil && waiting == 1
	})
	if err := in.cluster.Start(); err != nil {
		t.Fatal(err)
	}
	a.came(name, "bye")
	in.held(0)
	if n := len(b.facts()); n != 7 {
		t.Errorf("%d facts of 7 calls", n)
	}
}
