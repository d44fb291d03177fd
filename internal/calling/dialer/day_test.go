package dialer

import (
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// day is a simulated day of one campaign: a carrier, agents, what is kept on disk,
// and a process that may be killed between any two steps.
type day struct {
	t      testing.TB
	rng    *rand.Rand
	now    timex.Instant
	later  later
	seq    int
	e      *Engine
	life   int // of the process: what a former one started is dead
	plan   campaign.Campaign
	laws   *pacing.Laws
	ledger *pacing.Ledger
	tries  map[id.ID]attempt.Attempt // on disk
	leads  map[id.ID]lead.Lead
	order  []id.ID
	lines  map[id.ID]string // calls the carrier has: ringing, up
	people map[string]bool  // agents who want to work
	kills  int
	made   uint64
	sums   bool
	sum    [32]byte
	counts map[string]int
	noes   map[id.ID]bool // leads that refused by keys or to a dialogue, once that is on disk
	said   map[id.ID]int  // prompts by try
	wished timex.Instant
	spent  func(func()) // nil: nobody measures
}

type item struct {
	at  timex.Instant
	seq int
	do  func()
}
type later []item

func (l later) Len() int { return len(l) }
func (l later) Less(i, j int) bool {
	return l[i].at < l[j].at || l[i].at == l[j].at && l[i].seq < l[j].seq
}
func (l later) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l *later) Push(x any)   { *l = append(*l, x.(item)) }
func (l *later) Pop() any     { o := *l; x := o[len(o)-1]; *l = o[:len(o)-1]; return x }

const begin = timex.Instant(1_790_000_000_000_000) // 2026-09-21T14:13:20Z

func newDay(t testing.TB, seed uint64, mode campaign.Mode, agents, leads int) *day {
	d := &day{t: t, rng: rand.New(rand.NewPCG(seed, 7)), now: begin, laws: pacing.NewLaws(25), ledger: &pacing.Ledger{}, tries: map[id.ID]attempt.Attempt{}, leads: map[id.ID]lead.Lead{},
		lines: map[id.ID]string{}, people: map[string]bool{}, counts: map[string]int{}, noes: map[id.ID]bool{}, said: map[id.ID]int{}}
	d.plan = campaign.New("A day", usage.Sales, mode, begin)
	d.plan.Message, d.plan.PreviewFor = "sorry", 20
	d.plan.Robot.URL, d.plan.Rate = "https://dialogue.example", campaign.Rate{Channels: 8, Minute: 40}
	d.plan.Guide.Script = id.ID{8}
	d.plan.Menu = campaign.Menu{Machine: "left", NoAgent: "busy", Closed: "closed", Patience: 20, Steps: []campaign.MenuStep{
		{ID: "hello", Answer: "may", Keys: []campaign.KeyAct{{Key: "1", Does: campaign.KeyAgent}, {Key: "2", Does: campaign.KeyAnswer, Value: "yes", To: "age"}, {Key: "3", Does: campaign.KeyCallback, Prompt: "later"},
			{Key: "4", Does: campaign.KeyRepeat}, {Key: "5", Does: campaign.KeyEnd, Prompt: "bye"}, {Key: "9", Does: campaign.KeyRefuse, Prompt: "never"}}},
		{ID: "age", Prompt: "age", Digits: 2, Answer: "age", Next: "bye", Most: 3},
		{ID: "bye", Prompt: "thanks"}}}
	d.plan.Lists = []campaign.Share{{List: id.ID{1}}}
	from, _ := phone.Parse("862161234567")
	d.plan.CallerIDs = []campaign.CallerID{{Number: from}}
	if err := d.plan.Start("wu", begin); err != nil {
		t.Fatal(err)
	}
	for i := range leads {
		n, _ := phone.Parse(fmt.Sprintf("86138%08d", i))
		l := lead.Lead{ID: d.newID(), List: id.ID{1}, Numbers: []lead.Number{{Number: n}}, State: lead.Pending}
		d.leads[l.ID] = l
		d.order = append(d.order, l.ID)
	}
	for i := range agents {
		d.people[fmt.Sprintf("agent %02d", i)] = true
	}
	d.live()
	return d
}

func (d *day) newID() (i id.ID) {
	d.made++
	binary.BigEndian.PutUint64(i[:], d.made)
	return i
}

// May: numbers that end in 7 may not be called in the second half of each minute,
// and none within ten minutes of the last call.
func (d *day) May(c *Candidate, n phone.Number, at timex.Instant) (string, timex.Instant) {
	if n.Value()%10 == 7 && at%60_000_000 >= 30_000_000 {
		return "half_minute", at.Add(30 * time.Second)
	}
	for _, x := range c.Lead.Numbers {
		if x.Number == n && !x.Last.IsZero() && at.Sub(x.Last) < 10*time.Minute {
			return "spacing", x.Last.Add(10 * time.Minute)
		}
	}
	return "", 0
}

// live begins a process: what is open on disk is closed, agents log in anew.
func (d *day) live() {
	d.life++
	var open []attempt.Attempt
	var theirs []lead.Lead
	for n := uint64(0); n <= d.made; n++ {
		var i id.ID
		binary.BigEndian.PutUint64(i[:], n)
		if a, ok := d.tries[i]; ok && a.State.Open() {
			open, theirs = append(open, a), append(theirs, d.leads[a.Lead])
		}
	}
	fx, err := Recover(d.now, open, theirs, &d.plan.Retry)
	if err != nil {
		d.t.Fatal(err)
	}
	d.commit(fx)
	clear(d.lines)
	d.e, err = New(Config{Campaign: id.ID{9}, Plan: d.plan, NewTry: func(timex.Instant) (id.ID, error) { return d.newID(), nil }, Rules: d,
		Pacer: pacing.New(pacing.Goal{}, d.laws), Ledger: d.ledger, Zone: time.UTC, Detects: true})
	if err != nil {
		d.t.Fatal(err)
	}
	for i := range len(d.people) {
		user := fmt.Sprintf("agent %02d", i)
		d.after(time.Duration(i+1)*time.Second, func() { d.tell(LoggedIn{User: user, Seat: "agent"}); d.tell(IsReady{User: user}) })
	}
	d.returns()
}

// returns are people who call back, now and then.
func (d *day) returns() {
	d.after(d.some(3*time.Minute), func() {
		l := d.leads[d.order[d.rng.IntN(len(d.order))]]
		l.Owner = fmt.Sprintf("agent %02d", d.rng.IntN(20))
		try := d.newID()
		d.lines[try] = "up"
		d.counts["came in"]++
		d.tell(CameIn{Try: try, Lead: Candidate{Lead: l.Clone(), Zone: time.UTC}, Number: l.Numbers[0].Number, To: d.plan.CallerIDs[0].Number, Closed: d.rng.IntN(4) == 0})
		d.after(20*time.Second+d.some(60*time.Second), func() { d.hang(try) })
		d.returns()
	})
}

// after does something later, unless the process is dead by then.
func (d *day) after(w time.Duration, do func()) {
	life := d.life
	d.seq++
	heap.Push(&d.later, item{d.now.Add(w), d.seq, func() {
		if d.life == life {
			do()
		}
	}})
}

func (d *day) some(mean time.Duration) time.Duration {
	return time.Duration(d.rng.ExpFloat64()*float64(mean)) + 10*time.Millisecond
}

// tell hands an event in; the process may be killed before or after what came of
// it is kept.
func (d *day) tell(ev Event) {
	var fx Effects
	var err error
	if d.spent == nil {
		fx, err = d.e.Handle(d.now, ev)
	} else {
		d.spent(func() { fx, err = d.e.Handle(d.now, ev) })
	}
	if err != nil {
		d.counts["event refused"]++
	}
	crash := d.kills > 0 && d.rng.IntN(400) == 0
	if crash && d.rng.IntN(2) == 0 {
		d.kill()
		return
	}
	d.commit(fx)
	if crash {
		d.kill()
		return
	}
	for _, a := range fx.Acts {
		d.act(a)
	}
	if at := fx.Wake; !at.IsZero() && at != d.wished {
		d.wished = at
		d.after(max(at.Sub(d.now), 0), func() {
			if d.wished == at { // nobody wished otherwise since
				d.wished = 0
				d.tell(Tick{})
			}
		})
	}
}

func (d *day) kill() {
	d.kills--
	d.counts["killed"]++
	d.wished = 0
	d.live()
}

func (d *day) commit(fx Effects) {
	for _, a := range fx.Tries {
		if was, ok := d.tries[a.ID]; ok && !was.State.Open() {
			d.t.Fatalf("try %s was %s and became %s", a.ID, was.State, a.State)
		}
		d.tries[a.ID] = a
	}
	for _, l := range fx.Leads {
		d.leads[l.ID] = l
	}
	for _, a := range fx.Tries {
		if a.Wish.Final() && a.Wish.Flags.Refuse {
			d.noes[a.Lead] = true
			if l := d.leads[a.Lead]; l.Rule != lead.Refused {
				d.t.Fatalf("a refusal does not hold at once: %+v", l)
			}
		}
	}
	d.counts["answers"] += len(fx.Answers)
	for _, c := range fx.Changes {
		if s, ok := c.Session("waihu"); ok && s.To <= s.From {
			d.t.Fatalf("%+v", s)
		}
	}
	if d.sums {
		text, err := json.Marshal([]any{fx.Tries, fx.Leads, fx.Changes, fmt.Sprint(fx.Acts), fx.Wake})
		if err != nil {
			d.t.Fatal(err)
		}
		d.sum = sha256.Sum256(append(text, d.sum[:]...))
	}
}

func (d *day) act(a Act) {
	switch v := a.(type) {
	case Fetch:
		d.after(d.some(20*time.Millisecond), func() { d.offer(v) })
	case Show:
		d.after(d.some(8*time.Second), func() { d.tell(Chosen{User: v.Agent, Dial: d.rng.IntN(5) > 0}) })
	case Dial:
		d.dial(v)
	case Cancel:
		d.after(d.some(50*time.Millisecond), func() {
			if d.lines[v.Try] == "ringing" {
				delete(d.lines, v.Try)
				d.tell(Over{Try: v.Try, Result: usage.Canceled})
			}
		})
	case Join:
		if s := d.e.agents[v.Agent]; s == nil || s.State != agent.Talking || s.call.ID != v.Try {
			d.t.Fatalf("%s is joined with %s", v.Agent, v.Try)
		}
		d.join(v)
	case Say:
		if d.said[v.Try]++; d.said[v.Try] > MaxSaid+1 {
			d.t.Fatalf("try %s hears prompt after prompt", v.Try)
		}
		d.after(6*time.Second, func() { d.tell(Said{Try: v.Try}) })
		if d.rng.IntN(2) == 0 {
			d.after(d.some(7*time.Second), func() { d.tell(Pressed{Try: v.Try, Key: string("1234567890*#"[d.rng.IntN(12)])}) })
		}
	case CallAgent:
		if d.rng.IntN(8) == 0 {
			d.after(20*time.Second, func() { d.tell(AgentDown{Try: v.Try}) })
			return
		}
		d.after(d.some(3*time.Second), func() { d.tell(AgentUp{Try: v.Try}) })
	case Converse:
		d.converse(v.Try)
	case Hang:
		d.after(d.some(30*time.Millisecond), func() { d.hang(v.Try) })
	}
}

// converse is a dialogue: it settles something, hands over, or hangs up.
func (d *day) converse(try id.ID) {
	d.counts["conversed"]++
	switch d.rng.IntN(4) {
	case 0:
		d.after(d.some(10*time.Second), func() { d.tell(ForAgent{Try: try}) })
		return
	case 1:
		d.after(d.some(10*time.Second), func() { d.tell(Settled{Try: try, Wish: attempt.Wish{Code: "refused"}}) })
	case 2:
		d.after(d.some(10*time.Second), func() {
			d.tell(Settled{Try: try, Wish: attempt.Wish{Code: "callback", At: d.now.Add(20 * time.Minute), Zone: "UTC"}})
		})
	}
	d.after(d.some(40*time.Second), func() { d.hang(try) })
	d.after(d.some(50*time.Second), func() { d.tell(Spoken{Try: try}) }) // a reply may come after the end
}

func (d *day) hang(try id.ID) {
	if d.lines[try] != "" {
		delete(d.lines, try)
		d.tell(Over{Try: try, Result: usage.Answered})
	}
}

// dial checks what must hold at every dial, and plays the carrier.
func (d *day) dial(v Dial) {
	a, l := d.tries[v.Try], d.leads[d.tries[v.Try].Lead]
	if a.State != attempt.Decided || l.State != lead.Executing || l.Attempt != v.Try || l.Trying != v.Number {
		d.t.Fatalf("dialed before it was kept: %+v, %+v", a, l)
	}
	if rule, _ := d.May(&Candidate{Lead: l}, v.Number, d.now); rule != "" {
		d.t.Fatalf("dialed against %s at %s", rule, d.now)
	}
	if d.noes[l.ID] {
		d.t.Fatalf("lead %s refused by keys and is called", l.ID)
	}
	if l.Attempts > lead.DefaultAttempts && l.Callback == nil {
		d.t.Fatalf("lead %s is called a %dth time", l.ID, l.Attempts)
	}
	if d.lines[v.Try] != "" {
		d.t.Fatalf("try %s is dialed twice", v.Try)
	}
	d.counts["dialed"]++
	d.lines[v.Try] = "ringing"
	ringing := func(f func()) func() {
		return func() {
			if d.lines[v.Try] == "ringing" {
				f()
			}
		}
	}
	if d.rng.IntN(40) == 0 {
		delete(d.lines, v.Try)
		d.after(time.Millisecond, func() { d.tell(Withheld{Try: v.Try, Rule: "no_trunk"}) })
		return
	}
	d.after(5*time.Millisecond, ringing(func() { d.tell(Dialed{Try: v.Try, Trunk: "t"}) }))
	end := func(r usage.Result) func() {
		return ringing(func() { delete(d.lines, v.Try); d.tell(Over{Try: v.Try, Result: r}) })
	}
	up := func(by usage.AnsweredBy) func() {
		return ringing(func() {
			d.lines[v.Try] = "up"
			d.tell(Answered{Try: v.Try})
			d.after(d.some(700*time.Millisecond), func() {
				if d.lines[v.Try] == "up" && d.rng.IntN(30) > 0 {
					d.tell(Told{Try: v.Try, By: by})
				}
			})
		})
	}
	switch x := d.rng.IntN(100); {
	case x < 8:
		d.after(2*time.Second, end(usage.Busy))
	case x < 12:
		d.after(time.Second, end(usage.Unassigned))
	case x < 62:
		d.after(time.Second, ringing(func() { d.tell(Rings{Try: v.Try}) }))
		d.after(v.Ring, end(usage.NoAnswer))
	case x < 75:
		d.after(time.Second+d.some(6*time.Second), up(usage.Machine))
	default:
		d.after(time.Second+d.some(7*time.Second), up(usage.Person))
		d.after(40*time.Second+d.some(60*time.Second), func() { d.hang(v.Try) })
	}
}

// join is an agent who talks, and sometimes loses the browser, or ends it first.
func (d *day) join(v Join) {
	d.counts["joined"]++
	user := v.Agent
	switch d.rng.IntN(12) {
	case 0:
		d.after(time.Second, func() { d.tell(Unjoined{Try: v.Try}) })
		return
	case 1:
		d.after(5*time.Second, func() { d.tell(Gone{User: user}) })
		d.after(20*time.Second, func() { d.tell(Back{User: user}) })
	case 2:
		d.after(3*time.Second, func() { d.tell(Gone{User: user}) })
		d.after(200*time.Second, func() { d.tell(LoggedIn{User: user, Seat: "agent"}); d.tell(IsReady{User: user}) })
	case 3:
		d.after(10*time.Second, func() { d.tell(HungUp{User: user}) })
	case 4:
		d.after(10*time.Second, func() { d.tell(Pausing{User: user, Reason: "tea"}) })
	}
	d.after(d.some(90*time.Second), func() {
		codes := []string{"sale", "callback", "refused", "not_there", "not_interested", "answering_machine"}
		v := Disposed{User: user, Code: codes[d.rng.IntN(len(codes))]}
		if v.Code == "callback" {
			v.Callback = &lead.Appointment{At: d.now.Add(30 * time.Minute), Zone: "Asia/Shanghai", Agent: user}
		}
		d.tell(v)
		d.after(time.Second, func() { d.tell(HungUp{User: user}) })
	})
	d.after(4*time.Minute, func() { d.tell(IsReady{User: user}) })
}

func (d *day) offer(f Fetch) {
	out := Offered{List: f.List}
	for _, i := range d.order {
		l := d.leads[i]
		if l.State.Waits() && l.Due <= d.now {
			if len(out.Leads) == f.Want {
				break
			}
			out.Leads = append(out.Leads, Candidate{Lead: l.Clone(), Zone: time.UTC})
		}
	}
	out.Exhausted = len(out.Leads) < f.Want
	d.tell(out)
}

// run lets time pass, then pauses the campaign and waits until every line is free.
func (d *day) run(lasting time.Duration) {
	for end := begin.Add(lasting); len(d.later) > 0 && d.later[0].at < end; {
		i := heap.Pop(&d.later).(item)
		d.now = max(d.now, i.at)
		i.do()
	}
	d.kills = 0
	if err := d.plan.Pause("wu", campaign.ByPerson, "the end", d.now); err != nil {
		d.t.Fatal(err)
	}
	d.tell(Planned{Plan: d.plan})
	for n := 0; n < 100_000 && len(d.later) > 0 && len(d.e.calls) > 0; n++ {
		i := heap.Pop(&d.later).(item)
		d.now = max(d.now, i.at)
		i.do()
	}
	d.check()
}

// check is what must hold when all is quiet.
func (d *day) check() {
	if len(d.e.calls) != 0 || len(d.e.waiting) != 0 {
		d.t.Errorf("%d calls are open, %d wait", len(d.e.calls), len(d.e.waiting))
	}
	for _, a := range d.tries {
		if a.State.Open() {
			d.t.Errorf("try %s is %s", a.ID, a.State)
		}
		l := d.leads[a.Lead]
		if a.Flags.Refuse && l.State != lead.Forbidden {
			d.t.Errorf("lead %s refused and is %s", l.ID, l.State)
		}
		d.counts[a.Disposition]++
		if a.Flags.Callback && l.Outcome == a.Disposition && l.State != lead.Callback && l.Rule == "" { // who had refused before stays forbidden
			d.t.Errorf("the callback of lead %s is lost: %s", l.ID, l.State)
		}
	}
	for _, l := range d.leads {
		if d.noes[l.ID] && l.State != lead.Forbidden {
			d.t.Errorf("the refusal of lead %s is lost: %s", l.ID, l.State)
		}
		if l.State == lead.Executing {
			d.t.Errorf("lead %s is executing", l.ID)
		}
	}
	for _, s := range d.e.seats {
		if s.State == agent.Reserved || s.State == agent.Talking {
			d.t.Errorf("agent %s is %s", s.User, s.State)
		}
	}
	if answered, abandoned := d.ledger.Totals(); abandoned > answered {
		d.t.Errorf("%d of %d abandoned", abandoned, answered)
	}
}

// TestDays: days with kills between any two steps, in every mode. No lead is called
// against its rules or twice at once, no refusal or callback is lost, nobody is left
// reserved.
func TestDays(t *testing.T) {
	for mode, also := range map[campaign.Mode][]string{campaign.Preview: {"no_code"}, campaign.Progressive: {"no_code"}, campaign.Predictive: {"no_code"},
		campaign.Broadcast: {"heard", "keyed", "left", "message", "answers"}, campaign.Robot: {"conversed", "left", "no_code"}, campaign.TwoLegs: {"no_code"}} {
		all := map[string]int{}
		for seed := range uint64(50) {
			t.Run(fmt.Sprintf("%s/%d", mode, seed), func(t *testing.T) {
				d := newDay(t, seed, mode, 2+int(seed)%9, 300)
				d.kills = 6
				d.run(90 * time.Minute)
				for k, n := range d.counts {
					all[k] += n
				}
			})
		}
		t.Log(mode, all)
		for _, k := range append(also, "killed", "dialed", "joined", "sale", "callback", "refused", "no_answer", "busy", "lost", "came in") {
			if all[k] == 0 {
				t.Errorf("%s: no day had %s: the days are not what they are meant to be", mode, k)
			}
		}
	}
}

// TestSameEventsSameEffects: a day told twice is the same to the last byte.
func TestSameEventsSameEffects(t *testing.T) {
	var sums [2][32]byte
	for i := range sums {
		d := newDay(t, 5, campaign.Predictive, 8, 200)
		d.kills, d.sums = 3, true
		d.run(time.Hour)
		sums[i] = d.sum
	}
	if sums[0] != sums[1] {
		t.Error("the second day differs")
	}
}

// BenchmarkFloor is ten minutes of three hundred agents: how much of a processor the
// engine takes in real time.
func BenchmarkFloor(b *testing.B) {
	for b.Loop() {
		d := newDay(b, 1, campaign.Predictive, 300, 20_000)
		d.plan.Message = ""
		var spent time.Duration
		most, events := 0, 0
		d.spent = func(f func()) {
			began := time.Now()
			f()
			spent += time.Since(began)
			most, events = max(most, len(d.e.calls)), events+1
		}
		d.run(10 * time.Minute)
		b.ReportMetric(spent.Seconds()/600, "processors")
		b.ReportMetric(float64(spent.Microseconds())/float64(events), "µs/event")
		b.ReportMetric(float64(most), "calls-open")
	}
}
