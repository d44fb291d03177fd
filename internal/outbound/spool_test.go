package outbound

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/usage"
)

// ends are books that are told ends.
type ends struct {
	err  error
	told []usage.Call
	of   []id.Company
}

func (e *ends) EndCall(_ context.Context, c id.Company, fact *usage.Call) (app.EndedCall, error) {
	if e.err == nil {
		e.told, e.of = append(e.told, *fact), append(e.of, c)
	}
	return app.EndedCall{}, e.err
}

func spool(t *testing.T) *Spool {
	t.Helper()
	s, err := OpenSpool(filepath.Join(t.TempDir(), "ends"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Spool) want(t *testing.T, waiting, refused int) {
	t.Helper()
	if w, r, err := s.Waiting(); w != waiting || r != refused || err != nil {
		t.Errorf("%d wait and %d are refused, %v; want %d and %d", w, r, err, waiting, refused)
	}
}

// TestAnEndWaitsForTheBooks: away for longer than the desk tries, they are told when they
// are back, by a process that began anew, and once. An end that could be told leaves nothing.
func TestAnEndWaitsForTheBooks(t *testing.T) {
	s := spool(t)
	company := id.Company{ID: id.ID{7}}
	fact := &usage.Call{ID: "x", Source: "waihu", Result: usage.Answered, Talk: 90 * time.Second, Course: &usage.Course{Why: "bye"}}
	synctest.Test(t, func(t *testing.T) {
		if _, err := (&Desk{Books: &gone{fails: 3}, Spool: s}).end(t.Context(), company, fact); err != nil {
			t.Error(err)
		}
		s.want(t, 0, 0)
		if _, err := (&Desk{Books: &gone{fails: 1000}, Spool: s}).end(t.Context(), company, fact); !away(err) {
			t.Error(err)
		}
	})
	s.want(t, 1, 0)
	books := &ends{err: errAway}
	if told, late, err := s.Tell(t.Context(), books); told+late != 0 || !away(err) {
		t.Errorf("%d, %d, %v", told, late, err)
	}
	again, err := OpenSpool(s.folder)
	if err != nil {
		t.Fatal(err)
	}
	books.err = nil
	for range 2 {
		if _, _, err := again.Tell(t.Context(), books); err != nil {
			t.Error(err)
		}
	}
	if len(books.told) != 1 || books.of[0] != company || books.told[0].Talk != fact.Talk || books.told[0].Course.Why != "bye" {
		t.Errorf("%+v", books)
	}
	s.want(t, 0, 0)
}

// TestEndsThatCannotBeTold: one that others ended is too late; one that is refused, and a
// file that is no end, are set aside and told; what may be mended by itself waits.
func TestEndsThatCannotBeTold(t *testing.T) {
	for _, c := range []struct {
		err                    error
		late, waiting, refused int
	}{{fault.New(fault.NotFound, "no such call"), 1, 0, 0}, {fault.New(fault.Invalid, "not so"), 0, 0, 1}, {fault.New(fault.Internal, "broken"), 0, 1, 0}} {
		s := spool(t)
		if err := s.keep(id.Company{ID: id.ID{7}}, &usage.Call{ID: "x"}); err != nil {
			t.Fatal(err)
		}
		if _, late, err := s.Tell(t.Context(), &ends{err: c.err}); late != c.late || (err == nil) != (c.late == 1) {
			t.Errorf("%v: %d late, %v", c.err, late, err)
		}
		s.want(t, c.waiting, c.refused)
	}
	s := spool(t)
	if err := os.WriteFile(filepath.Join(s.folder, "odd.end"), []byte("no end"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Tell(t.Context(), &ends{}); err == nil {
		t.Error("nobody is told of a file that is no end")
	}
	s.want(t, 0, 1)
}
