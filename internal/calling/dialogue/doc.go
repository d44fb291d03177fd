// Package dialogue is a call a program of the customer's speaks in: turn by turn our
// side tells what happened, and the program says what to say and what to listen for.
//
// It owns the words of both sides, their check, and the session of one call. It does
// not own how a turn is carried (package robot), sound (voice), or what becomes of the
// call (the dialer).
//
//	met --ask--> waiting --reply--> speaking --said--> listening --keys, words, silence--+
//	               ^  |                                                                 |
//	               |  +-- no reply, a wrong one, too many turns --> last word --> over   |
//	               +--------------------------------- ask ------------------------------+
//
// What always holds: one turn is asked at a time, and their numbers rise by one; a call
// has no more turns than its limit; whatever the program does or leaves, the call ends;
// what a reply may not say is not done, not even a part of it; the same events give the
// same acts.
//
// Its times are instants.
package dialogue
