// Package cheapest finds the smallest bill possible for given usage: which
// offer, which committed seats, package sizes, modules and methods, or which
// offer for which part of the usage. It is a bound to hold every offer against,
// and the source of advice: what one seat less, or one lane more, would save.
//
// It owns the search and the advice. It does not own prices: every total it
// compares is an invoice drafted by the ordinary engine, never an estimate.
//
// What always holds: no mix of the menu is cheaper than what is called proven;
// where the search was cut short the answer says so; usage that an offer does
// not price, or prices nobody knows, never make it look cheap; advice never
// makes a bill dearer for the usage it was worked out from.
//
// Its times: service begins on the first day of the first month, so fees of the
// start are in the first bill; months are bills in a row, and what one leaves of
// a package the next one has.
package cheapest
