package serve

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/planfile"
)

// Setting is one value of the configuration and where it came from.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
	Doc    string `json:"doc"`
}

const envPrefix = "WAIHU_"

// Load gathers the configuration: defaults, then a file (empty: none), then the
// environment, then what the command line set (key=value). A key nobody knows is
// an error, wherever it stands.
func Load(file string, environ, set []string) (Config, []Setting, error) {
	c := Defaults()
	where := planfile.Positions{}
	if file != "" {
		var problems fault.Problems
		where, problems = planfile.LoadInto(os.DirFS(filepath.Dir(file)), filepath.Base(file), &c)
		if err := problems.Err(); err != nil {
			return c, nil, err
		}
	}
	leaves := leavesOf(reflect.ValueOf(&c).Elem(), "")
	origins := map[string]string{}
	for _, l := range leaves {
		origins[l.key] = "default"
		if where.Has(l.key) {
			line, _ := where.At(l.key)
			origins[l.key] = fmt.Sprintf("%s:%d", file, line)
		}
	}
	var problems fault.Problems
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, envPrefix) {
			continue
		}
		l := leafNamed(leaves, func(l *leaf) bool { return envName(l.key) == name })
		problems = append(problems, l.take(value, name, "environment "+name, origins)...)
	}
	for _, s := range set {
		key, value, _ := strings.Cut(s, "=")
		l := leafNamed(leaves, func(l *leaf) bool { return l.key == key })
		problems = append(problems, l.take(value, key, "command line", origins)...)
	}
	problems = append(problems, c.check()...)
	var out []Setting
	for _, l := range leaves {
		out = append(out, Setting{l.key, l.shown(), origins[l.key], l.doc})
	}
	return c, out, problems.Err()
}

// SourceKeys are the keys of an entry of sources, which stands in the file only.
func SourceKeys() (out []Setting) {
	for _, l := range leavesOf(reflect.ValueOf(&Source{}).Elem(), "sources[].") {
		out = append(out, Setting{Key: l.key, Origin: "in the file", Doc: l.doc})
	}
	return out
}

func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// leaf is one value of the configuration.
type leaf struct {
	key, doc string
	secret   bool
	v        reflect.Value
}

func leavesOf(v reflect.Value, prefix string) (out []leaf) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("plan"), ",")
		if f.Type.Kind() == reflect.Struct {
			out = append(out, leavesOf(v.Field(i), prefix+name+".")...)
			continue
		}
		out = append(out, leaf{prefix + name, f.Tag.Get("doc"), f.Tag.Get("secret") != "", v.Field(i)})
	}
	return out
}

func leafNamed(leaves []leaf, is func(*leaf) bool) *leaf {
	for i := range leaves {
		if is(&leaves[i]) {
			return &leaves[i]
		}
	}
	return nil
}

// take sets a value from text.
func (l *leaf) take(text, name, origin string, origins map[string]string) fault.Problems {
	if l == nil {
		return fault.Problems{{Path: name, What: "there is no such key", Fix: "waihu config lists them"}}
	}
	bad := func(expected string) fault.Problems {
		return fault.Problems{{Path: name, What: "the value cannot be used", Expected: expected}}
	}
	switch l.v.Kind() {
	case reflect.String:
		l.v.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return bad("a whole number")
		}
		l.v.SetInt(int64(n))
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return bad("true or false")
		}
		l.v.SetBool(b)
	case reflect.Slice:
		if l.v.Type().Elem().Kind() != reflect.String {
			return bad("a list in the configuration file")
		}
		l.v.Set(reflect.ValueOf(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })))
	}
	origins[l.key] = origin
	return nil
}

func (l *leaf) shown() string {
	switch {
	case l.secret && l.v.String() != "":
		return "(set)"
	case l.v.Kind() == reflect.Slice && l.v.Type().Elem().Kind() != reflect.String:
		return fmt.Sprintf("%d", l.v.Len())
	case l.v.Kind() == reflect.Slice:
		return strings.Join(l.v.Interface().([]string), ", ")
	}
	return fmt.Sprint(l.v.Interface())
}
