package exchange

import (
	"waihu/internal/fault"
	"waihu/internal/voice/bridge"
)

// Supervise lets somebody whose leg stands hear a call: Listen, Whisper or Barge of a
// bridge. Asked again, the way of hearing changes. Who hears another call leaves that
// one first.
func (l *Line) Supervise(who string, how bridge.Role) error {
	if how != bridge.Listen && how != bridge.Whisper && how != bridge.Barge {
		return fault.New(fault.Invalid, "a supervisor cannot be %s: listen, whisper or barge was expected", how)
	}
	s := l.x.room.of(who)
	if s == nil {
		return gone(who)
	}
	if other := l.x.room.lineOf(s); other != nil && other != l {
		other.unhear(s)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, hears := l.ears[s]
	switch {
	case l.over || l.leg == nil:
		return l.nobody()
	case hears:
		l.ears[s] = how
		return l.bridge.Turn(s.leg, how)
	case len(l.ears) == maxEars:
		return fault.New(fault.Conflict, "%d supervisors hear the call, as many as may", maxEars)
	case l.seat == s || l.guests[s]:
		return fault.New(fault.Conflict, "%s speaks in this call already", who)
	}
	if err := l.take(s, how); err != nil {
		return err
	}
	l.ears[s] = how
	return nil
}

// Unhear ends that somebody hears the call or was brought into it; whoever is neither is
// left as they are.
func (l *Line) Unhear(who string) {
	if s := l.x.room.of(who); s != nil {
		l.unhear(s)
		l.unbring(s)
	}
}

// unbring takes an agent off who was brought into the call.
func (l *Line) unbring(s *stand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.guests[s] {
		delete(l.guests, s)
		l.letGo(s)
		l.lookAround()
		l.leftAlone()
	}
}

func (l *Line) unhear(s *stand) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, hears := l.ears[s]; hears {
		delete(l.ears, s)
		l.letGo(s)
	}
}
