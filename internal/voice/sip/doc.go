// Package sip sets up and ends calls (RFC 3261), as caller and as called side,
// over UDP, TCP, TLS and WebSockets, and keeps the book of the phones that
// registered.
//
// It owns messages, dialogs, their timers, log-in by digest, and what one source
// may ask for. It does not own sound: whoever places or takes a call gives it a
// Media that makes offers and answers. The library underneath (sipgo) carries
// transports and transactions; its types do not leave this room.
//
//	caller:  placed -> (trying -> ringing -> early) -> answered -> ended
//	called:  arrived -> (ringing | early) -> answered -> confirmed -> ended
//
// What always holds:
//   - Everything read is judged by the gate before anything else sees it, and
//     every handler recovers: no message ends the process.
//   - A call ends exactly once, and its Ending says whose side ended it and why.
//   - Every wait has its own timer: no response, ringing, a final answer to a
//     CANCEL, an ACK, a session that is not refreshed.
//   - A 2xx that comes again is acknowledged again; one that crosses a CANCEL is
//     acknowledged and ended with BYE.
//   - A request of more than 1,300 bytes goes by TCP.
//
// Times are instants of the wall clock of this machine.
package sip
