package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/api"
)

var update = flag.Bool("update", false, "rewrite the documents that are committed")

// filled is an address with something in the place of its names.
func filled(path string, with func(name string) string) string {
	return regexp.MustCompile(`\{(\w+)\}`).ReplaceAllStringFunc(path, func(s string) string { return with(strings.Trim(s, "{}")) })
}

// nothing is an identifier of each noun that names nothing.
func nothing(name string) string {
	nouns := map[string]string{"user": "user", "key": "key", "webhook": "whk", "message": "msg", "approval": "apr", "contract": "con", "invoice": "inv", "session": "ses", "dispute": "dis", "campaign": "cmp", "list": "lst", "lead": "lead", "prompt": "prm"}
	if n, ok := nouns[name]; ok {
		return n + "_01jd8zzzzzzzzzzzzzzzzzzzzz"
	}
	if name == "form" {
		return "json"
	}
	return "none"
}

// TestNoRouteWithoutCredentials tries every route there is without credentials,
// with wrong ones, and with a key that ended.
func TestNoRouteWithoutCredentials(t *testing.T) {
	w := newWorld(t)
	if len(w.api.Routes()) < 50 {
		t.Fatalf("only %d routes: the list is not whole", len(w.api.Routes()))
	}
	damaged := w.keyA[:len(w.keyA)-1] + "x"
	if damaged == w.keyA {
		damaged = w.keyA[:len(w.keyA)-1] + "y"
	}
	for _, r := range w.api.Routes() {
		path := filled(r.Path, nothing)
		if r.Public {
			continue
		}
		w.ask("", r.Method, path, nil).wantCode(401, "credentials_needed")
		w.ask(damaged, r.Method, path, nil).wantCode(401, "bad_credentials")
		w.ask("", r.Method, path, nil, "Cookie: __Host-waihu=forged").wantCode(401, "credentials_needed")
	}
}

// TestPublicRoutes is the list of what anybody may ask; a new one is added here
// on purpose or not at all.
func TestPublicRoutes(t *testing.T) {
	w := newWorld(t)
	want := "health-live health-ready login login-invitation login-passkey login-passkey-begin login-provider login-provider-return openapi"
	var got []string
	for _, r := range w.api.Routes() {
		if r.Public {
			got = append(got, r.ID)
		}
	}
	slices.Sort(got)
	if s := strings.Join(got, " "); s != want {
		t.Errorf("public routes\n got %s\nwant %s", s, want)
	}
}

// TestNoRouteForAnotherCompany tries every route with the key of another
// company: about company A it does not exist, and nothing of A comes back.
func TestNoRouteForAnotherCompany(t *testing.T) {
	w := newWorld(t)
	names := w.furnish(w.a)
	tried := 0
	for _, r := range w.api.Routes() {
		if r.Public || r.Self {
			continue
		}
		path := filled(r.Path, func(name string) string {
			if v, ok := names[name]; ok {
				return v
			}
			return nothing(name)
		})
		bodies := []any{nil}
		if r.Method != "GET" && r.Method != "DELETE" {
			bodies = append(bodies, "{}")
		}
		for _, body := range bodies {
			tried++
			// By naming A's things from B, and by naming A itself.
			for _, headers := range [][]string{{once("x-" + r.ID)}, {once("y-" + r.ID), of(w.a)}} {
				got := w.ask(w.keyB, r.Method, path, body, headers...)
				if len(headers) == 2 && !r.Platform && got.status != 404 && got.status != 422 && got.status != 400 {
					t.Errorf("%s %s about another company: %d %s", r.Method, path, got.status, got.body)
				}
				if got.status/100 == 2 && strings.Contains(r.Path, "{") {
					t.Errorf("%s %s of another company: %d %s", r.Method, path, got.status, got.body)
				}
				for noun, name := range names {
					if noun != "plan" && got.status/100 == 2 && bytes.Contains(got.body, []byte(name)) {
						t.Errorf("%s %s shows %s of another company: %s", r.Method, path, name, got.body)
					}
				}
				if bytes.Contains(got.body, []byte(secretOfA)) {
					t.Errorf("%s %s leaks: %s", r.Method, path, got.body)
				}
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d routes were tried", tried)
	}
}

// TestRolesAreKept asks every route with a role that lacks its permission.
func TestRolesAreKept(t *testing.T) {
	w := newWorld(t)
	for _, role := range []access.Role{access.Agent, access.API, access.Auditor, access.Supervisor} {
		key := w.key(w.a, role)
		for _, r := range w.api.Routes() {
			if r.Permission == "" || role.Has(r.Permission) {
				continue
			}
			got := w.ask(key, r.Method, filled(r.Path, nothing), validFor(r), once("z-"+r.ID))
			if got.status != 403 && got.status != 422 && got.status != 400 {
				t.Errorf("%s may %s %s: %d %s", role, r.Method, r.Path, got.status, got.body)
			}
		}
	}
}

func validFor(r api.Route) any {
	if r.Method == "GET" || r.Method == "DELETE" {
		return nil
	}
	return "{}"
}

// TestEveryGuardedRouteNamesARealPermission holds routes to the table.
func TestEveryGuardedRouteNamesARealPermission(t *testing.T) {
	w := newWorld(t)
	real := map[access.Permission]bool{}
	for _, g := range access.Table() {
		real[g.Permission] = true
	}
	used := map[access.Permission]bool{}
	for _, r := range w.api.Routes() {
		if r.Permission != "" && !real[r.Permission] {
			t.Errorf("%s asks for %q, which is not in the table", r.ID, r.Permission)
		}
		used[r.Permission] = true
	}
	for p := range real {
		if !used[p] && !unused[p] {
			t.Errorf("no route asks for %q", p)
		}
	}
}

// unused are permissions that no route asks for by itself, with the reason.
var unused = map[access.Permission]bool{
	access.BrandWrite: true, // the console's pages
	access.RoleGrant:  true, // asked inside of user-invite and user-change
}

// TestDocument holds the committed document to the code, and the code to the
// promise that version 1 only grows.
func TestDocument(t *testing.T) {
	w := newWorld(t)
	got, err := w.api.Document()
	must(t, err)
	path := filepath.Join("..", "..", "docs", "openapi.json")
	was, err := os.ReadFile(path)
	if *update && (os.IsNotExist(err) || !bytes.Equal(was, got)) {
		must(t, os.WriteFile(path, got, 0o644))
		was = got
	} else {
		must(t, err)
	}
	if !bytes.Equal(was, got) {
		t.Errorf("docs/openapi.json is not what the code says: run go test ./internal/api -run TestDocument -update and look at the difference")
	}
	base, err := os.ReadFile(filepath.Join("testdata", "openapi-v1.json"))
	if os.IsNotExist(err) && *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(filepath.Join("testdata", "openapi-v1.json"), got, 0o644))
		base = got
	} else {
		must(t, err)
	}
	for _, lost := range shrunk(t, base, got) {
		t.Errorf("version 1 promised %s: within it the interface only grows", lost)
	}
	if bytes.Contains(got, []byte(`"$schema"`)) || bytes.Contains(got, []byte("ErrorModel.json")) {
		t.Error("the document has $schema links")
	}
}

// shrunk lists what a document had and its successor has not, or asks for more.
func shrunk(t *testing.T, before, after []byte) (lost []string) {
	t.Helper()
	var b, a map[string]any
	must(t, json.Unmarshal(before, &b))
	must(t, json.Unmarshal(after, &a))
	var walk func(at string, b, a any)
	walk = func(at string, b, a any) {
		switch b := b.(type) {
		case map[string]any:
			there, ok := a.(map[string]any)
			if !ok {
				lost = append(lost, at)
				return
			}
			for k, v := range b {
				switch k {
				case "description", "summary", "example", "examples", "default", "x-permission", "tags", "title":
					continue
				}
				next, ok := there[k]
				if !ok {
					if k != "required" && !strings.HasPrefix(k, "max") && !strings.HasPrefix(k, "min") && k != "pattern" && k != "enum" {
						lost = append(lost, at+"."+k)
					}
					continue
				}
				walk(at+"."+k, v, next)
			}
			if inBody := strings.Contains(at, "schemas"); inBody {
				for _, r := range list(there["required"]) {
					if !slices.Contains(list(b["required"]), r) && properties(b)[r] == nil {
						lost = append(lost, at+" without a new required field "+r)
					}
				}
			}
		case []any:
			if strings.HasSuffix(at, ".required") || strings.HasSuffix(at, ".enum") {
				for _, v := range list(b) {
					if strings.HasSuffix(at, ".enum") && !slices.Contains(list(a), v) {
						lost = append(lost, at+" "+v)
					}
				}
				return
			}
		default:
			if b != a {
				lost = append(lost, at)
			}
		}
	}
	walk("paths", b["paths"], a["paths"])
	walk("schemas", b["components"].(map[string]any)["schemas"], a["components"].(map[string]any)["schemas"])
	return lost
}

func properties(m map[string]any) map[string]any {
	p, _ := m["properties"].(map[string]any)
	return p
}

func list(v any) (out []string) {
	items, _ := v.([]any)
	for _, i := range items {
		if s, ok := i.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// TestShrunkSees holds the comparison itself: what it must find, it finds.
func TestShrunkSees(t *testing.T) {
	doc := func(s string) []byte {
		return []byte(`{"paths":{"/a":{"get":{"responses":{"200":{}}}}},"components":{"schemas":{"X":` + s + `}}}`)
	}
	before := doc(`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","enum":["x","y"]}},"required":["a"]}`)
	for after, want := range map[string]int{
		`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","enum":["x","y"]}},"required":["a"]}`:                           0,
		`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","enum":["x","y","z"]},"c":{"type":"string"}},"required":["a"]}`: 0,
		`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`:                                                                  1,
		`{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string","enum":["x","y"]}},"required":["a"]}`:                          1,
		`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","enum":["x"]}},"required":["a"]}`:                               1,
		`{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","enum":["x","y"]},"c":{"type":"string"}},"required":["a","c"]}`: 1,
	} {
		if got := shrunk(t, before, doc(after)); len(got) != want {
			t.Errorf("%s: found %v, want %d", after, got, want)
		}
	}
}

// TestPermissionTable holds docs/permissions.md to the table in the code.
func TestPermissionTable(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Permissions\n\nWho may do what, in the companies they have the role in. This page is written from the code\n(`go test ./internal/api -run TestPermissionTable -update`). The platform operator has every permission. Roles marked * are held\nover all companies and by the operator's own people only; a customer admin is one in one company.\n\n| permission | lets somebody |")
	roles := []access.Role{access.Finance, access.Supervisor, access.Agent, access.Auditor, access.API, access.CustomerAdmin}
	for _, r := range roles {
		b.WriteString(" " + string(r))
		if r == access.Finance {
			b.WriteString("*")
		}
		b.WriteString(" |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(roles)) + "\n")
	for _, g := range access.Table() {
		b.WriteString("| `" + string(g.Permission) + "` | " + g.What + " |")
		for _, r := range roles {
			if r.Has(g.Permission) {
				b.WriteString(" yes |")
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	path := filepath.Join("..", "..", "docs", "permissions.md")
	if *update {
		must(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	was, err := os.ReadFile(path)
	must(t, err)
	if string(was) != b.String() {
		t.Error("docs/permissions.md is not what the code says: run the test with -update")
	}
}
