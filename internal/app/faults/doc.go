// Package faults has only tests: programs that are killed while they keep usage.
package faults
