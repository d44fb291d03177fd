package app_test

import (
	"container/heap"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/calling/pacing"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// shift is a campaign that runs on the books: its dialer, a carrier and agents that
// are played, and a process that may be killed.
type shift struct {
	*floor
	rng     *rand.Rand
	e       *dialer.Engine
	rules   *app.CallingRules
	later   moments
	seq     int
	up      map[id.ID]bool // calls the carrier has
	wished  timex.Instant
	refused map[string]int
	dialed  map[string]int // by number
	joined  int
}

type moment struct {
	at  timex.Instant
	seq int
	do  func()
}
type moments []moment

func (m moments) Len() int { return len(m) }
func (m moments) Less(i, j int) bool {
	return m[i].at < m[j].at || m[i].at == m[j].at && m[i].seq < m[j].seq
}
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *moments) Push(x any)   { *m = append(*m, x.(moment)) }
func (m *moments) Pop() any     { o := *m; x := o[len(o)-1]; *m = o[:len(o)-1]; return x }

func (s *shift) in(d time.Duration, do func()) {
	s.seq++
	heap.Push(&s.later, moment{s.now().Add(d), s.seq, do})
}

// open begins a process: what a former one left open is lost, agents log in.
func (s *shift) open(seed uint64, agents int) {
	s.t.Helper()
	packs := must(compliance.Load())
	s.rules = must(app.NewCallingRules(packs, &s.camp))
	s.later, s.wished, s.up, s.rng = nil, 0, map[id.ID]bool{}, rand.New(rand.NewPCG(seed, 3))
	must(s.LoseTries(context.Background(), s.c, s.camp.ID))
	ids := id.NewMaker(rand.NewChaCha8([32]byte{byte(seed)}))
	s.e = must(dialer.New(dialer.Config{Campaign: s.camp.ID, Plan: s.camp.Campaign, NewTry: ids.At, Rules: s.rules, Pacer: pacing.New(pacing.Goal{}, pacing.NewLaws(25)), Ledger: &pacing.Ledger{}, Zone: time.UTC}))
	for i := range agents {
		user := string(rune('a' + i))
		s.in(time.Second, func() { s.tell(dialer.LoggedIn{User: user, Seat: "agent"}); s.tell(dialer.IsReady{User: user}) })
	}
}

// tell hands an event in, keeps what came of it, and only then does it.
func (s *shift) tell(ev dialer.Event) {
	s.t.Helper()
	fx, _ := s.e.Handle(s.now(), ev) // an event that crossed another is refused: the effects count
	no, err := s.KeepCalling(context.Background(), s.c, s.camp.ID, s.rules, &fx)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range fx.Acts {
		if d, is := a.(dialer.Dial); is && no[d.Try].Rule != "" {
			s.refused[no[d.Try].Rule]++
			s.in(0, func() { s.tell(no[d.Try]) })
			continue
		}
		s.act(a)
	}
	if at := fx.Wake; !at.IsZero() && at != s.wished {
		s.wished = at
		s.in(max(at.Sub(s.now()), 0), func() {
			if s.wished == at { // nobody wished otherwise since
				s.wished = 0
				s.tell(dialer.Tick{})
			}
		})
	}
}

func (s *shift) act(a dialer.Act) {
	switch v := a.(type) {
	case dialer.Fetch:
		s.in(time.Millisecond, func() { s.tell(must(s.OfferLeads(context.Background(), s.c, s.rules, v))) })
	case dialer.Dial:
		s.dialed[v.Number.String()]++
		s.up[v.Try] = true
		s.in(time.Millisecond, func() { s.tell(dialer.Dialed{Try: v.Try, Trunk: "east"}) })
		if s.rng.IntN(3) == 0 {
			s.in(6*time.Second, func() {
				if s.up[v.Try] {
					s.tell(dialer.Answered{Try: v.Try})
				}
			})
			return
		}
		s.in(20*time.Second, func() { s.over(v.Try, usage.NoAnswer) })
	case dialer.Cancel:
		s.in(time.Millisecond, func() { s.over(v.Try, usage.Canceled) })
	case dialer.Join:
		s.joined++
		codes := []string{"sale", "not_there", "refused"}
		code := codes[s.rng.IntN(len(codes))]
		s.in(time.Minute, func() { s.tell(dialer.Disposed{User: v.Agent, Code: code}); s.over(v.Try, usage.Answered) })
	case dialer.Hang:
		s.in(time.Millisecond, func() { s.over(v.Try, usage.Answered) })
	}
}

func (s *shift) over(try id.ID, r usage.Result) {
	if s.up[try] {
		delete(s.up, try)
		s.tell(dialer.Over{Try: try, Result: r})
	}
}

// run lets time pass.
func (s *shift) run(d time.Duration) {
	for end := s.now().Add(d); len(s.later) > 0 && s.later[0].at < end; {
		m := heap.Pop(&s.later).(moment)
		if wait := m.at.Sub(s.now()); wait > 0 {
			s.clock.Add(int64(wait / time.Microsecond))
		}
		m.do()
	}
}

// TestACampaignOnTheBooks: a campaign dials from the books by its dialer, is killed in
// the middle of calls and goes on; another campaign calls and a refusal comes in
// between. Nobody is called against the rules, twice at once or after a refusal, no
// try and no agent is left open, and agents' time is usage.
func TestACampaignOnTheBooks(t *testing.T) {
	for _, mode := range []campaign.Mode{campaign.Progressive, campaign.Predictive} {
		t.Run(string(mode), func(t *testing.T) {
			s := &shift{floor: newFloor(t), refused: map[string]int{}, dialed: map[string]int{}}
			ctx := context.Background()
			plan := s.camp
			plan.Mode = mode
			s.camp = must(s.SetCampaign(ctx, s.c, plan))
			other, second := s.running("autumn")
			var all []store.Lead
			for i := range 40 {
				all = append(all, s.lead(s.list.ID, 100+i))
			}
			same := s.lead(other.ID, 139)
			s.open(1, 4)
			s.run(5 * time.Minute)
			a := s.call(second, same.ID)
			if err := s.conclude(&a, "refused", "li", nil); err != nil {
				t.Fatal(err)
			}
			s.open(2, 4) // the process was killed
			s.run(10 * time.Minute)
			s.camp = must(s.PauseCampaign(ctx, s.c, s.camp.ID, "wu", campaign.ByPerson, "the end"))
			s.tell(dialer.Planned{Plan: s.camp.Campaign})
			s.run(5 * time.Minute)
			states := map[lead.State]int{}
			for _, l := range all {
				h := must(s.GetLead(ctx, s.c, l.ID))
				states[h.State]++
				for _, try := range h.Tries {
					if try.State.Open() {
						t.Errorf("try %s is %s", try.ID, try.State)
					}
					if try.Flags.Refuse && h.State != lead.Forbidden {
						t.Errorf("lead %s refused and is %s", l.ID, h.State)
					}
				}
				if n := s.dialed[l.Numbers[0].Number.String()]; n > 1 && len(h.Tries) < n {
					t.Errorf("lead %s was dialed %d times and has %d tries", l.ID, n, len(h.Tries))
				}
			}
			if states[lead.Executing] != 0 || states[lead.Forbidden] == 0 || states[lead.Connected] == 0 || states[lead.Pending] == 0 || s.joined < 5 {
				t.Errorf("%v, %d joined, %v", states, s.joined, s.refused)
			}
			if must(s.GetLead(ctx, s.c, all[39].ID)).State != lead.Forbidden {
				t.Error("who refused elsewhere is still called")
			}
			err := s.DB.View(ctx, func(tx store.Tx) error {
				open, err := tx.Attempts().Open(s.c, s.camp.ID, id.ID{}, 100)
				if len(open) != 0 {
					t.Errorf("%d tries are open", len(open))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestADecisionThatNoLongerFits is not kept, and named.
func TestADecisionThatNoLongerFits(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	rules := must(app.NewCallingRules(must(compliance.Load()), &f.camp))
	decided := func(l store.Lead) *dialer.Effects {
		copied := l.Lead.Clone()
		a := attempt.Attempt{ID: id.ID{9, l.ID[15]}, Campaign: f.camp.ID, List: l.List, Lead: l.ID, Number: l.Next(), Ordinal: 1}
		if err := a.Decide(f.now()); err != nil {
			t.Fatal(err)
		}
		if err := copied.Begin(a.ID, a.Number, f.now(), false); err != nil {
			t.Fatal(err)
		}
		return &dialer.Effects{Tries: []attempt.Attempt{a}, Leads: []lead.Lead{copied}}
	}
	barred := f.lead(f.list.ID, 1)
	fx := decided(barred)
	if _, err := f.Bar(ctx, f.c, []store.Barred{{Number: line(1), Rule: lead.OnDNC, Source: "test", At: f.now()}}); err != nil {
		t.Fatal(err)
	}
	no, err := f.KeepCalling(ctx, f.c, f.camp.ID, rules, fx)
	if err != nil || len(no) != 1 || no[fx.Tries[0].ID].Rule == "" {
		t.Errorf("%v, %v", no, err)
	}
	busy := f.lead(f.list.ID, 2)
	fx = decided(busy)
	f.call(f.camp, busy.ID)
	if no, err = f.KeepCalling(ctx, f.c, f.camp.ID, rules, fx); err != nil || no[fx.Tries[0].ID].Rule == "" {
		t.Errorf("%v, %v", no, err)
	}
	late := f.lead(f.list.ID, 3)
	fx = decided(late)
	must(f.PauseCampaign(ctx, f.c, f.camp.ID, "wu", campaign.ByPerson, "lunch"))
	if no, err = f.KeepCalling(ctx, f.c, f.camp.ID, rules, fx); err != nil || no[fx.Tries[0].ID].Rule != "campaign_stopped" {
		t.Errorf("%v, %v", no, err)
	}
	fx.Tries[0].State = attempt.Ringing
	if _, err = f.KeepCalling(ctx, f.c, f.camp.ID, rules, fx); fault.KindOf(err) != fault.Internal {
		t.Errorf("a try that was never decided: %v", err)
	}
}

func (f *floor) now() timex.Instant { return timex.Instant(f.clock.Load()) }

// TestARecordedCallIsAnnounced as the rules of its place say, until the campaign lifts them.
func TestARecordedCallIsAnnounced(t *testing.T) {
	f := newFloor(t)
	packs := must(compliance.Load())
	l := f.lead(f.list.ID, 1)
	if rules := must(app.NewCallingRules(packs, &f.camp)); !rules.MustTellRecording(l.ID, line(1), f.now()) {
		t.Error("nobody is told that they are recorded")
	}
	for _, rule := range []string{"all.recording", "cn.recording"} {
		f.camp.Lifted = append(f.camp.Lifted, campaign.Lift{Rule: rule, Reason: "agents say it themselves"})
	}
	if rules := must(app.NewCallingRules(packs, &f.camp)); rules.MustTellRecording(l.ID, line(1), f.now()) {
		t.Error("a rule that is lifted holds")
	}
}
