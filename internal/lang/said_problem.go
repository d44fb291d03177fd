package lang

import (
	"strconv"
	"strings"
)

// saidProblem tells a finding as fault.Problem writes it on a line: where it is, what
// is wrong, what was found, what was expected, what to do. What of the last two nobody
// wrote down is left away; a finding that nobody wrote down stays English.
func saidProblem(tag Tag, line string) (string, bool) {
	what, behind, hasExpected := strings.Cut(line, "; expected ")
	expected, fix := "", ""
	if hasExpected {
		expected, fix = saidPair(tag, behind)
	} else if at := strings.LastIndex(line, "; "); at > 0 {
		what = line[:at]
		fix, _ = said(tag, line[at+2:], 0)
	}
	value := ""
	if at := strings.LastIndex(what, ` (found "`); at > 0 && strings.HasSuffix(what, `")`) {
		if v, err := strconv.Unquote(what[at+len(" (found ") : len(what)-1]); err == nil {
			what, value = what[:at], v
		}
	}
	where := ""
	for range maxWrapped {
		if told, ok := said(tag, what, 0); ok {
			return Phrase(tag, "problem.told", map[string]string{"where": where, "what": told, "value": value, "expected": expected, "fix": fix}), true
		}
		path, after, found := strings.Cut(what, ": ")
		if !found {
			break
		}
		if !strings.Contains(path, " ") { // with one it is what was being done
			where = strings.TrimSpace(where + " " + path)
		}
		what = after
	}
	return "", false
}

// saidPair tells what was expected and what to do, which "; " parts; either may have
// that in it too.
func saidPair(tag Tag, s string) (expected, fix string) {
	if told, ok := said(tag, s, 0); ok {
		return told, ""
	}
	for at := 0; ; at += 2 { // ends: at rises
		next := strings.Index(s[at:], "; ")
		if next < 0 {
			return "", ""
		}
		at += next
		if told, ok := said(tag, s[:at], 0); ok {
			fix, _ = said(tag, s[at+2:], 0)
			return told, fix
		}
	}
}
