// Package report defines the figures of calling: what is counted of tries, calls
// and agents' time, and what follows from the counts.
//
// It owns every definition (docs/reports.md says them in words) and the
// statistics behind a warning. It does not own where counts are kept (package
// store) or how they are told (package explain).
//
// A fact is counted once, when it is complete, into every dimension it has: the
// whole, its agent, trunk, calling number, list, hour of the week, cause. So the
// sum over the parts of a dimension is the whole, and any stretch of slots is the
// sum of its slots.
//
// Times are whole milliseconds. Instants are filed in slots of half an hour of
// UTC, so that days can be cut in every zone whose clock is a multiple of half an
// hour away. Shares are exact pairs of whole numbers; money is never a float.
package report
