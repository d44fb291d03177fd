package cdr

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/timex"
)

// zone is a time zone that exists.
func zone(name string) *time.Location {
	loc, err := timex.LoadZone(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// bigTable is a table of so many seats, none like the other.
func bigTable(n int) string {
	var b strings.Builder
	b.WriteString("fact,id,user,from\n")
	for i := range n {
		fmt.Fprintf(&b, "seat,%d,user-%d,2026-03-01\n", i, i*7919%n)
	}
	return b.String()
}
