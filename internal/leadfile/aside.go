package leadfile

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"

	"waihu/internal/fault"
)

// Why is the last column of rows set aside. Reading ignores it.
const Why = "waihu_why"

// Aside is a file of rows that were refused, as they stood and why: to be mended
// and read again with the same mapping.
type Aside struct {
	path string
	file *os.File
	w    *csv.Writer
	cols int
}

// NewAside goes on with a file at a length, what is behind it being cut off: rows
// of a lot that was never kept. A new one begins with the header.
func NewAside(path string, header []string, length int64) (*Aside, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	a := &Aside{path: path, file: f, w: csv.NewWriter(f), cols: len(header)}
	if err := f.Truncate(length); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if _, err := f.Seek(length, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if length == 0 && len(header) > 0 {
		if err := a.w.Write(append(slices.Clone(header), Why)); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return a, nil
}

// Add sets a row aside.
func (a *Aside) Add(cells []string, why *fault.Problem) error {
	row := slices.Clone(cells)
	for len(row) < a.cols { // so that why stands below its name
		row = append(row, "")
	}
	words := why.What
	if why.Value != "" {
		words += ": " + why.Value
	}
	if why.Expected != "" {
		words += " (" + why.Expected + ")"
	}
	return a.w.Write(append(row, words))
}

// Sync puts everything on disk and tells how long the file is.
func (a *Aside) Sync() (int64, error) {
	if a.w.Flush(); a.w.Error() != nil {
		return 0, a.w.Error()
	}
	if err := a.file.Sync(); err != nil {
		return 0, err
	}
	return a.file.Seek(0, io.SeekCurrent)
}

// Close ends the writing. A file that has no row is removed.
func (a *Aside) Close(rows int64) error {
	a.w.Flush()
	err := errors.Join(a.w.Error(), a.file.Close())
	if rows == 0 {
		err = errors.Join(err, os.Remove(a.path))
	}
	return err
}
