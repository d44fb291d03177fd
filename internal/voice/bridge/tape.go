package bridge

import (
	"math/bits"
	"os"

	"waihu/internal/fault"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/record"
)

// tape is the recording of a bridge.
type tape struct {
	rec   *record.Recorder
	law   audio.Law
	sides [2]side // agents with who barges, and customers
}

// side is one channel.
type side struct {
	open set
	out  [audio.FrameSamples]byte
}

// Record begins to keep what the parties say to each other in a stereo WAV, in
// the law of the first customer. The file is the caller's to close after
// StopRecording. What it returns tells that the disk fails, and is closed when the
// recording ends. A bridge that is recorded already is of kind Conflict.
func (b *Bridge) Record(f *os.File) (lost <-chan error, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.tape.rec != nil {
		return nil, fault.New(fault.Conflict, "the bridge is closed, or recorded already")
	}
	law := audio.ALaw
	for _, m := range b.members {
		if m != nil && m.role == Customer {
			law = m.lead.Law()
			break
		}
	}
	rec, err := record.New(f, law)
	if err != nil {
		return nil, err
	}
	b.tape = tape{rec: rec, law: law}
	return rec.Lost(), nil
}

// Pause begins or ends a pause of the recording: silence of its length.
func (b *Bridge) Pause(on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tape.rec != nil {
		b.tape.rec.Pause(on)
	}
}

// mark tells the recording that a customer went on hold or came back.
func (b *Bridge) mark(m *member) {
	if b.tape.rec != nil && m.role == Customer {
		b.tape.rec.Hold(m.held)
	}
}

// StopRecording sums the recording up; a bridge that is not recorded has the zero
// Sum.
func (b *Bridge) StopRecording() (record.Sum, error) {
	b.mu.Lock()
	rec := b.tape.rec
	b.tape = tape{}
	b.mu.Unlock()
	if rec == nil {
		return record.Sum{}, nil
	}
	return rec.Close()
}

// record adds the beat to the recording.
func (b *Bridge) record() {
	t := &b.tape
	if t.rec == nil {
		return
	}
	var want [2]set
	for _, m := range b.members {
		switch {
		case m == nil || !m.speaks():
		case m.role == Customer:
			want[1] |= m.bit()
		case m.role == Agent || m.role == Barge:
			want[0] |= m.bit()
		}
	}
	for i := range t.sides {
		b.channel(&t.sides[i], want[i])
	}
	t.rec.Frame(t.sides[0].out[:], t.sides[1].out[:])
}

// channel fills one side: one voice in the law of the recording is kept as it
// came.
func (b *Bridge) channel(s *side, want set) {
	if s.open == want && bits.OnesCount16(uint16(want)) == 1 {
		m := b.members[bits.TrailingZeros16(uint16(want))]
		copy(s.out[:], m.raw)
		m.lead.Law().Convert(s.out[:], b.tape.law)
		return
	}
	var sum [audio.FrameSamples]int32
	s.open = b.mix(sum[:], s.open, want)
	b.tape.law.EncodeSum(s.out[:], sum[:])
}

// has tells whether a leg is still to be faded on the tape.
func (t *tape) has(m *member) bool { return (t.sides[0].open|t.sides[1].open)&m.bit() != 0 }
