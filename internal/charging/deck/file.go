package deck

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"waihu/internal/fault"
)

// Bounds of a deck file. Spreadsheets keep at most 32,767 characters in a cell.
const (
	maxCell      = 32 << 10
	maxRecord    = 256 << 10
	maxPreamble  = 20 // records before the header
	sniffed      = 16 << 10
	bom          = "\ufeff"
	notUTF8      = "not UTF-8 text"
	saveAsUTF8   = "save the file as CSV UTF-8"
	separatorSet = ",;\t|"
)

// ReadCSV reads a deck as people have them: separated by comma, semicolon, tab
// or bar, a header somewhere in the first records, its columns in any order and
// under many names (see spellings). What a row does not say is taken from
// defaults; a price it does not say is Unknown.
//
// Prices are in units of the currency and exact: more than nine decimals are an
// error. Columns that are not read are warnings. Name is for messages, which
// also name line and column. A row with an error gives no entries.
func ReadCSV(r io.Reader, name string, defaults Rate) ([]Entry, fault.Problems) {
	in := bufio.NewReaderSize(r, sniffed)
	head, _ := in.Peek(sniffed) // an error comes up again below
	if bytes.HasPrefix(head, []byte(bom)) {
		_, _ = in.Discard(len(bom)) // was just seen
		head = head[len(bom):]
	}
	f := &file{name: name, defaults: defaults, words: newVocabulary(), names: map[string]string{}}
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		f.findings.add(fault.Problem{File: name, Line: 1, What: notUTF8 + " but UTF-16", Fix: saveAsUTF8})
		return nil, f.findings.all()
	}
	f.open(in, f.words.separator(head))
	f.read()
	return f.entries, f.findings.all()
}

// file is one deck file being read.
type file struct {
	name     string
	defaults Rate
	words    vocabulary
	csv      *csv.Reader
	layout   layout
	record   []string
	entries  []Entry
	prefixes []string          // of one row
	names    map[string]string // destinations seen, so that equal ones share memory
	bounded  *boundedReader
	line     int // of the record last read
	day      day // last one read
	findings findings
	bad      bool // the row has an error
}

func (f *file) open(r io.Reader, comma rune) {
	f.bounded = &boundedReader{r: r}
	f.csv = csv.NewReader(f.bounded)
	f.csv.Comma = comma
	f.csv.FieldsPerRecord = -1
	f.csv.ReuseRecord = true
}

// separator is the one that makes the best header of the first records: the one
// by which the most of its fields are understood.
func (v vocabulary) separator(head []byte) rune {
	best, most := ',', 0
	for _, comma := range separatorSet {
		c := csv.NewReader(bytes.NewReader(head))
		c.Comma, c.FieldsPerRecord = comma, -1
		for range maxPreamble {
			record, err := c.Read()
			if err != nil {
				break
			}
			known := 0
			for _, cell := range record {
				if _, ok := v.find(cell); ok {
					known++
				}
			}
			if known > most {
				best, most = comma, known
			}
		}
	}
	return best
}

var errRecord = errors.New("record too long")

// boundedReader stops a record that does not end: a quote nobody closed.
type boundedReader struct {
	r      io.Reader
	given  int64
	record int64 // where the record being read begins
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.given-b.record > maxRecord {
		return 0, errRecord
	}
	n, err := b.r.Read(p)
	b.given += int64(n)
	return n, err
}

// next reads one record; false at the end or where reading cannot go on.
func (f *file) next() bool {
	for range MaxRows { // bounded: a record that cannot be read is passed over
		f.bounded.record = f.csv.InputOffset()
		record, err := f.csv.Read()
		switch {
		case err == nil:
			f.record = record
			f.line, _ = f.csv.FieldPos(0)
			return true
		case err == io.EOF:
			return false
		case !f.passOver(err):
			return false
		}
	}
	return false
}

// passOver reports a record that cannot be read; false if none after it can.
func (f *file) passOver(err error) bool {
	var syntax *csv.ParseError
	if !errors.As(err, &syntax) {
		f.stop(err)
		return false
	}
	f.findings.add(fault.Problem{File: f.name, Line: syntax.StartLine, What: syntax.Err.Error(), Fix: "close every quote, and double the quotes within quotes"})
	return true
}

// stop reports what ends the reading for good.
func (f *file) stop(err error) {
	p := fault.Problem{File: f.name, Line: f.line, What: "cannot be read on: " + err.Error(), Fix: "get the file again"}
	if errors.Is(err, errRecord) {
		p.What = fmt.Sprintf("the record after this line is longer than %d bytes", maxRecord)
		p.Fix = "close the quote that was left open"
	}
	f.findings.add(p)
}

func (f *file) read() {
	if !f.header() {
		return
	}
	rows := 0
	for f.next() {
		if rows++; rows > MaxRows {
			f.add(0, fault.Problem{What: "too many rows", Expected: fmt.Sprintf("at most %d", MaxRows), Fix: "split the deck"})
			return
		}
		if !blank(f.record) {
			f.row()
		}
	}
	if len(f.entries) == 0 && f.findings.errors == 0 {
		f.findings.add(fault.Problem{File: f.name, What: "no rows after the header", Warning: true})
	}
}

// header finds the header among the first records and reports on it.
func (f *file) header() bool {
	for i := 0; i < maxPreamble && f.next(); i++ {
		l, ok := f.words.readHeader(f.record)
		if !ok {
			continue
		}
		f.layout = l
		if f.line > 1 {
			f.add(0, fault.Problem{What: "the header is not the first line; what stands above it is not read", Value: f.record[0], Warning: true})
		}
		f.words.review(&l, f.record, f.add)
		return f.findings.errors == 0
	}
	f.findings.add(fault.Problem{File: f.name, Line: 1, What: "no header with a prefix and a price among the first lines",
		Expected: understood(), Fix: "name the columns in the first line"})
	return false
}

func blank(record []string) bool {
	for _, cell := range record {
		if trim(cell) != "" {
			return false
		}
	}
	return true
}

// add reports a problem of a column of the record just read.
func (f *file) add(column int, p fault.Problem) {
	p.File = f.name
	p.Line, _ = f.csv.FieldPos(min(column, len(f.record)-1))
	p.Column = column + 1
	f.bad = f.bad || !p.Warning
	f.findings.add(p)
}

// refuse reports a cell that cannot be read; it does nothing if nothing is wrong.
func (f *file) refuse(of field, w wrong) {
	if w.is() {
		c := f.layout.column[of]
		f.add(c, fault.Problem{Value: f.record[c], What: w.what, Expected: w.expected, Fix: w.fix})
	}
}

// cell is the trimmed text of a field, empty if the file has no such column.
func (f *file) cell(of field) string {
	if !f.layout.has(of) {
		return ""
	}
	return trim(f.record[f.layout.column[of]])
}

// row makes the entries of one record.
func (f *file) row() {
	f.bad = false
	if !f.sound() {
		return
	}
	rate := f.rate()
	from, w := f.from()
	f.refuse(fieldFrom, w)
	country := ""
	if f.layout.joined {
		var ok bool
		if country, ok = bareDigits(f.cell(fieldCountry), true); !ok {
			f.refuse(fieldCountry, wrong{"not a country code", "digits such as 86", ""})
		}
	}
	f.prefixes, w = parsePrefixes(f.prefixes[:0], f.cell(fieldPrefix), country, MaxRows-len(f.entries))
	f.refuse(fieldPrefix, w)
	if f.bad {
		return
	}
	destination := f.destination()
	for _, prefix := range f.prefixes {
		if strings.HasPrefix(prefix, "0") {
			f.add(f.layout.column[fieldPrefix], fault.Problem{Value: prefix, Warning: true, Fix: "put the country code in place of the 0",
				What: "a prefix that matches nothing: numbers begin with a country code, none of which begins with 0"})
		}
		f.entries = append(f.entries, Entry{Prefix: prefix, Name: destination, From: from, Rate: rate, File: f.name, Line: f.line})
	}
}

// sound tells whether the record has the columns of the header, and no cell
// that could not have come out of a spreadsheet.
func (f *file) sound() bool {
	for i, cell := range f.record {
		switch {
		case len(cell) > maxCell:
			f.add(i, fault.Problem{What: "too long a cell", Value: fault.Shorten(cell, 20), Expected: fmt.Sprintf("at most %d bytes", maxCell)})
		case !utf8.ValidString(cell):
			f.add(i, fault.Problem{What: notUTF8, Value: strings.ToValidUTF8(cell, "?"), Fix: saveAsUTF8})
		case i >= f.layout.width && trim(cell) != "":
			f.add(i, fault.Problem{What: "more columns than the header has", Value: cell, Expected: fmt.Sprintf("%d columns", f.layout.width), Fix: "put quotes around cells that contain the separator"})
		}
	}
	if len(f.record) < f.layout.width {
		f.add(len(f.record)-1, fault.Problem{What: fmt.Sprintf("the row ends after %d columns", len(f.record)), Expected: fmt.Sprintf("%d as in the header", f.layout.width)})
	}
	return !f.bad
}

// destination is the name with single spaces, and without the mark that WriteCSV
// puts before what a spreadsheet would take for a formula.
func (f *file) destination() string {
	s := trim(strings.Join(strings.Fields(f.cell(fieldName)), " "))
	if len(s) > 1 && s[0] == '\'' && strings.IndexByte(formulaMarks, s[1]) >= 0 {
		s = s[1:]
	}
	if known, ok := f.names[s]; ok {
		return known
	}
	s = strings.Clone(s)
	f.names[s] = s
	return s
}
