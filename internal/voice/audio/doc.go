// Package audio is sound at 8,000 samples a second: the G.711 laws (ITU-T
// G.711, A-law and µ-law), WAV files, tones, and the power of one frequency.
//
// It owns how sound is written down. It does not own when it is sent (rtp) or
// what is kept of a call (record). It knows no files and no clock.
//
// What always holds: Rate samples are one second and FrameSamples are one
// frame of 20 ms; a silent law byte decodes to the level nearest to zero; a
// WAV that was written here reads back as the same samples.
package audio

// Rate is samples a second of everything in the voice rooms.
const Rate = 8000

// FrameSamples is one frame of 20 ms: 160 samples, and 160 bytes of G.711.
const FrameSamples = Rate / 50
