// Package faults has only tests: programs that are killed while they keep usage, and
// nodes of one database that are killed while they bill.
package faults
