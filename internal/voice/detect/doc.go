// Package detect says what is at the other end of a call by what is heard:
// tones of the network, keys, fax, the beep of a machine, a person or a machine,
// and what carriers say in early media.
//
// It owns how these are told apart, how sure it is, and why. It does not own
// where sound comes from nor what is done about a finding: frames of 20 ms at
// 8,000 samples a second go in, findings come out.
//
// What always holds: it is pure, so the same frames give the same findings; its
// time is the number of frames it heard; an answer that cannot be decided is a
// person, since a person who is called a machine is hung up on; what is kept of
// a call is bounded, however long it lasts.
package detect
