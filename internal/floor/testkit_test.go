package floor

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/dialogue"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/robot"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// must is for what a test only needs.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func number(n int) phone.Number { return phone.Of(8613800000000+uint64(n), 13) }

// lines are telephone lines that are played: who answers is told by the number, and
// talks for a minute unless the agent hangs up before.
type lines struct {
	mu      sync.Mutex
	calls   map[id.ID]*played
	who     func(context.Context, phone.Number, phone.Number) (*Caller, error)
	told    func(c id.Company, user string, here bool)
	placed  map[phone.Number]int
	at      map[id.ID]Outgoing
	refuse  error // what Place says
	unjoin  bool
	disk    error // what a recording fails with
	ears    map[string]Hearing
	most    int
	dropped []string
	said    map[id.ID][]string
	moved   []Target
	joined  []Target
	noThird error // what is said to calling somebody outside into a call
	parted  []id.ID
	answers time.Duration // until who answers does
	lasts   time.Duration // until the customer hangs up
	slow    time.Duration // Place takes so long
	rings   time.Duration // until a call nobody answers is given up; 0: as the order says
}

// played is one call.
type played struct {
	tell     func(dialer.Event)
	answered bool
	talks    *time.Timer
	then     *time.Timer
	plays    *time.Timer
	said     []string
}

func newLines() *lines {
	return &lines{calls: map[id.ID]*played{}, placed: map[phone.Number]int{}, at: map[id.ID]Outgoing{}, ears: map[string]Hearing{}, said: map[id.ID][]string{}, answers: 6 * time.Second, lasts: time.Minute}
}

func (l *lines) Place(_ context.Context, o Outgoing, tell func(dialer.Event)) error {
	time.Sleep(l.slow)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse != nil {
		return l.refuse
	}
	l.placed[o.Number]++
	l.at[o.Try] = o
	c := &played{tell: tell}
	l.calls[o.Try] = c
	l.most = max(l.most, len(l.calls))
	tell(dialer.Dialed{Try: o.Try, Trunk: "east", Call: o.Try.Named("call")})
	tell(dialer.Rings{Try: o.Try})
	if o.Number.Value()%3 != 0 {
		c.then = time.AfterFunc(cmp.Or(l.rings, o.Ring), func() { l.over(o.Try, usage.NoAnswer) })
		return nil
	}
	c.then = time.AfterFunc(l.answers, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.calls[o.Try] == c {
			c.answered = true
			tell(dialer.Answered{Try: o.Try})
			tell(dialer.Told{Try: o.Try, By: usage.Person})
		}
	})
	return nil
}

// comes lets somebody call a number of ours.
func (l *lines) comes(ctx context.Context, from, to phone.Number) (*Caller, error) {
	who, err := l.who(ctx, from, to)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.at[who.Try] = who.Outgoing
	l.calls[who.Try] = &played{tell: who.Tell, answered: true}
	l.mu.Unlock()
	if err = who.Came(ctx); err != nil {
		l.mu.Lock()
		delete(l.calls, who.Try)
		l.mu.Unlock()
	}
	return who, err
}

// spoke is what a call was told.
func (l *lines) spoke(try id.ID) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.said[try])
}

func (l *lines) over(try id.ID, r usage.Result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.calls[try]
	if c == nil {
		return
	}
	delete(l.calls, try)
	for _, t := range []*time.Timer{c.talks, c.then, c.plays} {
		if t != nil {
			t.Stop()
		}
	}
	if c.answered {
		r = usage.Answered
	}
	c.tell(dialer.Over{Try: try, Result: r, Cause: 16})
}

func (l *lines) Hang(try id.ID) {
	time.AfterFunc(time.Millisecond, func() { l.over(try, usage.Canceled) })
}

// Say plays for four seconds; what is played is broken off, and told of as well.
func (l *lines) Say(try id.ID, prompt string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.calls[try]
	if c == nil {
		return
	}
	c.said = append(c.said, prompt)
	l.said[try] = c.said
	if c.plays != nil && c.plays.Stop() {
		c.tell(dialer.Said{Try: try})
	}
	c.plays = time.AfterFunc(4*time.Second, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.calls[try] == c {
			c.tell(dialer.Said{Try: try})
		}
	})
}

func (l *lines) Play(try id.ID, wav []byte) { l.Say(try, string(wav)) }

func (l *lines) Join(try id.ID, _ string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.calls[try]
	if l.unjoin || c == nil {
		return fault.New(fault.Conflict, "no leg")
	}
	if c.talks == nil {
		c.talks = time.AfterFunc(l.lasts, func() { l.over(try, usage.Answered) })
		if o := l.at[try]; o.Record {
			o.Kept(l.disk)
		}
	}
	return nil
}

// saw is what the lines saw until now.
func (l *lines) saw() (out struct {
	placed  map[phone.Number]int
	ears    map[string]Hearing
	most    int
	dropped []string
}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out.placed, out.ears, out.most, out.dropped = maps.Clone(l.placed), maps.Clone(l.ears), l.most, slices.Clone(l.dropped)
	return out
}

func (l *lines) Part(try id.ID) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parted = append(l.parted, try)
	return nil
}
func (l *lines) Hold(id.ID, bool) error           { return nil }
func (l *lines) PauseRecording(id.ID, bool) error { return nil }
func (l *lines) Press(id.ID, string) error        { return nil }
func (l *lines) Drop(try id.ID, prompt string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped = append(l.dropped, prompt)
	time.AfterFunc(5*time.Second, func() { l.over(try, usage.Answered) })
	return nil
}

func (l *lines) Transfer(try id.ID, to Target) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moved = append(l.moved, to)
	if c := l.calls[try]; c != nil && c.talks == nil { // nobody has the call yet, and who is called does not come
		return l.calledIn(try, to, dialer.NotTaken{Try: try, Number: to.Number})
	}
	return l.calledIn(try, to, dialer.Came{Try: try, Number: to.Number}, dialer.Parted{Try: try})
}

func (l *lines) Confer(try id.ID, to Target) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.joined = append(l.joined, to)
	return l.calledIn(try, to, dialer.Came{Try: try, Number: to.Number})
}

// calledIn tells what becomes of somebody outside; the first of it after three seconds.
func (l *lines) calledIn(try id.ID, to Target, told ...dialer.Event) error {
	c := l.calls[try]
	switch {
	case c == nil || to.Agent != "":
		return nil
	case l.noThird != nil:
		return l.noThird
	}
	time.AfterFunc(3*time.Second, func() {
		for _, ev := range told {
			c.tell(ev)
		}
	})
	return nil
}

func (l *lines) Supervise(_ id.ID, who string, how Hearing) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ears[who] = how
	return nil
}

func (l *lines) Incoming(f func(context.Context, phone.Number, phone.Number) (*Caller, error)) {
	l.who = f
}
func (l *lines) Standing(f func(c id.Company, user string, here bool)) { l.told = f }

// world is a company with a contract, a list and campaigns over it, on a floor.
type world struct {
	t     testing.TB
	sys   *app.System
	packs *compliance.Packs
	lines *lines
	floor *Floor
	c     id.Company
	pays  id.ID
	ids   *id.Maker
	talks time.Duration // an agent, with a customer
	speak speaker       // the dialogue server of robot lanes
	lanes *robot.Lanes
}

// speaker is a dialogue server: what it answers to a turn, and after how long.
type speaker func(dialogue.Turn) (reply string, after time.Duration)

// RoundTrip is part of http.RoundTripper.
func (s speaker) RoundTrip(r *http.Request) (*http.Response, error) {
	var t dialogue.Turn
	if err := json.NewDecoder(r.Body).Decode(&t); err != nil {
		return nil, err
	}
	reply, after := s(t)
	wait := time.NewTimer(after)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(reply)), Request: r}, nil
}

const planText = `plan: p
version: 1
currency: CNY
time_zone: Asia/Shanghai
tax: {default: software, classes: [{id: software, rates: [{rate: 6%}]}]}
modules:
  - {id: predictive, name: Predictive}
  - {id: recording, name: Recording}
  - {id: robot, name: Robot lanes}
components:
  - {id: seats, measure: recurring, unit_price: 100, category: seats}
  - {id: time, measure: system_time, unit_price: 0.1}
  - {id: talk, measure: talk_time, increment: 60/60, unit_price: 0.12}
`

// begin is when a test begins: a Monday morning in China.
var begin = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// newWorld is one in a bubble, with a number of seats bought and modules by name.
func newWorld(t testing.TB, seats string, modules ...string) *world {
	t.Helper()
	time.Sleep(time.Until(begin)) // a bubble begins in another year
	db := must(sqlite.Memory(sqlite.Options{}))
	t.Cleanup(func() { _ = db.Close() })
	return newWorldOn(t, store.Joining(db), seats, modules...)
}

func newWorldOn(t testing.TB, db store.DB, seats string, modules ...string) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{t: t, packs: must(compliance.Load()), lines: newLines(), ids: id.NewMaker(rand.NewChaCha8([32]byte{7})), talks: 40 * time.Second}
	w.sys = &app.System{DB: db, IDs: w.ids, Node: "n1"}
	w.lanes = &robot.Lanes{Books: w.sys, Seal: must(access.NewSealer(make([]byte, access.SealerKeySize))), HTTP: &http.Client{Transport: speaker(func(t dialogue.Turn) (string, time.Duration) { return w.speak(t) })}}
	must(w.sys.PublishPlan(ctx, app.PublishPlan{File: planText}))
	company := must(w.sys.AddCompany(ctx, app.Company{Name: "one", Email: "one@example.com"}))
	w.c = id.Company{ID: company.ID}
	text := "contract: one\nplan: p@1\nstart: 2026-03-01\nterm: 12 months\nseller: {name: Seller}\nbuyer: {name: Buyer}\nquantities: {seats: " + seats + "}\n"
	q := must(w.sys.Quote(ctx, w.c, app.Quote{File: text, On: timex.MustDate("2026-02-20")}))
	must(w.sys.Sign(ctx, w.c, app.Sign{Contract: q.ID, Document: "0000000000000000000000000000000000000000000000000000000000000000", On: timex.MustDate("2026-02-25")}))
	must(w.sys.Start(ctx, w.c, q.ID, timex.MustDate("2026-03-01")))
	w.pays = q.ID
	for _, m := range modules {
		must(w.sys.Begin(ctx, w.c, app.Begin{Contract: q.ID, What: app.ModuleStretch, Of: m, At: timex.At(begin.Add(-24 * time.Hour))}))
	}
	w.open()
	return w
}

// open opens the floor, as a process does.
func (w *world) open() {
	w.t.Helper()
	w.floor = must(Open(context.Background(), Config{System: w.sys, Lines: w.lines, Packs: w.packs, Detect: true, Robots: w.lanes}))
}

// beside is another node of the same books, with lines of its own.
func (w *world) beside(node string) *world {
	other := *w
	other.lines, other.sys = newLines(), &app.System{DB: w.sys.DB, IDs: w.ids, Node: node}
	other.open()
	return &other
}

// kill ends the floor as a kill does: nothing more is kept or done.
func (w *world) kill() {
	w.floor.mu.Lock()
	var all []*driver
	for _, d := range w.floor.drivers {
		all = append(all, d)
	}
	w.floor.mu.Unlock()
	w.floor.stop()
	for _, d := range all {
		d.post(func() { d.over = true })
		<-d.done
	}
	w.lines.mu.Lock()
	clear(w.lines.calls)
	w.lines.mu.Unlock()
	w.floor.group.Wait()
}

// campaign makes one that runs, over a list of so many leads from a number on.
func (w *world) campaign(name string, mode campaign.Mode, from, leads int, change func(*campaign.Campaign)) app.Campaign {
	w.t.Helper()
	return must(w.sys.StartCampaign(context.Background(), w.c, w.draft(name, mode, from, leads, change).ID, "wu"))
}

// draft makes one that does not run yet.
func (w *world) draft(name string, mode campaign.Mode, from, leads int, change func(*campaign.Campaign)) app.Campaign {
	w.t.Helper()
	ctx := context.Background()
	list := must(w.sys.SetLeadList(ctx, w.c, app.LeadList{Name: name, Country: "CN"}))
	for i := range leads {
		must(w.sys.AddLead(ctx, w.c, lead.Lead{List: list.ID, Name: "Li", Numbers: []lead.Number{{Number: number(from + i)}}}))
	}
	plan := campaign.New(name, usage.Service, mode, 0)
	plan.Lists = []campaign.Share{{List: list.ID}}
	plan.CallerIDs = []campaign.CallerID{{Number: number(999)}}
	plan.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	if change != nil {
		change(&plan)
	}
	return must(w.sys.AddCampaign(ctx, w.c, plan))
}

// sit logs an agent in, with a standing leg.
func (w *world) sit(of id.ID, user string) Desk {
	w.t.Helper()
	desk, err := w.floor.LogIn(w.t.Context(), w.c, of, user, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	w.lines.told(w.c, user, true)
	return desk
}

// work lets an agent do their day: ready, talk for a while, say what it came to.
func (w *world) work(of id.ID, user string, codes ...string) {
	w.t.Helper()
	desk := w.sit(of, user)
	if _, err := w.floor.Ready(w.t.Context(), w.c, user, desk.Session); err != nil {
		w.t.Fatal(err)
	}
	r := must(w.floor.ReadDesk(w.c, user, desk.Session))
	f := w.floor
	f.group.Go(func() {
		defer r.Close()
		said, n := "", 0
		for {
			list := r.Next(f.ctx)
			if len(list) == 0 || list[len(list)-1].Data == nil {
				return
			}
			d, err := f.Desk(w.c, user, desk.Session)
			if err != nil {
				return
			}
			if d.Call == nil || d.Call.Try == said || d.State != agent.Talking && d.State != agent.WrapUp {
				continue
			}
			said = d.Call.Try
			code := codes[n%len(codes)]
			n++
			time.AfterFunc(w.talks, func() {
				if _, err := f.Dispose(f.ctx, w.c, user, desk.Session, Dispose{Code: code}); err == nil {
					_, _ = f.HangUp(f.ctx, w.c, user, desk.Session)
				}
			})
		}
	})
}

// states counts the leads of a campaign by state.
func (w *world) states(of *app.Campaign) map[lead.State]int64 {
	out := map[lead.State]int64{}
	for _, c := range must(w.sys.CampaignLeads(context.Background(), w.c, of)) {
		out[c.State] += c.Count
	}
	return out
}

// open tells how many tries of a campaign are not over.
func (w *world) left(of *app.Campaign) int {
	n := 0
	if slices.Contains(must(w.sys.LeftOpen(context.Background(), w.c)), of.ID) {
		n++
	}
	return n
}
