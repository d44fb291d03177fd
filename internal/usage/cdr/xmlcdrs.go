package cdr

import (
	"bufio"
	"bytes"
	"io"

	"waihu/internal/fault"
)

// xmlCDRs cuts a stream into the <cdr> elements in it, whatever stands around
// them: an XML declaration each, a wrapper, comments. It looks only at tags, so
// a damaged record costs itself: it runs to the next <cdr> or XML declaration.
type xmlCDRs struct {
	r      *bufio.Reader
	name   string // of the input, for errors
	line   int
	recent uint64 // the last eight bytes, the newest lowest
	back   string // bytes taken back, read again first
	buf    []byte // the record or the tag, up to maxRecordBytes
	long   bool   // it was longer than buf keeps
}

// xmlPiece is one element, or text that belongs to none. What it points to is
// valid until the next call.
type xmlPiece struct {
	line  int
	raw   []byte
	wrong string // why it cannot be read, in words; empty: it can
}

func newXMLCDRs(r io.Reader, name string) *xmlCDRs {
	return &xmlCDRs{r: bufio.NewReaderSize(r, 64<<10), name: name, line: 1}
}

// next is the next record. Its error is io.EOF at the end, the reader's own,
// or of kind Invalid for a document type, which no call record needs.
func (s *xmlCDRs) next() (xmlPiece, error) {
	for {
		at := s.line
		s.buf, s.long, s.recent = s.buf[:0], false, 0
		c, err := s.read()
		if err != nil {
			return xmlPiece{}, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', 0xEF, 0xBB, 0xBF: // with the parts of a byte order mark
			continue
		case '<':
		default:
			err := s.text()
			return xmlPiece{at, s.buf, "this text belongs to no record"}, eofIsFine(err)
		}
		if err := s.tag(); err != nil {
			return xmlPiece{at, s.buf, "the file ends inside a tag"}, eofIsFine(err)
		}
		if bytes.HasPrefix(s.buf, []byte("<!")) && !bytes.HasPrefix(s.buf, []byte("<!--")) {
			return xmlPiece{}, fault.Problem{File: s.name, Line: at, What: "a document type stands in the file",
				Expected: "call records, which have none"}
		}
		if s.long {
			return xmlPiece{at, s.buf, wrongLarge}, nil
		}
		if s.opensRecord() {
			wrong, err := s.record()
			return xmlPiece{at, s.buf, wrong}, err
		}
	}
}

// text reads on to the end of the line or the next tag.
func (s *xmlCDRs) text() error {
	for {
		c, err := s.read()
		if err != nil {
			return err
		}
		if c == '<' {
			s.takeBack("<")
		}
		if c == '<' || c == '\n' {
			s.buf = bytes.TrimRight(s.buf, "\r\n")
			return nil
		}
	}
}

// tag reads on to the end of the tag that is open. A comment ends with -->.
func (s *xmlCDRs) tag() error {
	comment := false
	var quote byte
	for {
		c, err := s.read()
		if err != nil {
			return err
		}
		comment = comment || s.ends("<!--") && len(s.buf) == len("<!--")
		switch {
		case comment:
			if s.ends("-->") && len(s.buf) > len("<!--") {
				return nil
			}
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return nil
		}
	}
}

func (s *xmlCDRs) opensRecord() bool {
	rest, ok := bytes.CutPrefix(s.buf, []byte("<cdr"))
	return ok && bytes.IndexByte([]byte(" \t\r\n/>"), rest[0]) >= 0
}

// record reads on from its opening tag to its closing one.
func (s *xmlCDRs) record() (wrong string, err error) {
	if s.ends("/>") {
		return "", nil
	}
	for {
		if _, err := s.read(); err != nil {
			return "the file ends inside this record", eofIsFine(err)
		}
		if s.ends("</cdr>") {
			break
		}
		for _, begin := range []string{"<cdr ", "<cdr>", "<?xml "} {
			if s.ends(begin) {
				s.takeBack(begin)
				return wrongBegun, nil
			}
		}
	}
	if s.long {
		return wrongLarge, nil
	}
	return "", nil
}

func (s *xmlCDRs) read() (byte, error) {
	var c byte
	if s.back != "" {
		c, s.back = s.back[0], s.back[1:]
	} else {
		var err error
		if c, err = s.r.ReadByte(); err != nil {
			return 0, err
		}
	}
	if c == '\n' {
		s.line++
	}
	s.recent = s.recent<<8 | uint64(c)
	if s.long = s.long || len(s.buf) >= maxRecordBytes; !s.long {
		s.buf = append(s.buf, c)
	}
	return c, nil
}

// ends tells whether the bytes read last are those of word, at most eight.
func (s *xmlCDRs) ends(word string) bool {
	if byte(s.recent) != word[len(word)-1] {
		return false
	}
	for i := range word {
		if byte(s.recent>>(8*(len(word)-1-i))) != word[i] {
			return false
		}
	}
	return true
}

// takeBack makes the bytes just read, which end no line, be read again.
func (s *xmlCDRs) takeBack(word string) {
	s.back = word
	if !s.long {
		s.buf = s.buf[:len(s.buf)-len(word)]
	}
}
