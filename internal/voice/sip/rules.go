package sip

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The one place where what arrives is judged, before anything else looks at it:
// the parser underneath takes messages that are none and handlers that trusted
// it would fall over them (RFC 4475). What passes is written anew in one plain
// form: unfolded, one Via a line, no space around parameters, the right length.

// inspect judges one datagram. It gives the message in plain form, or why it is
// refused; the message is there in both cases, as far as it could be read.
func inspect(b []byte) ([]byte, *message, *refused) {
	m, broken := split(b)
	if why := m.start(); why != nil {
		return nil, m, why
	}
	if broken != nil {
		return nil, m, m.blame(broken)
	}
	plain, why := m.plain()
	if why != nil {
		return nil, m, m.blame(why)
	}
	return plain, m, nil
}

// blame turns what is wrong into what is done about it: responses and ACK are
// never answered.
func (m *message) blame(why *refused) *refused {
	if m.code != 0 || m.method == "ACK" {
		return &refused{why: why.why}
	}
	return why
}

// plain applies every rule and writes the message.
func (m *message) plain() ([]byte, *refused) {
	for _, name := range once {
		if m.count(name) > 1 {
			return nil, bad("Repeated Header Field " + name)
		}
	}
	for _, name := range []string{"via", "from", "to", "call-id", "cseq"} {
		if m.get(name) == "" {
			return nil, bad("Missing Header Field " + name)
		}
	}
	length, why := m.length()
	if why != nil {
		return nil, why
	}
	if why := m.line(); why != nil {
		return nil, why
	}
	var out bytes.Buffer
	if m.method != "" {
		fmt.Fprintf(&out, "%s %s SIP/2.0\r\n", m.method, m.uri)
	} else {
		out.WriteString(m.first + "\r\n")
	}
	for _, f := range m.fields {
		if why := m.write(&out, f); why != nil {
			return nil, why
		}
	}
	if why := m.extensions(); why != nil {
		return nil, why
	}
	fmt.Fprintf(&out, "Content-Length: %d\r\n\r\n", length)
	out.Write(m.body[:length])
	return out.Bytes(), nil
}

// length is how much of what follows the fields belongs to the message.
func (m *message) length() (int, *refused) {
	if m.count("content-length") == 0 {
		return len(m.body), nil
	}
	n, err := strconv.ParseUint(m.get("content-length"), 10, 31)
	if err != nil || int(n) > len(m.body) {
		return 0, bad("Content-Length Does Not Fit")
	}
	return int(n), nil
}

// line judges what the start line of a request asks for.
func (m *message) line() *refused {
	if m.method == "" {
		return nil
	}
	scheme, _, colon := strings.Cut(m.uri, ":")
	switch {
	case !colon || !isToken(scheme) || strings.ContainsAny(m.uri, " \t<>\""):
		return bad("Malformed Request-URI")
	case !strings.EqualFold(scheme, "sip") && !strings.EqualFold(scheme, "sips"):
		return &refused{code: 416, why: "Unsupported URI Scheme"}
	case !sipURI(m.uri):
		return bad("Malformed Request-URI")
	}
	return nil
}

// names are how fields are written that the parser underneath looks for.
func nameOf(field string) string {
	switch field {
	case "cseq":
		return "CSeq"
	case "call-id":
		return "Call-ID"
	case "www-authenticate":
		return "WWW-Authenticate"
	}
	b, up := []byte(field), true
	for i, c := range b {
		if up && c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
		up = c == '-'
	}
	return string(b)
}

// write judges one field and writes it in plain form.
func (m *message) write(out *bytes.Buffer, f field) *refused {
	if !utf8.ValidString(f.value) || strings.ContainsFunc(f.value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7F }) {
		return bad("Control Characters In " + f.name)
	}
	wrong := bad("Malformed Header Field " + f.name)
	put := func(value string) { fmt.Fprintf(out, "%s: %s\r\n", nameOf(f.name), value) }
	switch f.name {
	case "content-length":
		return nil
	case "via":
		return m.vias(f.value, put)
	case "from", "to":
		a, ok := parseNameAddr(f.value)
		if !ok || m.code == 0 && strings.HasPrefix(strings.ToLower(a.uri), "sip") && !sipURI(a.uri) {
			return wrong
		}
		put(a.String())
	case "contact", "route", "record-route":
		return m.addresses(f, put)
	case "cseq":
		return m.cseq(f.value, put)
	case "max-forwards":
		if n, err := strconv.ParseUint(f.value, 10, 8); err != nil {
			return wrong
		} else {
			put(strconv.FormatUint(n, 10))
		}
	case "call-id":
		if strings.ContainsAny(f.value, " \t,;") {
			return wrong
		}
		put(f.value)
	case "expires", "min-se":
		digits, _, _ := strings.Cut(f.value, ";")
		if _, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 32); err != nil {
			return wrong
		}
		put(f.value)
	case "date":
		if _, err := time.Parse("Mon, 02 Jan 2006 15:04:05 GMT", f.value); err != nil {
			return wrong // RFC 3261, 20.17: no other zone
		}
		put(f.value)
	default:
		put(f.value)
	}
	return nil
}

// vias writes one line for each hop.
func (m *message) vias(value string, put func(string)) *refused {
	wrong := bad("Malformed Header Field via")
	list, ok := splitList(value)
	if !ok || len(list) > maxVias {
		return wrong
	}
	for _, one := range list {
		name, rest, a := strings.Cut(one, "/")
		version, rest, b := strings.Cut(rest, "/")
		rest = strings.TrimSpace(rest)
		space := strings.IndexAny(rest, " \t")
		if !a || !b || space < 0 || !strings.EqualFold(strings.TrimSpace(name), "SIP") || strings.TrimSpace(version) != "2.0" {
			return wrong
		}
		transport := rest[:space]
		by, params, _ := strings.Cut(strings.TrimSpace(rest[space:]), ";")
		by = strings.Join(strings.Fields(by), "")
		list, ok := parseParams(";" + params)
		if params == "" {
			list, ok = nil, true
		}
		if !ok || !isToken(transport) || !hostPort(by) {
			return wrong
		}
		for _, p := range list {
			if strings.EqualFold(p.name, "branch") && (p.value == "" || strings.EqualFold(p.value, "z9hG4bK")) {
				return bad("Branch Without Content")
			}
		}
		var w strings.Builder
		fmt.Fprintf(&w, "SIP/2.0/%s %s", strings.ToUpper(transport), by)
		writeParams(&w, list)
		put(w.String())
	}
	return nil
}

// addresses writes one line for each address.
func (m *message) addresses(f field, put func(string)) *refused {
	if f.name == "contact" && strings.TrimSpace(f.value) == "*" {
		put("*")
		return nil
	}
	list, ok := splitList(f.value)
	if !ok {
		return bad("Malformed Header Field " + f.name)
	}
	for _, one := range list {
		a, ok := parseNameAddr(one)
		if !ok {
			return bad("Malformed Header Field " + f.name)
		}
		put(a.String())
	}
	return nil
}

// cseq reads "314159 INVITE"; the method is that of the request.
func (m *message) cseq(value string, put func(string)) *refused {
	number, method, _ := strings.Cut(value, " ")
	method = strings.TrimSpace(method)
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 31)
	if err != nil || !isToken(method) || m.method != "" && method != m.method {
		return bad("Malformed Header Field cseq")
	}
	put(fmt.Sprintf("%d %s", n, method))
	return nil
}

// extensions refuses what the sender requires and we do not have (RFC 3261,
// 8.2.2.3). CANCEL requires nothing.
func (m *message) extensions() *refused {
	if m.method == "" || m.method == "ACK" || m.method == "CANCEL" {
		return nil
	}
	var missing []string
	for _, f := range m.fields {
		if f.name != "require" {
			continue
		}
		for tag := range strings.SplitSeq(f.value, ",") {
			if tag = strings.TrimSpace(tag); !strings.EqualFold(tag, "timer") && !strings.EqualFold(tag, "replaces") && !(m.method == "REGISTER" && strings.EqualFold(tag, "path")) {
				missing = append(missing, tag)
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &refused{code: 420, why: "Bad Extension", extra: "Unsupported: " + strings.Join(missing, ", ") + "\r\n"}
}

// reply writes the answer to a request that was refused: what names the request
// is repeated as it came, as far as it can be. It is nil where nothing can be
// sent back.
func (m *message) reply(why *refused, tag string) []byte {
	if why.code == 0 || m.code != 0 || m.method == "ACK" || m.get("via") == "" {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", why.code, why.why)
	for _, f := range m.fields {
		switch f.name {
		case "via", "from", "call-id", "cseq":
			fmt.Fprintf(&b, "%s: %s\r\n", nameOf(f.name), f.value)
		case "to":
			to := f.value
			if !strings.Contains(strings.ToLower(to), "tag") {
				to += ";tag=" + tag
			}
			fmt.Fprintf(&b, "To: %s\r\n", to)
		}
	}
	fmt.Fprintf(&b, "%sContent-Length: 0\r\n\r\n", why.extra)
	return b.Bytes()
}
