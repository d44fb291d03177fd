// Package webrtc carries the sound of a leg to and from a browser: ICE (RFC 8445),
// DTLS and SRTP (RFC 5763, 5764) over one UDP port for all, G.711 and telephone
// events as everywhere in this house.
//
// It owns the port, the certificate, what is said about both in a description, and
// the path: finding the browser, its handshake, its keys. It does not own the
// session description itself (sdp), packets, the jitter buffer and quality (rtp),
// nor signalling (sip). The parts of pion are imported here alone.
//
// What always holds: the server is ICE-lite, it answers checks and makes none, so
// nothing is sent to an address that did not ask by the secret of its call; a
// browser whose certificate is not the one its description named is not spoken to;
// nothing is sent unencrypted; a peer that is closed leaves nothing behind.
//
// Times: durations of the wall clock only.
package webrtc
