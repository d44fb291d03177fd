package outbound

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// Bounds of a spool.
const (
	mostEnds   = 10_000 // that wait, and of those that are set aside
	mostEnd    = 1 << 20
	waitingEnd = ".end"
	refusedEnd = ".refused" // the books do not take it, or it cannot be read: somebody must look at it
)

// Spool keeps ends of calls on disk that the books could not be told, until they are. It is
// a folder; one process uses it at a time. Safe for several goroutines.
type Spool struct {
	folder string
	mu     sync.Mutex
}

// Ender is what ends a call in the books.
type Ender interface {
	EndCall(ctx context.Context, c id.Company, fact *usage.Call) (app.EndedCall, error)
}

// kept is one end as it lies in its file.
type kept struct {
	Company string `json:"company"`
	Call    string `json:"call"` // for whoever looks at it
	Fact    []byte `json:"fact"` // as the books keep it
}

// OpenSpool opens a folder, and makes it if it is not there.
func OpenSpool(folder string) (*Spool, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fault.New(fault.Conflict, "the folder for ends of calls cannot be made: %v", err)
	}
	return &Spool{folder: folder}, nil
}

// Waiting tells how many ends wait in a folder, and how many were set aside. One that is not
// there has none.
func Waiting(folder string) (waiting, refused int, err error) {
	all, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	for _, f := range all {
		switch filepath.Ext(f.Name()) {
		case waitingEnd:
			waiting++
		case refusedEnd:
			refused++
		}
	}
	return waiting, refused, err
}

// Waiting tells how many ends wait, and how many were set aside.
func (s *Spool) Waiting() (waiting, refused int, err error) { return Waiting(s.folder) }

// name is the file of a call's end: one, however often it is kept.
func name(c id.Company, call string) string {
	sum := sha256.Sum256([]byte(c.String() + "/" + call))
	return id.ID(sum[:len(id.ID{})]).String() + waitingEnd
}

// keep writes an end down, whole or not at all.
func (s *Spool) keep(c id.Company, fact *usage.Call) (err error) {
	defer fault.Wrap(&err, "the end of call %s is not kept", fact.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, refused, err := s.Waiting()
	if err != nil {
		return err
	}
	if waiting+refused >= mostEnds {
		return fault.New(fault.Conflict, "%d ends of calls are kept in %s, as many as may be", waiting+refused, s.folder)
	}
	b, err := json.Marshal(kept{c.Named("co"), fact.ID, fact.AppendCanonical(nil)})
	if err != nil {
		return err
	}
	at := filepath.Join(s.folder, name(c, fact.ID))
	f, err := os.OpenFile(at+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(at+".new"))
	}
	return os.Rename(at+".new", at)
}

// drop forgets an end that was told.
func (s *Spool) drop(c id.Company, call string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return unlessGone(os.Remove(filepath.Join(s.folder, name(c, call))))
}

func unlessGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Tell tells the books every end that waits, each once, until they are away again. What
// they do not take is set aside. It returns how many were told and how many were too late:
// whoever thought the call dead had ended it.
func (s *Spool) Tell(ctx context.Context, books Ender) (told, late int, err error) {
	all, err := os.ReadDir(s.folder)
	if err != nil {
		return 0, 0, err
	}
	for _, f := range all { // bounded by what is kept
		if !strings.HasSuffix(f.Name(), waitingEnd) {
			continue
		}
		at := filepath.Join(s.folder, f.Name())
		c, fact, failed := read(at)
		if failed == nil {
			_, failed = books.EndCall(ctx, c, fact)
		} else if errors.Is(failed, fs.ErrNotExist) {
			continue // it was told meanwhile
		}
		switch {
		case failed == nil:
			told++
			failed = s.drop(c, fact.ID)
		case away(failed) || ctx.Err() != nil:
			return told, late, errors.Join(err, failed)
		case fact != nil && fault.KindOf(failed) == fault.NotFound:
			late++
			failed = s.drop(c, fact.ID)
		case fact == nil || fault.KindOf(failed) != fault.Internal: // else it may be gone when it is tried again
			failed = errors.Join(failed, unlessGone(os.Rename(at, strings.TrimSuffix(at, waitingEnd)+refusedEnd)))
		}
		err = errors.Join(err, failed)
	}
	return told, late, err
}

// read reads an end.
func read(at string) (c id.Company, _ *usage.Call, err error) {
	defer fault.Wrap(&err, "the end of a call in %s", at)
	info, err := os.Stat(at)
	if err != nil {
		return c, nil, err
	}
	if info.Size() > mostEnd {
		return c, nil, fault.New(fault.Invalid, "%d bytes; expected at most %d", info.Size(), mostEnd)
	}
	b, err := os.ReadFile(at)
	if err != nil {
		return c, nil, err
	}
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return c, nil, fault.New(fault.Invalid, "it cannot be read: %v", err)
	}
	company, err := id.ParseNamed("co", k.Company)
	if err != nil {
		return c, nil, err
	}
	fact := &usage.Call{}
	if err := usage.DecodeCall(slices.Clone(k.Fact), fact); err != nil {
		return c, nil, err
	}
	return id.Company{ID: company}, fact, nil
}

// away tells whether the books could not be asked, whatever else the error says.
func away(err error) bool {
	var u *store.Unavailable
	return errors.As(err, &u)
}
