// Package meter counts facts to quantities: what of a period's calls, seats, sessions,
// modules, rentals and events each component of a plan is to charge.
//
// It owns how usage is counted: which component takes a fact, steps and minimum
// lengths, seats by day, peak or average, parts of a period, trials, what packages may
// cover; and it names what no component prices. It does not own prices (package
// rating), nor which terms hold (package contract).
//
//	facts --> Meter (a usage.Sink), one for each part of the facts --> merged --> quantities
//
// What always holds: the same facts give the same quantities, in whatever order and
// whatever parts they come; every call is charged by a component or told as unpriced,
// with the reason; nothing is rounded but by the step a component names.
//
// Its times: a fact belongs to the period in which it starts, on the wall clock of the
// plan's zone; days are days of that zone.
package meter
