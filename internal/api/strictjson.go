package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// jsonDepth is how deep a body may be nested: more is no request of ours.
const jsonDepth = 24

// jsonDigits is how long a number may be: money and quantities are texts.
const jsonDigits = 40

// strictJSON reads JSON once, to its end, without names that come twice and not
// deeper than it may be. (huma refuses names that nobody knows.)
func strictJSON() huma.Format {
	return huma.Format{
		Marshal: func(w io.Writer, v any) error {
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			return enc.Encode(v)
		},
		Unmarshal: func(data []byte, v any) error {
			if err := checkJSON(data); err != nil {
				return err
			}
			if json.Unmarshal(data, v) != nil {
				return errors.New("a value is of the wrong kind") // its own words repeat the value
			}
			return nil
		},
	}
}

// fileFormat takes a plan or contract as the file it is, in the place of an
// object with the text under "file": what curl --data-binary @plan.yaml sends.
func fileFormat() huma.Format {
	return huma.Format{
		Marshal: strictJSON().Marshal,
		Unmarshal: func(data []byte, v any) error {
			b, err := json.Marshal(map[string]string{"file": string(data)})
			if err != nil {
				return err
			}
			return json.Unmarshal(b, v)
		},
	}
}

// checkJSON walks over the tokens of a body. The character U+0000 is in no text:
// PostgreSQL does not keep it, and books must be able to move there. Bytes that are
// not UTF-8 would all become one character, and two identifiers the same.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("the body is no text in UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	type level struct {
		names map[string]bool // nil: a list
		value bool            // a name was read, its value is next
	}
	var stack []level
	for {
		t, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.New("this is not JSON")
		}
		if n, is := t.(json.Number); is && len(n) > jsonDigits {
			return errors.New("a number has too many digits")
		}
		switch d, _ := t.(json.Delim); d {
		case '{', '[':
			if len(stack) > 0 {
				stack[len(stack)-1].value = false
			}
			if len(stack) == jsonDepth {
				return errors.New("this is nested too deep")
			}
			next := level{}
			if d == '{' {
				next.names = map[string]bool{}
			}
			stack = append(stack, next)
			continue
		case '}', ']':
			stack = stack[:len(stack)-1]
			continue
		}
		if s, is := t.(string); is && strings.ContainsRune(s, 0) {
			return errors.New("a text holds the character U+0000")
		}
		if len(stack) == 0 || stack[len(stack)-1].names == nil {
			continue
		}
		top := &stack[len(stack)-1]
		if top.value {
			top.value = false
			continue
		}
		name, _ := t.(string)
		if top.names[name] {
			return errors.New("a name stands twice in one object")
		}
		top.names[name], top.value = true, true
	}
}
