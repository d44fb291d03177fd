package tables

import "regexp"

// By names, behind a table, the index that a statement is written for. SQLite has no
// figures of how many rows a company has and takes a handful: of two ways to an order it
// would read the company's whole table by its key rather than look up a few rows by an
// index. A remark for PostgreSQL, which knows better.
func By(index string) string { return " /* by " + index + " */" }

var by = regexp.MustCompile(`/\* by (\w+) \*/`)

// Indexed is a statement as SQLite is held to its index.
func Indexed(sql string) string { return by.ReplaceAllString(sql, "INDEXED BY $1") }
