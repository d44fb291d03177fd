// Package rtp carries the sound of one leg of a call: RTP and RTCP (RFC 3550,
// 3551), its encryption (RFC 3711), telephone events (RFC 4733), ports, the relay
// to another leg, and how good it was (ITU-T G.107).
//
// It owns packets, sockets, the latch on the peer's address, the jitter buffer
// and the figures of quality. It does not own what is agreed (sdp), nor what is
// played or kept (package voice, record).
//
//	socket -> SRTP -> latch -> statistics -> events
//	                                    \--> jitter buffer -> a frame each 20 ms
//	                                     \-> relay: another session's stream, at once
//
// What always holds: a port that was lent comes back, and rests before it is
// lent again, so that a stream of an old call cannot enter a new one; after the
// latch has closed, packets of other addresses are counted and dropped until the
// peer's address changes by a new agreement; every buffer has a fixed size.
//
// Times: a timestamp counts samples of 1/8000 s; an instant of the wall clock is
// used for jitter, round trips and nothing else.
package rtp
