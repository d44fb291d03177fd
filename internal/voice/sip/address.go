package sip

import (
	"net/netip"
	"strconv"
	"strings"
)

// nameAddr is the value of From, To, Contact, Route and Record-Route: a display
// name, an address, parameters behind it.
type nameAddr struct {
	name   string // as written, with its quotes
	uri    string
	params []param
}

type param struct{ name, value string }

// String writes it in the one form everybody reads.
func (a nameAddr) String() string {
	var b strings.Builder
	if a.name != "" {
		b.WriteString(a.name + " ")
	}
	b.WriteString("<" + a.uri + ">")
	writeParams(&b, a.params)
	return b.String()
}

func writeParams(b *strings.Builder, list []param) {
	for _, p := range list {
		b.WriteString(";" + p.name)
		if p.value != "" {
			b.WriteString("=" + p.value)
		}
	}
}

// parseNameAddr reads one value. An address with a comma, a question mark or a
// semicolon must stand between < and > (RFC 3261, 20.10).
func parseNameAddr(s string) (a nameAddr, ok bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, `"`) {
		end := quotedEnd(s)
		if end < 0 {
			return a, false
		}
		a.name, s = s[:end], strings.TrimSpace(s[end:])
		if !strings.HasPrefix(s, "<") {
			return a, false
		}
	} else if at := strings.IndexByte(s, '<'); at > 0 {
		for word := range strings.FieldsSeq(s[:at]) {
			if !isToken(word) {
				return a, false
			}
		}
		a.name, s = strings.TrimSpace(s[:at]), s[at:]
	}
	if rest, bracket := strings.CutPrefix(s, "<"); bracket {
		uri, after, closed := strings.Cut(rest, ">")
		if !closed {
			return a, false
		}
		a.uri, s = uri, after
	} else {
		end := strings.IndexAny(s, "; \t")
		if end < 0 {
			end = len(s)
		}
		a.uri, s = s[:end], s[end:]
		if strings.ContainsAny(a.uri, ",?") {
			return a, false
		}
	}
	if scheme, rest, colon := strings.Cut(a.uri, ":"); !colon || !isToken(scheme) || rest == "" || strings.ContainsAny(a.uri, " \t<>\"") {
		return a, false
	}
	a.params, ok = parseParams(s)
	return a, ok
}

// quotedEnd is the index behind a quoted string s begins with; -1: it never ends.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// parseParams reads ";name=value" with any space around.
func parseParams(s string) (list []param, ok bool) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] != ';' {
			return nil, false
		}
		s = strings.TrimSpace(s[1:])
		end := strings.IndexAny(s, ";= \t")
		if end < 0 {
			end = len(s)
		}
		p := param{name: s[:end]}
		if !isToken(p.name) {
			return nil, false
		}
		s = strings.TrimSpace(s[end:])
		if rest, equals := strings.CutPrefix(s, "="); equals {
			s = strings.TrimSpace(rest)
			n := 0
			if strings.HasPrefix(s, `"`) {
				n = quotedEnd(s)
			} else if n = strings.IndexAny(s, "; \t"); n < 0 {
				n = len(s)
			}
			if n <= 0 || s[0] != '"' && strings.ContainsAny(s[:n], "\"<>,=?@") {
				return nil, false
			}
			p.value, s = s[:n], s[n:]
		}
		list = append(list, p)
	}
	return list, true
}

// splitList cuts a value at commas that are neither in quotes nor between < and >.
func splitList(s string) (list []string, ok bool) {
	from, angle := 0, false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			end := quotedEnd(s[i:])
			if end < 0 {
				return nil, false
			}
			i += end - 1
		case '<':
			angle = true
		case '>':
			angle = false
		case ',':
			if !angle {
				list, from = append(list, strings.TrimSpace(s[from:i])), i+1
			}
		}
	}
	list = append(list, strings.TrimSpace(s[from:]))
	for _, one := range list {
		if one == "" {
			return nil, false
		}
	}
	return list, true
}

// sipURI tells whether s is a SIP address without header fields.
func sipURI(s string) bool {
	scheme, rest, _ := strings.Cut(s, ":")
	if !strings.EqualFold(scheme, "sip") && !strings.EqualFold(scheme, "sips") {
		return false
	}
	host := rest
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user := rest[:at]
		host = rest[at+1:]
		if user == "" || !escaped(user, "-_.!~*'()&=+$,;?/:") {
			return false
		}
	}
	host, params, _ := strings.Cut(host, ";")
	return hostPort(host) && escaped(params, "-_.!~*'()[]/:&+$;=")
}

// escaped tells whether s has letters, digits, these and %xx alone.
func escaped(s, also string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case alnum(c), strings.IndexByte(also, c) >= 0:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			i += 2
		default:
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// hostPort tells whether s is a name or an address, with or without a port.
func hostPort(s string) bool {
	host, port := s, ""
	if end := strings.IndexByte(s, ']'); strings.HasPrefix(s, "[") && end > 0 {
		if a, err := netip.ParseAddr(s[1:end]); err != nil || !a.Is6() || a.Zone() != "" {
			return false
		}
		host, port = "v6", s[end+1:]
	} else if at := strings.IndexByte(s, ':'); at >= 0 {
		host, port = s[:at], s[at:]
	}
	if port != "" {
		if n, err := strconv.ParseUint(strings.TrimPrefix(port, ":"), 10, 16); err != nil || n == 0 || port[0] != ':' {
			return false
		}
	}
	for i := range len(host) {
		if !alnum(host[i]) && strings.IndexByte("-._", host[i]) < 0 {
			return false
		}
	}
	return host != ""
}
