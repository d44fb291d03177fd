package exchange

import (
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/bridge"
	"waihu/internal/voice/record"
	"waihu/internal/voice/sip"
)

// Bounds of lines.
const (
	MaxLines  = 10_000 // at once
	maxGuests = 3      // agents, and parties outside, who join a call beside its own
	maxEars   = 4      // supervisors of a call
)

// Reserved is an agent a call is placed for, whose leg hears it before anybody joins
// them: first words are not lost.
type Reserved struct {
	Agent  string  // empty: whoever is free when it is answered
	Early  bool    // hears the network too: ring-back, announcements
	Notice []int16 // played to both when somebody speaks with them first, before they hear each other; nil: nothing
}

// Line is a call whose customer's half we placed: who speaks with them, who else
// hears it, what is recorded. Safe for several goroutines. What holds and what is
// done follow each other under one lock; a leg that leaves the bridge fades first,
// some beats long.
type Line struct {
	x        *Exchange
	name     string
	reserved Reserved
	told     Told
	own      *stand // of an agent who called for this customer alone; nil: nobody did

	mu       sync.Mutex
	call     *sip.Call // the customer's; nil: no trunk is asked now
	leg      *voice.Leg
	bridge   *bridge.Bridge // nil: nobody hears them yet
	answered bool
	at       time.Time // of it
	back     bool      // taken back
	over     bool
	agent    string // who speaks with them, or did when the leg was lost; empty: nobody
	first    string // who spoke with them first
	seat     *stand // their leg in the bridge
	granted  bool   // they were joined: a leg that only hears a call early goes wherever it is joined
	joined   bool   // somebody spoke with them
	guests   map[*stand]bool
	ears     map[*stand]bridge.Role
	thirds   map[*third]bool
	holds    holding
	held     bool // in the bridge
	paused   bool
	tape     *os.File
	sum      record.Sum
	alone    *time.Timer // until a customer is hung up to whom nobody comes
}

// Told is what somebody is told of a line; nothing of it may wait.
type Told struct {
	Rings    func()
	Answered func()
	Parted   func()             // whoever had the call, since somebody answered whom it was handed to
	Kept     func(failed error) // what is recorded is, from now on; or is not any more, and why
}

// holding is why a customer is on hold.
type holding uint8

const (
	byAgent     holding = 1 << iota // the agent asked for it
	byTelephone                     // the agent's telephone did
	forAgent                        // until the leg is back that was lost
	forThird                        // until somebody else has answered
)

// Line begins a line by the name of its call: its Beside is voice.Order's, and Close
// ends it when the call was placed to its end.
func (x *Exchange) Line(name string, reserved Reserved, told Told) (*Line, error) {
	l := &Line{x: x, name: name, reserved: reserved, told: told, guests: map[*stand]bool{}, ears: map[*stand]bridge.Role{}, thirds: map[*third]bool{}}
	r := x.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lines[name] != nil || len(r.lines) == MaxLines {
		return nil, fault.New(fault.Conflict, "call %s is there already, or %d others are", name, MaxLines)
	}
	r.lines[name] = l
	return l, nil
}

// Find is a line that runs; a call that is over, or never was, is of kind NotFound.
func (x *Exchange) Find(name string) (*Line, error) {
	x.room.mu.Lock()
	defer x.room.mu.Unlock()
	if l := x.room.lines[name]; l != nil {
		return l, nil
	}
	return nil, fault.New(fault.NotFound, "call %q does not run here", fault.Shorten(name, 80))
}

// Beside stays with the customer's half over one trunk.
func (l *Line) Beside(call *sip.Call, leg *voice.Leg) {
	l.begin(call, leg)
	defer l.end()
	rang, agreed, answered := call.Rang(), leg.Agreed(), call.Answered()
	rings := func() { // before what came with it
		if rang != nil && isClosed(rang) {
			rang = nil
			l.told.Rings()
		}
	}
	for {
		select {
		case <-rang:
			rings()
		case <-agreed:
			agreed = nil
			l.sounds()
		case <-answered:
			rings()
			answered = nil
			l.pickUp()
		case <-call.Done():
			rings()
			if answered != nil && isClosed(answered) {
				l.pickUp()
			}
			return
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (l *Line) begin(call *sip.Call, leg *voice.Leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.call, l.leg = call, leg
	if l.back {
		call.TakeBack()
	}
}

// sounds lets the agent a call was placed for hear the network.
func (l *Line) sounds() {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.seat != nil || l.answered:
	case l.own != nil:
		l.seatOwn()
	case l.reserved.Early:
		l.listenIn(bridge.Listen)
	}
}

// seatOwn joins the agent who called for this customer: both hear each other before the
// answer, as in any call.
func (l *Line) seatOwn() {
	l.own.leg.Play(nil, false)
	if l.take(l.own, bridge.Agent) != nil {
		l.call.Hangup() // they cannot hear each other
		return
	}
	l.seat, l.agent = l.own, l.own.who
}

// without takes in that the agent's own call has ended, and tells whether others speak
// with the customer.
func (l *Line) without(own *stand) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seat == own {
		l.letGo(own)
		l.seat, l.agent = nil, ""
	}
	return l.seat != nil || len(l.guests)+len(l.thirds) > 0
}

// listenIn takes the agent's leg in before anybody joins them; a leg that is not
// there is missed when they are joined.
func (l *Line) listenIn(role bridge.Role) {
	if s := l.x.room.of(l.reserved.Agent); s != nil && l.take(s, role) == nil {
		l.seat, l.agent = s, s.who
	}
}

// pickUp: somebody answered. The agent the call was placed for speaks with them at
// once, whatever has to be found out about them first.
func (l *Line) pickUp() {
	l.mu.Lock()
	l.answered, l.at = true, time.Now()
	if l.seat == nil && l.own != nil {
		l.seatOwn()
	} else if l.seat == nil && l.reserved.Agent != "" {
		l.listenIn(bridge.Agent)
	} else if l.seat != nil {
		_ = l.bridge.Turn(l.seat.leg, bridge.Agent) // it may be leaving
	}
	if l.seat != nil {
		l.speaks()
	}
	l.lookAround() // where nobody joins them, and nothing is said to them
	l.mu.Unlock()
	l.told.Answered()
}

// end lets everybody go when the customer's half is over on this trunk.
func (l *Line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bridge != nil {
		if sum, _ := l.bridge.StopRecording(); sum.SHA256 != "" || sum.Lost { // a disk that failed was told, and what it has is kept
			l.sum = sum
		}
		l.bridge.Close()
		l.bridge = nil
	}
	for _, s := range l.everybody() {
		l.x.room.release(s, l)
	}
	for t := range l.thirds {
		t.hangup()
	}
	l.stopWaiting()
	l.x.room.waitFor(l.agent, l, false)
	clear(l.guests)
	clear(l.ears)
	l.seat, l.granted, l.call, l.leg, l.held, l.holds = nil, false, nil, nil, false, 0
}

// everybody is whose legs are in.
func (l *Line) everybody() []*stand {
	all := slices.Concat(slices.Collect(maps.Keys(l.guests)), slices.Collect(maps.Keys(l.ears)))
	if l.seat != nil {
		all = append(all, l.seat)
	}
	return all
}

// Close ends the line.
func (l *Line) Close() {
	l.mu.Lock()
	l.over = true
	l.mu.Unlock()
	r := l.x.room
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lines[l.name] == l {
		delete(r.lines, l.name)
	}
}

// Hang takes a call back that nobody answered, and hangs one up that was. Who answers
// at that moment is told, and not cut off.
func (l *Line) Hang() {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.answered && l.call != nil:
		l.call.Hangup()
	case !l.answered:
		l.back = true
		if l.call != nil {
			l.call.TakeBack()
		}
	}
}

// Agent is who spoke with the customer first; empty: nobody.
func (l *Line) Agent() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}

// State is how a line is now.
type State struct {
	Agent    string    // who speaks with them, or is expected back
	Spoken   bool      // somebody does, or did
	Answered time.Time // zero: not yet
	Held     bool
	Paused   bool                   // the recording, by somebody
	Ears     map[string]bridge.Role // supervisors
	Outside  bool                   // somebody outside speaks with them
}

// State tells how the line is.
func (l *Line) State() State {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := State{Agent: l.agent, Spoken: l.joined, Answered: l.at, Held: l.holds != 0, Paused: l.paused, Ears: map[string]bridge.Role{}}
	for s, how := range l.ears {
		out.Ears[s.who] = how
	}
	for t := range l.thirds {
		out.Outside = out.Outside || t.spoke
	}
	return out
}
