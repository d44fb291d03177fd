package planfile

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/fault"
)

// Positions tells where the values of a file stand. The zero value knows none.
type Positions struct {
	file string
	root *node
}

// File is the name of the file.
func (p Positions) File() string { return p.file }

// At is line and column, from 1, of the value at a path such as
// components[2].tiers.rows[0].up_to, or of the nearest thing around it that the
// file has. It is 0, 0 where no file was read.
func (p Positions) At(path string) (line, column int) {
	n, _ := p.find(path)
	if n == nil {
		return 0, 0
	}
	return n.line, n.column
}

// Has tells whether the file has a value at a path.
func (p Positions) Has(path string) bool {
	n, exact := p.find(path)
	return exact && n != nil
}

// Locate puts file, line, column and the value as written to problems that know
// a path and no file.
func (p Positions) Locate(problems fault.Problems) fault.Problems {
	out := make(fault.Problems, len(problems))
	for i, found := range problems {
		if found.File == "" {
			found.File = p.file
			if n, exact := p.find(found.Path); n != nil {
				found.Line, found.Column = n.line, n.column
				if exact && found.Value == "" {
					found.Value = n.shown()
				}
			}
		}
		out[i] = found
	}
	return out
}

// inOrder sorts problems by file, as the files were read, and by place.
func inOrder(problems fault.Problems) fault.Problems {
	files := map[string]int{}
	for _, p := range problems {
		if _, known := files[p.File]; !known {
			files[p.File] = len(files)
		}
	}
	slices.SortStableFunc(problems, func(a, b fault.Problem) int {
		return cmp.Or(files[a.File]-files[b.File], a.Line-b.Line, a.Column-b.Column)
	})
	return problems
}

// find walks a path as far as the file goes along; exact tells whether that was
// to its end.
func (p Positions) find(path string) (n *node, exact bool) {
	n = p.root
	for path != "" && n != nil {
		var next *node
		if next, path = step(n, path); next == nil {
			return n, false
		}
		n = next
	}
	return n, n != nil
}

// step goes one key or index down and gives the rest of the path.
func step(n *node, path string) (*node, string) {
	if strings.HasPrefix(path, `["`) {
		quoted, err := strconv.QuotedPrefix(path[1:])
		if err != nil {
			return nil, ""
		}
		key, _ := strconv.Unquote(quoted) // QuotedPrefix saw that it is whole
		return n.child(key), strings.TrimPrefix(strings.TrimPrefix(path[1+len(quoted):], "]"), ".")
	}
	if strings.HasPrefix(path, "[") {
		digits, rest, _ := strings.Cut(path[1:], "]")
		i, err := strconv.Atoi(digits)
		if err != nil || n.kind != sequence || i < 0 || i >= len(n.items) {
			return nil, ""
		}
		return n.items[i], strings.TrimPrefix(rest, ".")
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return n.child(path), ""
	}
	return n.child(path[:end]), strings.TrimPrefix(path[end:], ".")
}

// child is the value of a key, nil if there is none.
func (n *node) child(key string) *node {
	if n.kind != mapping {
		return nil
	}
	for i, k := range n.keys {
		if k.text == key {
			return n.items[i]
		}
	}
	return nil
}
