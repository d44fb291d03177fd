package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"waihu/internal/fault"
	"waihu/internal/usage/cdr"
)

// FileState is what became of a file.
type FileState string

const (
	FileNew     FileState = "new"     // not read yet
	FileRead    FileState = "read"    // its records are accounted for
	FileRefused FileState = "refused" // it is not what it must be; nothing of it counts
)

// File is an uploaded file of records.
type File struct {
	ID     string
	Name   string // as it was called where it came from
	Size   int64
	SHA256 string
	State  FileState
	Report cdr.Report
	Wrong  fault.Problems // why it was refused
	path   string
}

// Rejects tells whether there is a file of refused records.
func (f *File) Rejects() bool { return f.Report.Rejects != "" }

// Add takes a file in, to be read at once. The same content again is the file
// that is there. Errors of kind Overflow say which bound was met, those of kind
// Invalid that the file is empty.
func (sp *Space) Add(name string, r io.Reader) (File, error) {
	f, err := sp.receive(CleanName(name), r)
	if err != nil {
		return File{}, err
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if sp.gone {
		sp.shelf.give(f.Size)
		return File{}, errGone
	}
	for _, old := range sp.files {
		if old.SHA256 == f.SHA256 {
			sp.shelf.give(f.Size)
			return *old, os.Remove(f.path)
		}
	}
	total := f.Size
	for _, old := range sp.files {
		total += old.Size
	}
	if len(sp.files) >= sp.shelf.lim.Files || total > sp.shelf.lim.SpaceBytes {
		sp.shelf.give(f.Size)
		return File{}, errors.Join(fault.New(fault.Overflow, "a workspace holds up to %d files and %d MB: take some away, or pack them", sp.shelf.lim.Files, sp.shelf.lim.SpaceBytes>>20), os.Remove(f.path))
	}
	sp.number++
	f.ID = "f" + strconv.Itoa(sp.number)
	sp.files = append(sp.files, f)
	sp.basis = Basis{}
	sp.changed()
	_ = sp.look() // the file is in; looked reads it where too much is waiting now
	return *f, nil
}

// receive writes a file to the folder, counting and digesting as it comes.
func (sp *Space) receive(name string, r io.Reader) (_ *File, err error) {
	to, err := os.CreateTemp(sp.dir, "in-")
	if err != nil {
		return nil, err
	}
	f := &File{Name: name, State: FileNew, path: to.Name()}
	digest := sha256.New()
	defer func() {
		err = errors.Join(err, to.Close())
		if err != nil {
			sp.shelf.give(f.Size)
			err = errors.Join(err, os.Remove(f.path))
		}
	}()
	buf := make([]byte, 256<<10)
	for { // bounded: FileBytes
		n, rerr := r.Read(buf)
		if n > 0 {
			if f.Size+int64(n) > sp.shelf.lim.FileBytes {
				return f, fault.New(fault.Overflow, "%s is larger than %d MB: pack it with gzip or zstd, or cut it", name, sp.shelf.lim.FileBytes>>20)
			}
			if !sp.shelf.take(int64(n)) {
				return f, fault.New(fault.Overflow, "there is no room for more files at the moment: try again in an hour")
			}
			f.Size += int64(n)
			digest.Write(buf[:n])
			if _, err := to.Write(buf[:n]); err != nil {
				return f, err
			}
		}
		if errors.Is(rerr, io.EOF) {
			break
		}
		if rerr != nil {
			return f, fault.New(fault.Invalid, "%s did not come to its end: %v; send it again", name, rerr)
		}
	}
	if f.Size == 0 {
		return f, fault.Problem{File: name, What: "the file is empty", Expected: "call records", Fix: "export it again"}
	}
	f.SHA256 = hex.EncodeToString(digest.Sum(nil))
	return f, nil
}

// longestName bounds the name of a file as it is shown.
const longestName = 120

// CleanName is the last part of a name, without characters nobody can see.
func CleanName(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > longestName {
		name = string(r[len(r)-longestName:])
	}
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

// Remove takes a file away.
func (sp *Space) Remove(fileID string) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	at := slices.IndexFunc(sp.files, func(f *File) bool { return f.ID == fileID })
	if at < 0 || sp.gone {
		return fault.New(fault.NotFound, "there is no such file")
	}
	f := sp.files[at]
	sp.files = slices.Delete(sp.files, at, at+1)
	sp.shelf.give(f.Size)
	sp.changed()
	_ = sp.look() // as with a file that comes
	return os.Remove(f.path)
}

// Rejects opens the refused records of a file, as they stood, or (why) the
// reasons, a line of JSON for each. The error is of kind NotFound if there are
// none.
func (sp *Space) Rejects(fileID string, why bool) (*os.File, string, error) {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	for _, f := range sp.files {
		if f.ID != fileID || !f.Rejects() {
			continue
		}
		path, name := f.Report.Rejects, "rejected-"+f.Name
		if why {
			path, name = path+".why.jsonl", name+".why.jsonl"
		}
		file, err := os.Open(path)
		return file, name, err
	}
	return nil, "", fault.New(fault.NotFound, "there are no refused records of this file")
}

// looked sees that files nobody has read yet are being read: where too much was
// waiting when they came, or their reading failed, it begins anew. An error says
// why it cannot, or what went wrong; sp.mu is held.
func (sp *Space) looked() error {
	isNew := func(f *File) bool { return f.State == FileNew }
	if sp.gone || !slices.ContainsFunc(sp.files, isNew) {
		return nil
	}
	if j := sp.looking; j != nil {
		if j.Err() != nil {
			sp.looking = nil // whoever asks again has it tried again
		}
		return j.Err()
	}
	return sp.look()
}

// look reads all files again to tell what became of their records; sp.mu is
// held. Duplicates are those among all files, so all are read. An error says that
// too much is waiting: looked tries again.
func (sp *Space) look() error {
	if sp.looking != nil {
		sp.looking.stop()
	}
	sp.looking = nil
	if len(sp.files) == 0 {
		return nil
	}
	sp.looks++
	look, files := sp.looks, slices.Clone(sp.files)
	opt := sp.intake()
	opt.Rejects = filepath.Join(sp.dir, "rejects-"+strconv.Itoa(look))
	job, err := sp.shelf.start(func(ctx context.Context, j *Job) error {
		found, err := readAll(ctx, j, files, opt, nothing{})
		if err != nil {
			return err
		}
		sp.mu.Lock()
		defer sp.mu.Unlock()
		if sp.looks != look {
			return nil // files have come or gone: another job reads them
		}
		for i, f := range files {
			f.State, f.Report, f.Wrong = found[i].State, found[i].Report, found[i].Wrong
		}
		sp.changed()
		return nil
	})
	if err == nil {
		sp.looking = job
	}
	return err
}
