// Package sheet gives the rows of a table that came as a file: separated values
// in any encoding, or a sheet of a workbook.
//
// It owns how such files are opened and how far they may go. It does not own what
// the columns mean: who reads a vendor's bill or a list of leads does.
//
// What always holds: rows come in the order of the file, with their number; no
// row, file or workbook is taken beyond a bound; a damaged one is a Problem and
// never a panic.
package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"waihu/internal/fault"
	"waihu/internal/usage/cdr"
)

const (
	MaxColumns  = 1_000     // of a row
	maxRecord   = 1 << 20   // bytes of one row of CSV, quoted line ends and all
	maxWorkbook = 256 << 20 // bytes of a workbook as a file
	maxUnzipped = 2 << 30   // bytes of a workbook unpacked
	maxInMemory = 16 << 20  // bytes of a sheet above which it is unpacked to a temporary file
	zipMagic    = "PK\x03\x04"
	oldMagic    = "\xD0\xCF\x11\xE0" // xls, and workbooks with a password
)

// Source is a file that can be opened again and again.
type Source struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Table gives rows of cells in the order of the file.
type Table interface {
	// Next is the next row and its number from 1; io.EOF after the last.
	Next() (cells []string, row int, err error)
	Serial() bool // times may be written as spreadsheets count days
	Close()
}

// Open opens the table of a file: a sheet of a workbook, or CSV.
func Open(src Source, sheet string) (Table, error) {
	f, err := src.Open()
	if err != nil {
		return nil, fault.Problem{File: src.Name, What: "cannot be read: " + err.Error(), Fix: "check the name and the folder"}
	}
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		f.Close()
		return nil, fault.Problem{File: src.Name, What: "cannot be read: " + err.Error()}
	}
	head = head[:n]
	all := io.MultiReader(bytes.NewReader(head), f)
	switch string(head) {
	case zipMagic:
		defer f.Close()
		return openWorkbook(src.Name, sheet, all)
	case oldMagic:
		f.Close()
		return nil, fault.Problem{File: src.Name, What: "it is an old Excel workbook, or one with a password", Expected: "XLSX or CSV", Fix: "save it as XLSX without a password"}
	}
	if sheet != "" {
		f.Close()
		return nil, fault.Problem{File: src.Name, Value: sheet, What: "the mapping names a sheet, and this is no workbook", Expected: "XLSX", Fix: "give the workbook, or take sheet out of the mapping"}
	}
	t, err := openCSV(src.Name, f, all)
	if err != nil && strings.EqualFold(filepath.Ext(src.Name), ".xlsx") {
		return nil, fault.Problem{File: src.Name, What: "this is no workbook, though its name says so", Expected: "a whole XLSX file", Fix: "copy or download it again"}
	}
	return t, err
}

// csvTable reads separated values in any encoding records come in.
type csvTable struct {
	name   string
	file   io.Closer
	opened *cdr.Opened
	limit  *rowLimit
	r      *csv.Reader
}

// rowLimit fails once a row takes more than maxRecord bytes: a quote that is
// never closed must not swallow a file.
type rowLimit struct {
	r    io.Reader
	left int
}

var errRowTooLong = errors.New("a row is longer than a megabyte: a quotation mark may be missing")

func (l *rowLimit) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, errRowTooLong
	}
	n, err := l.r.Read(b[:min(len(b), 4096)])
	l.left -= n
	return n, err
}

func openCSV(name string, f io.Closer, r io.Reader) (Table, error) {
	opened, err := cdr.Open(r, name, cdr.OpenOptions{})
	if err != nil {
		f.Close()
		return nil, err
	}
	head, err := opened.Head()
	if err != nil {
		opened.Close()
		f.Close()
		return nil, err
	}
	limit := &rowLimit{r: opened, left: maxRecord}
	t := &csvTable{name: name, file: f, opened: opened, limit: limit, r: csv.NewReader(limit)}
	t.r.Comma = separator(string(head))
	t.r.FieldsPerRecord = -1
	t.r.LazyQuotes = true
	return t, nil
}

// separator is what stands most often in the first lines: comma, semicolon, tab
// or bar.
func separator(head string) rune {
	best, most := ',', 0
	for _, c := range ",;\t|" {
		if n := strings.Count(head, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

func (t *csvTable) Next() ([]string, int, error) {
	t.limit.left = maxRecord
	cells, err := t.r.Read()
	if err == io.EOF {
		return nil, 0, io.EOF
	}
	line, _ := t.r.FieldPos(0)
	if err != nil {
		var p fault.Problem
		if errors.As(err, &p) {
			return nil, 0, p
		}
		return nil, 0, fault.Problem{File: t.name, What: "cannot be read as separated values: " + err.Error(), Fix: "save it as CSV again"}
	}
	if len(cells) > MaxColumns {
		return nil, 0, fault.Problem{File: t.name, Line: line, What: fmt.Sprintf("%d columns", len(cells)), Expected: fmt.Sprintf("at most %d", MaxColumns)}
	}
	return cells, line, nil
}

func (t *csvTable) Serial() bool { return false }

func (t *csvTable) Close() {
	t.opened.Close()
	t.file.Close()
}

// workbook reads a sheet row by row.
type workbook struct {
	name string
	file *excelize.File
	rows *excelize.Rows
	row  int
}

func openWorkbook(name, sheet string, r io.Reader) (_ Table, err error) {
	defer func() {
		if p := recover(); p != nil { // the library indexes by what a file says; a broken file must not end the program
			err = damaged(name, fmt.Sprint(p))
		}
	}()
	limited := &io.LimitedReader{R: r, N: maxWorkbook + 1}
	f, err := excelize.OpenReader(limited, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxInMemory})
	if limited.N <= 0 {
		return nil, fault.Problem{File: name, What: fmt.Sprintf("a workbook of more than %d MiB", maxWorkbook>>20), Fix: "save the sheet as CSV, which is read without a limit"}
	}
	if err != nil {
		return nil, damaged(name, err.Error())
	}
	names := f.GetSheetList()
	if sheet == "" && len(names) > 0 {
		sheet = names[0]
	}
	rows, err := f.Rows(sheet)
	if err != nil {
		f.Close()
		return nil, fault.Problem{File: name, Value: sheet, What: "no such sheet", Expected: "one of " + strings.Join(names, ", "), Fix: "name the sheet in the mapping"}
	}
	return &workbook{name: name, file: f, rows: rows}, nil
}

func damaged(name, why string) error {
	return fault.Problem{File: name, What: "the workbook is damaged or cut off: " + fault.Shorten(why, 120), Expected: "a whole XLSX file", Fix: "copy or download it again"}
}

func (t *workbook) Next() (cells []string, row int, err error) {
	defer func() {
		if p := recover(); p != nil { // see openWorkbook
			err = damaged(t.name, fmt.Sprint(p))
		}
	}()
	if !t.rows.Next() {
		if err := t.rows.Error(); err != nil {
			return nil, 0, damaged(t.name, err.Error())
		}
		return nil, 0, io.EOF
	}
	t.row++
	cells, err = t.rows.Columns()
	if err != nil {
		return nil, 0, damaged(t.name, err.Error())
	}
	if len(cells) > MaxColumns {
		return nil, 0, fault.Problem{File: t.name, Line: t.row, What: fmt.Sprintf("%d columns", len(cells)), Expected: fmt.Sprintf("at most %d", MaxColumns)}
	}
	return cells, t.row, nil
}

func (t *workbook) Serial() bool { return true }

func (t *workbook) Close() {
	t.rows.Close()
	t.file.Close()
}
