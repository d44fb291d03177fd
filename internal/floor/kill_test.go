package floor

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func numbers(of ...int) (out []phone.Number) {
	for _, n := range of {
		out = append(out, number(n))
	}
	return out
}

// TestKilledInTheMiddle: a process that is killed and comes back calls nobody twice
// within the rules, leaves nobody in a call and no agent in a seat.
func TestKilledInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "6", "predictive")
		camp := w.campaign("spring", campaign.Predictive, 100, 60, nil)
		for round, pause := range []time.Duration{61 * time.Second, 47 * time.Second, 83 * time.Second} {
			for _, user := range []string{"a", "b", "c", "d"} {
				w.work(camp.ID, user, "refused", "sale")
			}
			time.Sleep(pause)
			w.kill()
			if round == 1 {
				time.Sleep(time.Hour) // nobody starts it again for a while
			}
			w.open()
			if n := w.left(&camp); n != 0 {
				t.Errorf("round %d: %d tries are open", round, n)
			}
			if all := must(w.sys.Sittings(context.Background(), w.c)); len(all) != 0 {
				t.Errorf("round %d: %+v", round, all)
			}
		}
		states := w.states(&camp)
		if states[lead.Executing] != 0 {
			t.Errorf("%v", states)
		}
		lost := 0
		for n, times := range w.lines.saw().placed {
			h := must(w.sys.GetLead(context.Background(), w.c, must(w.sys.LeadsWith(context.Background(), w.c, []phone.Number{n}))[0]))
			if times > 1 || len(h.Tries) != 1 {
				t.Errorf("%s was called %d times, %d are kept", n, times, len(h.Tries))
			}
			for _, try := range h.Tries {
				if try.Disposition == attempt.Lost {
					lost++
				}
				if try.Flags.Refuse && h.State != lead.Forbidden {
					t.Errorf("%s refused and is %s", n, h.State)
				}
			}
		}
		if lost == 0 || states[lead.Forbidden] == 0 {
			t.Errorf("nothing was lost in three kills (%d), or nobody refused: %v", lost, states)
		}
		w.floor.Close()
	})
}

// TestARefusalReachesWhatRings: somebody refuses while the telephone they share rings for
// another campaign: it is taken back at once, before the first call has ended.
func TestARefusalReachesWhatRings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "4")
		one, two := w.campaign("spring", campaign.Progressive, 100, 1, nil), w.campaign("autumn", campaign.Progressive, 300, 0, nil)
		// The same person is in the second list, whose other number is tried first and rings long.
		must(w.sys.AddLead(t.Context(), w.c, lead.Lead{List: two.Lists[0].List, Name: "Li", Numbers: []lead.Number{{Number: number(301)}, {Number: number(100)}}}))
		a := w.sit(one.ID, "a")
		must(w.floor.Ready(t.Context(), w.c, "a", a.Session))
		time.Sleep(8 * time.Second)
		b := w.sit(two.ID, "b")
		must(w.floor.Ready(t.Context(), w.c, "b", b.Session))
		time.Sleep(2 * time.Second)
		if d := must(w.floor.Desk(w.c, "b", b.Session)); d.Call == nil || d.Call.Step != Ringing || d.Call.Number != number(301) {
			t.Fatalf("%+v", d)
		}
		must(w.floor.Dispose(t.Context(), w.c, "a", a.Session, Dispose{Code: "refused"}))
		time.Sleep(time.Second)
		if d := must(w.floor.Desk(w.c, "b", b.Session)); d.Call != nil {
			t.Errorf("it still rings: %+v", d.Call)
		}
		barred := must(w.sys.Barred(t.Context(), w.c, numbers(100)))
		if len(barred) != 1 || barred[0].By != "a" {
			t.Errorf("%+v", barred)
		}
		w.floor.Close()
	})
}

// TestARefusalReachesAllWhoHaveTheNumber: two leads of a campaign have one number that rings
// for both; put on the do-not-call list by a page, it rings for neither.
func TestARefusalReachesAllWhoHaveTheNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		twin := must(w.sys.SetLeadList(t.Context(), w.c, app.LeadList{Name: "twin", Country: "CN"}))
		must(w.sys.AddLead(t.Context(), w.c, lead.Lead{List: twin.ID, Name: "Wu", Numbers: []lead.Number{{Number: number(101)}}}))
		camp := w.campaign("spring", campaign.Progressive, 101, 1, func(c *campaign.Campaign) {
			c.Lists = append(c.Lists, campaign.Share{List: twin.ID})
		})
		for _, user := range []string{"a", "b"} {
			desk := w.sit(camp.ID, user)
			must(w.floor.Ready(t.Context(), w.c, user, desk.Session))
		}
		ringing := func() int {
			time.Sleep(3 * time.Second)
			w.lines.mu.Lock()
			defer w.lines.mu.Unlock()
			return len(w.lines.calls)
		}
		if n := ringing(); n != 2 {
			t.Fatalf("%d ring", n)
		}
		must(w.sys.Bar(t.Context(), w.c, []store.Barred{{Number: number(101), Rule: lead.Refused, Source: "a letter", By: "wu", At: timex.At(time.Now())}}))
		if n := ringing(); n != 0 {
			t.Errorf("%d ring on", n)
		}
		w.floor.Close()
	})
}

// TestNobodyLogsInWhileTheFloorCloses: no campaign is taken up that nobody would let go.
func TestNobodyLogsInWhileTheFloorCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 100, 1, nil)
		w.floor.Close()
		_, err := w.floor.LogIn(t.Context(), w.c, camp.ID, "a", 0)
		wantCode(t, "a floor that is closed", err, "closing")
		w.floor.mu.Lock()
		defer w.floor.mu.Unlock()
		if len(w.floor.drivers) != 0 {
			t.Errorf("%d campaigns are driven", len(w.floor.drivers))
		}
	})
}

// TestLookingAfterAgentsWritesNothingOfThem: that a node is alive is one lease, and no log-in
// is written while nothing changes; a node that is killed counts as alive until its last look.
func TestLookingAfterAgentsWritesNothingOfThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 101, 0, nil)
		w.sit(camp.ID, "a")
		w.sit(camp.ID, "b")
		before := must(w.sys.Sittings(t.Context(), w.c))
		time.Sleep(10 * time.Minute)
		after := must(w.sys.Sittings(t.Context(), w.c))
		if len(after) != 2 || !slices.Equal(after, before) {
			t.Errorf("%+v, before %+v", after, before)
		}
		w.kill()
		time.Sleep(time.Hour)
		w.open()
		var worked sessions
		day := timex.At(time.Now()).DateIn(time.UTC)
		if err := w.sys.OwnUsage(t.Context(), w.c, day, day+1, &worked); err != nil {
			t.Fatal(err)
		}
		if got := worked.users["a"]; got < 10*time.Minute-lookEvery || got > 10*time.Minute {
			t.Errorf("who was logged in for ten minutes worked for %s", got)
		}
		w.floor.Close()
	})
}

// TestTwoNodes: a campaign is dialed by one node; another says which, and takes it up
// once the first is gone.
func TestTwoNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "4")
		camp := w.campaign("spring", campaign.Progressive, 100, 12, nil)
		w.work(camp.ID, "a", "sale")
		other := w.beside("n2")
		time.Sleep(30 * time.Second)
		_, err := other.floor.LogIn(t.Context(), w.c, camp.ID, "b", 0)
		wantCode(t, "a campaign of another node", err, "other_node")
		w.kill()
		time.Sleep(lease + 2*time.Minute)
		if n := other.left(&camp); n != 0 {
			t.Error("what the first node left open was not closed by the other")
		}
		if all := must(other.sys.Sittings(t.Context(), w.c)); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		other.work(camp.ID, "b", "sale")
		time.Sleep(time.Minute)
		if len(other.lines.saw().placed) == 0 {
			t.Error("the other node does not dial")
		}
		for n := range other.lines.saw().placed {
			if w.lines.saw().placed[n] > 0 {
				t.Errorf("%s was called by both", n)
			}
		}
		other.floor.Close()
	})
}

// TestClosedInTheMiddle: a service that is stopped cuts calls off in order: all of it is
// kept, and nothing is left open.
func TestClosedInTheMiddle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "4")
		camp := w.campaign("spring", campaign.Progressive, 100, 20, nil)
		for _, user := range []string{"a", "b", "c"} {
			w.work(camp.ID, user, "sale")
		}
		time.Sleep(70 * time.Second) // some talk, some ring, some write up
		w.floor.Close()
		if n := w.left(&camp); n != 0 {
			t.Error("tries are left open")
		}
		if all := must(w.sys.Sittings(context.Background(), w.c)); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		if node := must(w.sys.CampaignNode(context.Background(), w.c, camp.ID)); node != "" {
			t.Errorf("node %s still has the right to dial", node)
		}
		w.lines.mu.Lock()
		defer w.lines.mu.Unlock()
		for _, c := range w.lines.calls {
			t.Errorf("a call goes on: %+v", c)
		}
	})
}
