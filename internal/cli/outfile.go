package cli

import (
	"errors"
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
