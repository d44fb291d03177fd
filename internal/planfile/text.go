package planfile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"waihu/internal/fault"
)

// parse makes a tree of a file: JSON where its name ends so, YAML otherwise. It
// is nil if there is an error.
func parse(f *findings, data []byte) *node {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !checkText(f, data) {
		return nil
	}
	// Lines end as they do here, so that lines are counted alike by all.
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	var root *node
	if strings.HasSuffix(strings.ToLower(f.file), ".json") {
		root = parseJSON(f, data)
	} else {
		root = parseYAML(f, data)
	}
	if len(f.list) > 0 {
		return nil
	}
	return root
}

// checkText refuses what no parser would explain well: too much, nothing, and
// what is no text.
func checkText(f *findings, data []byte) bool {
	switch {
	case otherKind(data) != "":
		f.add(nil, fault.Problem{What: "this is " + otherKind(data) + ", no plan or contract", Expected: "YAML or JSON", Fix: "write the plan as text; waihu plan schema lists its keys"})
	case len(data) > MaxBytes:
		f.add(nil, fault.Problem{What: "the file is too large", Expected: fmt.Sprintf("at most %d MiB", MaxBytes>>20), Fix: "put rate decks into CSV files beside the plan"})
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		f.add(&node{line: 1, column: 1}, fault.Problem{What: "the file is UTF-16", Expected: "UTF-8", Fix: "save it as UTF-8"})
	case !utf8.Valid(data):
		at := firstBad(data)
		f.add(at, fault.Problem{What: "the file is not UTF-8 from here on", Expected: "UTF-8", Fix: "save it as UTF-8; Chinese texts in GBK or Big5 must be converted"})
	case len(bytes.TrimSpace(data)) == 0:
		f.add(nil, fault.Problem{What: "the file is empty", Expected: "a plan or a contract"})
	}
	if len(f.list) > 0 {
		return false
	}
	for i, r := range string(data) {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || r == 0x2028 || r == 0x2029 {
			f.add(place(data, i), fault.Problem{What: fmt.Sprintf("a control character, U+%04X", r), Expected: "text", Fix: "remove it"})
			return false
		}
	}
	return true
}

// otherKind is what a file is that begins as files people mistake for text do;
// empty where it may be text.
func otherKind(data []byte) string {
	for _, k := range []struct{ magic, name string }{
		{"%PDF-", "a PDF"}, {"PK\x03\x04", "a ZIP archive, a workbook or a text document"}, {"\xd0\xcf\x11\xe0", "an old office document"},
		{"\x1f\x8b", "packed with gzip"}, {"\x28\xb5\x2f\xfd", "packed with zstd"}, {"\x89PNG", "an image"}, {"\xff\xd8\xff", "an image"},
	} {
		if bytes.HasPrefix(data, []byte(k.magic)) {
			return k.name
		}
	}
	return ""
}

// firstBad is where the first byte stands that is not UTF-8.
func firstBad(data []byte) *node {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return place(data, i)
		}
		i += size
	}
	return nil
}

// place is the line and column of a byte.
func place(data []byte, offset int) *node {
	offset = min(max(offset, 0), len(data))
	before := data[:offset]
	return &node{kind: mapping, line: bytes.Count(before, []byte("\n")) + 1,
		column: utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1}
}
