package cdr

import "testing"

func BenchmarkZZCut(b *testing.B) {
	for _, rows := range []int{100, 1000, 100000} {
		text := simRows(b, rows, 7)
		data := append(text, make([]byte, slack)...)
		for _, portable := range []bool{false, true} {
			name := map[bool]string{false: "vec", true: "port"}[portable]
			b.Run(name, func(b *testing.B) {
				var c plainCut
				n := 0
				for b.Loop() {
					for p := 0; p < len(text); {
						left := min(len(text)-p, plainMost)
						var e int
						if portable {
							e = c.cutPortable(data[p:], left)
						} else {
							e = c.cut(data[p:], left)
						}
						p += e + 1
						n++
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/row")
			})
		}
	}
}
