package lang

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestSaid(t *testing.T) {
	for english, want := range map[string]string{
		"the file is empty": "檔案是空的",
		"sign contract: the quote was valid until 2026-03-31: make a new one": "報價有效至 2026-03-31：請另行報價",
		"this is a PDF, no file of records":                                   "檔案為 PDF 文件，不是資料檔",
		"contract NC-1 is quoted: it must be running":                         "合約 NC-1 已報價：須為履行中",
		"prices of [talk]":                          "[talk] 的價格未知",
		"usage without a price: 3 calls, no_prefix": "用量沒有單價：3 筆通話，費率表無相符字首",
	} {
		if got, ok := Said(Traditional, english); !ok || got != want {
			t.Errorf("%q: %q, want %q", english, got, want)
		}
	}
	for _, english := range []string{"nobody wrote this down", "prices of ", "", strings.Repeat("a: ", 100)} {
		if got, ok := Said(Simplified, english); ok || got != english {
			t.Errorf("%q became %q", english, got)
		}
	}
	if got, ok := Said(English, `lead list: another lead list has name "Spring" already`); !ok || got != `another lead list has name "Spring" already` {
		t.Errorf("what was being done stays in English: %q", got)
	}
	if got, ok := Said(English, "nobody wrote this down"); !ok || got != "nobody wrote this down" {
		t.Errorf("English is English: %q", got)
	}
}

// TestSaidProblems: findings as they are written on lines, several at once.
func TestSaidProblems(t *testing.T) {
	english := "amend contract: plan.yaml:4:7: modules[0]: the plan has no such module (found \"x: \\\"y\\\"\"); expected one of its modules\n" +
		"price: a number with a leading zero, which some read as octal; expected a decimal such as 12.34; write it without the zero\n" +
		"start: no first day of service; expected something nobody wrote down\n" +
		"this is not YAML: did not find expected key; check indentation, colons and quotes on this line and the one before\n" +
		"bill.xlsx: the workbook is damaged or cut off: EOF; expected a whole XLSX file; copy or download it again"
	want := "plan.yaml:4:7 modules[0]：套餐沒有此模組（「x: \"y\"」）；應為：套餐的模組之一\n" +
		"price：數字開頭有零，可能被視為八進位；應為：小數，例如 12.34；請去掉開頭的零\n" +
		"start：沒有服務首日\n" +
		"內容不是 YAML；請檢查此行與前一行的縮排、冒號與引號\n" +
		"bill.xlsx：活頁簿已損壞或不完整：EOF；應為：完整的 XLSX 檔案；請重新複製或下載"
	if got, ok := Said(Traditional, english); !ok || got != want {
		t.Errorf("%v\n%s\nwant\n%s", ok, got, want)
	}
	half, ok := Said(Simplified, "this is not YAML: mapping values\nnobody wrote this down")
	if ok || half != "内容不是 YAML\nnobody wrote this down" {
		t.Errorf("%v %q", ok, half)
	}
}

// code is every file of ours but tests, by its path within internal: read once.
func code(t *testing.T) map[string]*ast.File {
	t.Helper()
	files, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var ours = sync.OnceValues(func() (map[string]*ast.File, error) {
	files := map[string]*ast.File{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0); err == nil { // the compiler says it better
			files[strings.TrimPrefix(path, "../")] = file
		}
		return nil
	})
	return files, err
})

// TestSaidInCode: each sentence stands in the code, so that one that is reworded
// there is missed here.
func TestSaidInCode(t *testing.T) {
	says := map[string]bool{}
	for _, file := range code(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				says[sentence(e)] = true
			}
			return true
		})
	}
	for _, x := range sayings() {
		if !says[strings.Join(x.texts, "{}")] {
			t.Errorf("%s: no code says %q", x.key, strings.Join(x.texts, "{}"))
		}
		for _, n := range catalogue().byKey[x.key].in(English) {
			if n.op != 0 && n.op != 'v' && n.op != '@' {
				t.Errorf("%s: what a sentence was filled with is found again only as {name} or {name@words}", x.key)
			}
		}
	}
}

var verb = regexp.MustCompile(`%[.0-9]*[a-zA-Z]`)

// sentence is a text in code, its verbs and what is joined to it as {}.
func sentence(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(x.Value); err == nil && x.Kind == token.STRING {
			return strings.ReplaceAll(verb.ReplaceAllString(s, "{}"), "%%", "%")
		}
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			return sentence(x.X) + sentence(x.Y)
		}
	}
	return "{}"
}
