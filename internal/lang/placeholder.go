package lang

import (
	"fmt"
	"strconv"
	"strings"

	"waihu/internal/exact"
	"waihu/internal/timex"
)

// node is a piece of a phrase: plain text (op 0) or a placeholder.
type node struct {
	op   byte // 0 text, 'v' value, '|' ':' '*' '@' '?' '!' '='
	text string
	name string
	a, b string // form, family, unit argument, value, or the two words of a plural
	sub  []node
}

// maxDepth bounds placeholders within placeholders.
const maxDepth = 4

func parsePhrase(s string) ([]node, error) { return parseNodes(s, maxDepth) }

func parseNodes(s string, depth int) ([]node, error) {
	if depth == 0 {
		return nil, fmt.Errorf("placeholders nest more than %d deep", maxDepth)
	}
	var out []node
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open != 0 {
			text := s
			if open > 0 {
				text = s[:open]
			}
			if strings.IndexByte(text, '}') >= 0 {
				return nil, fmt.Errorf("a } without its {")
			}
			out = append(out, node{text: text})
			s = s[len(text):]
			continue
		}
		end := closing(s)
		if end < 0 {
			return nil, fmt.Errorf("a { without its }")
		}
		n, err := parsePlaceholder(s[1:end], depth)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		s = s[end+1:]
	}
	return out, nil
}

// closing is the index of the } that closes the { at s[0], -1 if none does.
func closing(s string) int {
	level := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			level++
		case '}':
			if level--; level == 0 {
				return i
			}
		}
	}
	return -1
}

func parsePlaceholder(body string, depth int) (n node, err error) {
	at := strings.IndexAny(body, "|:*@?!=")
	if at < 0 {
		return node{op: 'v', name: body}, checkName(body)
	}
	n = node{op: body[at], name: body[:at]}
	rest := body[at+1:]
	switch n.op {
	case '|':
		var two bool
		if n.a, n.b, two = strings.Cut(rest, "|"); !two {
			return n, fmt.Errorf("{%s}: a plural needs two words", body)
		}
	case ':', '*', '@':
		n.a = rest
		if !formKnown(n) {
			return n, fmt.Errorf("{%s}: %q is not a form", body, rest)
		}
	case '=':
		var ok bool
		if n.a, rest, ok = strings.Cut(rest, "?"); !ok {
			return n, fmt.Errorf("{%s}: write {name=value?text}", body)
		}
		n.sub, err = parseNodes(rest, depth-1)
	case '?', '!':
		n.sub, err = parseNodes(rest, depth-1)
	}
	if err != nil {
		return n, err
	}
	return n, checkName(n.name)
}

func formKnown(n node) bool {
	if n.op != ':' {
		return checkName(n.a) == nil
	}
	switch n.a {
	case "number", "percent", "amount", "date", "seconds", "clock":
		return true
	}
	return false
}

func checkName(s string) error {
	if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_.-") != "" {
		return fmt.Errorf("%q is not a name of small letters, digits, _ - and dots", s)
	}
	return nil
}

// filler writes the nodes of a phrase with its arguments.
type filler struct {
	tag  Tag
	args map[string]string
	out  *strings.Builder
}

func (f *filler) arg(name string) (string, bool) {
	if s, ok := f.args[name+"."+string(f.tag)]; ok {
		return s, true
	}
	s, ok := f.args[name]
	return s, ok
}

func (f *filler) fill(nodes []node) {
	for i := range nodes {
		n := &nodes[i]
		if n.op == 0 {
			f.out.WriteString(n.text)
			continue
		}
		value, ok := f.arg(n.name)
		switch n.op {
		case '?':
			if value != "" {
				f.fill(n.sub)
			}
		case '!':
			if value == "" {
				f.fill(n.sub)
			}
		case '=':
			if value == n.a {
				f.fill(n.sub)
			}
		default:
			if !ok {
				f.out.WriteString("{" + n.name + "}")
				continue
			}
			f.out.WriteString(f.value(n, value))
		}
	}
}

func (f *filler) value(n *node, value string) string {
	switch n.op {
	case '|':
		if value == "1" {
			return n.a
		}
		return n.b
	case '@':
		return f.choices(n.a, value)
	case '*':
		unit, _ := f.arg(n.a)
		if num, ok := readNumber(value); ok {
			return Quantity(f.tag, num, unit)
		}
	case ':':
		return f.form(n.a, value)
	}
	return value
}

// choices turns "discount,minimum" into the words of the language.
func (f *filler) choices(family, value string) string {
	words := strings.Split(value, ",")
	for i, w := range words {
		words[i] = Choice(f.tag, family, w)
	}
	return List(f.tag, words)
}

func (f *filler) form(form, value string) string {
	switch form {
	case "number", "percent":
		if n, ok := readNumber(value); ok && form == "percent" {
			return Percent(f.tag, n)
		} else if ok {
			return Number(f.tag, n)
		}
	case "amount":
		if _, err := exact.Parse(value); err == nil {
			return group(value)
		}
	case "date":
		if d, err := timex.ParseDate(value); err == nil {
			return Date(f.tag, d)
		}
	case "seconds", "clock":
		if s, err := strconv.ParseInt(value, 10, 64); err == nil && form == "clock" {
			return Clock(s)
		} else if err == nil {
			return Duration(f.tag, s)
		} else if n, ok := readNumber(value); ok {
			return Quantity(f.tag, n, "second")
		}
	}
	return value // not what the form expects: shown as it is
}

// readNumber reads a decimal or a/b.
func readNumber(s string) (exact.Number, bool) {
	num, den, frac := strings.Cut(s, "/")
	n, err := exact.Parse(num)
	if err != nil {
		return n, false
	}
	if !frac {
		return n, true
	}
	d, err := exact.Parse(den)
	if err != nil || d.Sign() <= 0 {
		return n, false
	}
	return n.Div(d), true
}
