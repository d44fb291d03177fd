package cases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// answer is what the engine says, by the keys of a case's expected values.
// Numbers may be of any type the engine has; lists and objects nest.
type answer map[string]any

// differences compares every expected key. Numbers are equal as numbers.
func (c *charge) differences(got answer) []string {
	var out []string
	if why, failed := got["error"]; failed && c.Expected["error"] == nil {
		out = append(out, fmt.Sprintf("the engine says %v", why))
	}
	for _, key := range slices.Sorted(maps.Keys(c.Expected)) {
		have, ok := got[key]
		if !ok {
			out = append(out, fmt.Sprintf("%s: the engine does not say", key))
			continue
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(c.Expected[key]))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			out = append(out, fmt.Sprintf("%s: %v", key, err))
			continue
		}
		out = append(out, unlike(key, want, plain(have))...)
	}
	return out
}

// unlike lists how two values differ.
func unlike(path string, want, have any) []string {
	switch w := want.(type) {
	case []any:
		h, ok := have.([]any)
		if !ok || len(h) != len(w) {
			return []string{fmt.Sprintf("%s: want %v, have %v", path, want, have)}
		}
		var out []string
		for i := range w {
			out = append(out, unlike(fmt.Sprintf("%s[%d]", path, i), w[i], h[i])...)
		}
		return out
	case map[string]any:
		h, ok := have.(map[string]any)
		if !ok || len(h) != len(w) {
			return []string{fmt.Sprintf("%s: want %v, have %v", path, want, have)}
		}
		var out []string
		for _, key := range slices.Sorted(maps.Keys(w)) {
			out = append(out, unlike(path+"."+key, w[key], h[key])...)
		}
		return out
	}
	a, b := fmt.Sprint(want), fmt.Sprint(have)
	if x, err := exact.Parse(a); err == nil {
		if y, ok := number(b); ok && x.Equal(y) {
			return nil
		}
	} else if a == b {
		return nil
	}
	return []string{fmt.Sprintf("%s: want %s, have %s", path, a, b)}
}

// number reads a decimal or a fraction as exact.Number writes it.
func number(s string) (exact.Number, bool) {
	var n exact.Number
	err := n.UnmarshalJSON([]byte(`"` + s + `"`))
	return n, err == nil
}

// plain turns the engine's values into text, lists and objects of text.
func plain(v any) any {
	switch x := v.(type) {
	case nil:
		return nil
	case exact.Number:
		return x.String()
	case money.Amount:
		return x.Decimal()
	case timex.Date, timex.Instant:
		return fmt.Sprint(x)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice:
		out := make([]any, r.Len())
		for i := range out {
			out[i] = plain(r.Index(i).Interface())
		}
		return out
	case reflect.Map:
		out := map[string]any{}
		for it := r.MapRange(); it.Next(); {
			out[it.Key().String()] = plain(it.Value().Interface())
		}
		return out
	}
	return fmt.Sprint(v)
}
