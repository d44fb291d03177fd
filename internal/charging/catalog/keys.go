package catalog

import (
	"reflect"
	"strings"

	"waihu/internal/exact"
)

// Key is one key of a type that is written in plan, contract or mapping files.
type Key struct {
	Name     string
	Doc      string // the sentence the schema publishes
	Required bool
	Index    []int // for reflect.Value.FieldByIndex
	Type     reflect.Type
}

// KeysOf lists the keys of a struct in the order of its fields, those of inlined
// structs in their place. Fields without a plan tag are not written in files.
func KeysOf(t reflect.Type) []Key {
	var out []Key
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("plan")
		if !tagged || tag == "-" {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		if strings.Contains(options, "inline") {
			for _, in := range KeysOf(f.Type) {
				in.Index = append([]int{i}, in.Index...)
				out = append(out, in)
			}
			continue
		}
		out = append(out, Key{Name: name, Doc: f.Tag.Get("doc"), Required: strings.Contains(options, "required"), Index: []int{i}, Type: f.Type})
	}
	return out
}

// IsGiven tells whether a file would have to write a value: it is not the zero
// value of its type. A zero that was written is given: quantity: 0 is none, and
// no quantity is one.
func IsGiven(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() > 0
	}
	switch x := v.Interface().(type) {
	case exact.Number:
		return x.IsGiven()
	case Price:
		return x.Set
	}
	return !v.IsZero()
}
