package dialogue

import (
	"cmp"
	"strings"
	"time"

	"waihu/internal/timex"
)

// Limits bound a session.
type Limits struct {
	Turns    int           // 0: DefaultTurns
	Fallback string        // prompt that is the last word where the program fails; empty: none
	Ask      time.Duration // for a reply; 0: DefaultAsk
}

// Defaults of limits.
const (
	DefaultTurns = 50
	DefaultAsk   = 5 * time.Second
	SaidWait     = 3 * time.Minute // for the end of what is played, if nobody tells of it
	AgentWait    = 5 * time.Minute // for an agent, if nobody tells that there is none
)

// Event is something that happened in the call.
type Event interface{ event() }

type (
	// Answered begins the session.
	Answered struct{ Person Person }
	// Replied is the answer to a turn; one of another number is passed over.
	Replied struct {
		Turn  int
		Reply Reply
	}
	// Failed: there is no answer, or a wrong one.
	Failed struct{ Turn int }
	// Played: one utterance was played to its end.
	Played struct{}
	// Pressed is a key.
	Pressed struct{ Key string }
	// Understood is what was heard, in words.
	Understood struct{ Words string }
	// Unserved: nobody took the call that was handed over.
	Unserved struct{}
	// Refused: the dialer does not take what the last reply says the call came to.
	Refused struct{}
	// Unkept: what the last reply says the call came to is right, and cannot be kept.
	Unkept struct{}
	// Ended: the line is free, or somebody else has the call.
	Ended struct{}
	// Tick: time has passed.
	Tick struct{}
)

func (Answered) event()   {}
func (Replied) event()    {}
func (Failed) event()     {}
func (Played) event()     {}
func (Pressed) event()    {}
func (Understood) event() {}
func (Unserved) event()   {}
func (Refused) event()    {}
func (Unkept) event()     {}
func (Ended) event()      {}
func (Tick) event()       {}

// Act is something to do.
type Act interface{ act() }

type (
	// Ask a turn; report Replied or Failed.
	Ask struct{ Turn Turn }
	// Tell is a turn whose reply nobody waits for.
	Tell struct{ Turn Turn }
	// Utter plays something, breaking off what is played; report Played.
	Utter struct{ What Utterance }
	// Settle tells the dialer what the call came to. Where it does not take that, nothing
	// that follows is done but Tell; report Refused or Unkept.
	Settle struct{ Outcome Outcome }
	// Answer keeps answers to questions of the script.
	Answer struct{ Answers map[string]string }
	// HandOver asks for an agent, or calls a target of the campaign. Report Unserved, or
	// Ended once somebody has the call.
	HandOver struct{ Target string }
	// HangUp ends the call.
	HangUp struct{}
)

func (Ask) act()      {}
func (Tell) act()     {}
func (Utter) act()    {}
func (Settle) act()   {}
func (HandOver) act() {}
func (Answer) act()   {}
func (HangUp) act()   {}

// place is where a session stands.
type place int

const (
	begun place = iota
	waiting
	speaking
	listening
	handing // over to an agent or a target
	leaving // the last word is said
	hung    // up, and the line is not free yet
	ending  // the call has ended, and a reply is under way
	over
)

// Session is the dialogue of one call. It belongs to one goroutine.
type Session struct {
	call, campaign string
	limits         Limits
	now            timex.Instant
	at             place
	turn           int
	state          string
	reply          Reply
	left           []Utterance // to be said after what is played
	keys           string
	until          timex.Instant
	failed         bool
	late           bool
	acts           []Act
}

// New is a session that has not begun.
func New(call, campaign string, l Limits) *Session {
	l.Turns, l.Ask = cmp.Or(l.Turns, DefaultTurns), cmp.Or(l.Ask, DefaultAsk)
	return &Session{call: call, campaign: campaign, limits: l}
}

// IsOver tells whether nothing more will be done.
func (s *Session) IsOver() bool { return s.at == over }

// HasFailed tells whether the program did not do its part.
func (s *Session) HasFailed() bool { return s.failed }

// WasLate tells whether a reply wanted something of a call that had ended.
func (s *Session) WasLate() bool { return s.late }

// Wake is when a Tick is due; zero: there is no need.
func (s *Session) Wake() timex.Instant { return s.until }

// Handle takes in an event and tells what to do. One that does not fit changes
// nothing: it crossed another.
func (s *Session) Handle(now timex.Instant, ev Event) []Act {
	s.now, s.acts = max(s.now, now), nil
	switch v := ev.(type) {
	case Answered:
		if s.at == begun {
			s.ask(Turn{Happened: Met, Person: &v.Person})
		}
	case Replied:
		switch {
		case v.Turn != s.turn:
		case s.at == waiting:
			s.replied(v.Reply)
		case s.at == ending:
			s.afterwards(v.Reply)
		}
	case Failed:
		if (s.at == waiting || s.at == ending) && v.Turn == s.turn {
			s.fail()
		}
	case Played:
		s.played()
	case Pressed:
		s.pressed(v.Key)
	case Understood:
		if s.at == listening && s.reply.Listen.Words || s.at == speaking && s.reply.Listen != nil && s.reply.Listen.Words {
			s.ask(Turn{Happened: Words, Words: cut(v.Words)})
		}
	case Unserved:
		if s.at == handing {
			s.ask(Turn{Happened: NoAgent})
		}
	case Refused:
		s.fail() // what followed the outcome was not done
	case Unkept:
		s.lastWord()
	case Ended:
		s.ended()
	case Tick:
		if !s.until.IsZero() && s.now >= s.until {
			s.due()
		}
	}
	return s.acts
}

func (s *Session) do(a Act) { s.acts = append(s.acts, a) }

func (s *Session) fill(t Turn) Turn {
	s.turn++
	t.Form, t.Call, t.Campaign, t.Turn, t.At, t.State = Form, s.call, s.campaign, s.turn, s.now, s.state
	return t
}

// ask begins a turn, if the call may have one more.
func (s *Session) ask(t Turn) {
	if s.turn >= s.limits.Turns {
		s.fail()
		return
	}
	s.at, s.left, s.until = waiting, nil, s.now.Add(s.limits.Ask)
	if t.Happened != Keys {
		t.Keys = s.keys // pressed ahead of the question
	}
	s.keys = ""
	s.do(Ask{s.fill(t)})
}

func (s *Session) replied(r Reply) {
	if r.Problems() != nil {
		s.fail()
		return
	}
	s.reply, s.state = r, r.State
	if r.Outcome != nil {
		s.do(Settle{*r.Outcome})
	}
	if len(r.Answers) > 0 {
		s.do(Answer{r.Answers})
	}
	s.at, s.left = speaking, r.Say
	s.next()
}

// next says what is left, then does what the reply says.
func (s *Session) next() {
	if len(s.left) > 0 {
		u := s.left[0]
		s.left, s.until = s.left[1:], s.now.Add(SaidWait)
		s.do(Utter{u})
		return
	}
	switch r := &s.reply; {
	case r.HangUp:
		s.end()
	case r.hands():
		s.at, s.until = handing, s.now.Add(AgentWait)
		s.do(HandOver{Target: r.Target})
	case r.Listen == nil:
		s.ask(Turn{Happened: Said})
	default:
		s.at, s.until = listening, s.now.Add(time.Duration(cmp.Or(r.Listen.Seconds, DefaultListen))*time.Second)
		s.enough()
	}
}

func (s *Session) played() {
	switch s.at {
	case speaking:
		s.next()
	case leaving:
		s.end()
	}
}

// pressed keeps a key. One that is listened for breaks off what is said.
func (s *Session) pressed(key string) {
	if len(key) != 1 || len(s.keys) >= MaxKeys || s.at == begun || s.at >= handing {
		return
	}
	s.keys += key
	if l := s.reply.Listen; s.at == speaking && l != nil && l.Keys > 0 {
		s.left = nil
		s.next()
		return
	}
	if s.at == listening {
		s.until = s.now.Add(time.Duration(cmp.Or(s.reply.Listen.Seconds, DefaultListen)) * time.Second)
		s.enough()
	}
}

// enough asks the next turn once all keys are there.
func (s *Session) enough() {
	l := s.reply.Listen
	if l.Keys == 0 {
		return
	}
	if end := strings.Index(s.keys, l.End); l.End != "" && end >= 0 {
		s.ask(Turn{Happened: Keys, Keys: s.keys[:end]})
	} else if len(s.keys) >= l.Keys {
		s.ask(Turn{Happened: Keys, Keys: s.keys[:l.Keys]})
	}
}

// due is what is to be done by the clock.
func (s *Session) due() {
	switch s.at {
	case waiting, ending:
		s.fail()
	case speaking:
		s.next()
	case listening:
		if s.keys != "" && s.reply.Listen.Keys > 0 {
			s.ask(Turn{Happened: Keys, Keys: s.keys})
			return
		}
		s.ask(Turn{Happened: Silence})
	case handing:
		s.ask(Turn{Happened: NoAgent})
	case leaving:
		s.end()
	}
}

// fail is a program that did not do its part.
func (s *Session) fail() {
	s.failed = true
	s.lastWord()
}

// lastWord ends the call with the prompt of the campaign, where somebody still hears it.
func (s *Session) lastWord() {
	s.left = nil
	switch s.at {
	case ending:
		s.finish()
		return
	case over:
		return
	}
	if s.limits.Fallback == "" {
		s.end()
		return
	}
	s.at, s.until = leaving, s.now.Add(SaidWait)
	s.do(Utter{Utterance{Prompt: s.limits.Fallback}})
}

func (s *Session) end() {
	s.do(HangUp{})
	s.at, s.until = hung, 0
}

// ended takes in that the call is over. A reply that is under way is waited for, as long
// as it may take: what the person said before may be in it.
func (s *Session) ended() {
	switch s.at {
	case waiting:
		s.at = ending
	case begun:
		s.at = over
	case ending, over:
	default:
		s.finish()
	}
}

// afterwards does what a reply says about the person, who has gone meanwhile. Whatever
// else it wants would need the call.
func (s *Session) afterwards(r Reply) {
	if r.Problems() != nil {
		s.fail()
		return
	}
	s.state, s.late = r.State, len(r.Say) > 0 || r.Listen != nil || r.hands()
	if r.Outcome != nil {
		s.do(Settle{*r.Outcome})
	}
	if len(r.Answers) > 0 {
		s.do(Answer{r.Answers})
	}
	s.finish()
}

// finish tells the program that the call is over.
func (s *Session) finish() {
	s.do(Tell{s.fill(Turn{Happened: Over})})
	s.at, s.until = over, 0
}

func cut(s string) string {
	s = strings.ToValidUTF8(s, "")
	for len(s) > MaxWords {
		r := []rune(s)
		s = string(r[:len(r)*MaxWords/len(s)])
	}
	return s
}
