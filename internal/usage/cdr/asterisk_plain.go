package cdr

import (
	"strings"

	"waihu/internal/timex"
	"waihu/internal/usage"
)

// plainCall makes the call of a row; false if it is not plain, or if there would
// be anything to say about it. The call's texts are parts of the row.
func (a *asterisk) plainCall(r *plainRow) bool {
	c, at := &a.call, &r.cut.commas
	if !r.shape(c) || !a.plainTimes(r, c) {
		return false
	}
	channel := r.field(6)
	own, _ := cutChannel(r.field(5))
	called, number := cutChannel(channel)
	c.Account, c.From, c.To = r.text[1:at[0]-1], r.field(1), r.field(2)
	c.Cause, c.LegB = "", false
	c.Session = r.field(16)
	c.ID = c.Session
	if called != "" {
		c.ID = a.plainID(r, len(c.Session), len(number))
	}
	ownPeer := a.plainPeer(r.text[at[4]+2:], len(own))
	calledPeer := a.plainPeer(r.text[at[5]+2:], len(called))
	way, sure := a.wayByNumbers(c)
	if !sure {
		way = usage.Internal
		if called != "" && calledPeer == "" && !strings.HasPrefix(channel, "Local/") {
			way = usage.Outbound
		}
	}
	a.route(c, way, own, ownPeer, called, calledPeer)
	return true
}

// plainTimes reads the stamps in the order in which times does.
func (a *asterisk) plainTimes(r *plainRow, c *usage.Call) bool {
	start, note, ok := a.stamps.read(r.text[r.start : r.start+wholeStamp])
	if !ok || note != 0 || start == 0 {
		return false
	}
	end, note, ok := a.stamps.read(r.text[r.ended : r.ended+wholeStamp])
	if !ok || note != 0 || end == 0 {
		return false
	}
	answer := timex.Instant(0)
	if r.answer != 0 {
		if answer, note, ok = a.stamps.read(r.text[r.answer : r.answer+wholeStamp]); !ok || note != 0 {
			return false
		}
	}
	if c.Result != usage.Answered {
		answer = 0
		if c.Talk > 0 {
			return false
		}
	} else if answer == 0 {
		return false
	}
	c.Start, c.End, c.Answer = start, end, answer
	return true
}

// plainID is the uniqueid of n bytes with a hyphen and the number of the called
// channel, of m. As they are short, as much is copied as fits, whether it belongs
// to them or not: that is a few instructions, without a look at their size.
func (a *asterisk) plainID(r *plainRow, n, m int) string {
	unique := r.text[r.cut.commas[15]+2:]
	number := r.text[int(r.cut.commas[6])-1-m:]
	if n > 24 || m > 16 {
		return a.ids.join(unique[:n], "-", number[:m])
	}
	id := &a.id
	copy(id[:24], unique[:24])
	id[n] = '-'
	copy(id[n+1:n+17], number[:16])
	return view(id[:n+1+m])
}

// cutChannel cuts a channel at its last hyphen into the device and its number;
// without one, both are the whole.
func cutChannel(channel string) (device, number string) {
	i := len(channel) - 9 // where it stands nearly always
	if i < 0 || channel[i] != '-' || hasByte(load64(channel[i+1:]), '-') {
		i = strings.LastIndexByte(channel, '-')
	}
	if i <= 0 {
		return channel, channel[i+1:]
	}
	return channel[:i], channel[i+1:]
}

// plainPeer is peerOf of a device of size bytes that begins text, the rest of a
// row. Nearly always it ends with no digit, or is a short word, a slash and a few
// digits.
func (a *asterisk) plainPeer(text string, size int) string {
	n := digitsEnding(text, size)
	if n == 0 {
		return ""
	}
	slash := size - n - 1
	if n == 8 || uint(slash) > 8 || text[slash] != '/' || hasByte(load64(text)&(1<<(8*slash)-1), '/') {
		return a.peerOf(text[:size])
	}
	if n < 2 || n > a.extension {
		return ""
	}
	return text[slash+1 : size]
}
