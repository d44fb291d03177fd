package rtp

import "waihu/internal/voice/audio"

const sampleRate = audio.Rate

const (
	ringSize  = 8192            // a power of two, a little over a second
	startWait = 60 * 8          // samples that wait before the first is played: 60 ms
	maxWait   = 240 * 8         // and the most they may come to wait
	growth    = 20 * 8          // how much a late packet adds
	idle      = 50              // frames without a packet after which the stream begins anew
	emptyMark = uint64(1) << 63 // a place in the ring that holds nothing
	mask      = uint32(ringSize - 1)
	frame     = audio.FrameSamples
)

// Buffer holds what arrives until it is due: it takes packets of any length in
// any order and gives frames of 20 ms. What is missing is concealed by the last
// frame, softer each time, then silence. Not safe for two goroutines at once.
type Buffer struct {
	law     audio.Law
	samples [ringSize]byte
	stamps  [ringSize]uint64 // timestamp of what is there, or emptyMark
	next    uint32           // timestamp that is due
	playing bool
	starved int // frames since one had anything
	last    [frame]int16
	late    uint32 // samples
	wait    int32
}

// NewBuffer is a buffer for a law.
func NewBuffer(law audio.Law) *Buffer {
	b := &Buffer{law: law}
	b.Reset()
	return b
}

// Reset forgets everything: the stream begins anew.
func (b *Buffer) Reset() {
	for i := range b.stamps {
		b.stamps[i] = emptyMark
	}
	b.playing, b.starved, b.wait = false, 0, startWait
	clear(b.last[:])
}

// Put takes a payload of G.711 at a timestamp.
func (b *Buffer) Put(timestamp uint32, payload []byte) {
	ahead := int32(timestamp - b.next)
	switch {
	case !b.playing, ahead > ringSize-frame*4, ahead < -sampleRate:
		b.Reset()
		b.playing, b.next = true, timestamp-uint32(b.wait)
	case ahead < 0:
		// It should have been played already. Wait longer from now on, within bounds.
		b.late += uint32(min(len(payload), int(-ahead)))
		if b.wait < maxWait {
			b.wait += growth
			b.next -= growth
		}
	case ahead > maxWait+int32(len(payload)):
		// A clock that runs fast fills the buffer: give up what is oldest.
		b.next = timestamp - uint32(b.wait)
	}
	for i, s := range payload[:min(len(payload), ringSize/2)] {
		at := timestamp + uint32(i)
		b.samples[at&mask], b.stamps[at&mask] = s, uint64(at)
	}
}

// Take fills 20 ms with what is due and tells whether any of it was received.
func (b *Buffer) Take(dst []byte) bool {
	if !b.playing {
		b.law.Fill(dst)
		return false
	}
	have := 0
	for i := range dst {
		at := b.next + uint32(i)
		if b.stamps[at&mask] == uint64(at) {
			dst[i] = b.samples[at&mask]
			b.last[i%frame] = b.law.Decode(dst[i])
			have++
			continue
		}
		if b.starved < 3 { // 60 ms of the last frame, each time half as loud
			dst[i] = b.law.Encode(b.last[i%frame] >> (b.starved + 1))
		} else {
			dst[i] = b.law.Silence()
		}
	}
	b.next += uint32(len(dst))
	if have == 0 {
		if b.starved++; b.starved >= idle {
			b.Reset()
		}
		return false
	}
	b.starved = 0
	return true
}

// Wait is how long what arrives waits, in samples.
func (b *Buffer) Wait() int { return int(b.wait) }
