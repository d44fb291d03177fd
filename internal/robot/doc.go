// Package robot carries dialogues: it asks the customer's dialogue server over HTTP what
// to say in a call, and drives the call by it.
//
// It owns requests, their signature, bounds and time-outs, WAV files by address, and
// the loop of one call. It does not own what may be said (calling/dialogue), sound, or
// the dialer: a Call is whoever has the lines.
//
// What always holds: a reply is read to a bound and in a bounded time, however slow its
// server is; nothing inside our own networks is asked; the call of a server that fails
// ends with its last word, and is counted; Run returns once the call is over.
package robot
