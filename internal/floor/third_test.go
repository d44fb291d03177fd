package floor

import (
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/fault"
	"waihu/internal/id"
)

// TestWhoIsInTheCall: a target that is called into it rings, answers, leaves, or never
// comes: the desk shows whoever is there, and says that somebody did not come.
func TestWhoIsInTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "1")
		defer func() { w.floor.Close() }()
		w.lines.lasts = time.Hour
		camp := w.campaign("spring", campaign.Progressive, 301, 1, func(c *campaign.Campaign) {
			c.Targets = []campaign.Target{{Name: "Desk", Number: number(900)}, {Name: "Back", Number: number(901)}}
		})
		a := w.sit(camp.ID, "a")
		must(w.floor.Ready(t.Context(), w.c, "a", a.Session))
		time.Sleep(10 * time.Second)
		look := func(want ...string) {
			t.Helper()
			synctest.Wait()
			d := must(w.floor.Desk(w.c, "a", a.Session))
			var with []string
			for _, x := range d.Call.With {
				with = append(with, x.Name+map[bool]string{true: " rings"}[x.Rings])
			}
			if d.State != agent.Talking || len(with) != len(want) {
				t.Fatalf("%s, %q, want %q", d.State, with, want)
			}
			for i := range want {
				if with[i] != want[i] {
					t.Errorf("%q, want %q", with, want)
				}
			}
		}
		var try id.ID
		for of := range w.lines.calls {
			try = of
		}
		tell := w.lines.calls[try].tell
		must(w.floor.Transfer(t.Context(), w.c, "a", a.Session, "Desk", "", true))
		must(w.floor.Transfer(t.Context(), w.c, "a", a.Session, "Back", "", true))
		look("Desk rings", "Back rings")
		tell(dialer.NotTaken{Try: try, Number: number(901)})
		look("Desk rings")
		if d := must(w.floor.Desk(w.c, "a", a.Session)); len(d.Notice) == 0 || d.Notice[len(d.Notice)-1].Code != "not_come" || d.Notice[len(d.Notice)-1].Why != "Back" {
			t.Errorf("%+v", d.Notice)
		}
		time.Sleep(3 * time.Second) // Back answers as well, which nobody waits for any more
		look("Desk")
		tell(dialer.Left{Try: try, Number: number(900)})
		look()
		_, err := w.floor.Leave(t.Context(), w.c, "a", a.Session)
		wantCode(t, "nobody is there", err, "no_third")
		w.lines.mu.Lock()
		w.lines.noThird = fault.New(fault.Conflict, "no trunk may call it")
		w.lines.mu.Unlock()
		_, err = w.floor.Transfer(t.Context(), w.c, "a", a.Session, "Desk", "", false)
		wantCode(t, "nobody was called", err, "not_called")
		look()
	})
}
