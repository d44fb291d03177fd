package serve

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"waihu/internal/fault"
)

// TestHealthNamesNoCompany: anybody may ask how the process is.
func TestHealthNamesNoCompany(t *testing.T) {
	w := &workers{state: map[string]string{}, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	w.note("sweeper", nil)
	w.note(sourceWorker+"co_a pbx", nil)
	w.note(sourceWorker+"co_b pbx", errors.New("no such file"))
	w.note(sourceWorker+"co_c pbx", nil)
	list := w.publicly()
	if len(list) != 2 || list[0].Name != "sources" || list[0].Error == "" || list[1].Name != "sweeper" || list[1].Error != "" {
		t.Errorf("it tells %v", list)
	}
}

// TestTakeKeyAgain: an import that failed can be tried again, and never writes
// over another key.
func TestTakeKeyAgain(t *testing.T) {
	from, c := t.TempDir(), Config{Data: t.TempDir()}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(from, keyFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("one")
	for range 2 {
		if err := TakeKey(&c, from); err != nil {
			t.Errorf("the same key: %v", err)
		}
	}
	write("two")
	if err := TakeKey(&c, from); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another key: %v", err)
	}
}
