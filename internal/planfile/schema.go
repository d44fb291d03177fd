package planfile

import (
	"bytes"
	"encoding"
	"encoding/json"
	"path"
	"reflect"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/lang"
)

// Schema is the JSON Schema (draft 2020-12) of a tagged struct, with the
// sentences of its doc tags. The same type gives the same bytes. It says what
// can be said key by key; what keys mean together is checked by Validate alone.
func Schema(root any, id string) []byte {
	t := reflect.TypeOf(root)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s := &schema{names: map[string]reflect.Type{}}
	out := object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"$id", id}, {"title", t.Name()}}
	out = append(out, s.group(t)...)
	out = append(out, member{"$defs", s.defs})
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil { // only strings, lists and booleans are in it
		return nil
	}
	return b.Bytes()
}

// object is a JSON object that keeps the order of its members.
type object []member

type member struct {
	key   string
	value any
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := enc.Encode(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// schema gathers the definitions of named types.
type schema struct {
	defs  object
	names map[string]reflect.Type
}

// group describes the keys of a struct.
func (s *schema) group(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, k := range catalog.KeysOf(t) {
		property := object{}
		if k.Doc != "" {
			property = append(property, member{"description", k.Doc})
		}
		properties = append(properties, member{k.Name, append(property, s.of(k.Type)...)})
		if k.Required {
			required = append(required, k.Name)
		}
	}
	out := object{{"type", "object"}, {"properties", properties}}
	if len(required) > 0 {
		out = append(out, member{"required", required})
	}
	return append(out, member{"additionalProperties", false})
}

// of describes a type where it is used.
func (s *schema) of(t reflect.Type) object {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if f, ok := formOf(t); ok {
		return s.ref(t, func() object { return f.schema() })
	}
	if t == reflect.TypeFor[lang.Text]() {
		return s.ref(t, textSchema)
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return object{{"type", "string"}}
	}
	if c, ok := reflect.Zero(t).Interface().(chooser); ok && t.Kind() == reflect.String {
		return s.ref(t, func() object { return object{{"enum", c.Choices()}} })
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.ref(t, func() object { return s.groupOrWord(t) })
	case reflect.Slice:
		list := object{{"type", "array"}, {"items", s.of(t.Elem())}}
		if oneWord(t.Elem()) {
			return object{{"anyOf", []object{s.of(t.Elem()), list}}}
		}
		return list
	case reflect.Map:
		return object{{"type", "object"}, {"additionalProperties", s.of(t.Elem())}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.String:
		return object{{"type", []string{"string", "number"}}} // a number is read as it is written
	}
	return object{{"type", "integer"}}
}

// groupOrWord is a group of keys, or the one word that may stand for it.
func (s *schema) groupOrWord(t reflect.Type) object {
	key, index := shortFor(t)
	if index == nil {
		return s.group(t)
	}
	word := append(object{{"description", "Short for " + key + " alone."}}, s.of(t.FieldByIndex(index).Type)...)
	return object{{"anyOf", []object{word, s.group(t)}}}
}

// ref names a definition and makes it the first time.
func (s *schema) ref(t reflect.Type, make func() object) object {
	name := t.Name()
	if other := s.names[name]; other != nil && other != t {
		name = path.Base(t.PkgPath()) + name
	}
	if s.names[name] == nil {
		s.names[name] = t
		at := len(s.defs)
		s.defs = append(s.defs, member{name, nil}) // its place, before those it needs
		s.defs[at].value = make()
	}
	return object{{"$ref", "#/$defs/" + name}}
}

func (f form) schema() object {
	out := object{{"description", strings.ToUpper(f.expected[:1]) + f.expected[1:] + "."}}
	if f.number {
		out = append(out, member{"type", []string{"string", "number"}})
	} else {
		out = append(out, member{"type", "string"})
	}
	return append(out, member{"pattern", f.pattern})
}

func textSchema() object {
	word := object{{"type", []string{"string", "number"}}}
	languages := object{}
	for _, tag := range []string{"en", "zh-Hant", "zh-Hans", "zh-TW", "zh-CN"} {
		languages = append(languages, member{tag, word})
	}
	return object{{"description", "A text, or one for each language."},
		{"anyOf", []object{word, {{"type", "object"}, {"properties", languages}, {"additionalProperties", false}}}}}
}
