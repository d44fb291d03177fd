package planfile

import (
	"fmt"
	"strconv"
	"strings"

	"waihu/internal/fault"
)

// Bounds of a file. The largest plans seen have some thousands of nodes and
// are ten deep.
const (
	MaxBytes    = 4 << 20
	maxDepth    = 50
	maxNodes    = 200_000
	maxProblems = 100
	maxText     = 10_000 // characters of one text
)

type kind uint8

const (
	scalar kind = iota
	mapping
	sequence
)

func (k kind) String() string {
	return [...]string{"one value", "a group of keys", "a list"}[k]
}

// node is a piece of a file, the same for YAML and JSON.
type node struct {
	kind   kind
	text   string  // of a scalar, as it is written
	plain  bool    // the scalar has no quotes
	keys   []*node // of a mapping, beside items
	items  []*node
	line   int // from 1
	column int // from 1, in characters
}

// null tells whether a value was left out: nothing, ~ or null.
func (n *node) null() bool {
	if n.kind != scalar || !n.plain {
		return false
	}
	switch n.text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// shown is what a message repeats of a node.
func (n *node) shown() string {
	if n.kind == scalar {
		return n.text
	}
	return ""
}

// findings gathers problems, the first hundred of them.
type findings struct {
	file string
	list fault.Problems
	more int
}

// add books a problem at a node; n may be nil where only the file is known.
func (f *findings) add(n *node, p fault.Problem) {
	if len(f.list) >= maxProblems {
		f.more++
		return
	}
	p.File = f.file
	if n != nil {
		p.Line, p.Column = n.line, n.column
		if p.Value == "" {
			p.Value = n.shown()
		}
	}
	f.list = append(f.list, p)
}

// all is the list, with a last word on what was left out.
func (f *findings) all() fault.Problems {
	if f.more > 0 {
		return append(f.list, fault.Problem{File: f.file, What: fmt.Sprintf("and %d more problems", f.more), Fix: "mend these first"})
	}
	return f.list
}

// join makes the path of a key below a path.
func join(path, key string) string {
	if strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" || key == "" {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// at makes the path of an item of a list.
func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
