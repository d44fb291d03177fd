package cdr

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"waihu/internal/fault"
)

const (
	// maxRecordBytes bounds one JSON or XML record. A FreeSWITCH record with a
	// long application log is some hundred kilobytes.
	maxRecordBytes = 4 << 20
	// maxJSONDepth bounds how deep a record nests; real ones stay below 12. It
	// must not exceed 64, the bits of jsonObjects.object.
	maxJSONDepth = 64
)

const (
	wrongBegun = "a new record begins before this one ends"
	wrongLarge = "the record is larger than 4 MiB"
	wrongDeep  = "the record nests too deep"
)

// jsonObjects cuts a stream into the JSON objects in it: a single object, an
// array, one a line, one after another, or the array under a key of an
// envelope. It looks only at brackets and strings, so a damaged object costs
// itself and not the rest of the stream.
//
// A damaged object runs to the next line that begins with "{" where no object
// could stand; what is larger or deeper than the bounds is read past.
type jsonObjects struct {
	r        *bufio.Reader
	line     int    // of the byte read next
	column0  bool   // the byte read next begins a line
	envelope string // key of the array that holds the records; empty: none
	inside   bool   // an envelope's array is open
	buf      []byte
	depth    int
	object   uint64 // bit d: the container at depth d+1 is an object
	last     byte   // last byte that is not a space
	key      string // last string at depth 1
}

// jsonPiece is one object, or a line of something else. What it points to is
// valid until the next call.
type jsonPiece struct {
	line  int
	raw   []byte
	stray bool   // no object
	wrong string // why it cannot be read, in words; empty: it can
}

func newJSONObjects(r io.Reader, envelope string) *jsonObjects {
	return &jsonObjects{r: bufio.NewReaderSize(r, 64<<10), line: 1, column0: true, envelope: envelope}
}

// next is the next object. Its error is io.EOF at the end, or the reader's own.
func (s *jsonObjects) next() (jsonPiece, error) {
	for {
		at := s.line
		c, err := s.read()
		if err != nil {
			return jsonPiece{}, err
		}
		switch c {
		case ' ', '\t', '\r', '\n', ',', '[', 0xEF, 0xBB, 0xBF: // with the parts of a byte order mark
		case ']':
			if s.inside {
				s.inside = false
				s.depth, s.object, s.last = 1, 1, ']'
				if _, err := s.scan(nil); err != nil { // the rest of the envelope
					return jsonPiece{}, err
				}
			}
		case '{':
			s.depth, s.object, s.last, s.key = 1, 1, '{', ""
			s.buf = append(s.buf[:0], '{')
			wrong, err := s.scan(&s.buf)
			if errors.Is(err, errEnvelope) {
				continue
			}
			if err == io.EOF {
				wrong, err = "the file ends inside this record", nil
			}
			return jsonPiece{line: at, raw: s.buf, wrong: wrong}, err
		default:
			raw, err := s.strayLine(c)
			return jsonPiece{line: at, raw: raw, stray: true, wrong: "this is no JSON object"}, err
		}
	}
}

// errEnvelope says that what began as an object holds the records.
var errEnvelope = errors.New("envelope")

// scan reads on to the end of the object that is open, keeping its bytes in
// keep unless that is nil.
func (s *jsonObjects) scan(keep *[]byte) (wrong string, err error) {
	for {
		first := s.column0
		c, err := s.read()
		if err != nil {
			return wrong, err
		}
		if c == '{' && first && !s.valueMayStand() {
			s.unread()
			return wrongBegun, nil
		}
		if keep != nil && !store(keep, c) {
			wrong = wrongLarge
		}
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			broken, err := s.scanString(keep)
			if err != nil {
				return wrong, err
			}
			if broken {
				return "a line ends inside a string", s.skipDamage()
			}
		case '{', '[':
			if c == '[' && s.depth == 1 && s.envelope != "" && s.last == ':' && s.key == s.envelope && keep != nil {
				s.inside = true
				return "", errEnvelope
			}
			s.open(c)
			if s.depth > maxJSONDepth {
				wrong = wrongDeep
			}
		case '}', ']':
			if s.depth--; s.depth == 0 {
				return wrong, nil
			}
		}
		s.last = c
	}
}

func (s *jsonObjects) open(c byte) {
	if s.depth < maxJSONDepth {
		s.object &^= 1 << s.depth
		if c == '{' {
			s.object |= 1 << s.depth
		}
	}
	s.depth++
}

// valueMayStand tells whether JSON allows an object after the last byte.
func (s *jsonObjects) valueMayStand() bool {
	if s.depth > maxJSONDepth || s.object&(1<<(s.depth-1)) != 0 {
		return s.last == ':' || s.depth > maxJSONDepth
	}
	return s.last == '[' || s.last == ','
}

// scanString reads a string after its opening quote. broken: the line ended first.
func (s *jsonObjects) scanString(keep *[]byte) (broken bool, err error) {
	begin := 0
	if keep != nil {
		begin = len(*keep)
	}
	for escaped := false; ; {
		c, err := s.read()
		if err != nil {
			return false, err
		}
		if keep != nil {
			store(keep, c)
		}
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '\n':
			return true, nil
		case c == '"':
			if keep != nil && s.depth == 1 && s.envelope != "" {
				s.key = string((*keep)[begin:max(begin, len(*keep)-1)])
			}
			return false, nil
		}
	}
}

// skipDamage reads on to a line that begins with "{".
func (s *jsonObjects) skipDamage() error {
	for {
		first := s.column0
		c, err := s.read()
		if err != nil {
			return eofIsFine(err)
		}
		if first && c == '{' {
			s.unread()
			return nil
		}
	}
}

// strayLine is the line that begins with c, up to an object in it.
func (s *jsonObjects) strayLine(c byte) ([]byte, error) {
	s.buf = append(s.buf[:0], c)
	return s.appendLine(s.buf)
}

// appendLine adds the rest of the line to text, up to an object in it.
func (s *jsonObjects) appendLine(text []byte) ([]byte, error) {
	for {
		c, err := s.read()
		switch {
		case err != nil:
			return text, eofIsFine(err)
		case c == '\n':
			return bytes.TrimRight(text, "\r"), nil
		case c == '{':
			return text, s.r.UnreadByte()
		}
		store(&text, c)
	}
}

func (s *jsonObjects) read() (byte, error) {
	c, err := s.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if s.column0 = c == '\n'; s.column0 {
		s.line++
	}
	return c, nil
}

// unread takes back a byte that began a line.
func (s *jsonObjects) unread() {
	_ = s.r.UnreadByte() // cannot fail: a byte was just read
	s.column0 = true
}

// store appends unless the record is at its bound, and tells whether it did.
func store(keep *[]byte, c byte) bool {
	if len(*keep) >= maxRecordBytes {
		return false
	}
	*keep = append(*keep, c)
	return true
}

func eofIsFine(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// decode reads the object into a struct; nil if that worked. expected names
// what a record is.
func (p *jsonPiece) decode(into any, expected string) *fault.Problem {
	if p.wrong != "" {
		return &fault.Problem{What: p.wrong, Expected: expected}
	}
	return jsonProblem(json.Unmarshal(p.raw, into), expected)
}

// jsonProblem says what is wrong with JSON, without the words of Go; nil if err is.
func jsonProblem(err error, expected string) *fault.Problem {
	var mistyped *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mistyped):
		return &fault.Problem{Path: mistyped.Field, Value: mistyped.Value, What: "a value has the wrong type", Expected: expected}
	}
	return &fault.Problem{Value: err.Error(), What: "this is no JSON", Expected: expected}
}

// jsonText is a JSON string, number or truth value as text; null, objects and
// arrays are empty. Systems change between "12", 12 and null for one field.
type jsonText string

func (t *jsonText) UnmarshalJSON(b []byte) error {
	*t = ""
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(t))
	case '{', '[', 'n':
	default:
		*t = jsonText(b)
	}
	return nil
}
