// Package faults has only tests: programs that are killed while they keep usage, bill
// and are paid, and nodes of one database that are killed while they bill.
package faults
