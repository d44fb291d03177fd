package document

import "strings"

// clean makes one line of a text from outside: control characters, which could
// move a cursor or change what a terminal shows, become spaces, and marks that
// turn the direction of writing are dropped.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < 0x20, r >= 0x7F && r < 0xA0, r == '\u2028', r == '\u2029':
			return ' '
		case r >= '\u200B' && r <= '\u200F', r >= '\u202A' && r <= '\u202E', r >= '\u2060' && r <= '\u2069', r == '\uFEFF':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
