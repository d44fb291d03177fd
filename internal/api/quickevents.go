package api

import (
	"bytes"
	"unicode/utf8"
)

// Most batches of events are plain: known attributes, data without objects in it.
// They are read in one walk over the body, straight into lines of our own files,
// a twentieth of the time of a decoder that takes anything. Whatever is unusual is
// left to that decoder, with its words for what is wrong: quickEvents never
// refuses, and what it takes it takes as the other would (FuzzQuickEvents).

// eventLines are events as lines of our own files, in their order.
type eventLines struct {
	results []EventOutcome // of each event, so far its id and source
	lines   []byte
	places  []int // of each line: its event
}

// kinds of facts that are data alone; an event may take its time from outside.
var quickKinds = map[string]bool{"call": true, "seat": true, "session": true, "module": true, "rental": true}

// walk is a place in a body.
type walk struct {
	b  []byte
	at int
}

// quickEvents reads one event or a list of them, if all are plain.
func quickEvents(body []byte) (out *eventLines, single, ok bool) {
	if !utf8.Valid(body) {
		return nil, false, false
	}
	w := &walk{b: body}
	out = &eventLines{lines: make([]byte, 0, len(body)+len(body)/8)}
	if single = w.peek() == '{'; single {
		return out, true, out.quick(w) && w.ended()
	}
	if !w.take('[') {
		return nil, false, false
	}
	for len(out.results) < eventsMost {
		if !out.quick(w) {
			return nil, false, false
		}
		if w.take(']') {
			return out, false, w.ended()
		}
		if !w.take(',') {
			return nil, false, false
		}
	}
	return nil, false, false
}

// quick reads one event.
func (l *eventLines) quick(w *walk) bool {
	var specversion, id, source, kind, content, data []byte
	attributes := [...]struct {
		name string
		into *[]byte
	}{{"specversion", &specversion}, {"id", &id}, {"source", &source}, {"type", &kind}, {"datacontenttype", &content}, {"data", &data}, {"time", new([]byte)}}
	if !w.take('{') {
		return false
	}
	for {
		name, plain := w.text()
		if !plain || !w.take(':') {
			return false
		}
		var into *[]byte
		for i := range attributes {
			if string(name) == attributes[i].name {
				into = attributes[i].into
			}
		}
		if into == nil || *into != nil {
			return false
		}
		if string(name) == "data" {
			*into, plain = w.object()
		} else {
			*into, plain = w.text()
		}
		if !plain || *into == nil {
			return false
		}
		if w.take('}') {
			break
		}
		if !w.take(',') {
			return false
		}
	}
	fact, ours := bytes.CutPrefix(kind, []byte("waihu."))
	if string(specversion) != "1.0" || len(id) == 0 || len(source) == 0 || !ours || !quickKinds[string(fact)] || len(data) == 0 ||
		content != nil && !bytes.HasPrefix(content, []byte("application/json")) {
		return false
	}
	l.add(fact, id, source, data)
	return true
}

// add puts an event's line behind the others.
func (l *eventLines) add(fact, id, source, data []byte) {
	r := EventOutcome{ID: string(id), Outcome: "rejected"}
	if n := len(l.results); n > 0 && l.results[n-1].Source == string(source) {
		r.Source = l.results[n-1].Source // most come from one
	} else {
		r.Source = string(source)
	}
	l.places = append(l.places, len(l.results))
	l.results = append(l.results, r)
	l.lines = append(append(l.lines, `{"fact":"`...), fact...)
	l.lines = append(append(l.lines, `","id":"`...), id...)
	l.lines = append(append(l.lines, `","source":"`...), source...)
	l.lines = append(append(append(l.lines, `",`...), data...), "}\n"...)
}

// peek is the next character that is no white space; 0: there is none.
func (w *walk) peek() byte {
	for ; w.at < len(w.b); w.at++ {
		switch c := w.b[w.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (w *walk) take(c byte) bool {
	if w.peek() != c {
		return false
	}
	w.at++
	return true
}

func (w *walk) ended() bool { return w.peek() == 0 && w.at == len(w.b) }

// text reads a text that has no escapes.
func (w *walk) text() ([]byte, bool) {
	if !w.take('"') {
		return nil, false
	}
	from := w.at
	for ; w.at < len(w.b); w.at++ {
		switch c := w.b[w.at]; {
		case c == '"':
			w.at++
			return w.b[from : w.at-1 : w.at-1], true
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// maxQuickFields bounds the fields of data: no fact has as many.
const maxQuickFields = 32

// object reads an object of texts, numbers, true, false and null, without the
// braces around it; it has no name twice and none that belongs to the event. One
// that goes over several lines is left to the other decoder.
func (w *walk) object() ([]byte, bool) {
	if !w.take('{') {
		return nil, false
	}
	from := w.at
	var names [maxQuickFields][]byte
	for n := 0; n < maxQuickFields; n++ {
		name, plain := w.text()
		if !plain || string(name) == "fact" || string(name) == "id" || string(name) == "source" {
			return nil, false
		}
		for _, before := range names[:n] {
			if bytes.Equal(before, name) {
				return nil, false
			}
		}
		names[n] = name
		if !w.take(':') || !w.value() {
			return nil, false
		}
		if w.take('}') {
			inside := w.b[from : w.at-1]
			return inside, bytes.IndexByte(inside, '\n') < 0 && bytes.IndexByte(inside, '\r') < 0
		}
		if !w.take(',') {
			return nil, false
		}
	}
	return nil, false
}

// value reads a text, a number, true, false or null.
func (w *walk) value() bool {
	switch c := w.peek(); {
	case c == '"':
		return w.escaped()
	case c == '-' || c >= '0' && c <= '9':
		return w.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(w.b[w.at:], []byte(word)) {
			w.at += len(word)
			return true
		}
	}
	return false
}

// escaped reads a text that may have escapes, but for U+0000 and halves of
// characters.
func (w *walk) escaped() bool {
	for w.at++; w.at < len(w.b); w.at++ {
		switch c := w.b[w.at]; {
		case c == '"':
			w.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			if w.at++; w.at == len(w.b) {
				return false
			}
			switch w.b[w.at] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				if !w.code() {
					return false
				}
			default:
				return false
			}
		}
	}
	return false
}

// code reads the four digits of an escaped character.
func (w *walk) code() bool {
	if w.at+4 >= len(w.b) {
		return false
	}
	n := 0
	for _, c := range w.b[w.at+1 : w.at+5] {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | int(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			n = n<<4 | int(c|0x20-'a'+10)
		default:
			return false
		}
	}
	w.at += 4
	return n != 0 && (n < 0xD800 || n > 0xDFFF)
}

// number reads a number as JSON has it (RFC 8259, section 6).
func (w *walk) number() bool {
	from := w.at
	digits := func() bool {
		begin := w.at
		for w.at < len(w.b) && w.b[w.at] >= '0' && w.b[w.at] <= '9' {
			w.at++
		}
		return w.at > begin
	}
	if w.b[w.at] == '-' {
		w.at++
	}
	first := w.at
	if !digits() || w.b[first] == '0' && w.at > first+1 {
		return false
	}
	if w.at < len(w.b) && w.b[w.at] == '.' {
		if w.at++; !digits() {
			return false
		}
	}
	if w.at < len(w.b) && w.b[w.at]|0x20 == 'e' {
		if w.at++; w.at < len(w.b) && (w.b[w.at] == '+' || w.b[w.at] == '-') {
			w.at++
		}
		if !digits() {
			return false
		}
	}
	return w.at-from <= jsonDigits
}
