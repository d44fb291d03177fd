package exchange_test

import (
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/bridge"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/sip"
)

// TestSupervisors: two on one call, each in its way, which changes while they talk; the
// one who goes to another call leaves this one.
func TestSupervisors(t *testing.T) {
	s := perform(t, 0)
	ann, sam, sue := s.stand("ann", 1000), s.stand("sam", 1500), s.stand("sue", 1900)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	if err := p.Supervise("sam", bridge.Listen); err != nil {
		t.Fatal(err)
	}
	if err := p.Supervise("sue", bridge.Listen); err != nil {
		t.Fatal(err)
	}
	s.until("both supervisors hear both", func() bool { return sam.hears(500) && sam.hears(1000) && sue.hears(500) && sue.hears(1000) })
	if ann.hears(1500) || ann.hears(1900) || p.customer.hears(1500) {
		t.Error("who listens is heard")
	}
	if err := p.Supervise("sam", bridge.Whisper); err != nil {
		t.Fatal(err)
	}
	s.until("the agent hears who whispers", func() bool { return ann.hears(1500) && ann.hears(500) && p.customer.hears(1000) })
	if p.customer.hears(1500) || sue.hears(1500) {
		t.Error("a whisper is heard by others")
	}
	if err := p.Supervise("sue", bridge.Barge); err != nil {
		t.Fatal(err)
	}
	s.until("everybody hears who barges in", func() bool { return ann.hears(1900) && p.customer.hears(1900) && sam.hears(1900) })
	q := s.place(mobile(2), exchange.Reserved{})
	if err := q.Supervise("sue", bridge.Listen); err != nil {
		t.Fatal(err)
	}
	s.until("sue hears the other call", func() bool { return sue.hears(600) && !sue.hears(500) && !ann.hears(1900) })
	p.Unhear("sam")
	s.until("nobody whispers", func() bool { return !ann.hears(1500) && sam.quiet() })
	for what, err := range map[string]error{
		"an agent in a call": q.Supervise("ann", bridge.Listen), "no telephone": p.Supervise("bob", bridge.Listen), "the agent's own call": p.Supervise("ann", bridge.Whisper)} {
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := p.Supervise("sam", bridge.Customer); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

// TestACallIsHandedToAnotherAgent, and another may join it.
func TestACallIsHandedToAnotherAgent(t *testing.T) {
	s := perform(t, 0)
	ann, bob, cat := s.stand("ann", 1000), s.stand("bob", 800), s.stand("cat", 1900)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	if err := p.Bring("cat", false); err != nil {
		t.Fatal(err)
	}
	s.until("three talk", func() bool {
		return p.customer.hears(1000) && p.customer.hears(1900) && cat.hears(1000) && ann.hears(1900)
	})
	p.Unhear("cat")
	s.until("cat is off the call", func() bool { return cat.quiet() && !p.customer.hears(1900) })
	if err := p.Bring("cat", false); err != nil {
		t.Fatal(err)
	}
	if err := p.Bring("bob", true); err != nil {
		t.Fatal(err)
	}
	s.until("bob has ann's place", func() bool { return ann.quiet() && p.customer.hears(800) && bob.hears(500) })
	if err := p.Bring("bob", true); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	p.LetGo()
	s.until("cat stands again", func() bool { return cat.quiet() && !p.customer.hears(1900) })
	if p.Agent() != "ann" {
		t.Error(p.Agent())
	}
}

// TestSomebodyOutsideIsCalledIn: the customer is on hold until they answer, then three
// talk, and two go on when the agent parts.
func TestSomebodyOutsideIsCalledIn(t *testing.T) {
	s := perform(t, 0)
	ann := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	s.third(p, mobile(9), false)
	s.until("the customer hears music and the agent that it rings", func() bool { return p.customer.hears(261.6) && ann.hears(450) })
	s.until("they talk again, since nobody answers", func() bool { return p.customer.hears(1000) && ann.hears(500) })
	p.tells(t, "not come")
	s.third(p, mobile(3), false)
	outside := <-s.answered
	s.until("three talk", func() bool {
		return p.customer.hears(700) && p.customer.hears(1000) && outside.hears(500) && outside.hears(1000) && ann.hears(700)
	})
	if err := p.Part(); err != nil {
		t.Fatal(err)
	}
	s.until("two talk on", func() bool { return ann.quiet() && p.customer.hears(700) && outside.hears(500) && !outside.hears(1000) })
	p.tells(t, "came")
	outside.call.Hangup()
	if r := <-p.over; r.Ending.By != sip.Us {
		t.Errorf("%+v", r.Ending)
	}
	p.tells(t, "left")
	select {
	case what := <-p.told:
		t.Errorf("%q is told as well", what)
	default:
	}
}

// TestACallIsHandedOutside: the agent parts when they answer, which is told; the
// customer who hangs up ends both calls.
func TestACallIsHandedOutside(t *testing.T) {
	s := perform(t, time.Minute)
	ann := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	s.third(p, mobile(3), true)
	outside := <-s.answered
	p.tells(t, "came", "parted")
	s.until("the agent stands again and the two talk", func() bool { return ann.quiet() && p.customer.hears(700) && outside.hears(500) })
	p.customer.call.Hangup()
	<-p.over
	<-outside.call.Done()
}
