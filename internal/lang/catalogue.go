package lang

import (
	"bufio"
	"embed"
	"fmt"
	"sort"
	"strings"
	"sync"

	"waihu/internal/fault"
)

//go:embed phrases_*.tsv
var phraseFiles embed.FS

// phrase is one sentence in the three languages, ready to fill.
type phrase struct {
	file string
	line int
	raw  map[Tag]string
	tree map[Tag][]node
}

// book is every phrase by key, and what was wrong in the files.
type book struct {
	byKey    map[string]*phrase
	problems fault.Problems
}

// catalogue reads the phrase files once; afterwards it never changes.
var catalogue = sync.OnceValue(func() *book { return readBook() })

func readBook() *book {
	b := &book{byKey: map[string]*phrase{}}
	entries, err := phraseFiles.ReadDir(".")
	if err != nil {
		b.problems = append(b.problems, fault.Problem{What: err.Error()})
		return b
	}
	for _, e := range entries {
		data, err := phraseFiles.ReadFile(e.Name())
		if err != nil {
			b.problems = append(b.problems, fault.Problem{File: e.Name(), What: err.Error()})
			continue
		}
		b.readFile(e.Name(), string(data))
	}
	return b
}

// readFile reads lines of key, en, zh-Hant, zh-Hans. Empty lines and lines
// that begin with # are skipped; the first other line is the heading.
func (b *book) readFile(name, data string) {
	sc := bufio.NewScanner(strings.NewReader(data))
	headed := false
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "\t")
		bad := func(what, expected string) {
			b.problems = append(b.problems, fault.Problem{File: name, Line: n, Value: line, What: what, Expected: expected})
		}
		if len(cells) != 4 {
			bad(fmt.Sprintf("%d columns", len(cells)), "key, en, zh-Hant, zh-Hans, with tabs between")
			continue
		}
		if !headed {
			headed = true
			if line != "key\ten\tzh-Hant\tzh-Hans" {
				bad("the heading is not what it must be", "key, en, zh-Hant, zh-Hans")
			}
			continue
		}
		if old := b.byKey[cells[0]]; old != nil {
			bad(fmt.Sprintf("key is already in %s line %d", old.file, old.line), "each key once")
			continue
		}
		p := &phrase{file: name, line: n, raw: map[Tag]string{}, tree: map[Tag][]node{}}
		for i, tag := range Tags() {
			text := cells[i+1]
			tree, err := parsePhrase(text)
			if err != nil || strings.TrimSpace(text) == "" {
				bad(fmt.Sprintf("%s: no usable text: %v", tag, err), "a text with closed {placeholders}")
			}
			p.raw[tag], p.tree[tag] = text, tree
		}
		b.byKey[cells[0]] = p
	}
	if err := sc.Err(); err != nil {
		b.problems = append(b.problems, fault.Problem{File: name, What: err.Error()})
	}
}

// Phrase is the sentence of a key in a language, its placeholders filled from
// args. A key nobody wrote gives "[key]", so that a gap is seen and nothing
// fails. An argument that is missing stays visible as "{name}".
//
// The placeholders, as the phrase files write them:
//
//	{name}             the argument; "name.zh-Hant" (the language) goes before "name"
//	{n|call|calls}     the first word where n is 1, else the second
//	{n:number}         a decimal or a/b, grouped: 12,345.6
//	{a:amount}         a decimal with the decimals it has, grouped: 12,345.60
//	{p:percent}        a share, 0.06 as 6%
//	{d:date}           2026-03-01 as 1 Mar 2026 or 2026年3月1日
//	{s:seconds}        whole seconds in words: 1 minute 30 seconds
//	{s:clock}          whole seconds as 1:02:03
//	{n*unit}           n in the unit that argument unit names: 120 minutes
//	{mode@round}       the phrase choice.round.VALUE; several values with commas become a list
//	{name?text}        text (which may hold placeholders) where name is not empty
//	{name!text}        text where name is empty or absent
//	{name=value?text}  text where name is value
func Phrase(tag Tag, key string, args map[string]string) string {
	p := catalogue().byKey[key]
	if p == nil {
		return "[" + key + "]"
	}
	var b strings.Builder
	f := filler{tag: tag, args: args, out: &b}
	f.fill(p.in(tag))
	return b.String()
}

// in is the tree in a language; a tag that is none of ours reads English.
func (p *phrase) in(tag Tag) []node {
	if t, ok := p.tree[tag]; ok {
		return t
	}
	return p.tree[English]
}

// Has tells whether a key has a phrase.
func Has(key string) bool { return catalogue().byKey[key] != nil }

// Keys lists the keys that begin with prefix, sorted.
func Keys(prefix string) []string {
	var out []string
	for k := range catalogue().byKey {
		if strings.HasPrefix(k, prefix) {
			out = append(out, k)
		}
	}
	sort.Strings(out)
	return out
}

// Put writes a text in every language it has into args under name, for
// phrases that show a name from a plan.
func Put(args map[string]string, name string, t Text) {
	for tag, s := range map[Tag]string{English: t.En, Traditional: t.Hant, Simplified: t.Hans} {
		if s != "" {
			args[name+"."+string(tag)] = s
		}
	}
	if s := t.In(English); s != "" {
		args[name] = s
	}
}
