// Package lead is a person to be called: numbers, where they live, what they
// agreed to, how far calling them has come, and what a try's outcome does to it.
//
// It owns the states of a lead, its callbacks, the retry rules and how they judge
// an outcome. It does not own tries themselves (package attempt), whether the
// law lets a number be called now (calling/compliance), or which lead is next
// (the dialer).
//
//	           +------------------- try again, from Due on ------------------+
//	           v                                                             |
//	        pending ---begin---> executing ---outcome, by the retry rules----+--> connected
//	           |                     ^                                       +--> exhausted
//	           |                     |                                       +--> callback --+
//	           |                     +------------------begin--------------------------------+
//	           |                                                             +--> forbidden (rule)
//	           +--forbid--> forbidden (rule)        pending, callback --abort--> aborted
//	connected, exhausted, aborted --again--> pending
//
// What always holds: a lead is executing from the decision to call until its
// outcome, in one try at a time; Forbidden names its rule and is left only by
// Permit with that rule; who refuses while executing is forbidden when the try
// ends, whatever else it came to; a callback has an instant and a zone, and
// survives tries that reach nobody until its own limit; Due is zero exactly
// where nothing is to be dialed, or where it may be dialed at once; attempts
// only rise, but for Withhold, of what was never dialed, and Again.
//
// Its times: Due and callbacks are instants; hours and days that rules speak of
// are local to the lead, in every zone it may be in (Zones).
package lead
