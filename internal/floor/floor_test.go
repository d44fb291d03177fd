package floor

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/usage"
)

// TestAShift: two modes dial a list to its end with agents who work from their desks;
// all of it is in the books, and what is told is what is.
func TestAShift(t *testing.T) {
	for _, mode := range []campaign.Mode{campaign.Progressive, campaign.Predictive} {
		t.Run(string(mode), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, "4", "predictive")
				camp := w.campaign("spring", mode, 100, 40, nil)
				for _, user := range []string{"a", "b", "c"} {
					w.work(camp.ID, user, "sale", "not_interested")
				}
				time.Sleep(10 * time.Minute)
				all, err := w.floor.Overview(t.Context(), w.c)
				if err != nil || len(all.Campaigns) != 1 || len(all.Agents) != 3 || len(all.Standing) != 3 {
					t.Fatalf("%v, %+v", err, all)
				}
				live := all.Campaigns[0]
				states := w.states(&camp)
				if !live.Live || live.Node != "n1" || live.Today.Conversations < 10 || live.Today.Sales == 0 || live.Today.Spent.Sign() <= 0 || live.Today.Conversation.Sign() <= 0 || live.Agents[agent.Ready] != 3 {
					t.Errorf("%+v", live)
				}
				if states[lead.Connected] < 10 || states[lead.Executing] != 0 || states[lead.Pending]+states[lead.Connected]+states[lead.Exhausted] != 40 {
					t.Errorf("%v", states)
				}
				for n, times := range w.lines.saw().placed {
					if times != 1 {
						t.Errorf("%s was called %d times", n, times)
					}
				}
				if a := all.Agents[0]; a.Today.Calls == 0 || a.Today.Talked < 30 || !a.Line || a.Seat != usage.AgentSeat {
					t.Errorf("%+v", a)
				}
				w.floor.Close()
				var worked sessions
				if err := w.sys.OwnUsage(context.Background(), w.c, all.Campaigns[0].Today.Day-1, all.Campaigns[0].Today.Day+1, &worked); err != nil {
					t.Fatal(err)
				}
				if worked.users["a"] < 9*time.Minute || worked.states[usage.Talking] == 0 || worked.states[usage.WrapUp]+worked.states[usage.Ready] == 0 {
					t.Errorf("%+v", worked)
				}
				if left := must(w.sys.Sittings(context.Background(), w.c)); len(left) != 0 {
					t.Errorf("%+v", left)
				}
			})
		})
	}
}

// sessions adds up agents' time.
type sessions struct {
	usage.Sink
	users  map[string]time.Duration
	states map[usage.State]time.Duration
}

func (s *sessions) Session(f usage.Session) error {
	if s.users == nil {
		s.users, s.states = map[string]time.Duration{}, map[usage.State]time.Duration{}
	}
	s.users[f.User] += f.To.Sub(f.From)
	s.states[f.State] += f.To.Sub(f.From)
	return nil
}
func (s *sessions) Call(*usage.Call) error    { return nil }
func (s *sessions) Seat(usage.Seat) error     { return nil }
func (s *sessions) Module(usage.Module) error { return nil }
func (s *sessions) Rental(usage.Rental) error { return nil }
func (s *sessions) Event(usage.Event) error   { return nil }
