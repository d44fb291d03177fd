// Package floor is the live calling floor of one node: campaigns that dial, agents
// who are logged in, and what supervisors see and do.
//
// It owns the driver of each running campaign (one goroutine, that of its
// dialer), who is logged in with which seat, what an agent may ask for now, and the
// stream of what changes. It does not own what is dialed (calling/dialer), what is
// kept (app), the telephone lines (Lines; internal/telephone has them) or the
// interface (api).
//
//	agents, supervisors --> Floor --> driver of a campaign --> dialer.Engine
//	                          ^             |  kept (app.KeepCalling), then done
//	                          |             v
//	                          +--- tell --- Lines --> carrier, agents' standing legs
//
// What always holds: nothing is done before it was kept; a campaign is dialed by one
// node, the one that holds its lease, and who calls back at another is taken in there
// (visit) by an engine that may dial nobody; what a process that is gone left open is closed
// before anything is dialed; an agent is logged in once in a company; what a contract
// does not have is refused by its name, and no call that goes on is cut for it.
//
// Its times are instants.
package floor
