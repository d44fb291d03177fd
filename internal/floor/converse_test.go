package floor

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/dialogue"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/robot"
	"waihu/internal/store"
)

// lane makes a campaign of the mode robot that waits to be started, with its secret.
func (w *world) lane(leads int) app.Campaign {
	camp := w.draft("lane", campaign.Robot, 300, leads, func(c *campaign.Campaign) {
		c.Robot = campaign.RobotLane{URL: "https://robot.example/turn", Fallback: "nobody"}
		c.Rate = campaign.Rate{Channels: 3, Minute: 60}
		c.Menu.Patience = 10
		c.Targets = []campaign.Target{{Name: "Desk", Number: number(777)}}
		c.Retry.Attempts = 1
	})
	must(robot.NewSecret(w.t.Context(), w.sys, w.lanes.Seal, w.c, camp.ID))
	return camp
}

// tries are those of a campaign that were dialed, by what they came to.
func (w *world) tries(of *app.Campaign) map[string]int {
	out := map[string]int{}
	err := w.sys.DB.View(w.t.Context(), func(tx store.Tx) error {
		list, err := tx.Attempts().List(w.c, store.AttemptQuery{Campaign: of.ID, Limit: 500})
		for i := range list {
			if list[i].State == attempt.Closed {
				out[list[i].Disposition]++
			}
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// TestADialogueLeadsTheCall: nobody is logged in. What the server says is said, a key
// breaks it off, a refusal is on the list while the line is up, an agent who does not
// come is told, and the server hears of each end.
func TestADialogueLeadsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "robot")
		over, met := 0, 0
		w.speak = func(t dialogue.Turn) (string, time.Duration) {
			switch {
			case t.Happened == dialogue.Over:
				over++
				return "{}", 0
			case t.Happened == dialogue.Met:
				met++
				if t.Person == nil || t.Person.Name != "Li" || t.Person.Number == "" {
					w.t.Errorf("%+v", t.Person)
				}
				return `{"say":[{"prompt":"offer"},{"prompt":"more"}],"listen":{"keys":1,"seconds":6},"state":"asked"}`, time.Second
			case t.Keys == "9":
				return `{"say":[{"prompt":"never"}],"hang_up":true,"disposition":{"code":"refused","notes":"pressed 9"}}`, 0
			case t.Happened == dialogue.NoAgent && t.State == "agent":
				return `{"say":[{"prompt":"busy"}],"target":"Desk","state":"desk"}`, 0
			case t.Happened == dialogue.NoAgent:
				return `{"say":[{"prompt":"bye"}],"hang_up":true,"disposition":{"code":"not_there"}}`, 0
			case t.State != "asked":
				return `{}`, 0
			}
			return `{"say":[{"prompt":"wait"}],"agent":true,"state":"agent"}`, 0
		}
		camp := w.lane(30)
		must(w.sys.StartCampaign(t.Context(), w.c, camp.ID, "wu"))
		var refused id.ID
		for range 100 {
			time.Sleep(500 * time.Millisecond)
			if refused = w.pressSaying("offer", "9"); !refused.IsZero() {
				break
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		w.lines.mu.Lock()
		up, o, said := w.lines.calls[refused] != nil, w.lines.at[refused], strings.Join(w.lines.said[refused], " ")
		w.lines.mu.Unlock()
		if list := must(w.sys.Barred(t.Context(), w.c, []phone.Number{o.Number})); len(list) != 1 || !up || said != "offer never" {
			t.Errorf("a refusal waits for the end of the call: %v, up %v, said %q", list, up, said)
		}
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		got := w.tries(&camp)
		if got["refused"] != 1 || got["not_there"] != 9 || w.lines.most > 3 || met != 10 || over != met {
			t.Errorf("%v, %d at once, %d met, %d told of the end", got, w.lines.most, met, over)
		}
		for try, said := range w.lines.said {
			if got := strings.Join(said, " "); try != refused && got != "offer more wait busy bye" {
				t.Errorf("said %q", got)
			}
		}
		if n := must(w.sys.TallyOf(t.Context(), w.c, camp.ID)).Total; n.Answered != 10 || n.Conversations != 10 || n.Abandoned != 0 {
			t.Errorf("the ledger takes who spoke with a robot for abandoned: %+v", n)
		}
		if len(w.lines.moved) != 9 || w.lines.moved[0].Number != number(777) {
			t.Errorf("%v", w.lines.moved)
		}
		w.floor.Close()
	})
}

// pressSaying presses a key in a call in which a prompt is said.
func (w *world) pressSaying(prompt, key string) (try id.ID) {
	w.lines.mu.Lock()
	defer w.lines.mu.Unlock()
	for i, c := range w.lines.calls {
		if n := len(c.said); n > 0 && c.said[n-1] == prompt {
			c.tell(dialer.Pressed{Try: i, Key: key})
			return i
		}
	}
	return try
}

// TestADialogueHandsOverToAnAgent: who is ready takes the call, and the server is told
// that it is over for it.
func TestADialogueHandsOverToAnAgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "robot")
		var told []string
		w.speak = func(t dialogue.Turn) (string, time.Duration) {
			told = append(told, t.Happened)
			return `{"agent":true,"disposition":{"code":"callback","call_back":"2026-03-03T02:00:00Z","time_zone":"Asia/Shanghai"}}`, 0
		}
		camp := w.lane(4)
		must(w.sys.StartCampaign(t.Context(), w.c, camp.ID, "wu"))
		w.work(camp.ID, "a", "sale")
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := w.tries(&camp); got["sale"] == 0 || !slices.Equal(told[:2], []string{"met", "over"}) {
			t.Errorf("%v, %v", got, told)
		}
		w.floor.Close()
	})
}

// TestADialogueServerThatFails: slow, gone, wrong, or with a disposition that is none:
// the last word is said, and once that happened to five in a row the campaign pauses and
// says why.
func TestADialogueServerThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1", "robot")
		n := 0
		w.speak = func(t dialogue.Turn) (string, time.Duration) {
			if t.Happened == dialogue.Over {
				return "{}", 0
			}
			n++
			return []string{`{}`, `<html>`, `{"hang_up":true,"disposition":{"code":"no_such"}}`}[n%3], []time.Duration{time.Hour, 0, 0}[n%3]
		}
		camp := w.lane(60)
		must(w.sys.StartCampaign(t.Context(), w.c, camp.ID, "wu"))
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		now := must(w.sys.GetCampaign(t.Context(), w.c, camp.ID))
		if now.Status.State != campaign.Paused || now.Status.Cause != campaign.BySystem || !strings.Contains(now.Status.Why, "failed in 5 conversations") {
			t.Errorf("%+v", now.Status)
		}
		if got := w.tries(&camp); got["no_code"] < 5 || got["no_code"] > 8 {
			t.Errorf("%v", got)
		}
		for _, said := range w.lines.said {
			if fmt.Sprint(said) != "[nobody]" {
				t.Errorf("%v", said)
			}
		}
		w.floor.Close()
	})
}

// TestALaneNeedsItsModuleAndItsSecret: who starts it reads what is missing; a module that
// is switched off meanwhile pauses it.
func TestALaneNeedsItsModuleAndItsSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1")
		w.speak = func(dialogue.Turn) (string, time.Duration) { return `{"hang_up":true}`, 0 }
		camp := w.draft("lane", campaign.Robot, 300, 90, func(c *campaign.Campaign) { c.Robot.URL = "https://robot.example/" })
		start := func(what string) {
			t.Helper()
			if _, err := w.sys.StartCampaign(t.Context(), w.c, camp.ID, "wu"); what == "" && err != nil || what != "" && (fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), what)) {
				t.Errorf("%q: %v", what, err)
			}
		}
		start("module robot")
		on := must(w.sys.Begin(t.Context(), w.c, app.Begin{Contract: w.pays, What: app.ModuleStretch, Of: "robot", At: now()}))
		start("has no secret")
		first, second := must(robot.NewSecret(t.Context(), w.sys, w.lanes.Seal, w.c, camp.ID)), must(robot.NewSecret(t.Context(), w.sys, w.lanes.Seal, w.c, camp.ID))
		if c := must(w.lanes.Client(t.Context(), w.c, &camp, nil)); !slices.Equal(c.Secrets, []string{second, first}) {
			t.Error("the secret before does not sign for a day")
		}
		start("")
		time.Sleep(time.Minute)
		must(w.sys.End(t.Context(), w.c, on.ID, now()))
		time.Sleep(time.Minute)
		synctest.Wait()
		if st := must(w.sys.GetCampaign(t.Context(), w.c, camp.ID)).Status; st.State != campaign.Paused || !strings.Contains(st.Why, "module robot") || len(w.lines.placed) < 10 {
			t.Errorf("%+v, %d dialed", st, len(w.lines.placed))
		}
		w.floor.Close()
	})
}
