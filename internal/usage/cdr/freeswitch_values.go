package cdr

import "strings"

// freeswitchUnsafe are the bytes FreeSWITCH never leaves as they are when it
// URL-encodes a value.
const freeswitchUnsafe = "\r\n #&+:;<=>?@[\\]^`{|}\""

// decode undoes the URL-encoding of a record's values if they are encoded.
//
// encode-values is on by default but may be off, and nothing in a record says
// so. The rule: the stamps decide, since each holds a space and colons: "%" in
// one means encoded, a space or colon means not. Without stamps a record is
// encoded if some value holds a "%" with two hex digits, and none holds a byte
// the encoding would have replaced. "+" is never a space: FreeSWITCH writes
// "%20", and telephone numbers begin with a plus.
func (rec *freeswitchRecord) decode() {
	if !freeswitchEncoded(rec.vars) {
		return
	}
	for k, s := range rec.vars {
		rec.vars[k] = percentDecode(s)
	}
	for k, s := range rec.profile {
		rec.profile[k] = percentDecode(s)
	}
}

func freeswitchEncoded(vars map[string]string) bool {
	for _, k := range []string{"start_stamp", "end_stamp", "answer_stamp", "profile_start_stamp"} {
		if s := vars[k]; strings.Contains(s, "%") {
			return true
		} else if strings.ContainsAny(s, " :") {
			return false
		}
	}
	encoded := false
	for _, s := range vars {
		if strings.ContainsAny(s, freeswitchUnsafe) {
			return false
		}
		for i := strings.IndexByte(s, '%'); i >= 0 && i < len(s); i++ {
			if s[i] != '%' {
				continue
			}
			if _, ok := hexPair(s[i+1:]); !ok {
				return false
			}
			encoded = true
		}
	}
	return encoded
}

// percentDecode replaces %41 by A; a "%" without two hex digits stays. What is
// no UTF-8 afterwards is replaced.
func percentDecode(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' {
			if c, ok := hexPair(s[i+1:]); ok {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

func hexPair(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	hi, ok1 := hexDigit(s[0])
	lo, ok2 := hexDigit(s[1])
	return hi<<4 | lo, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c-'0' <= 9:
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
