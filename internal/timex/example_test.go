package timex_test

import (
	"fmt"

	"waihu/internal/timex"
)

func ExampleCycle() {
	months := timex.Cycle{Unit: timex.Month, Count: 1, Anchor: timex.MustDate("2026-01-31")}
	for n := range 4 {
		fmt.Print(months.Boundary(n), " ")
	}
	first, after := months.Containing(timex.MustDate("2026-03-30"))
	fmt.Println(first, after)
	// Output: 2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-02-28 2026-03-31
}
