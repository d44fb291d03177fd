package floor

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// TestWhoCallsBackFindsNobody: a stranger is refused; who was called waits for an agent,
// hears that nobody is free, and is called; one whom another campaign calls at that moment
// is refused, and the campaign goes on.
func TestWhoCallsBackFindsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		defer func() { w.floor.Close() }()
		ctx, them, ours := t.Context(), number(301), number(999)
		camp := w.campaign("hand", campaign.Manual, 300, 2, nil)
		if _, err := w.lines.comes(ctx, them, ours); fault.KindOf(err) != fault.NotFound {
			t.Errorf("nobody called them: %v", err)
		}
		d := w.sit(camp.ID, "a")
		must(w.floor.Ready(ctx, w.c, "a", d.Session))
		of := must(w.sys.LeadsWith(ctx, w.c, []phone.Number{them}))[0]
		must(w.floor.Dial(ctx, w.c, "a", d.Session, of))
		time.Sleep(8 * time.Second)
		if _, err := w.lines.comes(ctx, them, ours); fault.KindOf(err) != fault.Conflict {
			t.Errorf("they are on the line: %v", err)
		}
		must(w.floor.HangUp(ctx, w.c, "a", d.Session))
		time.Sleep(time.Second)
		must(w.floor.Dispose(ctx, w.c, "a", d.Session, Dispose{Code: "sale"}))
		must(w.floor.Pause(ctx, w.c, "a", d.Session, "tea"))

		who := must(w.lines.comes(ctx, them, ours))
		time.Sleep(campaign.DefaultQueue*time.Second - time.Second)
		if said := w.lines.spoke(who.Try); len(said) != 0 {
			t.Errorf("%q before anybody had time to come", said)
		}
		time.Sleep(10 * time.Second)
		if said := w.lines.spoke(who.Try); !slices.Equal(said, []string{"nobody"}) {
			t.Errorf("%q", said)
		}
		l := must(w.sys.GetLead(ctx, w.c, of)).Lead
		if l.State != lead.Callback || l.Callback == nil || l.Attempts != 1 {
			t.Errorf("%+v", l)
		}

		late := must(w.lines.who(ctx, them, ours))
		taken(t, w, &l, late)
		w.lines.mu.Lock()
		w.lines.calls[late.Try] = &played{tell: late.Tell, answered: true}
		w.lines.mu.Unlock()
		must(w.floor.Ready(ctx, w.c, "a", d.Session))
		if err := late.Came(ctx); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		w.lines.mu.Lock()
		_, rings := w.lines.calls[late.Try]
		w.lines.mu.Unlock()
		if d, err := w.floor.Desk(w.c, "a", d.Session); rings || err != nil || d.State == agent.Talking {
			t.Errorf("rings %v, %+v, %v", rings, d, err)
		}
	})
}

// TestAVisitOfANodeThatIsGone: the node at which they called back is gone before the call is
// over. The node that dials closes the try, while it goes on, and they are called.
func TestAVisitOfANodeThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 301, 7, nil)
		w.work(camp.ID, "a", "sale")
		time.Sleep(5 * time.Minute)
		other := w.beside("n2")
		who := must(other.lines.comes(t.Context(), number(301), number(999)))
		synctest.Wait()
		other.kill()
		time.Sleep(time.Minute)
		if l := must(w.sys.GetLead(t.Context(), w.c, who.Lead)); l.State != lead.Executing || w.left(&camp) != 1 {
			t.Errorf("it may go on: %s, %d left", l.State, w.left(&camp))
		}
		time.Sleep(2*visitFor + sweepEvery)
		if l := must(w.sys.GetLead(t.Context(), w.c, who.Lead)); l.State == lead.Executing || w.left(&camp) != 0 {
			t.Errorf("%s, %d left", l.State, w.left(&camp))
		}
		w.floor.Close()
	})
}

// TestWhoCallsBackAtAnotherNode: another node dials the campaign. They hear that nobody is
// there and are called back; who presses the key to be left alone is not called again.
func TestWhoCallsBackAtAnotherNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "2")
		camp := w.campaign("spring", campaign.Progressive, 301, 7, nil)
		w.work(camp.ID, "a", "sale")
		time.Sleep(5 * time.Minute)
		other := w.beside("n2")
		for n, key := range map[int]string{301: "", 304: "9"} {
			who := must(other.lines.comes(t.Context(), number(n), number(999)))
			time.Sleep(time.Second)
			if key != "" {
				who.Tell(dialer.Pressed{Try: who.Try, Key: key})
			}
			time.Sleep(8 * time.Second)
			synctest.Wait()
			other.lines.mu.Lock()
			up := other.lines.calls[who.Try] != nil
			other.lines.mu.Unlock()
			if said := other.lines.spoke(who.Try); up || !slices.Equal(said, []string{"nobody"}) {
				t.Errorf("%d: on the line %v, %q", n, up, said)
			}
			l := must(w.sys.GetLead(t.Context(), w.c, who.Lead))
			if try := l.Tries[0]; !try.Inbound || try.ID != who.Try || try.Flags.Callback == (key != "") || try.Flags.Refuse != (key != "") {
				t.Errorf("%d: %+v", n, try)
			}
			if barred := must(w.sys.Barred(t.Context(), w.c, numbers(n))); (len(barred) == 1) != (key != "") || (l.State == lead.Callback) != (key == "") {
				t.Errorf("%d: %s, barred %v", n, l.State, barred)
			}
		}
		time.Sleep(2 * time.Hour)
		if saw := w.lines.saw().placed; saw[number(301)] != 2 || saw[number(304)] != 1 || w.left(&camp) != 0 {
			t.Errorf("%v", saw)
		}
		other.floor.Close()
		w.floor.Close()
	})
}

// taken lets another campaign call a lead, after it was looked up.
func taken(t *testing.T, w *world, l *store.Lead, who *Caller) {
	t.Helper()
	if err := w.sys.DB.Update(t.Context(), func(tx store.Tx) error {
		other, err := w.sys.IDs.At(now())
		if err != nil {
			return err
		}
		if err := l.Receive(other, who.Number); err != nil { // as good as any that executes it
			return err
		}
		return tx.Leads().Put(w.c, l)
	}); err != nil {
		t.Fatal(err)
	}
}
