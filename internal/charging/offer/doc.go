// Package offer holds what a vendor offers: a plan, and what a buyer must know
// beside it.
//
// It owns the offer as Go types, the fixed checklist of hidden fees, the fees
// as components of a plan, and the ends of an unknown price. It does not own
// reading offers from files (package planfile) or comparing them (package
// compare).
//
// What always holds: every category of the checklist has one answer, unknown
// where nobody said; a price nobody knows stays unknown, or a range that was
// stated, never zero; only offers of confidence A and B are facts.
//
// Its times: ReadOn is the day the offer was read, ValidUntil the last day it
// can be accepted, both local days of the vendor. Lengths of notice count from
// the day a buyer gives it.
//
// The `plan` tag is the key in an offer file, `doc` the sentence the schema
// publishes for it.
package offer
