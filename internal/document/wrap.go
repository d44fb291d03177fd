package document

import "strings"

// wrap breaks a text into lines no wider than limit. Chinese may break between
// any two characters, but no line begins with a closing mark or ends with an
// opening one; other scripts break at spaces and after "/" and "-". A word that
// alone is wider than limit is cut where it must be.
func wrap(s string, limit int, width func(rune) int) []string {
	var lines []string
	for para := range strings.SplitSeq(strings.ReplaceAll(s, "\r", ""), "\n") {
		lines = append(lines, wrapParagraph([]rune(para), limit, width)...)
	}
	return lines
}

func wrapParagraph(rs []rune, limit int, width func(rune) int) []string {
	var lines []string
	from, can, used := 0, 0, 0 // start of the line, last place to break, width so far
	for i := 0; i < len(rs); i++ {
		if i > from && mayBreak(rs[i-1], rs[i]) {
			can = i
		}
		w := width(rs[i])
		if used+w > limit && i > from && rs[i] != ' ' {
			at := can
			if at <= from {
				at = i
			}
			lines = append(lines, strings.TrimRight(string(rs[from:at]), " "))
			from, can, used = at, at, 0
			for _, r := range rs[from:i] {
				used += width(r)
			}
		}
		used += w
	}
	return append(lines, strings.TrimRight(string(rs[from:]), " "))
}

const (
	noStart = "，。、；：？！）」』》〉】〕…·—％”’,.;:?!)]}%"
	noEnd   = "（「『《〈【〔“‘([{"
)

func mayBreak(before, after rune) bool {
	switch {
	case after == ' ' || strings.ContainsRune(noStart, after) || strings.ContainsRune(noEnd, before):
		return false
	case before == ' ' || before == '/' || before == '-':
		return true
	}
	return isWide(before) || isWide(after)
}

// isWide tells characters that take two columns in a terminal (Unicode's East
// Asian Width W and F, as far as documents have them).
func isWide(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r <= 0x115F, 0x2E80 <= r && r <= 0x303E, 0x3041 <= r && r <= 0x33FF, 0x3400 <= r && r <= 0x4DBF,
		0x4E00 <= r && r <= 0x9FFF, 0xA000 <= r && r <= 0xA4CF, 0xAC00 <= r && r <= 0xD7A3, 0xF900 <= r && r <= 0xFAFF,
		0xFE30 <= r && r <= 0xFE6F, 0xFF00 <= r && r <= 0xFF60, 0xFFE0 <= r && r <= 0xFFE6,
		0x1F300 <= r && r <= 0x1F64F, 0x20000 <= r && r <= 0x3FFFD:
		return true
	}
	return false
}

// columnsOf is how many terminal columns a character takes.
func columnsOf(r rune) int {
	switch {
	case r < 0x20 || r == 0x7F, 0x0300 <= r && r <= 0x036F, 0x200B <= r && r <= 0x200F, 0xFE00 <= r && r <= 0xFE0F:
		return 0
	case isWide(r):
		return 2
	}
	return 1
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

// padRight and padLeft fill a text with spaces to a number of columns.
func padRight(s string, n int) string { return s + strings.Repeat(" ", max(0, n-columns(s))) }
func padLeft(s string, n int) string  { return strings.Repeat(" ", max(0, n-columns(s))) + s }
