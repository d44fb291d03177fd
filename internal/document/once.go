package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"waihu/internal/fault"
)

// named are the keys of an invoice whose objects have names of the plan as keys.
// Everywhere else keys are fields, which the decoder reads in any capitals.
var named = []string{"args", "quantities", "levels"}

// object is what once knows of an object it is in.
type object struct {
	seen map[string]bool // nil: it is a list
	fold bool            // capitals do not tell keys apart
}

// once is an error where an object has a key twice, or where something follows
// the value: one of two values would be read by us, and the other by somebody
// else.
func once(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	var open []object
	last, keyNext, done := "", false, false
	for {
		tok, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF) && done:
			return nil
		case err != nil:
			return err
		case done:
			return fault.New(fault.Invalid, "something follows the value, before byte %d", dec.InputOffset())
		}
		word, isText := tok.(string)
		switch d, _ := tok.(json.Delim); {
		case d == '{':
			open = append(open, object{map[string]bool{}, !slices.Contains(named, last)})
		case d == '[':
			open = append(open, object{})
		case d != 0:
			open = open[:len(open)-1]
		case isText && keyNext:
			if !open[len(open)-1].first(word) {
				return fault.New(fault.Invalid, "the key %q is there twice, before byte %d; each key once", word, dec.InputOffset())
			}
			last, keyNext = word, false
			continue
		}
		done = len(open) == 0
		keyNext = !done && open[len(open)-1].seen != nil
	}
}

// first books a key; false if it was there before.
func (o *object) first(key string) bool {
	if o.fold {
		key = strings.ToLower(strings.ToUpper(key)) // as the decoder folds: ſ is an s
	}
	if o.seen[key] {
		return false
	}
	o.seen[key] = true
	return true
}
