package cdr

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"waihu/internal/fault"
	"waihu/internal/sim"
	"waihu/internal/usage"
)

// totals is the least a sink can do: count and add.
type totals struct {
	calls, answered int64
	talk            time.Duration
}

func (t *totals) Call(c *usage.Call) error {
	t.calls++
	if c.IsAnswered() {
		t.answered++
		t.talk += c.Talk
	}
	return nil
}
func (t *totals) Seat(usage.Seat) error       { return nil }
func (t *totals) Session(usage.Session) error { return nil }
func (t *totals) Module(usage.Module) error   { return nil }
func (t *totals) Rental(usage.Rental) error   { return nil }
func (t *totals) Event(usage.Event) error     { return nil }

// bare is an Out that only adds up.
type bare struct {
	totals
	records, rejects int64
}

func (o *bare) recordCall(_ int, _ rawRow, c *usage.Call) error {
	o.records++
	return o.Call(c)
}
func (o *bare) Record(Row)             { o.records++ }
func (o *bare) Reject(p fault.Problem) { o.rejects++ }
func (o *bare) Ignore(string)          {}
func (o *bare) Flag(fault.Problem)     {}

const benchRows = 1_000_000

func benchData(b *testing.B, rows int) []byte {
	var buf bytes.Buffer
	buf.Grow(rows * 300)
	if err := sim.AsteriskCSV(&buf, rows, 1); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

// BenchmarkAsterisk compares ways through a Master.csv of a million rows with a
// bare search for its line ends.
func BenchmarkAsterisk(b *testing.B) {
	data := benchData(b, benchRows)
	shanghai := zone("Asia/Shanghai")
	b.Run("newlines", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			n := 0
			for rest := data; ; n++ {
				i := bytes.IndexByte(rest, '\n')
				if i < 0 {
					break
				}
				rest = rest[i+1:]
			}
			if n != benchRows {
				b.Fatal(n)
			}
		}
	})
	b.Run("split", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			s := newSplitter(bytes.NewReader(data), ',')
			n := 0
			for s.next() {
				n += s.n
			}
			if n != 18*benchRows {
				b.Fatal(n)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			out := &bare{}
			if err := AsteriskCSV().Read(&Input{Name: "x", R: bytes.NewReader(data), Zone: shanghai}, out); err != nil || out.calls != benchRows {
				b.Fatal(err, out)
			}
		}
	})
	file := filepath.Join(b.TempDir(), "Master.csv")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("file-newlines", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if n := scanFile(b, file); n != benchRows {
				b.Fatal(n)
			}
		}
	})
	for _, repeats := range []bool{true, false} {
		b.Run(map[bool]string{false: "file-intake", true: "file-intake-repeats"}[repeats], func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				out := &totals{}
				in := NewIntake(out, Options{Zone: shanghai, Repeats: repeats})
				rep, err := in.File(context.Background(), file)
				if err != nil || rep.Counts.Accepted != benchRows {
					b.Fatal(err, rep.Counts)
				}
			}
		})
	}
}

// scanFile counts the line ends of a file, reading a megabyte at once.
func scanFile(b *testing.B, path string) (n int) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	for {
		m, err := f.Read(buf)
		for rest := buf[:m]; ; n++ {
			i := bytes.IndexByte(rest, '\n')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
		if err != nil {
			return n
		}
	}
}
