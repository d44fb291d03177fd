// Package clause holds a contract against the checklist of clauses that cost
// buyers money: what is there, what is missing, what is risky, and what it costs
// when.
//
// It owns the checklist and its judgements. It does not own the terms themselves
// (package contract) nor how they are priced: sums come from the engine that
// makes bills, for a period in which nothing is used. It gives no legal advice:
// it reads the contract file, not the signed paper.
//
// What always holds: every clause of the checklist has a finding, in the order of
// Checklist; silence is Missing, never assumed to be in anybody's favour; an
// amount is either computed from the terms or absent, never guessed.
//
// Its times: days are local dates of the contract; the check is made as of a day
// that is given.
package clause
