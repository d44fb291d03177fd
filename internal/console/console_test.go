package console

import (
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/store/sqlite"
	"waihu/internal/workspace"
)

// world is a console over a database in memory.
type world struct {
	*Server
	t  *testing.T
	db store.DB
}

func server(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Memory(sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	seal, err := access.NewSealer(make([]byte, access.SealerKeySize))
	if err != nil {
		t.Fatal(err)
	}
	ids := id.NewMaker(rand.Reader)
	gate := &access.Gate{DB: db, IDs: ids, Seal: seal, Hasher: access.NewQuickHasher()}
	s, err := New(Deps{System: &app.System{DB: store.Joining(db), IDs: ids, Node: "test", People: gate}, Gate: gate, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{s, t, db}
	w.shelve(workspace.Limits{})
	return w
}

func get(t *testing.T, s http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

var (
	phraseGap   = regexp.MustCompile(`\[[a-z_]+\.[a-z_.]+\]`)
	policyBreak = regexp.MustCompile(`(?i)<script>|\sstyle=|\son[a-z]+=|javascript:`)
)

// sound looks for what no page may have: a sentence nobody wrote, and what the
// content policy forbids.
func sound(t *testing.T, tag lang.Tag, page string) {
	t.Helper()
	if gap := phraseGap.FindString(page); gap != "" {
		t.Errorf("%s: %s has no phrase", tag, gap)
	}
	if bad := policyBreak.FindString(page); bad != "" {
		t.Errorf("%s: %q breaks the content policy", tag, bad)
	}
}

// TestStyleguideInEveryLanguage renders the page of all parts.
func TestStyleguideInEveryLanguage(t *testing.T) {
	s := server(t)
	for _, tag := range lang.Tags() {
		w := get(t, s, "/styleguide?lang="+string(tag))
		body := w.Body.String()
		if w.Code != http.StatusOK || w.Header().Get("Content-Language") != string(tag) {
			t.Fatalf("%s: %d, %s", tag, w.Code, w.Header().Get("Content-Language"))
		}
		if !strings.Contains(body, `<html lang="`+string(tag)+`"`) || !strings.Contains(body, lang.Phrase(tag, "guide.answer", nil)) {
			t.Errorf("%s: the page does not speak its language", tag)
		}
		sound(t, tag, body)
	}
}

// TestEveryAssetOnThePage follows every link to a file of the console.
func TestEveryAssetOnThePage(t *testing.T) {
	s := server(t)
	body := get(t, s, "/styleguide").Body.String()
	found := regexp.MustCompile(`/assets/[^"#]+`).FindAllString(body, -1)
	if len(found) < 6 {
		t.Fatalf("only %d files on the page", len(found))
	}
	total := 0
	seen := map[string]bool{}
	for _, f := range found {
		w := get(t, s, f, "Accept-Encoding", "gzip")
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, kept as %q", f, w.Code, w.Header().Get("Cache-Control"))
		}
		if !seen[f] {
			total += w.Body.Len()
		}
		seen[f] = true
	}
	if total > 150_000 {
		t.Errorf("a first load takes %d bytes, at most 150,000 were promised", total)
	}
	if w := get(t, s, "/assets/other/css/console.css"); w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("another version: %d, %q", w.Code, w.Header().Get("Cache-Control"))
	}
	for _, path := range []string{"/assets/", "/assets/x/../console.go", "/assets/x/css/tokens.css"} {
		if w := get(t, s, path); w.Code == http.StatusOK {
			t.Errorf("%s was served", path)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	for header, want := range map[string]lang.Tag{
		"": lang.English, "de, zh-CN;q=0.8": lang.Simplified, "zh-TW,en;q=0.5": lang.Traditional,
		"zh-MO": lang.Traditional, "en-AU, zh-TW": lang.English, "xx": lang.English,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", header)
		if got := languageOf(r); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Language", "en")
	r.AddCookie(&http.Cookie{Name: "lang", Value: "zh-Hans"})
	if got := languageOf(r); got != lang.Simplified {
		t.Errorf("the cookie says zh-Hans, the page speaks %s", got)
	}
}

// TestChooseGoesBackToOurOwnPagesOnly: the way back must not lead elsewhere.
func TestChooseGoesBackToOurOwnPagesOnly(t *testing.T) {
	s := server(t)
	for back, want := range map[string]string{"/styleguide?x=1": "/styleguide?x=1", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "": "/",
		"/\t/evil.example": "/", "/\x00/evil.example": "/", "/x\r\nSet-Cookie: a=b": "/", "/a/../..//evil.example": "/evil.example", "/compare/x?a=1#s-sliders": "/compare/x?a=1#s-sliders"} {
		r := httptest.NewRequest("POST", "/view", strings.NewReader("lang=zh-Hant&theme=dark&back="+url.QueryEscape(back)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("back to %q: %d, %q, want %q", back, w.Code, got, want)
		}
		if cookies := w.Result().Cookies(); len(cookies) != 2 || !cookies[0].HttpOnly {
			t.Errorf("cookies %v", cookies)
		}
	}
}

func TestMissingPage(t *testing.T) {
	w := get(t, server(t), "/nothing", "Accept-Language", "zh-TW")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "沒有這個頁面") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("no content policy")
	}
}

// TestAddressesThatAreNoText: a database server refuses to look for them, which
// would be an error of ours; the console says on a page of its own that there is nothing.
func TestAddressesThatAreNoText(t *testing.T) {
	s := server(t)
	for _, path := range []string{"/portal/%00", "/portal/%ff", "/portal/x?q=%00", "/portal/x?q=%ff", "/portal/x?q=%zz"} {
		if w := get(t, s, path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "no such page") || !strings.Contains(w.Body.String(), "<html") {
			t.Errorf("%s: %d %.200s", path, w.Code, w.Body)
		}
	}
}

// TestPartsHaveOneMeaning: of two parts with one name the later file silently
// wins.
func TestPartsHaveOneMeaning(t *testing.T) {
	files, err := fs.Glob(templateFiles, "templates/parts/*.html")
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, file := range files {
		text, err := fs.ReadFile(templateFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\{\{-? *define "([^"]+)"`).FindAllSubmatch(text, -1) {
			name := string(m[1])
			if first, ok := where[name]; ok {
				t.Errorf("%q is defined in %s and in %s", name, first, file)
			}
			where[name] = file
		}
	}
}
