// Package timex holds time as charging needs it: instants in UTC, local dates,
// half-open periods, billing cycles and holiday calendars.
//
// It owns when a period begins and ends. It never reads the clock: whoever
// needs "now" is told it.
//
// What always holds: an Instant is UTC; a Date is local to a zone that is named
// beside it; a Period contains its From and not its To.
package timex

// Times in this package:
//
//	Instant  a moment, microseconds since 1970 in UTC
//	Date     a day on a wall calendar, no zone of its own
//	Period   from one instant until just before another
//	Cycle    how billing periods follow each other from an anchor
