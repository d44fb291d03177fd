package exchange_test

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/exchange"
	"waihu/internal/voice/sip"
)

// TestALegStandsAndIsJoined: it hears nothing, then who answered, then nothing again,
// and is there for the next call.
func TestALegStandsAndIsJoined(t *testing.T) {
	s := perform(t, 0)
	ann := s.stand("ann", 1000)
	for _, n := range []byte{1, 2} {
		p := s.place(mobile(n), exchange.Reserved{})
		s.until("ann hears nothing", ann.quiet)
		if err := p.Join("ann"); err != nil {
			t.Fatal(err)
		}
		if err := p.Join("ann"); err != nil {
			t.Error("a second time:", err)
		}
		s.until("both hear each other", func() bool { return ann.hears(pitch(mobile(n))) && p.customer.hears(1000) })
		if n == 1 {
			if err := p.Part(); err != nil {
				t.Fatal(err)
			}
			s.until("ann stands again", ann.quiet)
			p.Hang()
		} else {
			p.customer.call.Hangup()
		}
		if r := <-p.over; !r.Answered() || r.Ending.By != map[byte]sip.Side{1: sip.Us, 2: sip.Them}[n] || p.Agent() != "ann" {
			t.Errorf("%+v, with %q", r.Ending, p.Agent())
		}
	}
	p := s.place(mobile(3), exchange.Reserved{})
	if err := p.Join("bob"); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.here, []string{"+ann"}) {
		t.Error(s.here)
	}
}

// TestTheAgentACallIsForHearsTheFirstWords, before anybody joins them.
func TestTheAgentACallIsForHearsTheFirstWords(t *testing.T) {
	s := perform(t, 0)
	ann := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	s.until("both hear each other", func() bool { return ann.hears(500) && p.customer.hears(1000) })
	s.stand("bob", 800)
	if err := p.Join("bob"); err != nil { // somebody else after all
		t.Fatal(err)
	}
	s.until("ann stands again", func() bool { return ann.quiet() && p.customer.hears(800) })
	q := s.place(mobile(2), exchange.Reserved{Agent: "ann"})
	s.until("ann hears the next", func() bool { return ann.hears(600) })
	r := s.place(mobile(3), exchange.Reserved{})
	if err := r.Join("ann"); err != nil { // she was not joined with the other: nobody else has her
		t.Fatal(err)
	}
	s.until("ann is where she was joined", func() bool { return ann.hears(700) && !ann.hears(600) && !q.customer.hears(1000) })
	if err := q.Join("ann"); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}

// TestTheNewerTelephoneOfAnAgentTakesOver, in mid-call too; the older is told why.
func TestTheNewerTelephoneOfAnAgentTakesOver(t *testing.T) {
	s := perform(t, 0)
	old := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	s.until("they talk", func() bool { return p.customer.hears(1000) })
	newer := s.stand("ann", 1300)
	<-old.call.Done()
	if e := old.call.Ending(); e.By != sip.Them || e.Reason != exchange.Replaced {
		t.Errorf("the older is told %+v", e)
	}
	s.until("they talk on", func() bool { return p.customer.hears(1300) && newer.hears(500) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.here, []string{"+ann"}) {
		t.Error(s.here)
	}
}

// TestACustomerIsHeldForAnAgentWhoComesBack, and hung up after one who does not.
func TestACustomerIsHeldForAnAgentWhoComesBack(t *testing.T) {
	s := perform(t, 3*time.Second)
	ann := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	s.until("they talk", func() bool { return p.customer.hears(1000) })
	ann.call.Hangup()
	s.until("the customer hears music", func() bool { return p.customer.hears(261.6) })
	again := s.stand("ann", 1300)
	s.until("they talk on", func() bool { return p.customer.hears(1300) && again.hears(500) && !p.customer.hears(261.6) })
	s.mu.Lock()
	told := slices.Clone(s.here)
	s.mu.Unlock()
	if !slices.Equal(told, []string{"+ann", "-ann", "+ann"}) {
		t.Error(told)
	}
	again.call.Hangup()
	if r := <-p.over; r.Ending.By != sip.Us {
		t.Errorf("%+v", r.Ending)
	}
}

// TestNobodyIsLeftInSilence: who answered, whom nobody joins and to whom nothing is said,
// is let go after a while.
func TestNobodyIsLeftInSilence(t *testing.T) {
	s := perform(t, 500*time.Millisecond)
	p := s.place(mobile(1), exchange.Reserved{})
	if r := <-p.over; r.Ending.By != sip.Us || !r.Answered() {
		t.Errorf("%+v", r.Ending)
	}
}

// TestHoldPressSayAndDrop are what an agent does to a customer.
func TestHoldPressSayAndDrop(t *testing.T) {
	s := perform(t, 0)
	ann := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	f := must(os.Create(filepath.Join(t.TempDir(), "call.wav")))
	defer f.Close()
	p.Record(f)
	s.until("they talk", func() bool { return p.customer.hears(1000) && ann.hears(500) })
	if failed := <-p.kept; failed != nil {
		t.Error(failed)
	}
	if err := p.Hold(true); err != nil {
		t.Fatal(err)
	}
	s.until("the customer hears music and the agent nothing", func() bool { return p.customer.hears(329.6) && ann.quiet() })
	if err := p.Hold(false); err != nil {
		t.Fatal(err)
	}
	s.until("they talk on", func() bool { return p.customer.hears(1000) && ann.hears(500) })
	if err := p.Press("12#"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []byte("12#") {
		if k := <-p.customer.leg.Keys(); k != want {
			t.Errorf("key %c, want %c", k, want)
		}
	}
	if err := p.PauseRecording(true); err != nil {
		t.Fatal(err)
	}
	if err := p.PauseRecording(false); err != nil {
		t.Fatal(err)
	}
	<-p.Say(audio.Tone{Hertz: []float64{600}, Level: 0.4}.Samples(300 * time.Millisecond))
	s.until("they talk on", func() bool { return p.customer.hears(1000) })
	if err := p.Drop(audio.Tone{Hertz: []float64{700}, Level: 0.4}.Samples(time.Second)); err != nil {
		t.Fatal(err)
	}
	s.until("the agent parts, and the message is heard", func() bool { return ann.quiet() && p.customer.hears(700) })
	if r := <-p.over; r.Ending.By != sip.Us || p.Recorded().SHA256 == "" || p.Recorded().Paused == 0 {
		t.Errorf("%+v %+v", r.Ending, p.Recorded())
	}
	if !s.x.Stands("ann") {
		t.Error("the agent does not stand any more")
	}
}

// TestARecordingThatCannotBeWritten is told, and the call goes on.
func TestARecordingThatCannotBeWritten(t *testing.T) {
	s := perform(t, 0)
	ann := s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	f := must(os.Create(filepath.Join(t.TempDir(), "call.wav")))
	must(0, f.Close())
	p.Record(f)
	if failed := <-p.kept; failed == nil {
		t.Error("nobody is told")
	}
	s.until("they talk on", func() bool { return p.customer.hears(1000) && ann.hears(500) })
	p.Hang()
	<-p.over
	if sum := p.Recorded(); sum.SHA256 != "" || !sum.Lost {
		t.Errorf("%+v", sum)
	}
}

// TestEndsThatCrossAJoin: who hangs up while an agent is joined leaves the agent's leg
// free for the next call, and the agent who hangs up holds nobody for ever.
func TestEndsThatCrossAJoin(t *testing.T) {
	s := perform(t, 300*time.Millisecond)
	s.stand("ann", 1000)
	for range 8 {
		p := s.place(mobile(1), exchange.Reserved{})
		both(func() { _ = p.Join("ann") }, p.customer.call.Hangup) // either may be first
		<-p.over
	}
	p := s.place(mobile(2), exchange.Reserved{})
	if err := p.Join("ann"); err != nil {
		t.Fatal("the leg is not free:", err)
	}
	p.Hang()
	<-p.over
	for range 5 {
		bob := s.stand("bob", 800)
		p := s.place(mobile(3), exchange.Reserved{})
		both(func() { _ = p.Join("bob") }, bob.call.Hangup)
		p.Hang()
		<-p.over
		s.until("bob is gone", func() bool { return !s.x.Stands("bob") })
	}
}

// both does two things at once.
func both(a, b func()) {
	var w sync.WaitGroup
	w.Go(a)
	w.Go(b)
	w.Wait()
}

// TestTheExchangeClosesWhileCallsRun, and everything comes back.
func TestTheExchangeClosesWhileCallsRun(t *testing.T) {
	s := perform(t, 0)
	s.stand("ann", 1000)
	p := s.place(mobile(1), exchange.Reserved{Agent: "ann"})
	rings := s.place(mobile(9), exchange.Reserved{})
	s.until("the other rings", func() bool { return <-rings.told == "rings" })
	if err := s.close(); err != nil {
		t.Error(err)
	}
	for _, r := range []*voice.Report{<-p.over, <-rings.over} {
		if r.Ending.By != sip.Us {
			t.Errorf("%+v", r.Ending)
		}
	}
}

// TestACallThatRingsIsTakenBack.
func TestACallThatRingsIsTakenBack(t *testing.T) {
	s := perform(t, 0)
	p := s.place(mobile(9), exchange.Reserved{})
	s.until("it rings", func() bool { return <-p.told == "rings" })
	p.Hang()
	if r := <-p.over; r.Ending.Why != sip.Canceled {
		t.Errorf("%+v", r.Ending)
	}
	if _, err := s.x.Find("call " + mobile(9)); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}
