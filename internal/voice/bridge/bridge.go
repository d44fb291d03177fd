package bridge

import (
	"sync"

	"waihu/internal/fault"
	"waihu/internal/voice"
	"waihu/internal/voice/rtp"
)

// MaxLegs is how many legs a bridge holds; each hears a sum of the others.
const MaxLegs = 16

// patience is how many beats a relay may take to fade: its next packet does it,
// and a side that sends none is cut.
const patience = 3

// Bridge joins legs until it is closed. It is safe for several goroutines, but not
// for what a leg's Hear calls.
type Bridge struct {
	stop chan struct{}
	done chan struct{}
	once sync.Once

	mu      sync.Mutex
	closed  bool
	members [MaxLegs]*member // by their slot
	tape    tape
	keys    []byte
}

// set is a set of slots.
type set uint16

// member is a leg in the bridge.
type member struct {
	leg     *voice.Leg
	lead    *voice.Lead
	slot    int
	role    Role
	held    bool
	leaving bool
	gone    chan struct{}

	heard []int16 // of its side in this beat
	raw   []byte
	open  set     // whose sound was in the last mix it was sent
	from  *member // whose packets are relayed to it
	fades int     // beats the relay has had to fade
}

// New is a bridge with nobody in it.
func New() *Bridge {
	b := still()
	go func() {
		defer close(b.done)
		rtp.Beat(b.stop, nil, b.beat)
	}()
	return b
}

// still is a bridge that does not beat.
func still() *Bridge {
	return &Bridge{stop: make(chan struct{}), done: make(chan struct{}), keys: make([]byte, 0, 64)}
}

// Join takes a leg in. What it plays is played to its end before it hears
// anybody. A leg that is in a bridge, or closed, and a bridge that is full or
// closed, are of kind Conflict.
func (b *Bridge) Join(leg *voice.Leg, role Role) error {
	if role >= roles {
		return fault.New(fault.Invalid, "role %d is none of a bridge", role)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return fault.New(fault.Conflict, "the bridge is closed")
	}
	for slot, m := range b.members {
		if m != nil {
			continue
		}
		lead, err := leg.Lead()
		if err != nil {
			return err
		}
		b.members[slot] = &member{leg: leg, lead: lead, slot: slot, role: role, gone: make(chan struct{})}
		return nil
	}
	return fault.New(fault.Conflict, "the bridge is full: it holds %d legs", MaxLegs)
}

// Leave lets a leg go: it fades, then beats by itself again and can play, or join
// elsewhere. It returns when that is so, some beats later. A leg that is not here
// is of kind NotFound.
func (b *Bridge) Leave(leg *voice.Leg) error {
	b.mu.Lock()
	m := b.find(leg)
	if m == nil {
		b.mu.Unlock()
		return absent()
	}
	m.leaving = true
	b.mu.Unlock()
	<-m.gone
	return nil
}

// Turn gives a leg another role: a supervisor who listened barges in, say.
func (b *Bridge) Turn(leg *voice.Leg, role Role) error {
	if role >= roles {
		return fault.New(fault.Invalid, "role %d is none of a bridge", role)
	}
	return b.change(leg, func(m *member) { m.role = role })
}

// Hold puts a leg on hold: it hears music over and over, silence if there is
// none, and nobody hears it. This is within the bridge; whether the other side is
// told (a re-INVITE with sendonly) is signalling's.
func (b *Bridge) Hold(leg *voice.Leg, music []int16) error {
	return b.change(leg, func(m *member) {
		m.held = true
		b.mark(m)
		leg.Play(music, true)
	})
}

// Resume ends a hold.
func (b *Bridge) Resume(leg *voice.Leg) error {
	return b.change(leg, func(m *member) {
		if m.held {
			m.held = false
			b.mark(m)
			leg.Play(nil, false)
		}
	})
}

func (b *Bridge) change(leg *voice.Leg, how func(*member)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.find(leg)
	if m == nil {
		return absent()
	}
	how(m)
	return nil
}

func absent() error { return fault.New(fault.NotFound, "the leg is not in this bridge") }

func (b *Bridge) find(leg *voice.Leg) *member {
	for _, m := range b.members {
		if m != nil && m.leg == leg {
			return m
		}
	}
	return nil
}

// Legs is how many are in.
func (b *Bridge) Legs() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.members {
		if m != nil {
			n++
		}
	}
	return n
}

// Close lets all legs go at once and ends the beat. A recording that was not
// stopped ends as well, and nobody is told what it is known by. It may be called
// again.
func (b *Bridge) Close() {
	b.once.Do(func() {
		close(b.stop)
		<-b.done
		_, _ = b.StopRecording() // whoever wants to know has stopped it before
		b.mu.Lock()
		defer b.mu.Unlock()
		b.closed = true
		for _, m := range b.members {
			if m != nil {
				b.release(m)
			}
		}
	})
}

// release gives a leg its beat back.
func (b *Bridge) release(m *member) {
	b.members[m.slot] = nil
	m.lead.Release()
	close(m.gone)
}
