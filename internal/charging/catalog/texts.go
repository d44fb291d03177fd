package catalog

import (
	"reflect"

	"waihu/internal/lang"
)

// Texts are what a tagged struct such as a plan says to people, in every language it
// has: names that will stand in documents.
func Texts(v any) []string { return gather(nil, reflect.ValueOf(v)) }

func gather(out []string, v reflect.Value) []string {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out = gather(out, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = gather(out, v.Index(i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			out = gather(out, it.Value())
		}
	case reflect.Struct:
		if t, ok := v.Interface().(lang.Text); ok {
			return append(out, t.En, t.Hant, t.Hans)
		}
		for _, k := range KeysOf(v.Type()) {
			out = gather(out, v.FieldByIndex(k.Index))
		}
	}
	return out
}
