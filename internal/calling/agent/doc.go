// Package agent is an agent at work: logged in or not, ready, in a call, writing
// up, paused; and what of that is a fact of usage.
//
// It owns the states and their instants. It does not own who may log in (access,
// and the seats of a contract), the sound of a call, or which agent gets which
// call (the dialer).
//
//	            +-----------------------------ready------------------------------+
//	            v                                                                |
//	out --log in--> paused --ready--> ready --reserve--> reserved --join--> talking --hang up--> wrap-up
//	                  ^                 |  <--release------+                                       |
//	                  +------pause------+                                                          |
//	                  +-----------------------------------------pause, asked for before------------+
//	every state but talking --log out--> out; talking --log out--> wrap-up, then out
//
// What always holds: an agent is in one state, since one instant; reserved and
// talking name their try, no other state but wrap-up does; a pause has a reason;
// a pause that is asked for in a call begins after it; wrap-up has an end; the
// stretches in states follow each other without a gap or an overlap, so that the
// sessions they become add up to the time logged in.
//
// Its times are instants. A stretch belongs to the state it was spent in.
package agent
