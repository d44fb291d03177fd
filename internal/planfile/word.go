package planfile

import (
	"encoding"
	"reflect"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
)

// Word is what stands under a key of a tagged struct, as a form shows it: one
// word, or the words of a list with commas between. Nothing where nothing is
// given, or where the key holds more than words.
func Word(from any, key string) string {
	v, ok := fieldOf(from, key)
	if !ok || !catalog.IsGiven(v) {
		return ""
	}
	return wordOf(v)
}

func wordOf(v reflect.Value) string {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if n, ok := v.Interface().(exact.Number); ok {
		return n.String()
	}
	if m, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, err := m.MarshalText()
		if err != nil {
			return ""
		}
		return string(b)
	}
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Slice:
		var words []string
		for i := range v.Len() {
			words = append(words, wordOf(v.Index(i)))
		}
		return strings.Join(words, ", ")
	}
	return ""
}

// Choices are the words a key can have; none where it is not one of a few.
func Choices(of any, key string) []string {
	v, ok := fieldOf(of, key)
	if !ok {
		return nil
	}
	if c, is := v.Interface().(chooser); is && v.Kind() == reflect.String {
		return c.Choices()
	}
	return nil
}

// SetWord puts a word under a key of a struct that a pointer points to, read as
// from a file; an empty one takes what stands there away. Problems say what was
// expected.
func SetWord(into any, key, word string) fault.Problems {
	v, ok := fieldOf(into, key)
	if !ok {
		return fault.Problems{{Path: key, What: "there is no such key"}}
	}
	if word = strings.TrimSpace(word); word == "" {
		v.SetZero()
		return nil
	}
	n := &node{kind: scalar, text: word, plain: true}
	if v.Kind() == reflect.Slice {
		n = &node{kind: sequence}
		for one := range strings.SplitSeq(word, ",") {
			if one = strings.TrimSpace(one); one != "" {
				n.items = append(n.items, &node{kind: scalar, text: one, plain: true})
			}
		}
	}
	d := &decoder{keys: map[reflect.Type][]catalog.Key{}}
	d.value(n, key, v)
	return d.all()
}

// fieldOf is the field of a key.
func fieldOf(of any, key string) (reflect.Value, bool) {
	v := reflect.Indirect(reflect.ValueOf(of))
	for _, k := range catalog.KeysOf(v.Type()) {
		if k.Name == key {
			return v.FieldByIndex(k.Index), true
		}
	}
	return reflect.Value{}, false
}
