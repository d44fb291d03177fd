package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/fault"
)

// newFile is a file being written. What stands at its path stays as it was until
// the new content is whole: it is written beside it and takes its place at the
// end. A device or a pipe is written as it is.
type newFile struct {
	*os.File
	path string // empty: there is nothing to put in place
}

// createFile begins a file. Either keep or drop ends it.
func createFile(path string) (*newFile, error) {
	mode := fs.FileMode(0o666)
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s: this is a folder; name a file", path)
	case err == nil && (!info.Mode().IsRegular() || strings.HasPrefix(filepath.Clean(path), "/dev/")): // /dev/stdout may be a file
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		return &newFile{File: f}, err
	case err == nil:
		mode = info.Mode().Perm() // what only some may read stays so
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return nil, err
	}
	return &newFile{f, path}, nil
}

// keep ends the file and puts it in its place.
func (f *newFile) keep() error {
	if err := f.Close(); err != nil || f.path == "" {
		return err
	}
	return os.Rename(f.Name(), f.path)
}

// drop ends the file as if it had never been begun.
func (f *newFile) drop() error {
	err := f.Close()
	if f.path == "" {
		return err
	}
	return errors.Join(err, os.Remove(f.Name()))
}

// end keeps the file if all went well, and drops it if not.
func (f *newFile) end(err error) error {
	if err != nil {
		return errors.Join(err, f.drop())
	}
	return f.keep()
}

// writeFile writes a whole file, or leaves what stood there.
func writeFile(path string, data []byte) error {
	f, err := createFile(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return f.end(err)
}

// apart refuses to write over what is read, and to write two things into one
// file: records and issued invoices are kept as they are.
func apart(written, read []string) error {
	for i, to := range written {
		if to == "" {
			continue
		}
		for _, other := range written[:i] {
			if other != "" && filepath.Clean(other) == filepath.Clean(to) && to != os.DevNull {
				return coded{exitUsage, fmt.Errorf("%s: two documents would be written here; name a file for each", to)}
			}
		}
		info, err := os.Stat(to)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		for _, from := range read {
			if source, err := os.Stat(from); err == nil && os.SameFile(info, source) {
				return coded{exitUsage, fmt.Errorf("%s: this file is read, it cannot be written over; write to another file or folder", to)}
			}
		}
	}
	return nil
}

// maxIssued is the most of a file that is looked at for an issued document.
const maxIssued = 256 << 20

// unissued refuses to put a document in the place of another that was issued: a
// correction is a credit note and a new invoice, in files of their own. The same
// document may be written again.
func unissued(path, seal string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxIssued {
		return nil // nothing there, or no document of ours
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil // the writing will tell
	}
	var number, stands string
	if document.IsNote(data) {
		if n, err := document.ReadNoteJSON(bytes.NewReader(data)); err == nil {
			number, stands = n.Number, n.Seal
		}
	} else if inv, err := document.ReadJSON(bytes.NewReader(data)); err == nil && inv.Status == invoice.Issued {
		number, stands = inv.Number, inv.Seal
	}
	if number == "" || stands == seal {
		return nil
	}
	return fault.New(fault.Conflict, "%s: %s was issued and stands here; it is kept: write to another file or folder", path, number)
}
