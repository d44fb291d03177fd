package planfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"waihu/internal/fault"
)

// parseYAML reads one YAML document.
func parseYAML(f *findings, data []byte) *node {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	err := decodeYAML(dec, &doc)
	switch {
	case errors.Is(err, io.EOF) || err == nil && isEmpty(&doc):
		f.add(nil, fault.Problem{What: "the file is empty", Expected: "a plan or a contract"})
		return nil
	case err != nil:
		explainYAML(f, data, err)
		return nil
	}
	t := tree{findings: f}
	root := t.node(doc.Content[0], 0)
	var second yaml.Node
	if err := decodeYAML(dec, &second); err == nil {
		n := &node{kind: mapping, line: second.Line, column: second.Column}
		f.add(n, fault.Problem{What: "a second document begins here", Expected: "one document a file", Fix: "put it into a file of its own"})
	} else if !errors.Is(err, io.EOF) {
		explainYAML(f, data, err)
	}
	return root
}

func isEmpty(doc *yaml.Node) bool {
	if len(doc.Content) == 0 {
		return true
	}
	root := doc.Content[0]
	return root.Kind == yaml.ScalarNode && root.Style == 0 && root.Value == ""
}

// decodeYAML reads the next document. The library gives up on some malformed
// input by a panic; that is an error like any other.
func decodeYAML(dec *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: this cannot be read: %v", r)
		}
	}()
	return dec.Decode(into)
}

// tree turns the library's nodes into ours.
type tree struct {
	*findings
	nodes int
}

func (t *tree) node(y *yaml.Node, depth int) *node {
	n := &node{line: y.Line, column: y.Column, text: y.Value}
	if t.nodes++; t.nodes > maxNodes {
		if t.nodes == maxNodes+1 {
			t.add(n, fault.Problem{What: fmt.Sprintf("more than %d values in one file", maxNodes), Fix: "put rate decks into CSV files beside the plan"})
		}
		return nil
	}
	if depth > maxDepth {
		t.add(n, fault.Problem{What: fmt.Sprintf("nested more than %d deep", maxDepth), Fix: "a plan needs ten levels at the most"})
		return nil
	}
	t.refuse(y, n)
	switch y.Kind {
	case yaml.ScalarNode:
		n.plain = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	case yaml.MappingNode:
		n.kind, n.text = mapping, ""
		for i := 0; i+1 < len(y.Content); i += 2 {
			n.keys = append(n.keys, t.key(y.Content[i], depth+1))
			n.items = append(n.items, t.node(y.Content[i+1], depth+1))
		}
	case yaml.SequenceNode:
		n.kind, n.text = sequence, ""
		for _, item := range y.Content {
			n.items = append(n.items, t.node(item, depth+1))
		}
	}
	return n
}

// key is a node that must be one word.
func (t *tree) key(y *yaml.Node, depth int) *node {
	n := t.node(y, depth)
	if n == nil {
		return nil
	}
	if n.kind != scalar {
		t.add(n, fault.Problem{What: "a key that is not one word", Expected: "a word and a colon"})
	}
	if n.plain && n.text == "<<" {
		t.add(n, fault.Problem{What: "merge keys are not read", Fix: "write the keys out"})
	}
	return n
}

// refuse reports what YAML can do and a plan must not.
func (t *tree) refuse(y *yaml.Node, n *node) {
	switch {
	case y.Kind == yaml.AliasNode:
		t.add(n, fault.Problem{What: "aliases are not read", Value: "*" + y.Value, Fix: "write the value out"})
	case y.Anchor != "":
		t.add(n, fault.Problem{What: "anchors are not read", Value: "&" + y.Anchor, Fix: "write each value where it belongs"})
	case y.Style&yaml.TaggedStyle != 0:
		t.add(n, fault.Problem{What: "tags are not read", Value: y.Tag, Fix: "write the value alone"})
	}
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// explainYAML turns a message of the library into one for a price manager.
func explainYAML(f *findings, data []byte, err error) {
	p := fault.Problem{Fix: "check indentation, colons and quotes on this line and the one before"}
	line, message := 0, err.Error()
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = m[2]
	}
	p.What = "this is not YAML: " + fault.Shorten(message, 200)
	lines := strings.Split(string(data), "\n")
	if strings.HasPrefix(message, "did not find expected") {
		line++ // these are counted from 0, and from where the group begins
		if at := narrow(lines, message); at > 0 {
			line = at
		}
	}
	line = min(line, len(lines))
	if at := tabbed(lines, line); at > 0 {
		f.add(&node{kind: mapping, line: at, column: 1}, fault.Problem{What: "a tab at the start of the line", Expected: "spaces", Fix: "indent with spaces: YAML does not take tabs"})
		return
	}
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		p.Expected, p.Fix = "one key a line", "put a text that has a colon in it into quotes"
	case strings.Contains(message, "cannot start any token"):
		p.Fix = "put a text that begins with @ % or a backquote into quotes"
	case strings.Contains(message, "did not find expected key"), strings.Contains(message, "did not find expected '-'"):
		p.Fix = "the keys of one group must begin in one column"
	case strings.Contains(message, "unexpected end of stream"):
		p.Fix = "close the quote that was opened"
	}
	f.add(&node{kind: mapping, line: max(line, 1), column: 1}, p)
}

// tabbed is the first line up to the one after line that begins with a tab or
// with spaces and a tab; 0 if there is none.
func tabbed(lines []string, line int) int {
	for i := 0; i < len(lines) && i <= line+1; i++ {
		rest := strings.TrimLeft(lines[i], " ")
		if strings.HasPrefix(rest, "\t") && strings.TrimSpace(rest) != "" {
			return i + 1
		}
	}
	return 0
}

// maxNarrow bounds the files whose faults are looked for line by line: above it
// the beginning of the broken group must do.
const maxNarrow = 256 << 10

// narrow finds the line at which a file stops being YAML: the file read up to
// the line before is whole, read up to it fails as the whole file does. It is 0
// where the halving meets an open bracket or quote.
func narrow(lines []string, message string) int {
	fails := func(n int) string {
		var doc yaml.Node
		err := decodeYAML(yaml.NewDecoder(strings.NewReader(strings.Join(lines[:n], "\n")+"\n")), &doc)
		if err == nil || errors.Is(err, io.EOF) {
			return ""
		}
		return err.Error()
	}
	size := 0
	for _, l := range lines {
		size += len(l) + 1
	}
	if size > maxNarrow {
		return 0
	}
	good, bad := 0, len(lines)
	for good+1 < bad {
		if half := (good + bad) / 2; fails(half) == "" {
			good = half
		} else {
			bad = half
		}
	}
	if m := yamlLine.FindStringSubmatch(fails(bad)); m != nil && m[2] == message {
		return bad
	}
	return 0
}
