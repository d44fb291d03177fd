// Package telephone lets agents of companies call: it puts the exchange (who is
// connected with whom), passes, planned calls, recordings and paid calls (outbound)
// together, as a configuration says.
//
// It owns what an agent's call is: whose log-in it came with, which planned call it
// names, what of it is recorded and for how long. A registered telephone and a
// browser are treated alike: both name a planned call, and neither can dial a number.
//
// What always holds: a call is placed once, by the agent it was planned for, within
// minutes; its recording is known to the books before there is a file, and has its
// digest once the call has ended; calls that a crash cut off are ended before this
// node places another.
package telephone
