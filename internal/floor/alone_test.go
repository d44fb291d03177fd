package floor

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// press presses a key in one call that was answered.
func (l *lines) press(key string) (try id.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, c := range l.calls {
		if c.answered {
			c.tell(dialer.Pressed{Try: i, Key: key})
			return i
		}
	}
	return try
}

// TestABroadcastNeedsNobody: it is dialed without anybody logged in, within its
// channels; who refuses by a key is forbidden while the line is still up, and when it is
// paused nothing more is dialed.
func TestABroadcastNeedsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "robot")
		camp := w.campaign("news", campaign.Broadcast, 300, 40, func(c *campaign.Campaign) {
			c.Message, c.Rate = "wait", campaign.Rate{Channels: 6, Minute: 60}
			c.Menu.Steps = []campaign.MenuStep{{ID: "a", Keys: []campaign.KeyAct{{Key: "9", Does: campaign.KeyRefuse, Prompt: "goodbye"}}}}
		})
		var refused id.ID
		for range 200 {
			time.Sleep(time.Second)
			if refused = w.lines.press("9"); !refused.IsZero() {
				break
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		w.lines.mu.Lock()
		up, o := w.lines.calls[refused] != nil, w.lines.at[refused]
		w.lines.mu.Unlock()
		if list, err := w.sys.Barred(t.Context(), w.c, []phone.Number{o.Number}); err != nil || len(list) != 1 || !up {
			t.Errorf("a refusal by key waits for the end of the call: %v, %v, up %v", list, err, up)
		}
		time.Sleep(10 * time.Minute)
		states := w.states(&camp)
		if w.lines.most > 6 || w.lines.most < 4 || len(w.lines.placed) < 30 || states[lead.Connected] < 5 || states[lead.Forbidden] != 1 {
			t.Errorf("%d at once, %d numbers, %v", w.lines.most, len(w.lines.placed), states)
		}
		w.floor.Close()
	})
}

// TestOneThatIsStuckStopsNoOther: a campaign that cannot be taken up says why, and those
// behind it, of its company and of the next, are dialed.
func TestOneThatIsStuckStopsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "robot")
		plan := func(c *campaign.Campaign) {
			c.Message, c.Rate = "wait", campaign.Rate{Channels: 2, Minute: 60}
		}
		bad, good := w.draft("bad", campaign.Broadcast, 300, 9, plan), w.draft("good", campaign.Broadcast, 400, 9, plan)
		for _, of := range []id.ID{bad.ID, good.ID} {
			must(w.sys.StartCampaign(t.Context(), w.c, of, "wu"))
		}
		damage := func(lifted ...campaign.Lift) {
			if err := w.sys.DB.Update(t.Context(), func(tx store.Tx) error {
				r, err := tx.Records().Get(w.c, app.KindCampaign, bad.ID)
				if err != nil {
					return err
				}
				of := must(w.sys.GetCampaign(t.Context(), w.c, bad.ID))
				of.Lifted = lifted
				if r.Body, err = json.Marshal(of); err != nil {
					return err
				}
				return tx.Records().Put(r)
			}); err != nil {
				t.Fatal(err)
			}
		}
		damage(campaign.Lift{Rule: "no.such", Reason: "damaged"})
		time.Sleep(30 * time.Second)
		placed := func() (low, high int) {
			for n := range w.lines.saw().placed {
				if n < number(400) {
					low++
				} else {
					high++
				}
			}
			return low, high
		}
		if low, high := placed(); low != 0 || high == 0 {
			t.Errorf("%d of the damaged one, %d of the other", low, high)
		}
		of := must(w.sys.GetCampaign(t.Context(), w.c, bad.ID))
		if why := must(w.floor.Campaign(t.Context(), w.c, &of)).Why; len(why) == 0 || why[0].Code != "stuck" || !strings.Contains(why[0].Text.En, "no.such") {
			t.Errorf("%+v", why)
		}
		damage()
		time.Sleep(30 * time.Second)
		if low, _ := placed(); low == 0 || w.floor.stuckFor(which{w.c, bad.ID}) != "" {
			t.Errorf("%d of it once it is mended", low)
		}
		must(w.sys.PauseCampaign(t.Context(), w.c, bad.ID, "wu", campaign.ByPerson, "tea"))
		if list := must(w.sys.LoneCampaigns(t.Context(), w.c, store.Page{Limit: 9})); len(list) != 1 || list[0].ID != good.ID {
			t.Errorf("%+v", list)
		}
		w.floor.mu.Lock()
		w.floor.stuck[which{w.c, bad.ID}] = "damaged" // as it was when a person paused it
		w.floor.mu.Unlock()
		time.Sleep(2 * takeUpEvery)
		if why := w.floor.stuckFor(which{w.c, bad.ID}); why != "" {
			t.Errorf("a campaign nobody takes up is still stuck: %s", why)
		}
		w.floor.Close()
	})
}

// TestTwoLegsOverStandingOnes: an agent whose leg stands has picked up already.
func TestTwoLegsOverStandingOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1")
		camp := w.campaign("legs", campaign.TwoLegs, 600, 12, nil)
		w.work(camp.ID, "a", "done")
		time.Sleep(10 * time.Minute)
		if states := w.states(&camp); states[lead.Connected] < 3 {
			t.Errorf("%v", states)
		}
		w.floor.Close()
	})
}

// TestWhereAnswersAreToldApart: an agent who is with the call hears who answered.
func TestWhereAnswersAreToldApart(t *testing.T) {
	told := map[campaign.Mode]bool{campaign.Predictive: true, campaign.Progressive: true, campaign.Broadcast: true, campaign.Robot: true}
	for _, name := range campaign.Predictive.Choices() {
		mode := campaign.Mode(name)
		for _, on := range []bool{true, false} {
			d := &driver{f: &Floor{cfg: Config{Detect: on}}}
			d.plan.Mode = mode
			if got := d.detects(); got != (on && told[mode]) {
				t.Errorf("%s with detection %v: %v", mode, on, got)
			}
		}
	}
}
