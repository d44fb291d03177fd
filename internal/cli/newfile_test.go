package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// text is what stands in a file.
func text(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// copied copies a file of the examples into a fresh folder.
func copied(t *testing.T, from string) string {
	t.Helper()
	return file(t, filepath.Base(from), text(t, examples+from))
}

func TestNothingReadIsWrittenOver(t *testing.T) {
	plan, records := copied(t, "per-minute/plan.yaml"), copied(t, "per-minute/usage/Master.csv")
	dir := t.TempDir()
	bill := []string{"bill", plan, records, "--period", "2026-03"}
	for _, out := range []string{"--csv", "--facts", "--detail", "--save", "--pdf", "--xlsx"} {
		for _, target := range []string{plan, records} {
			before := text(t, target)
			code, _, errs := run(t, append(bill, out, target)...)
			if code != 2 || !strings.Contains(errs, "cannot be written over") || text(t, target) != before {
				t.Errorf("%s %s: exit %d, %s", out, filepath.Base(target), code, errs)
			}
		}
	}
	link := filepath.Join(dir, "link.csv")
	if err := os.Symlink(records, link); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, append(bill, "--csv", link)...); code != 2 {
		t.Errorf("by another name: exit %d, %s", code, errs)
	}
	if code, _, errs := run(t, "facts", records, "--out", records, "--zone", "Asia/Shanghai"); code != 2 || !strings.Contains(text(t, records), "ANSWERED") {
		t.Errorf("facts: exit %d, %s", code, errs)
	}
	if code, _, errs := run(t, append(bill, "--csv", dir+"/x", "--save", dir+"/./x")...); code != 2 || !strings.Contains(errs, "two documents") {
		t.Errorf("two into one: exit %d, %s", code, errs)
	}
	if code, _, errs := run(t, append(bill, "--number", "A1", "--out", dir)...); code != 0 {
		t.Fatal(errs)
	}
	issued := text(t, dir+"/invoice.json")
	if code, _, errs := run(t, "credit", dir+"/invoice.json", "--number", "C1", "--reason", "noise", "--save", dir+"/invoice.json"); code != 2 || text(t, dir+"/invoice.json") != issued {
		t.Errorf("credit: exit %d, %s", code, errs)
	}
}

func TestABillThatCannotBeMadeLeavesTheOneBefore(t *testing.T) {
	dir := t.TempDir()
	plan, records := examples+"per-minute/plan.yaml", examples+"per-minute/usage/Master.csv"
	if code, _, errs := run(t, "bill", plan, records, "--period", "2026-03", "--out", dir); code != 0 {
		t.Fatal(errs)
	}
	names := func() (out []string) {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			out = append(out, f.Name()+"="+text(t, filepath.Join(dir, f.Name())))
		}
		return out
	}
	before := strings.Join(names(), "\n")
	empty := file(t, "empty.csv", "")
	for _, args := range [][]string{
		{"bill", plan, examples + "sales-floor/usage/Master.csv", empty, "--period", "2026-03", "--out", dir},
		{"bill", plan, examples + "sales-floor/usage/Master.csv", "--period", "2026-03", "--out", dir, "--ubl", dir + "/u.xml"},
		{"facts", examples + "sales-floor/usage/Master.csv", empty, "--out", dir + "/facts.jsonl"},
	} {
		if code, _, errs := run(t, args...); code != 1 {
			t.Errorf("%s: exit %d, %s", args[0], code, errs)
		}
		if strings.Join(names(), "\n") != before {
			t.Errorf("%v: the folder is not what it was", args)
		}
	}
	if code, _, errs := run(t, "bill", plan, records, "--period", "2026-03", "--csv", os.DevNull, "--pdf", dir); code != 1 || !strings.Contains(errs, "this is a folder") {
		t.Errorf("a folder for a file: exit %d, %s", code, errs)
	}
}

func TestWhatWasIssuedIsKept(t *testing.T) {
	dir := t.TempDir()
	bill := func(usage string, more ...string) (int, string) {
		code, _, errs := run(t, append([]string{"bill", examples + "per-minute/plan.yaml", examples + usage, "--period", "2026-03", "--out", dir}, more...)...)
		return code, errs
	}
	if code, errs := bill("per-minute/usage/Master.csv"); code != 0 {
		t.Fatal(errs)
	}
	for range 2 { // in the place of a draft, and once more the same
		if code, errs := bill("per-minute/usage/Master.csv", "--number", "A1"); code != 0 {
			t.Fatal(errs)
		}
	}
	issued, facts := text(t, dir+"/invoice.json"), text(t, dir+"/facts.jsonl")
	for _, more := range [][]string{{"--number", "A1"}, {"--number", "A2"}, nil} {
		code, errs := bill("six-second/usage/Master.csv", more...)
		if code != 1 || !strings.Contains(errs, "A1 was issued") || text(t, dir+"/invoice.json") != issued || text(t, dir+"/facts.jsonl") != facts {
			t.Errorf("%v: exit %d, %s", more, code, errs)
		}
	}
	credit := []string{"credit", dir + "/invoice.json", "--number", "C1", "--issued", "2026-04-02", "--save", dir + "/note.json", "--reason"}
	if code, _, errs := run(t, append(credit, "noise")...); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := run(t, append(credit, "another")...); code != 1 || !strings.Contains(errs, "C1 was issued") {
		t.Errorf("exit %d, %s", code, errs)
	}
}

// TestARewrittenFileKeepsItsPlace: a link stays a link, and what only its owner
// may read stays so.
func TestARewrittenFileKeepsItsPlace(t *testing.T) {
	kept := file(t, "kept.csv", "old")
	if err := os.Chmod(kept, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.csv")
	if err := os.Symlink(kept, link); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(t, "bill", examples+"per-minute/plan.yaml", examples+"per-minute/usage/Master.csv", "--period", "2026-03", "--csv", link); code != 0 {
		t.Fatal(errs)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if info, err = os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(text(t, kept), "9.45") {
		t.Errorf("%v, %v", info, err)
	}
}
