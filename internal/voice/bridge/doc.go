// Package bridge joins legs, so that the people on them hear each other: two of a
// call, more in a conference, and supervisors who listen, whisper or barge in.
//
// It owns who hears whom, the mix, and the recording of what the parties said to
// each other. It does not own the legs, which go on when they leave, nor when
// anybody joins, nor where the recording lies.
//
//	one source    packet by packet, as it comes, through no buffer (relay)
//	more          the frames of the beat summed, cut at the loudest (mix)
//	none          silence, or what the leg plays by itself
//
// What always holds: for each leg its own rule is followed each beat, so that a
// call of two stays relayed while a supervisor listens to a mix of both; whatever
// comes or goes comes up from silence or goes down to it within a frame, and
// nothing turns over; nobody hears itself; a leg on hold hears none and is heard
// by none; a beat allocates nothing; every leg gets its own beat back.
//
// The recording has agents and who barges on the left, customers on the right. A
// whisper is not recorded, nor what somebody says on hold, nor music.
package bridge
