package catalog

import (
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"waihu/internal/exact"
	"waihu/internal/lang"
)

// Canonical writes a tagged struct as JSON in one way only: keys in the order of
// the type, what is not given and not required left out, numbers in their shortest exact form, no
// spaces. Two plans are equal if their canonical forms are.
func Canonical(v any) []byte { return canonical(nil, reflect.ValueOf(v)) }

func canonical(b []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return append(b, "null"...)
		}
		return canonical(b, v.Elem())
	}
	if s, ok := written(v); ok {
		return quoted(b, s)
	}
	switch v.Kind() {
	case reflect.Struct:
		return canonicalStruct(b, v)
	case reflect.Slice:
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = canonical(b, v.Index(i))
		}
		return append(b, ']')
	case reflect.Map:
		return canonicalMap(b, v)
	case reflect.String:
		return quoted(b, v.String())
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(b, v.Int(), 10)
	}
	return append(b, "null"...)
}

// written is a value of a type that is written as one word.
func written(v reflect.Value) (string, bool) {
	switch x := v.Interface().(type) {
	case exact.Number:
		return x.String(), true
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		return string(b), err == nil
	}
	return "", false
}

func canonicalStruct(b []byte, v reflect.Value) []byte {
	if t, ok := v.Interface().(lang.Text); ok {
		out, _ := json.Marshal(t) // three strings: cannot fail
		return append(b, out...)
	}
	b = append(b, '{')
	first := true
	for _, k := range KeysOf(v.Type()) {
		f := v.FieldByIndex(k.Index)
		if !IsGiven(f) && !k.Required {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(quoted(b, k.Name), ':')
		b = canonical(b, f)
	}
	return append(b, '}')
}

func canonicalMap(b []byte, v reflect.Value) []byte {
	items := map[string]reflect.Value{}
	for it := v.MapRange(); it.Next(); {
		items[it.Key().String()] = it.Value()
	}
	b = append(b, '{')
	for i, k := range slices.Sorted(maps.Keys(items)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(quoted(b, k), ':')
		b = canonical(b, items[k])
	}
	return append(b, '}')
}

func quoted(b []byte, s string) []byte {
	out, _ := json.Marshal(s) // a string: cannot fail
	return append(b, out...)
}
