// Package shift is a shift of a whole calling floor on this machine: books, a carrier
// that plays a script, the service itself, and simulated agents who work at its desks,
// until a list is called to its end; and what came of it, told from the books.
//
// It owns how such a shift is set up and added up. It does not own any part of what it
// tries: all of it is what is shipped.
//
// What always holds: nothing leaves this machine; a seed gives the same leads, the same
// who-answers and the same agents.
package shift
