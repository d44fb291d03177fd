package sip

import (
	"bytes"
	"strconv"
	"strings"
)

// Bounds of one message. Beyond them it is answered 513 or 400, or dropped.
const (
	maxMessage = 60 << 10
	maxLines   = 256
	maxVias    = 70 // Max-Forwards begins at 70
)

// fieldOf is the full name of a header field, in lower case; compact forms are
// spelled out (RFC 3261, 7.3.3, and the registry of header fields).
func fieldOf(name string) string {
	name = strings.ToLower(name)
	if len(name) == 1 {
		switch name[0] {
		case 'v':
			return "via"
		case 'f':
			return "from"
		case 't':
			return "to"
		case 'i':
			return "call-id"
		case 'm':
			return "contact"
		case 'l':
			return "content-length"
		case 'c':
			return "content-type"
		case 'e':
			return "content-encoding"
		case 'k':
			return "supported"
		case 's':
			return "subject"
		case 'x':
			return "session-expires"
		case 'r':
			return "refer-to"
		case 'b':
			return "referred-by"
		case 'o':
			return "event"
		}
	}
	return name
}

// once are the fields a message has at most one of.
var once = []string{"from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type", "session-expires", "min-se", "expires", "date"}

// field is one header field, unfolded; name is the full name in lower case.
type field struct{ name, value string }

// message is what arrived, taken apart as far as the rules need it.
type message struct {
	first  string // the start line
	method string // of a request; empty for a response
	uri    string
	code   int // of a response
	fields []field
	body   []byte
}

// get is the first field of a name, empty if there is none.
func (m *message) get(name string) string {
	for _, f := range m.fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (m *message) count(name string) (n int) {
	for _, f := range m.fields {
		if f.name == name {
			n++
		}
	}
	return n
}

// refused is why a message is not passed on: a status to answer with, 0 to drop
// it in silence.
type refused struct {
	code  int
	why   string
	extra string // a header line to add, with its end
}

func bad(why string) *refused { return &refused{code: 400, why: why} }

// split takes a message apart: start line, unfolded fields, body. What is left
// of the message is kept even where it breaks a rule, so that the answer can
// name what it answers.
func split(b []byte) (*message, *refused) {
	m := &message{}
	b = bytes.TrimLeft(b, "\r\n")
	if len(b) > maxMessage {
		return m, &refused{code: 513, why: "Message Too Large"}
	}
	head, body, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	m.body = body
	if !whole {
		head = bytes.TrimSuffix(head, []byte("\r\n"))
	}
	lines := strings.Split(string(head), "\r\n")
	m.first = lines[0]
	var why *refused
	if len(lines) > maxLines {
		lines, why = lines[:maxLines], bad("Too Many Header Fields")
	}
	for _, line := range lines[1:] {
		if line != "" && (line[0] == ' ' || line[0] == '\t') && len(m.fields) > 0 {
			f := &m.fields[len(m.fields)-1]
			f.value = strings.TrimSpace(f.value + " " + strings.TrimSpace(line))
			continue
		}
		name, value, colon := strings.Cut(line, ":")
		name = strings.TrimRight(name, " \t")
		if !colon || !isToken(name) {
			why = bad("Malformed Header Field")
			continue
		}
		m.fields = append(m.fields, field{fieldOf(name), strings.TrimSpace(value)})
	}
	if !whole && why == nil {
		why = bad("No Empty Line After Header Fields")
	}
	return m, why
}

// start reads the start line.
func (m *message) start() *refused {
	if rest, is := strings.CutPrefix(m.first, "SIP/2.0 "); is {
		digits, _, _ := strings.Cut(rest, " ")
		code, err := strconv.Atoi(digits)
		if err != nil || len(digits) != 3 || code < 100 || code > 699 {
			return &refused{why: "a status that is none"}
		}
		m.code = code
		return nil
	}
	if strings.HasPrefix(m.first, "SIP/") {
		return &refused{why: "a response of another version"}
	}
	at, last := strings.IndexByte(m.first, ' '), strings.LastIndexByte(m.first, ' ')
	if at < 0 {
		return &refused{why: "neither a request nor a response"}
	}
	m.method = m.first[:at]
	if !isToken(m.method) {
		m.method = ""
		return &refused{why: "a method that is no token"}
	}
	version := m.first[last+1:]
	if at == last || version == "" {
		return bad("Malformed Request-Line")
	}
	m.uri = m.first[at+1 : last]
	if !strings.EqualFold(version, "SIP/2.0") {
		if strings.HasPrefix(strings.ToUpper(version), "SIP/") {
			return &refused{code: 505, why: "Version Not Supported"}
		}
		return bad("Malformed Request-Line")
	}
	return nil
}

// isToken tells whether s is a token of RFC 3261, section 25.1.
func isToken(s string) bool {
	for i := range len(s) {
		if !tokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func alnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func tokenByte(c byte) bool { return alnum(c) || strings.IndexByte("-.!%*_+`'~", c) >= 0 }
