package cdr

import (
	"bytes"
	"encoding/binary"

	"waihu/internal/timex"
	"waihu/internal/usage"
)

// plainCall makes the call of a row of e bytes; false if it is not plain, or if
// there would be anything to say about it.
func (a *asterisk) plainCall(r *plainRow, e int) bool {
	if !r.shape(e) {
		return false
	}
	c := &a.call
	if !a.plainTimes(r, c) {
		return false
	}
	c.Result, c.Total, c.Talk = r.result, r.total, r.talk
	own, _ := cutChannel(r.field(5))
	called, number := cutChannel(r.field(6))
	ownName, ownPeer := a.known(own)
	calledName, calledPeer := a.known(called)
	if src := r.field(1); string(src) == ownPeer {
		c.From = ownPeer // most calls of an agent: the number is at hand
	} else {
		c.From, _ = a.known(src)
	}
	c.Account, _ = a.known(r.field(0))
	c.Cause, c.LegB = "", false
	if c.To, c.ID = a.numbers(r.field(2), r.unique, number); len(called) == 0 {
		c.ID = c.ID[:len(r.unique)]
	}
	c.Session = c.ID[:len(r.unique)]
	way, sure := a.wayByNumbers(c)
	if !sure {
		way = usage.Internal
		if len(called) > 0 && calledPeer == "" && !bytes.HasPrefix(r.field(6), []byte("Local/")) {
			way = usage.Outbound
		}
	}
	a.route(c, way, ownName, ownPeer, calledName, calledPeer)
	return true
}

// plainTimes reads the stamps in the order in which times does.
func (a *asterisk) plainTimes(r *plainRow, c *usage.Call) bool {
	start, ok := a.plainStamp(r.b[r.start:])
	if !ok || start == 0 {
		return false
	}
	end, ok := a.plainStamp(r.b[r.ended:])
	if !ok || end == 0 {
		return false
	}
	answer := timex.Instant(0)
	if r.answer != 0 {
		if answer, ok = a.plainStamp(r.b[r.answer:]); !ok {
			return false
		}
	}
	if r.result != usage.Answered {
		answer = 0
		if r.talk > 0 {
			return false
		}
	} else if answer == 0 {
		return false
	}
	c.Start, c.End, c.Answer = start, end, answer
	return true
}

// plainStamp reads the stamp b begins with; false if there is doubt about it.
func (a *asterisk) plainStamp(b []byte) (timex.Instant, bool) {
	s := &a.stamps
	b = b[:wholeStamp]
	if binary.LittleEndian.Uint64(b) == s.date && binary.LittleEndian.Uint16(b[8:]) == s.dateEnd && b[10] == ' ' {
		if second, ok := secondOfDay(binary.LittleEndian.Uint64(b[11:])); ok {
			if wall := s.day + second; s.from <= wall && wall < s.to {
				return timex.Instant((wall - s.offset) * 1_000_000), true
			}
		}
	}
	i, note, ok := s.slow(string(b))
	return i, ok && note == 0
}

// numbers are the two texts that no other row has: the number called, and the
// uniqueid with a hyphen and the number of the channel. All three are parts of a
// row with slack; as they are short, words of eight bytes are copied whether
// they are full or not.
func (a *asterisk) numbers(to, unique, channel []byte) (called, id string) {
	n, m := len(to), len(to)+len(unique)+1
	if n > 16 || len(unique) > 24 || len(channel) > 16 {
		return a.ids.text(to), a.ids.join(string(unique), "-", string(channel))
	}
	var text [64]byte
	copyWord(text[0:], to)
	copyWord(text[8:], to[8:16])
	copyWord(text[n:], unique)
	copyWord(text[n+8:], unique[8:16])
	copyWord(text[n+16:], unique[16:24])
	text[m-1] = '-'
	copyWord(text[m:], channel)
	copyWord(text[m+8:], channel[8:16])
	both := a.ids.text(text[:m+len(channel)])
	return both[:n], both[n:]
}

func copyWord(to, from []byte) {
	binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from[:8]))
}

// cutChannel cuts a channel at its last hyphen into the device and its number;
// without one, both are the whole.
func cutChannel(channel []byte) (device, number []byte) {
	n := len(channel)
	i := n - 9 // where it stands nearly always
	if i < 0 || channel[i] != '-' || hasHyphen(binary.LittleEndian.Uint64(channel[i+1:])) {
		i = bytes.LastIndexByte(channel, '-')
	}
	if i <= 0 {
		return channel, channel[i+1:]
	}
	return channel[:i], channel[i+1:]
}

func hasHyphen(x uint64) bool {
	x ^= '-' * ones
	return (x-ones)&^x&highs != 0
}

const (
	knownBits = 10
	knownMost = 16 // bytes; longer names are not remembered
)

// knownNames are names that come in many rows: accounts, agents, devices. The
// first to come to a place stays there, so that they take little memory whatever
// the input holds.
type knownNames [1 << knownBits]knownName

// knownName is a name and, if it is a device, the extension it belongs to.
type knownName struct {
	key        [2]uint64 // first and last eight bytes: with the length, all of it
	text, peer string
}

// known is b, which is part of a row with slack, as a string; and peerOf it.
func (a *asterisk) known(b []byte) (text, peer string) {
	n := len(b)
	if n == 0 {
		return "", ""
	}
	if n > knownMost {
		text = a.ids.text(b)
		return text, a.peerOf(text)
	}
	key := [2]uint64{binary.LittleEndian.Uint64(b[:8])}
	if n < 8 {
		key[0] &= 1<<(8*n) - 1
	} else {
		key[1] = binary.LittleEndian.Uint64(b[n-8:])
	}
	w := &a.names[(key[0]^key[1]<<1)*0x9e3779b97f4a7c15>>(64-knownBits)]
	if w.key == key && len(w.text) == n {
		return w.text, w.peer
	}
	if w.text != "" {
		text = a.ids.text(b)
		return text, a.peerOf(text)
	}
	w.key, w.text = key, string(b)
	w.peer = a.peerOf(w.text)
	return w.text, w.peer
}
