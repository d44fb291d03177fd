package document

import (
	"io"
	"testing"

	"waihu/internal/lang"
)

func BenchmarkPDF(b *testing.B) {
	for _, c := range []struct {
		name  string
		lines int
	}{{"30 lines", 30}, {"5000 lines", 5000}} {
		inv := longInvoice(b, c.lines)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := PDF(io.Discard, inv, lang.Traditional); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	inv := longInvoice(b, 5000)
	for b.Loop() {
		if err := Text(io.Discard, inv, TextOptions{Tag: lang.Traditional}); err != nil {
			b.Fatal(err)
		}
	}
}
