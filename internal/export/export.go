// Package export writes calls to Parquet files, for those who count with other
// tools, and reads them back.
//
// It owns the columns of such a file. It does not own which calls are in it
// (package app).
//
// What always holds: a file carries the digest of its facts, the same as an
// invoice shows, and a file that reads back to another digest is refused. Money
// is whole millionths, instants are UTC microseconds, never floats.
package export

import (
	"errors"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// Keys of a file's metadata.
const (
	formatKey = "waihu.format"
	digestKey = "waihu.facts"  // digest of the facts
	countKey  = "waihu.count"  // how many
	format    = "waihu-call-2" // of these columns
	formerly  = "waihu-call-1" // of the same without course
)

// Summary is what a file holds.
type Summary struct {
	Calls  int64  `json:"calls"`
	Digest string `json:"digest"`
}

// groupRows bounds the rows that are held in memory before they are written.
const groupRows = 50_000

// Writer writes one file.
type Writer struct {
	out      *parquet.GenericWriter[row]
	elements usage.Elements
	digest   usage.Digest
	n        int
}

// NewWriter begins a file.
func NewWriter(w io.Writer) *Writer {
	return &Writer{out: parquet.NewGenericWriter[row](w, parquet.Compression(&zstd.Codec{}), parquet.KeyValueMetadata(formatKey, format))}
}

// Add writes a call.
func (w *Writer) Add(c *store.ChargedCall) error {
	w.digest.Add(w.elements.Of(&c.Call))
	if _, err := w.out.Write([]row{rowOf(c)}); err != nil {
		return err
	}
	if w.n++; w.n%groupRows == 0 {
		return w.out.Flush()
	}
	return nil
}

// Close ends the file; without it there is none.
func (w *Writer) Close() (Summary, error) {
	s := Summary{w.digest.Count(), w.digest.String()}
	w.out.SetKeyValueMetadata(digestKey, s.Digest)
	w.out.SetKeyValueMetadata(countKey, strconv.FormatInt(s.Calls, 10))
	return s, w.out.Close()
}

// Read hands out the calls of a file, as they stand there, and compares their
// digest with the one the file carries. A difference is of kind Mismatch.
func Read(r io.ReaderAt, size int64, each func(*store.ChargedCall) error) (s Summary, err error) {
	defer fault.Wrap(&err, "reading calls from Parquet")
	f, err := parquet.OpenFile(r, size)
	if err != nil {
		return s, fault.New(fault.Invalid, "it is no Parquet file: %v", err)
	}
	if got, _ := f.Lookup(formatKey); got != format && got != formerly {
		return s, fault.New(fault.Invalid, "its format is %q: %q was expected", got, format)
	}
	in := parquet.NewGenericReader[row](f)
	defer in.Close()
	var elements usage.Elements
	var digest usage.Digest
	rows := make([]row, 1000)
	for more := true; more; { // ends with the rows
		n, err := in.Read(rows)
		if more = !errors.Is(err, io.EOF); err != nil && more {
			return s, err
		}
		for i := range rows[:n] {
			c, err := rows[i].call()
			if err != nil {
				return s, err
			}
			digest.Add(elements.Of(&c.Call))
			if each != nil {
				if err := each(c); err != nil {
					return s, err
				}
			}
		}
	}
	s = Summary{digest.Count(), digest.String()}
	want, _ := f.Lookup(digestKey)
	if s.Digest != want {
		return s, fault.New(fault.Mismatch, "its %d calls have the digest %s, it says %s: it was changed or is damaged; export it again", s.Calls, s.Digest, want)
	}
	return s, nil
}
