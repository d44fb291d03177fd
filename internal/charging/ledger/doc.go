// Package ledger keeps the books: double entry, chained by hash.
//
// It owns what an entry is, when it is right and its hash. It does not own what
// is booked when (package app), balances of running calls (package wallet) or
// where entries are kept (package store).
//
// What always holds: the postings of an entry sum to zero in every currency; an
// entry never changes, a correction is a new entry that names the old one; each
// entry's hash covers the one before, so that a changed past shows.
//
// Its times: At is when the entry was booked, in UTC; Value is the day from which
// it counts, such as the date on an invoice or the day money came in. What it is
// about has times of its own.
package ledger
