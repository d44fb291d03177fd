package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestKeysUsed finds the keys that code asks for and rules it names. A call to
// Phrase, phrase or say with a literal key, or with a literal that "+" goes on
// after, is looked at; so is every rating.Rule with a literal Key.
func TestKeysUsed(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return nil // the compiler says it better
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, use := range append(keysIn(n), rulesIn(path, n)...) {
				seen++
				if !use.known() {
					t.Errorf("%s: no phrase %q", fset.Position(n.Pos()), use.key)
					continue
				}
				if read := reads(use.key); use.args != nil {
					for _, name := range use.args {
						if !read[name] {
							t.Errorf("%s: %s reads no argument %q", fset.Position(n.Pos()), use.key, name)
						}
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("no key was found in any code: the test looks at the wrong place")
	}
}

type keyUse struct {
	key    string
	prefix bool
	args   []string // names given to a rule, where they stand in the call
}

// reads are the arguments a phrase reads, those that only pick a plural too.
func reads(key string) map[string]bool {
	out := map[string]bool{}
	p := catalogue().byKey[key]
	if p == nil {
		return out
	}
	arguments(p.tree[English], out)
	return out
}

// rulesIn finds the rules that the charging rooms name:
// rule("key", "arg", value, ...).
func rulesIn(path string, n ast.Node) []keyUse {
	call, ok := n.(*ast.CallExpr)
	if !ok || !strings.Contains(filepath.ToSlash(path), "internal/charging/") || len(call.Args) == 0 {
		return nil
	}
	name := ""
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		name = fn.Name
	case *ast.SelectorExpr:
		name = fn.Sel.Name
	}
	key, ok := literal(call.Args[0])
	if !ok || name != "rule" {
		return nil
	}
	use := keyUse{key: "rule." + key}
	for i := 1; i < len(call.Args); i += 2 {
		if arg, ok := literal(call.Args[i]); ok {
			use.args = append(use.args, arg)
		}
	}
	return []keyUse{use}
}

func (u keyUse) known() bool {
	if u.prefix {
		return len(Keys(u.key)) > 0
	}
	return Has(u.key)
}

func keysIn(n ast.Node) []keyUse {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch fn := n.Fun.(type) {
		case *ast.Ident:
			name = fn.Name
		case *ast.SelectorExpr:
			name = fn.Sel.Name
		}
		if name != "Phrase" && name != "phrase" && name != "say" {
			return nil
		}
		for _, arg := range n.Args {
			if s, ok := literal(arg); ok {
				return []keyUse{{key: s}}
			}
			if sum, ok := arg.(*ast.BinaryExpr); ok {
				if s, ok := literal(sum.X); ok {
					return []keyUse{{key: s, prefix: true}}
				}
			}
		}
	case *ast.CompositeLit:
		if named(n.Type, "Phrase") {
			return keyOfPhrase(n)
		}
		if !named(n.Type, "Rule") {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok && id.Name == "Key" {
					if s, ok := literal(kv.Value); ok {
						return []keyUse{{key: "rule." + s}}
					}
				}
			}
		}
	}
	return nil
}

// keyOfPhrase is the key of a Phrase{"key", ...} or Phrase{Key: "key"}, as far as
// it is written out.
func keyOfPhrase(n *ast.CompositeLit) []keyUse {
	if len(n.Elts) == 0 {
		return nil
	}
	first := n.Elts[0]
	if kv, ok := first.(*ast.KeyValueExpr); ok {
		if id, ok := kv.Key.(*ast.Ident); !ok || id.Name != "Key" {
			return nil
		}
		first = kv.Value
	}
	if s, ok := literal(first); ok {
		return []keyUse{{key: s}}
	}
	if sum, ok := first.(*ast.BinaryExpr); ok {
		if s, ok := literal(sum.X); ok {
			return []keyUse{{key: s, prefix: true}}
		}
	}
	return nil
}

func named(e ast.Expr, name string) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == name
	case *ast.SelectorExpr:
		return e.Sel.Name == name
	}
	return false
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// arguments are the names a phrase reads; one that only picks a plural is
// not counted, for Chinese has none.
func arguments(nodes []node, into map[string]bool) {
	for _, n := range nodes {
		if n.op != 0 && n.op != '|' {
			into[n.name] = true
		}
		if n.op == '*' {
			into[n.a] = true
		}
		arguments(n.sub, into)
	}
}

// TestArguments: the three languages read the same arguments, and every
// family of choices that a phrase names has words.
func TestArguments(t *testing.T) {
	for key, p := range catalogue().byKey {
		want := map[string]bool{}
		arguments(p.tree[English], want)
		for _, tag := range Tags() {
			got := map[string]bool{}
			arguments(p.tree[tag], got)
			if strings.HasPrefix(key, "said.") { // a refusal may say less than its English, never more
				maps.DeleteFunc(want, func(name string, _ bool) bool { return tag != English && !got[name] })
			}
			if !maps.Equal(want, got) {
				t.Errorf("%s: English reads %v, %s reads %v", key, slices.Sorted(maps.Keys(want)), tag, slices.Sorted(maps.Keys(got)))
			}
			families(t, key, p.tree[tag])
		}
	}
}

func families(t *testing.T, key string, nodes []node) {
	for _, n := range nodes {
		if n.op == '@' && len(Keys("choice."+n.a+".")) == 0 {
			t.Errorf("%s: no choices named %q", key, n.a)
		}
		families(t, key, n.sub)
	}
}

var argumentName = regexp.MustCompile(`^\s*(?:\*\*)?([a-z_]+)(?:\*\*)?(?:\s|$)`)

// TestRulesTable: RULES.md lists the rules and the arguments the phrases read.
func TestRulesTable(t *testing.T) {
	data, err := os.ReadFile("RULES.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, line := range strings.Split(string(data), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			continue
		}
		got := map[string]bool{}
		for _, item := range strings.Split(cells[2], ";") {
			if m := argumentName.FindStringSubmatch(item); m != nil && m[1] != "none" {
				got[m[1]] = true
			}
		}
		for key := range strings.SplitSeq(cells[1], ",") {
			key = "rule." + strings.TrimSpace(key)
			if !Has(key) {
				continue // the headings, and the table of forms
			}
			listed[key] = true
			if want := reads(key); !maps.Equal(got, want) {
				t.Errorf("%s: RULES.md lists %v, the phrase reads %v", key, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
			}
		}
	}
	for _, key := range Keys("rule.") {
		if !listed[key] {
			t.Errorf("RULES.md does not list %s", key)
		}
	}
}
