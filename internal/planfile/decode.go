package planfile

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
)

// Decode reads a file into a pointer to a struct that carries `plan` tags. JSON
// is read where the file's name ends in .json, YAML otherwise. On any problem
// what into points to is only partly filled. All problems are errors; at most a
// hundred are listed.
func Decode(file string, data []byte, into any) (Positions, fault.Problems) {
	d := &decoder{findings: findings{file: file}, keys: map[reflect.Type][]catalog.Key{}}
	root := parse(&d.findings, data)
	where := Positions{file: file, root: root}
	if root == nil {
		return where, d.all()
	}
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		d.add(nil, fault.Problem{What: fmt.Sprintf("a %T cannot be read from a file", into)})
		return where, d.all()
	}
	d.group(root, "", v.Elem())
	return where, inOrder(d.all())
}

// decoder fills values from nodes.
type decoder struct {
	findings
	keys map[reflect.Type][]catalog.Key
}

func (d *decoder) keysOf(t reflect.Type) []catalog.Key {
	list, known := d.keys[t]
	if !known {
		list = catalog.KeysOf(t)
		d.keys[t] = list
	}
	return list
}

// chooser is a type with a fixed set of words.
type chooser interface{ Choices() []string }

// value fills any field.
func (d *decoder) value(n *node, path string, v reflect.Value) {
	if n.null() {
		d.add(n, fault.Problem{Path: path, What: "no value", Fix: "write one, or leave the key out"})
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, path, v.Elem())
		return
	}
	switch into := v.Addr().Interface().(type) {
	case *exact.Number:
		*into = d.number(n, path)
		return
	case *lang.Text:
		d.translated(n, path, into)
		return
	case encoding.TextUnmarshaler:
		d.text(n, path, v, into)
		return
	}
	if c, ok := v.Interface().(chooser); ok && v.Kind() == reflect.String {
		d.choice(n, path, v, c.Choices())
		return
	}
	d.byKind(n, path, v)
}

func (d *decoder) byKind(n *node, path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if key, index := shortFor(v.Type()); index != nil && n.kind == scalar {
			d.value(n, join(path, key), v.FieldByIndex(index))
			return
		}
		d.group(n, path, v)
	case reflect.Slice:
		d.list(n, path, v)
	case reflect.Map:
		d.named(n, path, v)
	case reflect.String:
		v.SetString(d.words(n, path))
	case reflect.Bool:
		v.SetBool(d.boolean(n, path))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.integer(n, path, v)
	default:
		d.add(n, fault.Problem{Path: path, What: fmt.Sprintf("a %s cannot be read from a file", v.Type())})
	}
}

// shortFor is the key that one word stands for in the place of a group of keys:
// "period: month" is short for "period: {every: month}". Index is nil for types
// that have none.
func shortFor(t reflect.Type) (key string, index []int) {
	switch t {
	case reflect.TypeFor[catalog.Cycle]():
		key = "every"
	case reflect.TypeFor[contract.Held]():
		key = "quantity"
	case reflect.TypeFor[contract.ModuleTerm]():
		key = "module"
	default:
		return "", nil
	}
	for _, k := range catalog.KeysOf(t) {
		if k.Name == key {
			index = k.Index
		}
	}
	return key, index
}

// group fills a struct from its keys.
func (d *decoder) group(n *node, path string, v reflect.Value) {
	fields := d.keysOf(v.Type())
	if n.kind != mapping {
		d.add(n, fault.Problem{Path: path, What: n.kind.String() + " where a group of keys belongs", Expected: "keys such as " + keysOf(fields, 4)})
		return
	}
	seen := map[string]*node{}
	for i, k := range n.keys {
		if d.repeated(seen, k, path) {
			continue
		}
		at := slices.IndexFunc(fields, func(f catalog.Key) bool { return f.Name == k.text })
		if at < 0 {
			d.unknownKey(k, path, fields)
			continue
		}
		d.value(n.items[i], join(path, k.text), v.FieldByIndex(fields[at].Index))
	}
	for _, f := range fields {
		if f.Required && seen[f.Name] == nil {
			d.add(&node{kind: mapping, line: n.line, column: n.column}, fault.Problem{Path: join(path, f.Name), What: "missing", Expected: strings.TrimSuffix(f.Doc, ".")})
		}
	}
}

// repeated reports a key that was there before.
func (d *decoder) repeated(seen map[string]*node, k *node, path string) bool {
	first := seen[k.text]
	if first == nil {
		seen[k.text] = k
		return false
	}
	d.add(k, fault.Problem{Path: join(path, k.text), What: fmt.Sprintf("the key is there twice, first on line %d", first.line), Expected: "each key once", Fix: "keep one of the two"})
	return true
}

func (d *decoder) unknownKey(k *node, path string, fields []catalog.Key) {
	p := fault.Problem{Path: join(path, k.text), What: "no such key"}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	if near := nearest(k.text, names); near != "" {
		p.Fix = "did you mean " + near + "?"
	} else {
		p.Expected = keysOf(fields, 60)
	}
	d.add(k, p)
}

// keysOf lists keys for a message, so many at the most.
func keysOf(fields []catalog.Key, most int) string {
	var names []string
	for _, f := range fields[:min(most, len(fields))] {
		names = append(names, f.Name)
	}
	if len(fields) > most {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// list fills a slice; one word stands for a list of it.
func (d *decoder) list(n *node, path string, v reflect.Value) {
	items := n.items
	if n.kind != sequence {
		if n.kind != scalar || !oneWord(v.Type().Elem()) {
			d.add(n, fault.Problem{Path: path, What: n.kind.String() + " where a list belongs", Expected: "a list", Fix: "begin each item with a dash"})
			return
		}
		items = []*node{n}
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.value(item, at(path, i), out.Index(i))
	}
	v.Set(out)
}

// oneWord tells whether values of a type are written as one word.
func oneWord(t reflect.Type) bool {
	_, known := formOf(t)
	_, short := shortFor(t)
	return known || short != nil || t.Kind() == reflect.String || reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// named fills a map whose keys are the writer's own.
func (d *decoder) named(n *node, path string, v reflect.Value) {
	if n.kind != mapping || v.Type().Key().Kind() != reflect.String {
		d.add(n, fault.Problem{Path: path, What: n.kind.String() + " where a group of keys belongs", Expected: "names, each with a colon and a value"})
		return
	}
	seen := map[string]*node{}
	out := reflect.MakeMapWithSize(v.Type(), len(n.keys))
	for i, k := range n.keys {
		if d.repeated(seen, k, path) {
			continue
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(n.items[i], join(path, k.text), item)
		out.SetMapIndex(reflect.ValueOf(k.text).Convert(v.Type().Key()), item)
	}
	v.Set(out)
}

// choice reads one of a fixed set of words.
func (d *decoder) choice(n *node, path string, v reflect.Value, words []string) {
	expected := "one of " + strings.Join(words, ", ")
	if !d.isScalar(n, path, expected) {
		return
	}
	if !slices.Contains(words, n.text) {
		p := fault.Problem{Path: path, What: "no such choice", Expected: expected}
		if near := nearest(n.text, words); near != "" {
			p.Fix = "did you mean " + near + "?"
		}
		d.add(n, p)
		return
	}
	v.SetString(n.text)
}

// translated reads a text in one or several languages. A text that names no
// language is kept as the English one, which is shown where another is missing.
func (d *decoder) translated(n *node, path string, into *lang.Text) {
	if n.kind == scalar {
		into.En = d.words(n, path)
		return
	}
	if n.kind != mapping {
		d.add(n, fault.Problem{Path: path, What: n.kind.String() + " where a text belongs", Expected: "a text, or a group of en, zh-Hant, zh-Hans"})
		return
	}
	seen := map[lang.Tag]*node{}
	for i, k := range n.keys {
		tag, err := lang.ParseTag(k.text)
		if err != nil {
			d.add(k, fault.Problem{Path: join(path, k.text), What: "no such language", Expected: "en, zh-Hant (or zh-TW), zh-Hans (or zh-CN)"})
			continue
		}
		if seen[tag] != nil {
			d.add(k, fault.Problem{Path: join(path, k.text), What: fmt.Sprintf("the language is there twice, first on line %d", seen[tag].line), Expected: "each language once"})
			continue
		}
		seen[tag] = k
		*slot(into, tag) = d.words(n.items[i], join(path, k.text))
	}
}

func slot(t *lang.Text, tag lang.Tag) *string {
	switch tag {
	case lang.Traditional:
		return &t.Hant
	case lang.Simplified:
		return &t.Hans
	}
	return &t.En
}
