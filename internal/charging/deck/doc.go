// Package deck finds the rate for a called number: the longest prefix of the
// number that the deck lists on that day.
//
// It owns the rows of a rate deck, how they are read from files, and the
// matching. It does not own how a rate becomes an amount (package rating).
//
// What always holds: a Deck never changes once built and is safe for any number
// of goroutines; a number no prefix matches has no rate, never a rate of zero.
package deck
