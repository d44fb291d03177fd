package serve_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/serve"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "waihu.yaml")
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestConfigSaysWhereValuesCameFrom(t *testing.T) {
	path := file(t, "data: /srv/books\nhttp:\n  listen: 0.0.0.0:80\n  key_rate: 7\nmail:\n  password: hush\n")
	c, settings, err := serve.Load(path, []string{"HOME=/x", "WAIHU_HTTP_LISTEN=0.0.0.0:81", "WAIHU_HTTP_PROXIES=10.0.0.0/8,192.168.0.0/16"}, []string{"log.level=debug"})
	must(t, err)
	if c.Data != "/srv/books" || c.HTTP.Listen != "0.0.0.0:81" || c.HTTP.KeyRate != 7 || len(c.HTTP.Proxies) != 2 || c.Log.Level != "debug" || c.HTTP.Connections != 2000 {
		t.Errorf("%+v", c)
	}
	for key, want := range map[string][2]string{
		"data":             {"/srv/books", path + ":1"},
		"http.listen":      {"0.0.0.0:81", "environment WAIHU_HTTP_LISTEN"},
		"http.key_rate":    {"7", path + ":4"},
		"log.level":        {"debug", "command line"},
		"http.connections": {"2000", "default"},
		"mail.password":    {"(set)", path + ":6"},
	} {
		found := false
		for _, s := range settings {
			if s.Key == key {
				found = true
				if s.Value != want[0] || s.Origin != want[1] || s.Doc == "" {
					t.Errorf("%s: %q from %q, want %q", key, s.Value, s.Origin, want)
				}
			}
		}
		if !found {
			t.Errorf("%s is not listed", key)
		}
	}
}

func TestConfigRefusesWhatItDoesNotKnow(t *testing.T) {
	for name, try := range map[string]struct {
		file     string
		env, set []string
		want     string
	}{
		"a key in the file":      {file: "http: {lisen: x}\n", want: "lisen"},
		"a variable":             {env: []string{"WAIHU_HTTP_LISEN=x"}, want: "WAIHU_HTTP_LISEN"},
		"a key on the line":      {set: []string{"http.lisen=x"}, want: "http.lisen"},
		"no number":              {env: []string{"WAIHU_HTTP_KEY_RATE=many"}, want: "a whole number"},
		"out of range":           {set: []string{"http.key_rate=0"}, want: "http.key_rate"},
		"half a certificate":     {set: []string{"http.certificate=x.pem"}, want: "both or neither"},
		"a level":                {set: []string{"log.level=loud"}, want: "debug, info"},
		"a kind of source":       {file: "sources: [{name: a, company: co_x, kind: telegraph}]\n", want: "file, manager or table"},
		"a source without path":  {file: "sources: [{name: a, company: co_x, kind: file}]\n", want: "path and format"},
		"two sources of a name":  {file: "sources: [{name: a, company: c, kind: file, path: p, format: f}, {name: a, company: c, kind: file, path: p, format: f}]\n", want: "another source"},
		"letters without sender": {set: []string{"mail.host=x"}, want: "mail.from"},
	} {
		path := ""
		if try.file != "" {
			path = file(t, try.file)
		}
		_, _, err := serve.Load(path, try.env, try.set)
		if err == nil || !strings.Contains(err.Error(), try.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLogsHaveNoSecrets(t *testing.T) {
	var b strings.Builder
	for _, json := range []bool{true, false} {
		log := serve.Logger(&b, serve.LogConfig{Level: "info", JSON: json})
		log.Info("x", "password", "hush", "api_key", "hush", "Authorization", "hush", "client_secret", "hush", "number", 5)
		log.Debug("hush")
	}
	if strings.Contains(b.String(), "hush") || strings.Count(b.String(), "5") < 2 {
		t.Error(b.String())
	}
}

// TestSourceKeysAreTold: what stands in a list has no line of its own.
func TestSourceKeysAreTold(t *testing.T) {
	told := map[string]bool{}
	for _, s := range serve.SourceKeys() {
		told[s.Key] = s.Doc != ""
	}
	for _, key := range []string{"sources[].name", "sources[].company", "sources[].kind", "sources[].path", "sources[].every"} {
		if !told[key] {
			t.Errorf("%s is not told", key)
		}
	}
}

// TestRecordingsHaveAFolder where one is named, and a name that cannot be one stops
// the start.
func TestRecordingsHaveAFolder(t *testing.T) {
	c := serve.Defaults()
	c.Data = t.TempDir()
	for _, folder := range []string{"", filepath.Join(c.Data, "recordings")} {
		c.Recordings = folder
		b, err := serve.Open(t.Context(), &c)
		must(t, err)
		if (b.System.Vault != nil) != (folder != "") {
			t.Errorf("%q: %v", folder, b.System.Vault)
		}
		must(t, b.DB.Close())
	}
	c.Recordings = file(t, "no folder")
	if _, err := serve.Open(t.Context(), &c); err == nil || !strings.Contains(err.Error(), c.Recordings) {
		t.Errorf("a file passes for a folder: %v", err)
	}
}
