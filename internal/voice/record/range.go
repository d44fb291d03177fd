package record

import (
	"strconv"
	"strings"

	"waihu/internal/voice/audio"
)

// Range reads the part of a file that a header asks for (RFC 9110, bytes), as the first
// byte and the one behind the last. Without one, or with several parts or a unit that is
// not known, it is the whole, and ok is false.
func Range(header string, bytes int64) (from, to int64, ok bool) {
	spec, known := strings.CutPrefix(strings.TrimSpace(header), "bytes=")
	first, last, dash := strings.Cut(spec, "-")
	if !known || !dash || strings.Contains(spec, ",") {
		return 0, bytes, false
	}
	a, failed := strconv.ParseInt(first, 10, 64)
	b, open := strconv.ParseInt(last, 10, 64)
	switch {
	case first == "" && open == nil && b > 0: // so many of the last
		return max(bytes-b, 0), bytes, bytes > 0
	case failed != nil || a < 0 || a >= bytes || last != "" && (open != nil || b < a):
		return 0, bytes, false
	case last == "":
		return a, bytes, true
	}
	return a, min(b+1, bytes), true
}

// At is the time of a byte of a file in milliseconds.
func At(at int64) int64 { return max(0, at-audio.HeaderLen) / 2 * 1000 / audio.Rate }
