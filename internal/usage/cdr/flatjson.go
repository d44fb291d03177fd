package cdr

import (
	"encoding/json"
	"strings"
)

// maxPairs bounds the keys of a fact; a call has 27.
const maxPairs = 64

// pair is one key of a flat JSON object and its value as text: that of a
// string, or the literal of a number, true, false or null.
type pair struct {
	key, value string
	null       bool
}

// flatObject reads a JSON object that holds no other. It appends to pairs and
// says what is wrong, if something is; empty: nothing.
func flatObject(line string, pairs []pair) ([]pair, string) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "{")
	if !ok {
		return pairs, "the line is no JSON object"
	}
	rest = blank(rest)
	if strings.HasPrefix(rest, "}") {
		return pairs, after(rest[1:])
	}
	for {
		var p pair
		var bad string
		if p.key, rest, bad = jsonString(rest); bad != "" {
			return pairs, bad
		}
		if rest, ok = strings.CutPrefix(blank(rest), ":"); !ok {
			return pairs, "a colon is missing after a key"
		}
		if rest, bad = p.read(blank(rest)); bad != "" {
			return pairs, bad
		}
		if len(pairs) == maxPairs {
			return pairs, "the object has more than 64 keys"
		}
		pairs = append(pairs, p)
		switch rest = blank(rest); {
		case strings.HasPrefix(rest, "}"):
			return pairs, after(rest[1:])
		case strings.HasPrefix(rest, ","):
			rest = blank(rest[1:])
		default:
			return pairs, "the object does not end"
		}
	}
}

// read takes the value of the pair off the text.
func (p *pair) read(s string) (rest, bad string) {
	if strings.HasPrefix(s, `"`) {
		p.value, rest, bad = jsonString(s)
		return rest, bad
	}
	end := strings.IndexAny(s, ",} \t")
	if end < 0 {
		return s, "the object does not end"
	}
	p.value = s[:end]
	p.null = p.value == "null"
	if !p.null && p.value != "true" && p.value != "false" && !isJSONNumber(p.value) {
		return s, "a value is neither a text, a number, true, false nor null"
	}
	return s[end:], ""
}

// isJSONNumber tells whether a text is a number without an exponent.
func isJSONNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, fraction, point := strings.Cut(s, ".")
	return isDigits(whole) && (whole == "0" || whole[0] != '0') && (!point || isDigits(fraction))
}

// jsonString takes a string off the text.
func jsonString(s string) (value, rest, bad string) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, "a key or text has no quote"
	}
	escaped := false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' && !escaped:
			return s[1:i], s[i+1:], ""
		case c == '"':
			var v string
			if err := json.Unmarshal([]byte(s[:i+1]), &v); err != nil {
				return "", s, "a text has an escape that does not exist"
			}
			return v, s[i+1:], ""
		case c == '\\':
			escaped = true
			i++
		case c < ' ' && c != '\t':
			return "", s, "a text holds a control character"
		}
	}
	return "", s, "a text does not end"
}

func blank(s string) string { return strings.TrimLeft(s, " \t") }

func after(rest string) string {
	if blank(rest) != "" {
		return "something stands after the object"
	}
	return ""
}
