package planfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
)

// sample holds one of each way to write a value.
type sample struct {
	Number exact.Number                 `plan:"number"`
	Price  catalog.Price                `plan:"price"`
	Share  *catalog.Percent             `plan:"share"`
	Count  int32                        `plan:"count"`
	Flag   bool                         `plan:"flag"`
	Word   string                       `plan:"word"`
	Words  []string                     `plan:"words"`
	Days   []catalog.DayWord            `plan:"days"`
	Cycle  catalog.Cycle                `plan:"cycle"`
	Name   lang.Text                    `plan:"name"`
	Date   timex.Date                   `plan:"date"`
	Map    map[string]map[string]string `plan:"map"`
	Not    string                       // no tag: never read
}

func decode(t *testing.T, name, src string) (sample, planfile.Positions, fault.Problems) {
	t.Helper()
	var s sample
	where, problems := planfile.Decode(name, []byte(src), &s)
	return s, where, problems
}

func TestValues(t *testing.T) {
	s, _, problems := decode(t, "x.yaml", `
number: -12.50
price: unknown
share: 12.5%
count: 7
flag: true
word: 0852
words: NO
days: [mon, holiday]
cycle: quarter
name: {en: a, zh-TW: 座, zh-CN: 坐}
date: 2026-02-28
map: {result: {"*": "", yes: answered, "1": busy}}
`)
	if problems != nil {
		t.Fatal(problems)
	}
	want := "-12.5 unknown 12.5% 7 true 0852 [NO] [mon holiday] quarter {a 座 坐} 2026-02-28 map[result:map[*: 1:busy yes:answered]]"
	got := strings.TrimSpace(fmt.Sprintln(s.Number, s.Price, s.Share, s.Count, s.Flag, s.Word, s.Words, s.Days, s.Cycle.Every, s.Name, s.Date, s.Map))
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPositions(t *testing.T) {
	_, where, _ := decode(t, "x.yaml", "word: a\nwords:\n  - b\n  - c\nmap:\n  a.b: {c: d}\ncycle: month\n")
	for path, want := range map[string]string{"word": "1:7", "words[1]": "4:5", "words[9]": "3:3", `map["a.b"].c`: "6:12", `map["a.b"]`: "6:8", "cycle.every": "7:8", "": "1:1", "nothing.at[3].all": "1:1", "[": "1:1", `["`: "1:1"} {
		line, column := where.At(path)
		if got := fmt.Sprintf("%d:%d", line, column); got != want {
			t.Errorf("%s stands at %s, want %s", path, got, want)
		}
	}
	if line, column := (planfile.Positions{}).At("word"); line != 0 || column != 0 {
		t.Error("no file, yet a place")
	}
	found := where.Locate(fault.Problems{{Path: "words[1]", What: "x"}, {Path: "word", Value: "kept", What: "x"}, {File: "other", Path: "word", What: "x"}})
	if found[0].Error() != `x.yaml:4:5: words[1]: x (found "c")` || found[1].Value != "kept" || found[2].Line != 0 {
		t.Error(found)
	}
}

// TestEveryChoice: each word of each choice in plans and contracts is read, and
// stands in the schema.
func TestEveryChoice(t *testing.T) {
	schema := string(planfile.Schema(catalog.Plan{}, "x")) + string(planfile.Schema(contract.Contract{}, "x"))
	types := map[reflect.Type]bool{}
	walk(reflect.TypeFor[catalog.Plan](), types)
	walk(reflect.TypeFor[contract.Contract](), types)
	seen := 0
	for typ := range types {
		c, ok := reflect.Zero(typ).Interface().(interface{ Choices() []string })
		if !ok {
			continue
		}
		seen++
		holder := reflect.StructOf([]reflect.StructField{{Name: "V", Type: typ, Tag: `plan:"v"`}})
		for _, word := range c.Choices() {
			v := reflect.New(holder)
			if _, problems := planfile.Decode("x.yaml", []byte("v: "+word+"\n"), v.Interface()); problems != nil || v.Elem().Field(0).String() != word {
				t.Errorf("%s %s: %v", typ, word, problems)
			}
			if !strings.Contains(schema, `"`+word+`"`) {
				t.Errorf("%s %s is not in the schema", typ, word)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d choices were found", seen)
	}
}

// walk collects every type that can be reached through plan tags.
func walk(t reflect.Type, into map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if into[t] {
		return
	}
	into[t] = true
	if t.Kind() == reflect.Struct {
		for _, k := range catalog.KeysOf(t) {
			walk(k.Type, into)
		}
	}
}

// TestEveryTypeIsRead: no key has a type the decoder knows nothing of, and every
// key has its sentence.
func TestEveryTypeIsRead(t *testing.T) {
	types := map[reflect.Type]bool{}
	walk(reflect.TypeFor[catalog.Plan](), types)
	walk(reflect.TypeFor[contract.Contract](), types)
	for typ := range types {
		holder := reflect.StructOf([]reflect.StructField{{Name: "V", Type: typ, Tag: `plan:"v"`}})
		_, problems := planfile.Decode("x.yaml", []byte("v: [[]]\n"), reflect.New(holder).Interface())
		if strings.Contains(problems.Error(), "cannot be read from a file") {
			t.Errorf("%s: %v", typ, problems)
		}
		if typ.Kind() != reflect.Struct {
			continue
		}
		for _, k := range catalog.KeysOf(typ) {
			if !strings.HasSuffix(k.Doc, ".") {
				t.Errorf("%s.%s: the doc %q is no sentence", typ, k.Name, k.Doc)
			}
		}
	}
}

// TestEveryKeyHasAnExample: the good files use every key of both languages.
func TestEveryKeyHasAnExample(t *testing.T) {
	used := map[string]bool{}
	plan, c := catalog.Plan{}, contract.Contract{}
	for file, into := range map[string]any{"good/everything.yaml": &plan, "contracts/everything.yaml": &c} {
		if _, problems := planfile.LoadInto(os.DirFS("testdata"), file, into); problems != nil {
			t.Fatal(problems)
		}
		given(reflect.ValueOf(into).Elem(), used)
	}
	types := map[reflect.Type]bool{}
	walk(reflect.TypeFor[catalog.Plan](), types)
	walk(reflect.TypeFor[contract.Contract](), types)
	for typ := range types {
		if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[contract.Override]() { // its keys are the component's
			continue
		}
		for _, k := range catalog.KeysOf(typ) {
			if name := owner(typ, k) + "." + k.Name; !used[name] {
				t.Errorf("no example has %s", name)
			}
		}
	}
}

// owner is the struct a key is written for: the inlined one where it is inlined.
func owner(t reflect.Type, k catalog.Key) string {
	for _, i := range k.Index[:len(k.Index)-1] {
		t = t.Field(i).Type
	}
	return t.String()
}

func given(v reflect.Value, used map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			given(v.Elem(), used)
		}
	case reflect.Slice:
		for i := range v.Len() {
			given(v.Index(i), used)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			given(it.Value(), used)
		}
	case reflect.Struct:
		for _, k := range catalog.KeysOf(v.Type()) {
			f := v.FieldByIndex(k.Index)
			if catalog.IsGiven(f) {
				used[owner(v.Type(), k)+"."+k.Name] = true
			}
			given(f, used)
		}
	}
}

func TestBounds(t *testing.T) {
	big := strings.Repeat("#", planfile.MaxBytes+1)
	wide := "words: [" + strings.Repeat("a,", 210_000) + "]\n"
	many := strings.Repeat("x: 1\n", 300)
	for name, c := range map[string]struct{ src, want string }{
		"size":     {big, "too large"},
		"nodes":    {wide, "more than 200000 values"},
		"problems": {many, "more problems"},
		"long":     {"word: " + strings.Repeat("字", 10_001), "too long"},
		"deep":     {"words: " + strings.Repeat("[", 9000), ""},
	} {
		_, _, problems := decode(t, "x.yaml", c.src)
		if problems == nil || !strings.Contains(problems.Error(), c.want) {
			t.Errorf("%s: %.300s", name, problems)
		}
		if len(problems) > 101 {
			t.Errorf("%s: %d problems", name, len(problems))
		}
	}
}

func TestLoadPlanGivesPlanAndDecks(t *testing.T) {
	plan, decks, problems := planfile.LoadPlan(os.DirFS("testdata/good"), "everything.yaml")
	if problems.Err() != nil || plan.ID != "everything" || decks["carrier"].Len() != 3 || decks["own"].Len() != 3 {
		t.Fatal(problems)
	}
	if r := decks["own"].Rate(2); r.Price != 100_000_000 || r.Connect != 10_000_000 || r.First != 6 || r.Next != 6 {
		t.Errorf("%+v", r)
	}
	plan, _, problems = planfile.LoadPlan(os.DirFS("testdata/good"), "short.json")
	if problems.Err() != nil || plan.Version != 1 || plan.Components[1].Name.Hant != "通話 😀" || plan.Components[0].UnitPrice.String() != "1200.5" {
		t.Fatal(plan, problems)
	}
	for _, name := range []string{"missing.yaml", "", ".", "../good/short.json"} {
		if p, d, problems := planfile.LoadPlan(os.DirFS("testdata/good"), name); problems.Err() == nil || p != nil || d != nil {
			t.Errorf("%q: %v", name, problems)
		}
	}
}

// TestContractFindsItsPlan by id and version among other files of its folder.
func TestContractFindsItsPlan(t *testing.T) {
	plan := "plan: p\nversion: %d\ncurrency: CNY\ntime_zone: UTC\ncomponents: [{id: a, measure: recurring, unit_price: 1}]\n"
	folder := fstest.MapFS{
		"in/a.yaml": {Data: fmt.Appendf(nil, plan, 1)}, "in/b.yml": {Data: fmt.Appendf(nil, plan, 2)}, "in/broken.yaml": {Data: []byte("plan: [")},
		"in/c.yaml": {Data: []byte("contract: c\nplan: p@2\nstart: 2026-01-01\n")}, "in/notes.txt": {Data: []byte("plan: p\n")},
	}
	b, problems := planfile.Load(folder, "in/c.yaml")
	if problems.Err() != nil || b.Plan.Version != 2 || b.Contract.ID != "c" {
		t.Fatal(problems)
	}
	if found := b.Locate(fault.Problems{{Path: "start", What: "x"}}); found[0].File != "in/c.yaml" || found[0].Line != 3 {
		t.Error(found)
	}
}

// TestExamplesAreGood: the plans and contracts the project shows can be loaded.
func TestExamplesAreGood(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, problems := planfile.Load(os.DirFS(filepath.Dir(file)), filepath.Base(file))
		if problems.Err() != nil || b.Plan == nil {
			t.Errorf("%s:\n%s", file, lines(problems.Errors()))
		}
	}
}
