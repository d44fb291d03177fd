// Package life says what state a contract is in, what may happen to it next, and
// what leaving, shrinking or switching it would cost.
//
// It owns the states of a contract, terms that follow each other, notice, and
// the answer to "what if I cancel, downsize or switch today". It does not own
// what a contract says (package contract) or what a period costs: a Pricer tells
// it, so that a what-if and a bill are made by the same code.
//
// What always holds: a state is left only along an arrow below; every step has
// its day; a contract that was signed keeps the hash of what was signed; every
// day and amount of an answer names the clause that decided it.
//
//	quoted --sign--> signed --begin--> running --notice--> notice --end--> ended
//	   |                |              |  ^  |                               ^
//	   | withdraw       | amend        |  +--+ renew, amend (ramps by age)   |
//	   v                v              +---------- end of a term ------------+
//	withdrawn        (signed)
//
// Its times: all are local days of the contract. EndsOn and TermTo are the day
// after the last.
package life
