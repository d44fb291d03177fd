package cdr

import (
	"bytes"
	"context"
	"testing"
)

// BenchmarkNative writes and reads the facts of a hundred thousand calls.
func BenchmarkNative(b *testing.B) {
	const n = 100_000
	data := benchData(b, n)
	convert := func(w *Writer) {
		if _, err := NewIntake(w, Options{Repeats: true}).Read(context.Background(), bytes.NewReader(data), "x", 0); err != nil {
			b.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	var file bytes.Buffer
	convert(NewWriter(&file))
	text := bytes.Clone(file.Bytes())
	b.Run("write", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			file.Reset()
			convert(NewWriter(&file))
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			out := &bare{}
			if err := WaihuFacts().Read(&Input{Name: "x", R: bytes.NewReader(text)}, out); err != nil || out.calls != n {
				b.Fatal(err, out.calls)
			}
		}
	})
}
