package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"waihu/internal/fault"
)

// parseJSON reads one JSON value.
func parseJSON(f *findings, data []byte) *node {
	r := &jsonReader{findings: f, data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	root, err := r.value(0)
	if err == nil {
		if at := r.next(); at < len(data) {
			f.add(place(data, at), fault.Problem{What: "something follows the end of the JSON value", Fix: "remove it"})
		}
		return root
	}
	var syntax *json.SyntaxError
	offset := int(r.dec.InputOffset())
	if errors.As(err, &syntax) {
		offset = int(syntax.Offset) - 1
	}
	what := err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		offset, what = len(bytes.TrimRight(data, " \t\r\n")), "the file ends in the middle of a value"
	}
	f.add(place(data, offset), fault.Problem{What: "this is not JSON: " + fault.Shorten(what, 200), Fix: "check commas, quotes and brackets here and just before"})
	return nil
}

// jsonReader builds the tree from tokens, which keep the digits of numbers.
type jsonReader struct {
	*findings
	data  []byte
	dec   *json.Decoder
	nodes int
	upTo  int // bytes counted into line and column
	line  int
	col   int
}

// next is where the next token begins.
func (r *jsonReader) next() int {
	i := int(r.dec.InputOffset())
	for i < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[i]) >= 0 {
		i++
	}
	return i
}

// here begins a node at the next token. Tokens come in order, so lines are
// counted once.
func (r *jsonReader) here() *node {
	at := r.next()
	for ; r.upTo < at; r.upTo++ {
		switch c := r.data[r.upTo]; {
		case c == '\n':
			r.line, r.col = r.line+1, 0
		case utf8.RuneStart(c):
			r.col++
		}
	}
	return &node{line: r.line + 1, column: r.col + 1}
}

var errBounds = errors.New("too large")

func (r *jsonReader) value(depth int) (*node, error) {
	n := r.here()
	if r.nodes++; r.nodes > maxNodes {
		return nil, fmt.Errorf("%w: more than %d values", errBounds, maxNodes)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: nested more than %d deep", errBounds, maxDepth)
	}
	tok, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	switch v := tok.(type) {
	case json.Delim:
		if v == '{' {
			return n, r.object(n, depth)
		}
		return n, r.array(n, depth)
	case string:
		n.text = v
	case json.Number:
		n.text, n.plain = v.String(), true
	case bool:
		n.text, n.plain = fmt.Sprint(v), true
	case nil:
		n.text, n.plain = "null", true
	}
	return n, nil
}

func (r *jsonReader) object(n *node, depth int) error {
	n.kind = mapping
	for r.dec.More() {
		k, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.keys, n.items = append(n.keys, k), append(n.items, v)
	}
	_, err := r.dec.Token()
	return err
}

func (r *jsonReader) array(n *node, depth int) error {
	n.kind = sequence
	for r.dec.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, v)
	}
	_, err := r.dec.Token()
	return err
}
