package lang

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pageRooms are the rooms whose refusals and findings a person meets in a page: what
// they say is said in three languages.
var pageRooms = []string{
	"access", "app", "console", "leadfile", "planfile", "sheet", "usage/cdr", "vendorbill", "workspace",
	"calling/attempt", "calling/campaign", "calling/lead", "calling/quality", "calling/script", "exact", "money", "phone", "timex",
	"charging/audit", "charging/catalog", "charging/compare", "charging/contract", "charging/deck", "charging/dispute", "charging/forecast", "charging/life", "charging/offer",
}

// refusals are what sentences are handed to on their way into a fault, beside fault.New.
var refusals = []string{"bad", "warn", "put", "reject", "refuse", "flag", "ignored", "missingColumns", "notRecords", "expire"}

// TestRefusalsAreSaid: what a page can say when it refuses or warns was written down in
// Chinese, or stands in testdata/english.txt as what programs and commands alone meet.
func TestRefusalsAreSaid(t *testing.T) {
	data, err := os.ReadFile("testdata/english.txt")
	if err != nil {
		t.Fatal(err)
	}
	english := map[string]bool{} // whether code still says it
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if !strings.HasPrefix(line, "#") {
			english[line] = false
		}
	}
	for path, file := range code(t) {
		if !slices.Contains(pageRooms, path[:strings.LastIndex(path, "/")]) {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, s := range refused(n) {
				if _, ok := english[s]; ok {
					english[s] = true
					continue
				}
				if _, ok := said(Traditional, strings.ReplaceAll(s, "{}", "X1"), 0); !ok {
					t.Errorf("%s: %q is said in English alone: write it into phrases_said_*.tsv", path, s)
				}
			}
			return true
		})
	}
	for s, there := range english {
		if !there {
			t.Errorf("testdata/english.txt: %q is no longer said", s)
		}
	}
}

// words are two words of a sentence; what has none is a key, a form or a number.
var words = regexp.MustCompile(`[a-z]{2,},? [a-z]{2,}`)

// refused are the sentences that a place of the code refuses with or warns of.
func refused(n ast.Node) (out []string) {
	add := func(e ast.Expr) {
		if s := sentence(e); words.MatchString(s) {
			out = append(out, s)
		}
	}
	switch x := n.(type) {
	case *ast.CallExpr:
		name := calls(x)
		if name == "New" && len(x.Args) > 1 {
			if kind, ok := x.Args[0].(*ast.SelectorExpr); ok && slices.Contains([]string{"Invalid", "Conflict", "Overflow", "Unpriced", "Unknown", "Mismatch"}, kind.Sel.Name) {
				add(x.Args[1])
			}
		}
		if slices.Contains(refusals, name) {
			for _, arg := range x.Args {
				add(arg)
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := x.Key.(*ast.Ident); ok && slices.Contains([]string{"What", "Expected", "Fix"}, key.Name) {
			add(x.Value)
		}
	}
	return out
}

// calls is the name of what is called.
func calls(x *ast.CallExpr) string {
	switch f := x.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
