package exchange

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/voice/bridge"
)

// speaks notes that somebody speaks with them: what is recorded begins, and both are told so
// where they must be.
func (l *Line) speaks() {
	if !l.joined && l.reserved.Notice != nil {
		l.leg.Play(l.reserved.Notice, false)
		l.seat.leg.Play(l.reserved.Notice, false)
	}
	if l.joined = true; l.first == "" {
		l.first = l.agent
	}
	l.stopWaiting()
	l.record()
	l.apply()
}

// take takes a standing leg in.
func (l *Line) take(s *stand, role bridge.Role) error {
	if l.leg == nil {
		return fault.New(fault.Conflict, "call %s has nobody on the line now", l.name)
	}
	if err := l.x.room.claim(s, l); err != nil {
		return err
	}
	err := l.open()
	if err == nil {
		err = l.bridge.Join(s.leg, role)
	}
	if err != nil {
		l.x.room.release(s, l)
	}
	return err
}

// open makes the bridge with the customer in it.
func (l *Line) open() error {
	if l.bridge != nil {
		return nil
	}
	b := bridge.New()
	if err := b.Join(l.leg, bridge.Customer); err != nil {
		b.Close()
		return err
	}
	l.bridge, l.held = b, false
	return nil
}

// letGo lets a leg stand again.
func (l *Line) letGo(s *stand) {
	if l.bridge != nil {
		_ = l.bridge.Leave(s.leg) // it may have left by itself
	}
	l.x.room.release(s, l)
	if s.passing {
		s.call.Hangup()
	}
}

// Join connects an agent's standing leg with who answered. Joining whom it has is
// done already. An agent whose leg does not stand, or hears another call, cannot be
// joined: of kind Conflict.
func (l *Line) Join(who string) error {
	s, err := l.freed(who)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over || l.leg == nil:
		return fault.New(fault.Conflict, "call %s is over", l.name)
	case l.seat == s:
		_ = l.bridge.Turn(s.leg, bridge.Agent) // it may be leaving
	default:
		if err := l.instead(s); err != nil {
			return err
		}
	}
	l.agent, l.granted = who, true
	l.speaks()
	return nil
}

// freed is somebody's leg, which leaves another call that it only hears.
func (l *Line) freed(who string) (*stand, error) {
	s := l.x.room.of(who)
	if s == nil {
		return nil, gone(who)
	}
	if other := l.x.room.lineOf(s); other != nil && other != l {
		other.yield(s)
	}
	return s, nil
}

// yield lets a leg go that hears this call and is in no conversation of it.
func (l *Line) yield(s *stand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, hears := l.ears[s]; hears {
		delete(l.ears, s)
		l.letGo(s)
	}
	if l.seat == s && !l.granted {
		l.letGo(s)
		l.seat, l.agent = nil, ""
		l.lookAround()
	}
}

// instead seats another agent in the place of who is there.
func (l *Line) instead(s *stand) error {
	was := l.seat
	_, ear := l.ears[s]
	if ear || l.guests[s] {
		delete(l.guests, s)
		delete(l.ears, s)
		_ = l.bridge.Turn(s.leg, bridge.Agent) // it may be leaving
	} else if err := l.take(s, bridge.Agent); err != nil {
		return err
	}
	if was != nil {
		l.letGo(was)
	}
	l.x.room.waitFor(l.agent, l, false)
	l.seat, l.agent, l.holds = s, s.who, l.holds&^(forAgent|byTelephone)
	return nil
}

// Part takes the agent off the call, whose leg stands again. Who is there beside goes
// on with the customer; one who is alone is hung up after a while.
func (l *Line) Part() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part()
	return nil
}

func (l *Line) part() {
	l.x.room.waitFor(l.agent, l, false)
	if l.seat != nil {
		l.letGo(l.seat)
	}
	l.seat, l.agent, l.granted, l.holds = nil, "", false, l.holds&forThird
	l.apply()
	l.lookAround()
}

// lookAround hangs a customer up later with whom nobody speaks.
func (l *Line) lookAround() {
	if l.seat != nil || len(l.guests) > 0 || len(l.thirds) > 0 || l.call == nil || !l.answered {
		l.stopWaiting()
		return
	}
	if l.alone == nil {
		l.alone = time.AfterFunc(l.x.cfg.Return, l.call.Hangup)
	}
}

func (l *Line) stopWaiting() {
	if l.alone != nil {
		l.alone.Stop()
		l.alone = nil
	}
}

// lost is a leg that ended. The customer of an agent is held for a while, and the
// call goes on where the leg comes back.
func (l *Line) lost(s *stand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.letGo(s)
	delete(l.guests, s)
	delete(l.ears, s)
	if l.seat == s {
		l.seat = nil
		l.holds &^= byTelephone
		if l.answered && !l.over && len(l.guests)+len(l.thirds) == 0 {
			l.holds |= forAgent
		}
		l.x.room.waitFor(s.who, l, !l.over)
		l.apply()
	}
	l.lookAround()
}

// comeBack seats an agent again whose leg was lost.
func (l *Line) comeBack(s *stand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || l.agent != s.who || l.seat != nil {
		return
	}
	role := bridge.Listen
	if l.answered {
		role = bridge.Agent
	}
	if l.take(s, role) != nil {
		return // whoever joins them is told
	}
	l.x.room.waitFor(s.who, l, false)
	l.seat, l.holds = s, l.holds&^forAgent
	l.stopWaiting()
	l.apply()
}

// replace gives a newer leg of the same person the place of an older one.
func (l *Line) replace(old, s *stand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	role := bridge.Agent
	seat, guest := l.seat == old, l.guests[old]
	how, ear := l.ears[old]
	switch {
	case ear:
		role = how
	case !seat && !guest:
		return
	case !l.answered:
		role = bridge.Listen
	}
	l.letGo(old)
	delete(l.guests, old)
	delete(l.ears, old)
	if l.over || l.take(s, role) != nil {
		if seat {
			l.seat = nil
		}
		l.lookAround()
		return
	}
	switch {
	case seat:
		l.seat = s
	case guest:
		l.guests[s] = true
	case ear:
		l.ears[s] = how
	}
}
