package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/serve"
)

// TestLeadsFromTheCommandLine: a guess, an import that remembers its mapping, rows
// mended and imported again, numbers barred.
func TestLeadsFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	config := serve.Defaults()
	config.Data = data
	b, err := serve.Open(context.Background(), &config)
	if err != nil {
		t.Fatal(err)
	}
	made, err := b.System.AddCompany(context.Background(), app.Company{Name: "Harbour"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.DB.Close(); err != nil {
		t.Fatal(err)
	}
	company := id.Company{ID: made.ID}.Named("co")
	list := filepath.Join(dir, "list.csv")
	if err := os.WriteFile(list, []byte("姓名,手机\n王小明,13800138000\n李雷,12\n韩梅梅,13800138002\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, "leads", "look", list, "--country", "cn")
	if code != 0 || !strings.Contains(out, `"phone"`) {
		t.Errorf("%d %s %s", code, out, errs)
	}
	code, _, errs = run(t, "leads", "import", list, "--data", data, "--company", company, "--list", "spring")
	if code != 1 || !strings.Contains(errs, "--new") {
		t.Errorf("%d %s", code, errs)
	}
	code, out, errs = run(t, "leads", "import", list, "--data", data, "--company", company, "--list", "spring", "--new", "--country", "CN", "--remember", "fair")
	if code != 3 || !strings.Contains(out, "3 rows: 2 leads added") || !strings.Contains(errs, ".aside.csv") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	aside, err := os.ReadFile(list + ".aside.csv")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(list+".mended.csv", []byte(strings.Replace(string(aside), "李雷,12", "李雷,13800138001", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs = run(t, "leads", "import", list+".mended.csv", "--data", data, "--company", company, "--list", "spring", "--mapping", "fair", "--json")
	if code != 0 || !strings.Contains(out, `"added": 1`) {
		t.Errorf("%d %s %s", code, out, errs)
	}
	code, out, errs = run(t, "leads", "import", list, "--data", data, "--company", company, "--list", "spring")
	if code != 3 || !strings.Contains(out, "0 leads added") || !strings.Contains(out, "2 in the list") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	code, out, errs = run(t, "leads", "bar", list, "--data", data, "--company", company, "--source", "register of March", "--country", "CN")
	if code != 3 || !strings.Contains(out, "2 numbers added") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	bare := filepath.Join(dir, "bare.csv")
	if err := os.WriteFile(bare, []byte("13800138005,王\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs = run(t, "leads", "import", bare, "--data", data, "--company", company, "--list", "spring"); code != 1 || !strings.Contains(errs, "--guess") {
		t.Errorf("%d %s", code, errs)
	}
}
