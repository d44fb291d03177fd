// Package rating turns quantities into priced lines.
//
// It owns prices: unit price, tiers, blocks, rates by type and prefix, included
// quantities, discounts, minimums and maximums, "the cheaper of". It does not
// own how usage is counted (package meter), nor tax, numbering and totals
// (package invoice).
//
// What always holds: the same quantities under the same terms give the same
// lines, whatever the order of the facts; parts sum to a line's gross; a line is
// rounded once; everything that decided a line is named in its rules.
//
// Its times: First and After of a line are the local dates of the service it
// is for, which for yearly or advance fees is not the period of the invoice.
package rating
