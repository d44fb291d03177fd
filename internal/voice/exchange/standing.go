package exchange

import (
	"context"
	"sync"
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/sip"
)

// MaxStanding is how many legs stand at once, as many as a campaign has agents.
const MaxStanding = 2_000

// Replaced is what an agent's telephone is told whose place a newer one took.
const Replaced = "another telephone of yours took over"

// stand is the leg of an agent or a supervisor who stays on the line between calls.
type stand struct {
	who  string
	call *sip.Call
	leg  *voice.Leg
	in   *Line // whom it hears; nil: nobody. The room's lock guards it

	passing bool // the call is of one customer: it ends when they part
}

// room holds the standing legs and the lines of an exchange. Its lock is held for
// moments, and no line's is taken within it.
type room struct {
	order sync.Mutex // of what is told; taken before mu
	told  []func(who string, here bool)

	mu     sync.Mutex
	stands map[string]*stand
	lines  map[string]*Line
	away   map[string]*Line // whose agent lost the leg in mid-call, by agent
}

func newRoom() *room {
	return &room{stands: map[string]*stand{}, lines: map[string]*Line{}, away: map[string]*Line{}}
}

// Standing asks to be told of each standing leg that comes and goes, in order; those
// that are there are told at once. It must not wait.
func (x *Exchange) Standing(f func(who string, here bool)) {
	r := x.room
	r.order.Lock()
	defer r.order.Unlock()
	r.told = append(r.told, f)
	r.mu.Lock()
	var here []string
	for who := range r.stands {
		here = append(here, who)
	}
	r.mu.Unlock()
	for _, who := range here {
		f(who, true)
	}
}

// Stands tells whether somebody has a leg that stands.
func (x *Exchange) Stands(who string) bool { return x.room.of(who) != nil }

func (r *room) of(who string) *stand {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stands[who]
}

func (r *room) tell(who string, here bool) {
	for _, f := range r.told {
		f(who, here)
	}
}

// stay is a standing leg, from its call's answer to its end.
func (x *Exchange) stay(call *sip.Call, who string) {
	leg, err := x.leg(call)
	if err != nil {
		call.Refuse(503, "Service Unavailable", retryPorts)
		return
	}
	defer leg.Close()
	if call.Answer(leg) != nil {
		return // it was refused, for what it offered, or given up
	}
	go leg.Attend(call, x.cfg.Quiet)
	select { // nobody hears what is said before a browser's path is found
	case <-leg.Ready():
	case <-leg.Lost():
		call.Hangup()
		return
	case <-call.Done():
		return
	}
	s := &stand{who: who, call: call, leg: leg}
	if !x.room.enter(s) {
		call.HangupFor("too many telephones stand on the floor")
		return
	}
	x.room.watch(s)
	x.room.leave(s)
}

// watch stays until the leg is lost or hung up. What the telephone itself holds, the
// call it is in is held for.
func (r *room) watch(s *stand) {
	for {
		select {
		case <-s.call.Done():
			return
		case <-s.leg.Lost():
			s.call.Hangup()
			return
		case on := <-s.leg.Holds():
			if l := r.lineOf(s); l != nil {
				_ = l.holdFor(s, on) // the line may have let it go meanwhile
			}
		}
	}
}

func (r *room) lineOf(s *stand) *Line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return s.in
}

// enter takes a leg in. It takes the place of an older one of the same agent, and
// the call of an agent whose leg was lost; false: there are too many.
func (r *room) enter(s *stand) bool {
	r.order.Lock()
	r.mu.Lock()
	old := r.stands[s.who]
	if old == nil && len(r.stands) == MaxStanding {
		r.mu.Unlock()
		r.order.Unlock()
		return false
	}
	r.stands[s.who] = s
	var l *Line
	if old != nil {
		l = old.in
	}
	waits := r.away[s.who]
	r.mu.Unlock()
	if old == nil {
		r.tell(s.who, true)
	}
	r.order.Unlock()
	if l != nil {
		l.replace(old, s)
	}
	if waits != nil {
		waits.comeBack(s)
	}
	if old != nil {
		old.call.HangupFor(Replaced)
	}
	return true
}

// leave lets go of a leg that has ended.
func (r *room) leave(s *stand) {
	r.order.Lock()
	r.mu.Lock()
	gone := r.stands[s.who] == s
	if gone {
		delete(r.stands, s.who)
	}
	l := s.in
	r.mu.Unlock()
	if gone {
		r.tell(s.who, false)
	}
	r.order.Unlock()
	if l != nil {
		l.lost(s)
	}
}

// claim gives a leg to a line; one that hears another call cannot be had.
func (r *room) claim(s *stand, l *Line) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !s.passing && r.stands[s.who] != s:
		return gone(s.who)
	case s.in != nil && s.in != l:
		return fault.New(fault.Conflict, "the telephone of %s is in another call", s.who)
	}
	s.in = l
	return nil
}

func (r *room) release(s *stand, l *Line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.in == l {
		s.in = nil
	}
}

// waitFor notes, or forgets, that a line waits for an agent's leg to come back.
func (r *room) waitFor(who string, l *Line, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case on:
		r.away[who] = l
	case r.away[who] == l:
		delete(r.away, who)
	}
}

func gone(who string) error {
	return fault.New(fault.Conflict, "no telephone of %s stands on the floor: it must call the name %q and stay on the line", who, FloorName)
}

// FloorName is what a telephone calls to stand on the floor.
const FloorName = "floor"

// whose tells whose standing leg a call is; empty: it is another kind of call.
func (x *Exchange) whose(ctx context.Context, call *sip.Call) (string, error) {
	if x.cfg.Whose == nil || call.Called() != FloorName {
		return "", nil
	}
	return x.cfg.Whose(ctx, call.Account())
}

// holder tells whose telephone a call comes from, be its log-in a pass or a desk
// telephone's.
func (x *Exchange) holder(ctx context.Context, call *sip.Call) (string, error) {
	if x.cfg.Whose == nil {
		return call.Account(), nil
	}
	return x.cfg.Whose(ctx, call.Account())
}

// ReturnWithin is how long a customer is held whose agent lost the leg in mid-call.
const ReturnWithin = 40 * time.Second
