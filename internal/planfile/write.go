package planfile

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// Write writes a struct that carries `plan` tags as YAML that Decode reads back
// to the same values. What is not given is left out. Errors are of kind
// Internal: a type no file can hold.
func Write(from any) ([]byte, error) {
	v := reflect.Indirect(reflect.ValueOf(from))
	if v.Kind() != reflect.Struct {
		return nil, fault.New(fault.Internal, "a %T cannot be written to a file", from)
	}
	w := &yamlWriter{}
	w.group(v, 0, "")
	return w.out.Bytes(), w.err
}

// yamlWriter writes values with two spaces for each level.
type yamlWriter struct {
	out bytes.Buffer
	err error
}

// group writes the keys of a struct, the first one after lead.
func (w *yamlWriter) group(v reflect.Value, depth int, lead string) {
	for _, k := range catalog.KeysOf(v.Type()) {
		field := v.FieldByIndex(k.Index)
		if !catalog.IsGiven(field) && !(k.Required && field.Kind() != reflect.Slice) {
			continue
		}
		if lead == "" {
			lead = strings.Repeat("  ", depth)
		}
		w.out.WriteString(lead + k.Name + ":")
		lead = ""
		w.value(field, depth+1)
	}
}

// value writes what stands after a colon or a dash.
func (w *yamlWriter) value(v reflect.Value, depth int) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if word, ok := w.word(v); ok {
		w.out.WriteString(" " + word + "\n")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if t, ok := v.Interface().(lang.Text); ok {
			w.out.WriteString("\n")
			w.text(t, depth, "")
			return
		}
		w.out.WriteString("\n")
		w.group(v, depth, "")
	case reflect.Slice:
		w.out.WriteString("\n")
		for i := range v.Len() {
			w.item(v.Index(i), depth)
		}
	default:
		w.err = fault.New(fault.Internal, "a %s cannot be written to a file", v.Type())
	}
}

// item writes one item of a list.
func (w *yamlWriter) item(v reflect.Value, depth int) {
	dash := strings.Repeat("  ", depth) + "- "
	if word, ok := w.word(v); ok {
		w.out.WriteString(dash + word + "\n")
		return
	}
	if t, ok := v.Interface().(lang.Text); ok {
		if t.Hant == "" && t.Hans == "" {
			w.out.WriteString(dash + quoted(t.En) + "\n")
			return
		}
		w.text(t, depth+1, dash)
		return
	}
	if v.Kind() != reflect.Struct {
		w.err = fault.New(fault.Internal, "a list of %s cannot be written to a file", v.Type())
		return
	}
	w.group(v, depth+1, dash)
}

// text writes the languages of a text, the first after lead.
func (w *yamlWriter) text(t lang.Text, depth int, lead string) {
	for _, one := range []struct{ tag, text string }{{"en", t.En}, {"zh-Hant", t.Hant}, {"zh-Hans", t.Hans}} {
		if one.text != "" {
			if lead == "" {
				lead = strings.Repeat("  ", depth)
			}
			fmt.Fprintf(&w.out, "%s%s: %s\n", lead, one.tag, quoted(one.text))
			lead = ""
		}
	}
}

// word is a value that is written as one word; ok is false for others.
func (w *yamlWriter) word(v reflect.Value) (string, bool) {
	switch x := v.Interface().(type) {
	case lang.Text:
		return "", false
	case exact.Number:
		return x.String(), true
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		if err != nil {
			w.err = fault.New(fault.Internal, "%s: %v", v.Type(), err)
		}
		return plainOrQuoted(string(b)), true
	}
	switch v.Kind() {
	case reflect.String:
		return plainOrQuoted(v.String()), true
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), true
	}
	return "", false
}

// plainOrQuoted leaves simple words bare.
func plainOrQuoted(s string) string {
	simple := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/%.") == "" && s[0] != '-'
	letter := simple && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
	digit := simple && s[0] >= '0' && s[0] <= '9'
	if letter && !isWord(strings.ToLower(s), "true", "false", "null", "yes", "no", "on", "off", "y", "n") || digit && strings.Trim(s, "0123456789.-%dhms") == "" {
		return s
	}
	return quoted(s)
}

// quoted is a text in double quotes; JSON's escapes are YAML's too.
func quoted(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil { // a string cannot fail
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
