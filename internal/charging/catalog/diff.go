package catalog

import (
	"reflect"
	"strconv"
	"strings"

	"waihu/internal/lang"
)

// ChangeKind says what became of a value.
type ChangeKind string

const (
	Added     ChangeKind = "added"
	Removed   ChangeKind = "removed"
	Changed   ChangeKind = "changed"
	Reordered ChangeKind = "reordered" // the same items in another order
)

// Effect says what a change does to bills, where that can be told from the
// change alone.
type Effect string

const (
	Raises Effect = "raises"
	Lowers Effect = "lowers"
	Unsure Effect = "" // it depends on the usage, or is not about money
)

// Difference is one difference between two plans.
type Difference struct {
	Path   string     `json:"path"` // components[talk].unit_price: items of lists go by their id
	Kind   ChangeKind `json:"kind"`
	Old    string     `json:"old,omitempty"` // as a plan file writes it; groups as canonical JSON
	New    string     `json:"new,omitempty"`
	Effect Effect     `json:"effect,omitempty"`
}

// Diff lists what is different in new, in the order of the plan language. Plans
// with equal canonical forms have no difference, and the other way round.
func Diff(old, new *Plan) []Difference {
	d := &differ{}
	d.group("", reflect.ValueOf(*old), reflect.ValueOf(*new))
	return d.out
}

type differ struct{ out []Difference }

// group compares two structs of one type key by key.
func (d *differ) group(path string, old, new reflect.Value) {
	for _, k := range KeysOf(old.Type()) {
		at := k.Name
		if path != "" {
			at = path + "." + k.Name
		}
		d.value(at, old.FieldByIndex(k.Index), new.FieldByIndex(k.Index))
	}
}

func (d *differ) value(path string, old, new reflect.Value) {
	was, is := IsGiven(old), IsGiven(new)
	switch {
	case !was && !is:
		return
	case old.Kind() == reflect.Pointer && was && is && old.Elem().Kind() == reflect.Struct && !isWord(old.Elem().Type()):
		d.value(path, old.Elem(), new.Elem())
		return
	case old.Kind() == reflect.Slice && old.Type().Elem().Kind() == reflect.Struct && !isWord(old.Type().Elem()):
		d.list(path, old, new)
		return
	case old.Type() == reflect.TypeFor[lang.Text]():
		d.text(path, old.Interface().(lang.Text), new.Interface().(lang.Text))
		return
	case old.Kind() == reflect.Struct && !isWord(old.Type()):
		d.group(path, old, new)
		return
	}
	a, b := shown(old, was), shown(new, is)
	if a == b {
		return
	}
	c := Difference{Path: path, Kind: Changed, Old: a, New: b, Effect: effect(path, old, new, was, is)}
	if !was {
		c.Kind = Added
	} else if !is {
		c.Kind = Removed
	}
	d.out = append(d.out, c)
}

// isWord tells whether values of a type are written as one word.
func isWord(t reflect.Type) bool {
	_, ok := written(reflect.Zero(t))
	return ok
}

// shown is a value as a plan file would write it.
func shown(v reflect.Value, given bool) string {
	if !given {
		return ""
	}
	text := string(canonical(nil, v))
	if s, err := strconv.Unquote(text); err == nil {
		return s
	}
	return text
}

func (d *differ) text(path string, old, new lang.Text) {
	for _, t := range []struct{ tag, old, new string }{{"en", old.En, new.En}, {"zh-Hant", old.Hant, new.Hant}, {"zh-Hans", old.Hans, new.Hans}} {
		kind := Changed
		switch {
		case t.old == t.new:
			continue
		case t.old == "":
			kind = Added
		case t.new == "":
			kind = Removed
		}
		d.out = append(d.out, Difference{Path: path + "." + t.tag, Kind: kind, Old: t.old, New: t.new})
	}
}

// list compares lists of groups: by their names where each has one of its own,
// else place by place.
func (d *differ) list(path string, old, new reflect.Value) {
	was, ok1 := namesOf(old)
	is, ok2 := namesOf(new)
	if !ok1 || !ok2 {
		was, is = numbers(old.Len()), numbers(new.Len())
	}
	places := map[string]int{}
	for i, name := range was {
		places[name] = i
	}
	last, moved := -1, false
	kept := map[string]bool{}
	for i, name := range is {
		at := path + "[" + name + "]"
		j, both := places[name]
		if !both {
			d.out = append(d.out, Difference{Path: at, Kind: Added, New: shown(new.Index(i), true), Effect: ofWhole(path, Raises)})
			continue
		}
		kept[name] = true
		moved = moved || j < last
		last = j
		d.value(at, old.Index(j), new.Index(i))
	}
	for j, name := range was {
		if !kept[name] {
			d.out = append(d.out, Difference{Path: path + "[" + name + "]", Kind: Removed, Old: shown(old.Index(j), true), Effect: ofWhole(path, Lowers)})
		}
	}
	if moved {
		d.out = append(d.out, Difference{Path: path, Kind: Reordered, Old: strings.Join(was, ", "), New: strings.Join(is, ", ")})
	}
}

// namesOf are the identifiers of the items of a list; ok is false where some
// have none or share one.
func namesOf(list reflect.Value) (names []string, ok bool) {
	seen := map[string]bool{}
	for i := range list.Len() {
		name := nameOf(list.Index(i))
		if name == "" || seen[name] {
			return nil, false
		}
		seen[name] = true
		names = append(names, name)
	}
	return names, true
}

// nameOf is what tells an item of a list from the others.
func nameOf(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case RateRow:
		if x.ID == "" && x.Default {
			return "default"
		} else if x.ID == "" {
			return strings.Join(x.Match.Words(), "+")
		}
		return x.ID
	case TaxRate:
		return x.From.String()
	case DeckRow:
		return x.Prefix + "@" + x.From.String()
	case Package: // its id is beside inlined keys
		return x.ID
	}
	for _, k := range KeysOf(v.Type()) {
		if k.Name == "id" {
			return v.FieldByIndex(k.Index).String()
		}
	}
	return ""
}

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}
