// Package cdr turns the records of other systems into usage facts: it finds out
// what a file is, undoes compression and encodings, reads record by record, and
// accounts for every one of them.
//
// It owns the formats, the intake of many files with its counts, and the
// rejects. It does not own what facts cost.
//
// What always holds: read = accepted + rejected + duplicate + ignored, per file
// and in total; memory does not grow with the length of a file, apart from the
// identifiers kept to find duplicates; no input makes it panic.
//
// Its times: a stamp without a zone is wall-clock time in the zone the caller
// names; a stamp the clocks skipped or repeated is flagged.
package cdr
