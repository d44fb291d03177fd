// Package dialer runs one campaign: which number is dialed now, which agent gets
// who answers, what is said to somebody no agent comes to, and what became of each
// try.
//
// It owns the running campaign: its agents at work, the tries that are open, the
// leads that are next, and everything that is done by the clock. It does not own
// how many calls to place (calling/pacing), whether a number may be called (Rules),
// what an outcome does to a lead (calling/lead), sockets, databases or timers.
//
//	events --> Engine.Handle --> what is to be kept --> (kept) --> what is to be done
//	  ^                                                                |
//	  +------------- the world: carrier, agents, clock, leads <--------+
//
// Handle is called by one goroutine, with one event after the other, in simulation
// and live. It returns what must be kept before anything is done (one transaction),
// then what is to be done, then when it wants to be woken. What was not kept was
// never done: a crash between the two loses no call that was dialed.
//
// What always holds: a number is dialed only when Rules allow it at that instant;
// an agent has one try at most and a try one agent at most; who was answered is
// given to an agent, told the message or let go, within the patience of the
// campaign; a campaign that does not run dials nothing and takes back what rings;
// without an agent nothing is dialed; the same events give the same effects. There
// is no clock and no randomness in here.
//
// Its times are instants, and never go back: an event that comes late is taken to
// have happened now.
package dialer
