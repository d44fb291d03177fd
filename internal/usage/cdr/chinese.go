package cdr

import "strconv"

// pairs counts the double bytes of a text as one encoding reads them: how many
// there are, how many are the common characters of it, how many it does not have.
type pairs struct{ pairs, common, bad int }

// countPairs reads a text both as GB18030 and as Big5. The 3,755 characters of
// GB 2312's first level have lead bytes B0 to D7 and trail bytes from A1; the
// 5,401 of Big5's first level lead bytes A4 to C6, and trail bytes of which two
// in five lie below 7F.
func countPairs(b []byte) (gb, big5 pairs) {
	for i := 0; i < len(b); i++ {
		lead := b[i]
		if lead < 0x80 {
			continue
		}
		if i+1 == len(b) {
			break // cut by the end of the sample
		}
		trail := b[i+1]
		gb.pairs++
		big5.pairs++
		high := trail >= 0xa1 && trail <= 0xfe
		low := trail >= 0x40 && trail <= 0x7e
		if lead >= 0xb0 && lead <= 0xd7 && high {
			gb.common++
		}
		if lead >= 0xa4 && lead <= 0xc6 && (high || low) {
			big5.common++
		}
		if lead == 0x80 || lead == 0xff || trail < 0x30 || trail == 0x7f || trail == 0xff {
			gb.bad++
		}
		if lead < 0xa1 || lead > 0xf9 || !high && !low {
			big5.bad++
		}
		if trail >= 0x40 || trail >= 0x30 && trail <= 0x39 {
			i++
		}
	}
	return gb, big5
}

func (p pairs) better(q pairs) bool {
	if p.bad != q.bad {
		return p.bad < q.bad
	}
	return p.common >= q.common
}

// close tells whether the other encoding is nearly as likely.
func (p pairs) close(q pairs) bool {
	return p.bad >= q.bad && p.common-q.common < p.pairs/8+2
}

func (p pairs) reason(name string, q pairs) Why {
	return because("chinese", "common", strconv.Itoa(p.common), "pairs", strconv.Itoa(p.pairs), "name", name, "bad", strconv.Itoa(q.bad))
}
