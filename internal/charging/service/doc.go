// Package service measures what was promised: availability by the minute,
// quality figures, and how fast support answers.
//
// It owns outages, samples, attainment, and the clocks of tickets. It does not
// own what a missed promise gives back: the figure measured here is stated for a
// bill, and package rating makes the credit line.
//
// What always holds: planned work counts neither for nor against availability; a
// minute touched by an outage is down as a whole; two outages at once take a
// minute once; a figure nobody measured is not met and not missed, it is absent.
//
// Its times: instants in UTC; business hours are wall-clock hours of the desk.
package service
