package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// partSuffix marks a file that is not complete yet.
const partSuffix = ".part"

// outFile is a file that is written while others are read. Until it is kept it
// stands beside its place: what is there already may be one of those read, and
// stays whole if the command fails.
type outFile struct {
	*os.File
	place string // empty: a device or pipe, which is written as it stands
}

// createOut begins a file.
func createOut(path string) (*outFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		return &outFile{File: f}, err
	}
	f, err := os.Create(path + partSuffix)
	return &outFile{f, path}, err
}

// end closes the file and, if all went well, puts it in its place.
func (f *outFile) end(keep bool) error {
	err := f.Close()
	switch {
	case f.place == "":
		return err
	case keep && err == nil:
		return os.Rename(f.Name(), f.place)
	}
	return errors.Join(err, os.Remove(f.Name()))
}

// writeOut writes a file by a function, whole or not at all.
func writeOut(path string, write func(*outFile) error) error {
	f, err := createOut(path)
	if err != nil {
		return err
	}
	err = write(f)
	return errors.Join(err, f.end(err == nil))
}

// job is a file to write, and how; without a path it is not asked for.
type job struct {
	path string
	to   func(io.Writer) error
}

// outFiles are files of one command: all of them are kept, or none.
type outFiles []*outFile

func (o *outFiles) create(path string) (*outFile, error) {
	f, err := createOut(path)
	if err == nil {
		*o = append(*o, f)
	}
	return f, err
}

// write does every job. All documents are made before any is written: one that
// cannot be made leaves no folder half of one bill and half of another.
func (o *outFiles) write(jobs []job) error {
	made := make([]bytes.Buffer, len(jobs))
	for i, j := range jobs {
		if j.path == "" {
			continue
		}
		if err := j.to(&made[i]); err != nil {
			return fmt.Errorf("%s: %w", j.path, err)
		}
	}
	for i, j := range jobs {
		if j.path == "" {
			continue
		}
		f, err := o.create(j.path)
		if err != nil {
			return err
		}
		if _, err := f.Write(made[i].Bytes()); err != nil {
			return fmt.Errorf("%s: %w", j.path, err)
		}
	}
	return nil
}

// end closes the files and, if all went well, puts them in their places.
func (o *outFiles) end(keep bool) error {
	var errs []error
	for _, f := range *o {
		errs = append(errs, f.end(keep))
	}
	return errors.Join(errs...)
}
