package exchange

import (
	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/bridge"
	"waihu/internal/voice/sip"
)

// Outside is told of somebody outside who is called into a call: that they answered and
// left, or that they did not come. Nothing of it may wait.
type Outside struct {
	Came, Left, NotCame func()
}

// third is somebody outside who is called into a call.
type third struct {
	l      *Line
	hand   bool // the agent parts when they answer
	told   Outside
	call   *sip.Call
	leg    *voice.Leg
	heard  bool // in the bridge
	spoke  bool // answered
	ending bool
}

// Bring lets another agent join a call; hand: in the place of its own, who parts.
func (l *Line) Bring(who string, hand bool) error {
	s, err := l.freed(who)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over || !l.answered || l.leg == nil:
		return l.nobody()
	case l.seat == s:
		return fault.New(fault.Conflict, "%s has this call", who)
	case hand:
		if err := l.instead(s); err != nil {
			return err
		}
		l.holds, l.granted = 0, true
		l.speaks()
		return nil
	case l.guests[s]:
		return nil
	case len(l.guests)+len(l.thirds) == maxGuests:
		return full()
	}
	if err := l.take(s, bridge.Agent); err != nil {
		return err
	}
	l.guests[s] = true
	l.stopWaiting()
	return nil
}

func full() error {
	return fault.New(fault.Conflict, "%d others are in the call, as many as may", maxGuests)
}

// Third makes room for somebody outside: what it returns goes beside the call that is
// placed to them, once for each trunk, and done is called when that is over: the first
// time it counts, begun says whether anything was sent. Until they answer the customer is
// on hold; hand: then the agent parts.
func (l *Line) Third(hand bool, told Outside) (beside func(*sip.Call, *voice.Leg), done func(begun bool), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over || !l.answered || l.leg == nil:
		return nil, nil, l.nobody()
	case len(l.guests)+len(l.thirds) == maxGuests:
		return nil, nil, full()
	}
	if err := l.open(); err != nil {
		return nil, nil, err
	}
	t := &third{l: l, hand: hand, told: told}
	l.thirds[t] = true
	l.waitThird()
	return t.beside, t.done, nil
}

// waitThird holds the customer while somebody is called, and lets the agent hear that it rings.
func (l *Line) waitThird() {
	rings, heard := false, false
	for t := range l.thirds {
		rings = rings || !t.spoke
		heard = heard || t.heard
	}
	was := l.holds&forThird != 0
	if l.holds &^= forThird; rings {
		l.holds |= forThird
	}
	if l.seat != nil && rings && !heard {
		l.seat.leg.Play(l.x.back, true)
	} else if l.seat != nil && was {
		l.seat.leg.Play(nil, false)
	}
	l.apply()
}

// beside stays with the call over one trunk.
func (t *third) beside(call *sip.Call, leg *voice.Leg) {
	if !t.begin(call, leg) {
		call.Hangup()
	}
	defer t.end()
	agreed, answered := leg.Agreed(), call.Answered()
	for {
		select {
		case <-agreed:
			agreed = nil
			t.join(false)
		case <-answered:
			answered = nil
			t.join(true)
		case <-call.Done():
			return
		}
	}
}

func (t *third) begin(call *sip.Call, leg *voice.Leg) bool {
	t.l.mu.Lock()
	defer t.l.mu.Unlock()
	t.call, t.leg = call, leg
	return !t.ending && t.l.bridge != nil
}

// join lets them be heard, and speak once they have answered.
func (t *third) join(answered bool) {
	parted := t.enter(answered)
	if answered && t.spoke {
		t.told.Came()
	}
	if parted {
		t.l.told.Parted()
	}
}

// enter takes them in, and tells whether the call is theirs: an agent who had it parts.
func (t *third) enter(answered bool) (parted bool) {
	l := t.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if !t.heard {
		if l.bridge == nil || l.bridge.Join(t.leg, bridge.Customer) != nil {
			t.call.Hangup()
			return false
		}
		t.heard = true
	}
	t.spoke = t.spoke || answered
	l.waitThird()
	parted = answered && t.hand
	if parted && l.agent != "" {
		l.part()
	}
	return parted
}

// end takes them out; a customer who is left alone is hung up.
func (t *third) end() {
	if t.out() {
		t.told.Left()
	}
}

// out tells whether they had answered, and the call goes on.
func (t *third) out() (left bool) {
	l := t.l
	l.mu.Lock()
	defer l.mu.Unlock()
	if left = t.spoke && l.call != nil; t.heard && l.bridge != nil {
		_ = l.bridge.Leave(t.leg) // it may have left by itself
	}
	if t.spoke { // else another trunk may be asked
		delete(l.thirds, t)
		l.leftAlone()
	}
	t.call, t.leg, t.heard, t.spoke = nil, nil, false, false
	return left
}

// leftAlone hangs a customer up who had been handed over, once nobody else is there.
func (l *Line) leftAlone() {
	if l.call != nil && l.seat == nil && l.agent == "" && len(l.guests)+len(l.thirds) == 0 {
		l.call.Hangup()
	}
}

// done takes the room for them away, and tells if they were called and never answered.
// Whoever asked for them in vain, before anything was sent, knows.
func (t *third) done(begun bool) {
	if t.leave() && begun {
		t.told.NotCame()
	}
}

// leave tells whether they never answered. Who handed a call on that no agent ever had,
// has it again; any other customer who is alone is hung up.
func (t *third) leave() (missed bool) {
	l := t.l
	l.mu.Lock()
	defer l.mu.Unlock()
	missed = l.thirds[t] && l.call != nil // one who answered is out already
	delete(l.thirds, t)
	l.waitThird()
	l.lookAround()
	if !missed || !t.hand || l.joined {
		l.leftAlone()
	}
	return missed
}

// hangup ends their call; the line's lock is held.
func (t *third) hangup() {
	t.ending = true
	if t.call != nil {
		t.call.Hangup()
	}
}

// LetGo lets everybody go whom the agent called into the call.
func (l *Line) LetGo() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for t := range l.thirds {
		t.hangup()
	}
	for s := range l.guests {
		delete(l.guests, s)
		l.letGo(s)
	}
	l.lookAround()
}
