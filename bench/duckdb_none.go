//go:build !cgo

package main

import (
	"fmt"
	"os"
)

// duckdb says that this build cannot compare: DuckDB is C++.
func (w *workload) duckdb(options, totals) (cost, []ranked, error) {
	fmt.Fprintln(os.Stderr, "bench: built without cgo: DuckDB is not compared with")
	return cost{}, nil, nil
}
