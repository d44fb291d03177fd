// Package pacing decides how many numbers a campaign dials at this moment, which
// ringing dials it takes back, and says why.
//
// The rule: one more dial is placed only while the chance that its answer would
// find every agent busy stays under an allowed risk. The chance is the tail of a
// Poisson-binomial law over agents who will still be busy and dials in flight
// that a person will have answered by then. How long phones ring, how long calls
// and wrap-ups take and who answers is learned as it goes (Laws). The allowed
// risk follows the room in the Ledger of abandoned calls, and is nothing, so
// that dialing is progressive, when that room is used up.
//
// It owns the decision, the laws behind it and the arithmetic of the ledger. It
// does not own leads, calls, timers or what is kept: a caller tells it what is,
// places what it says, and reports what came of it.
//
// What always holds: no decision exceeds a cap; without an agent who could take
// the call nothing is dialled; the order of agents and of dials in flight does
// not change how many are placed; the same reports and states give the same
// decisions. There is no clock and no randomness in here.
//
// Times are instants with any zone; only their differences count, apart from
// Lead, which takes the local hour and weekday of the called person.
package pacing
