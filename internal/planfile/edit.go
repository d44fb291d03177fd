package planfile

import (
	"strings"

	"waihu/internal/fault"
)

// List is a list at the top of a YAML file whose items can be changed one by one:
// the rest of the text stays as somebody wrote it, comments included.
type List struct {
	name  string
	lines []string
	spans []span // of the items, in order
	dash  int    // column of the dashes, from 0
}

// span is the lines of an item [from, to); lead is where the comments begin that
// stand right above it.
type span struct{ lead, from, to int }

// OpenList finds a list. One that is not there is empty. One that is written in
// a single line, or a file that is JSON, is a Conflict: such a text has to be
// written anew.
func OpenList(text, name string) (*List, error) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	f := &findings{file: "file.yaml"}
	root := parse(f, []byte(text))
	if root == nil {
		return nil, f.all()
	}
	l := &List{name: name, lines: strings.Split(strings.TrimRight(text, "\n"), "\n"), dash: 2}
	unfit := fault.New(fault.Conflict, "the list %s is not written with a dash before each item: it cannot be changed item by item", name)
	if root.kind != mapping || strings.HasPrefix(strings.TrimLeft(text, " \n\t"), "{") {
		return nil, unfit
	}
	for i, k := range root.keys {
		if k.text != name || root.items[i].null() {
			continue
		}
		if root.items[i].kind != sequence {
			return nil, unfit
		}
		for _, item := range root.items[i].items {
			if !l.add(item) {
				return nil, unfit
			}
		}
	}
	return l, nil
}

// add notes where an item stands.
func (l *List) add(item *node) bool {
	from := item.line - 1
	before := []rune(l.lines[from])
	if item.column-1 > len(before) {
		return false
	}
	lead := strings.TrimRight(string(before[:item.column-1]), " ")
	if !strings.HasSuffix(lead, "-") || strings.Trim(lead, " -") != "" || strings.Count(lead, "-") != 1 {
		return false
	}
	l.dash = len(lead) - 1
	s := span{from: from, to: from + 1}
	for i := from + 1; i < len(l.lines); i++ {
		blank, in := indent(l.lines[i])
		if blank {
			continue
		}
		if in <= l.dash {
			break
		}
		s.to = i + 1
	}
	least := 0
	if n := len(l.spans); n > 0 {
		least = l.spans[n-1].to
	}
	for s.lead = from; s.lead > least && strings.HasPrefix(strings.TrimSpace(l.lines[s.lead-1]), "#"); {
		s.lead--
	}
	l.spans = append(l.spans, s)
	return true
}

// indent is how far a line is moved in; blank ones and comments do not count.
func indent(line string) (blank bool, n int) {
	rest := strings.TrimLeft(line, " ")
	return rest == "" || rest[0] == '#', len(line) - len(rest)
}

// Len is how many items there are.
func (l *List) Len() int { return len(l.spans) }

// Item is the text of an item as it stands, moved to the left edge and without
// its dash.
func (l *List) Item(i int) string {
	if i < 0 || i >= len(l.spans) {
		return ""
	}
	s := l.spans[i]
	var out []string
	for _, line := range l.lines[s.from:s.to] {
		out = append(out, strings.TrimPrefix(line, strings.Repeat(" ", min(l.dash+2, len(line)-len(strings.TrimLeft(line, " "))))))
	}
	_, first, _ := strings.Cut(l.lines[s.from], "-")
	out[0] = strings.TrimLeft(first, " ")
	return strings.Join(out, "\n") + "\n"
}

// block is an item's text with its dash, as lines.
func (l *List) block(item string) []string {
	pad := strings.Repeat(" ", l.dash)
	var out []string
	for i, line := range strings.Split(strings.TrimRight(item, "\n"), "\n") {
		lead := pad + "  "
		if i == 0 {
			lead = pad + "- "
		}
		out = append(out, strings.TrimRight(lead+line, " "))
	}
	return out
}

// Replace gives the file with an item in the place of the i-th; item is YAML at
// the left edge, as Write gives it.
func (l *List) Replace(i int, item string) string {
	s := l.spans[i]
	return l.with(s.from, s.to, l.block(item))
}

// Remove gives the file without the i-th item and the comments above it.
func (l *List) Remove(i int) string {
	s := l.spans[i]
	return l.with(s.lead, s.to, nil)
}

// Append gives the file with an item behind the last.
func (l *List) Append(item string) string {
	if n := len(l.spans); n > 0 {
		return l.with(l.spans[n-1].to, l.spans[n-1].to, l.block(item))
	}
	end := len(l.lines)
	for i, line := range l.lines {
		if strings.HasPrefix(line, l.name+":") { // the key is there and has nothing
			return l.with(i, i+1, append([]string{l.name + ":"}, l.block(item)...))
		}
	}
	return l.with(end, end, append([]string{l.name + ":"}, l.block(item)...))
}

// Swap gives the file with the i-th item and the one after it in each other's
// place, each with its comments.
func (l *List) Swap(i int) string {
	a, b := l.spans[i], l.spans[i+1]
	var out []string
	out = append(out, l.lines[b.lead:b.to]...)
	out = append(out, l.lines[a.to:b.lead]...)
	out = append(out, l.lines[a.lead:a.to]...)
	return l.with(a.lead, b.to, out)
}

// with is the file with other lines in the place of [from, to).
func (l *List) with(from, to int, lines []string) string {
	var out []string
	out = append(out, l.lines[:from]...)
	out = append(out, lines...)
	out = append(out, l.lines[to:]...)
	return strings.Join(out, "\n") + "\n"
}
