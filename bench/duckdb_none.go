//go:build !cgo || noduckdb

package main

import (
	"fmt"
	"os"
)

// duckdb says that this build cannot compare: DuckDB is C++, and large.
func (w *workload) duckdb(options, totals) (cost, []ranked, error) {
	fmt.Fprintln(os.Stderr, "bench: built without DuckDB: it is not compared with")
	return cost{}, nil, nil
}
