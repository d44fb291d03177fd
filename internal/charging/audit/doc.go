// Package audit explains, cause by cause and to the cent, why a vendor's bill
// differs from what the contract and the customer's own records come to.
//
// It owns the causes, the hypotheses about how a vendor counted, and the
// matching of a vendor's list of calls with our own. It does not own how usage
// is counted and priced (package meter, package rating: it asks them, under the
// contract and under one changed rule at a time), nor how a vendor's file is
// read (package vendorbill).
//
// What always holds: the findings sum to the difference, exactly, whatever the
// bill says. Figures of the contract's side are replaced by figures of the bill
// one at a time, line by line and within a line in the order of Causes, and each
// replacement is worth what the total changed by; nothing can be lost between
// them. What no hypothesis explains is a finding of its own, Unexplained, with
// its amount. An amount above zero is what the vendor asked too much, below zero
// what the vendor forgot.
//
// Its times: First and After are the local dates of the period in the zone of
// the terms; the starts of calls are UTC, matched within the tolerance the
// bill's reader states.
package audit
