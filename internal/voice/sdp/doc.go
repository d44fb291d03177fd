// Package sdp agrees with the other side of a call on one stream of G.711 (RFC
// 4566 descriptions, RFC 3264 offers and answers, RFC 4733 telephone events, RFC
// 4568 keys of SRTP).
//
// It owns reading and writing descriptions and the rules of an agreement. It
// does not own sockets (rtp) nor when an offer is made (sip). It is pure.
//
// What always holds: whatever a peer sends, reading ends within the bounds
// below; an answer has as many media lines as its offer, in the same order, and
// all but one are refused with port 0; sendonly is answered with recvonly or
// inactive, never with more than was offered; the version of our origin rises
// exactly when what we say changes; a session that encrypts agrees on nothing that
// does not.
package sdp

// Bounds of a description: beyond them it is refused. A real one has some 20
// lines and 500 bytes.
const (
	maxBytes   = 8 << 10
	maxLines   = 256
	maxMedia   = 8
	maxFormats = 64
)
