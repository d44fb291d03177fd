package vault_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/voice/vault"
)

func open(t *testing.T) (*vault.Vault, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "recordings")
	v, err := vault.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v, folder
}

// TestAFileOfEachRecording: what was written reads back, by its own company alone;
// it is nobody else's to look at, is never written over, and goes once.
func TestAFileOfEachRecording(t *testing.T) {
	v, folder := open(t)
	one, two, call := id.Company{ID: id.ID{1}}, id.Company{ID: id.ID{2}}, id.ID{1, 2, 3}
	f, err := v.Create(one, call)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("sound"); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := v.Create(one, call); fault.KindOf(err) != fault.Conflict {
		t.Errorf("written over: %v", err)
	}
	if _, err := v.Read(two, call); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another company reads it: %v", err)
	}
	for path, mode := range map[string]os.FileMode{filepath.Join(folder, one.String()): 0o700, filepath.Join(folder, vault.Name(one, call)): 0o600} {
		if s, err := os.Stat(path); err != nil || s.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, s, err)
		}
	}
	r, err := v.Read(one, call)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	r.Close()
	if err != nil || string(b) != "sound" {
		t.Errorf("%q, %v", b, err)
	}
	for range 2 {
		if err := v.Delete(one, call); err != nil {
			t.Error(err)
		}
	}
	if _, err := v.Read(one, call); fault.KindOf(err) != fault.NotFound {
		t.Errorf("it was deleted: %v", err)
	}
}

// TestNothingOutsideIsTouched: a link in the folder leads nowhere.
func TestNothingOutsideIsTouched(t *testing.T) {
	v, folder := open(t)
	c, outside := id.Company{ID: id.ID{1}}, t.TempDir()
	if err := os.Symlink(outside, filepath.Join(folder, c.String())); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Create(c, id.ID{5}); fault.KindOf(err) != fault.Internal {
		t.Error(err)
	}
	if list, err := os.ReadDir(outside); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", list, err)
	}
	if err := os.WriteFile(filepath.Join(outside, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(filepath.Join(outside, "file")); err == nil || !strings.Contains(err.Error(), "file") {
		t.Errorf("a file passes for a folder: %v", err)
	}
}
