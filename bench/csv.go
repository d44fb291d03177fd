package main

import (
	"bufio"
	"bytes"
	"context"
	stdcsv "encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/meter"
	"waihu/internal/sim"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

const (
	centreRows = 5_000
	scanBlock  = 128 << 10 // the reader's own block
)

// workload is a file of calls and a deck to charge them by.
type workload struct {
	path    string
	rows    int
	entries []deck.Entry
	terms   *contract.Terms
}

func newWorkload(dir string, rows int) (*workload, error) {
	w := &workload{path: filepath.Join(dir, "Master.csv"), rows: rows, entries: centreDeck(centreRows)}
	f, err := os.Create(w.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := sim.AsteriskCSV(f, rows, 1); err != nil {
		return nil, err
	}
	w.terms, err = termsOf(w.entries)
	return w, err
}

// measureCSV measures a file of call records to totals, beside a bare look for
// line ends and beside DuckDB.
func measureCSV(r *report, o options) error {
	w, err := newWorkload(o.dir, o.rows)
	if err != nil {
		return err
	}
	want, err := w.plainly()
	if err != nil {
		return err
	}
	var took map[string]cost
	err = single(func() (err error) {
		took, err = takeTurns(o.runs, []contender{
			{"blocks", w.scanBlocks},
			{"opened", w.scanOpened},
			{"lines", w.scanLines},
			{"waihu", func() error { return w.check(want, true) }},
			{"duplicates", func() error { return w.check(want, false) }},
		})
		return err
	})
	if err != nil {
		return err
	}
	again, others, err := w.duckdb(o, want)
	if err != nil {
		return err
	}
	r.table(fmt.Sprintf("Master.csv of %d rows to totals, one core", o.rows), append(besideScans(took), besideOthers(again, others)...))
	fmt.Fprintf(r.w, "  all engines agree: %v\n", want)
	return nil
}

// besideScans compares the product with looking for line ends.
func besideScans(took map[string]cost) []finding {
	bare, ours := took["blocks"], took["waihu"]
	return []finding{
		{"line ends, blocks of the bare file", both(bare), "", true},
		{"line ends, blocks through the same buffers", both(took["opened"]), "", true},
		{"line ends, the standard library's line scanner", both(took["lines"]), "", true},
		{"waihu, file to totals", beside(ours, bare, "the bare file"), "at most 6 times", ratio(ours.cpu, bare.cpu) <= 6},
		{"waihu, duplicates found as well", beside(took["duplicates"], bare, "the bare file"), "", true},
	}
}

// besideOthers compares the others, which come in order, with the product. The
// goal is for the fastest of each kind of work.
func besideOthers(ours cost, others []ranked) []finding {
	if len(others) == 0 {
		return nil
	}
	out := []finding{{"waihu again, in turns with DuckDB", both(ours), "", true}}
	judged := map[bool]bool{}
	for _, d := range others {
		f := finding{"DuckDB, " + d.name, beside(d.cost, ours, "waihu"), "", true}
		if !judged[d.whole] {
			f.goal, f.met = "at least 3 times", ratio(d.cpu, ours.cpu) >= 3
		}
		judged[d.whole] = true
		out = append(out, f)
	}
	return out
}

func both(c cost) string { return fmt.Sprintf("%s (%s on the clock)", ms(c.cpu), ms(c.wall)) }

// beside writes a cost and how many times another's it is.
func beside(c, other cost, name string) string {
	return fmt.Sprintf("%s, %.2f times %s", both(c), ratio(c.cpu, other.cpu), name)
}

// check bills the file with the product's own reader, meter and rating.
func (w *workload) check(want totals, repeats bool) error {
	m, err := meter.New(w.terms, meter.Options{})
	if err != nil {
		return err
	}
	in := cdr.NewIntake(m, cdr.Options{Zone: w.terms.Loc, Repeats: repeats})
	report, err := in.File(context.Background(), w.path)
	if err != nil {
		return err
	}
	got, err := totalsOf(m)
	if err == nil && (!got.same(want) || report.Counts.Accepted != int64(w.rows)) {
		err = fmt.Errorf("waihu: %v (%v), the reference has %v", got, report.Counts, want)
	}
	return err
}

// scanBlocks looks for every line end of the bare file and does nothing else.
func (w *workload) scanBlocks() error {
	f, err := os.Open(w.path)
	if err != nil {
		return err
	}
	defer f.Close()
	return w.lineEnds(f)
}

// scanOpened does so behind what every input goes through: compression told,
// encoding checked, the reader's buffers.
func (w *workload) scanOpened() error {
	f, err := os.Open(w.path)
	if err != nil {
		return err
	}
	defer f.Close()
	opened, err := cdr.Open(f, w.path, cdr.OpenOptions{})
	if err != nil {
		return err
	}
	defer opened.Close()
	return w.lineEnds(opened)
}

// lineEnds counts line ends, with blocks as large as the reader's.
func (w *workload) lineEnds(r io.Reader) error {
	lines, block := 0, make([]byte, scanBlock)
	for {
		n, err := r.Read(block)
		for rest := block[:n]; ; lines++ {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
		if err == io.EOF {
			return w.all(lines)
		}
		if err != nil {
			return err
		}
	}
}

// scanLines goes from line to line as most programs do.
func (w *workload) scanLines() error {
	f, err := os.Open(w.path)
	if err != nil {
		return err
	}
	defer f.Close()
	lines, in := 0, bufio.NewScanner(f)
	for in.Scan() {
		lines++
	}
	if err := in.Err(); err != nil {
		return err
	}
	return w.all(lines)
}

func (w *workload) all(lines int) error {
	if lines != w.rows {
		return fmt.Errorf("%d lines, want %d", lines, w.rows)
	}
	return nil
}

// Columns of cdr_csv.
const (
	columnCalled, columnStart, columnTalked, columnResult, columnCount = 2, 9, 13, 14, 18
)

// plainly bills the file with the standard library and the reference.
func (w *workload) plainly() (totals, error) {
	f, err := os.Open(w.path)
	if err != nil {
		return totals{}, err
	}
	defer f.Close()
	in := stdcsv.NewReader(bufio.NewReaderSize(f, scanBlock))
	in.ReuseRecord, in.FieldsPerRecord = true, columnCount
	ref := newReference(w.entries)
	for {
		record, err := in.Read()
		if err == io.EOF {
			return ref.totals, nil
		}
		if err != nil {
			return totals{}, err
		}
		if err := w.plainCall(ref, record); err != nil {
			return totals{}, err
		}
	}
}

func (w *workload) plainCall(ref *reference, record []string) error {
	start, err := time.ParseInLocation(time.DateTime, record[columnStart], w.terms.Loc)
	if err != nil {
		return err
	}
	talked, err := strconv.ParseInt(record[columnTalked], 10, 64)
	if err != nil {
		return err
	}
	if record[columnResult] != "ANSWERED" || talked == 0 || !w.terms.Period.Contains(timex.At(start)) {
		return nil
	}
	number := "86" + record[columnCalled]
	if abroad, ok := strings.CutPrefix(record[columnCalled], "00"); ok {
		number = abroad
	}
	ref.call(number, talked)
	return nil
}
