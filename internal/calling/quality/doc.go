// Package quality inspects calls: score forms, what answers come to, which calls are
// drawn to be inspected, and how far inspectors agree. It is pure.
//
// It owns the form and its check, the arithmetic of a score, the draw and the figure
// of agreement. It does not own recordings, nor who scores or objects: the books do
// (app).
//
// What always holds: a version of a form never changes, so a score says what it was
// counted by; a score is a whole number of tenths of a percent, rounded half up once; a
// fatal error makes it nought; what does not apply counts for nothing and against
// nothing; a draw is the same for the same seed, calls and rule, whatever their order.
package quality
