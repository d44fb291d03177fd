package rtp

import (
	"encoding/binary"
	"strings"
)

// digits are the keys of events 0 to 15, in their order (RFC 4733, 3.2).
const digits = "0123456789*#ABCD"

// events hears keys out of the packets of one stream.
type events struct {
	heard     bool
	timestamp uint32 // of the last event told
}

// packet is the key a packet begins to tell of, or 0: an event is sent many
// times, all with the timestamp of its beginning, and is told once, even if its
// first or its last packets were lost (RFC 4733, 2.5.1).
func (e *events) packet(p *Packet) byte {
	if len(p.Payload) < 4 || int(p.Payload[0]) >= len(digits) {
		return 0
	}
	if e.heard && int32(p.Timestamp-e.timestamp) <= 0 {
		return 0
	}
	e.heard, e.timestamp = true, p.Timestamp
	return digits[p.Payload[0]]
}

// Durations of a key that is sent, in frames of 20 ms.
const (
	keyFrames  = 6 // 120 ms; receivers must hear 40
	restFrames = 4 // 80 ms between two keys
	endRepeats = 3
	keyVolume  = 10 // dBm0 below zero
	maxKeys    = 64 // that wait to be sent
)

// keys sends what was pressed, one packet a frame.
type keys struct {
	waiting string
	now     byte // key being sent
	frames  int  // sent of it
	ends    int
	rest    int
	began   uint32
}

// press queues keys; false if one is none or too many wait.
func (k *keys) press(s string) bool {
	if !AreKeys(k.waiting + s) {
		return false
	}
	k.waiting += strings.ToUpper(s)
	return true
}

// AreKeys tells whether these are keys, and no more than can be pressed at once.
func AreKeys(s string) bool {
	return len(s) <= maxKeys && strings.Trim(strings.ToUpper(s), digits) == ""
}

// busy tells whether keys are still to be sent.
func (k *keys) busy() bool { return k.now != 0 || k.waiting != "" }

// next tells whether a key sounds in this frame, so that no sound is sent, and
// begins the next key if one is due.
func (k *keys) next(timestamp uint32) bool {
	if k.now == 0 && k.rest > 0 {
		k.rest--
		return false
	}
	if k.now == 0 && k.waiting != "" {
		k.now, k.frames, k.ends, k.began = k.waiting[0], 0, 0, timestamp
		k.waiting = k.waiting[1:]
	}
	return k.now != 0
}

// payload appends the packet of this frame and tells whether it is the first.
func (k *keys) payload(dst []byte) (_ []byte, first bool) {
	first = k.frames == 0
	if k.frames < keyFrames {
		k.frames++
	} else {
		k.ends++
	}
	end := byte(0)
	if k.frames == keyFrames {
		end = 0x80
	}
	dst = append(dst, byte(strings.IndexByte(digits, k.now)), end|keyVolume)
	dst = binary.BigEndian.AppendUint16(dst, uint16(k.frames*frame))
	if k.ends == endRepeats-1 {
		k.now, k.rest = 0, restFrames
	}
	return dst, first
}
