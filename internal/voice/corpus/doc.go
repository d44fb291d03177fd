// Package corpus makes labelled calls to measure detection with: persons,
// machines, tones, music and announcements as they sound behind a telephone line.
// Only tests use it.
//
// It owns what is said, by which synthetic voice (espeak-ng), over what line,
// and the label of each call. It does not own how a call is judged.
//
// What always holds: one seed makes the same calls; no sentence and no voice
// of the part for training is in the part that is held out; a part has at most
// MaxCalls calls of at most MaxLength each.
package corpus
