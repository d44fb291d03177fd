package ledger

import (
	"crypto/sha256"
	"encoding/binary"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Account is a place in the books of one company: a class, and after a colon
// what it is for: "receivable", "wallet:main", "revenue:voice".
type Account string

// Posting is one side of an entry. Debits are positive, credits negative.
type Posting struct {
	Account Account      `json:"account"`
	Amount  money.Amount `json:"amount"`
}

// Hash is the chain value of an entry.
type Hash [32]byte

// Entry is one event in the books of a company.
type Entry struct {
	Seq      int64         `json:"seq"` // 1, 2, ... in each company; set when booked
	ID       id.ID         `json:"id"`
	At       timex.Instant `json:"at"`
	Value    timex.Date    `json:"value,omitzero"` // day from which it counts: the date of an invoice, the day money came in; 0: the day it was booked
	Kind     string        `json:"kind"`           // invoice, payment, credit_note, usage, top_up ...
	Ref      string        `json:"ref"`            // what it is about; a kind and ref are booked once
	Note     string        `json:"note,omitempty"`
	Postings []Posting     `json:"postings"`
	Prev     Hash          `json:"prev"` // of the entry before
	Hash     Hash          `json:"hash"`
}

// maxPostings bounds an entry.
const maxPostings = 1000

// Check tells whether the entry may be booked: it has a kind and a reference,
// and its postings sum to zero in every currency. Errors are of kind Invalid or
// Overflow.
func (e *Entry) Check() error {
	if e.Kind == "" || e.Ref == "" {
		return fault.New(fault.Invalid, "an entry needs a kind and what it is about; it has %q and %q", e.Kind, e.Ref)
	}
	if len(e.Postings) < 2 || len(e.Postings) > maxPostings {
		return fault.New(fault.Invalid, "entry %s %s has %d postings: 2 to %d were expected", e.Kind, e.Ref, len(e.Postings), maxPostings)
	}
	sums := map[money.Currency]money.Amount{}
	for i, p := range e.Postings {
		c := p.Amount.Currency()
		if p.Account == "" || c.IsZero() {
			return fault.New(fault.Invalid, "posting %d of entry %s %s has no account or no currency", i+1, e.Kind, e.Ref)
		}
		sum, known := sums[c]
		if !known {
			sum = money.Zero(c)
		}
		var err error
		if sums[c], err = sum.Add(p.Amount); err != nil {
			return fault.New(fault.Overflow, "entry %s %s: %v", e.Kind, e.Ref, err)
		}
	}
	for _, s := range sums {
		if !s.IsZero() {
			return fault.New(fault.Invalid, "entry %s %s does not balance: %s is left over", e.Kind, e.Ref, s)
		}
	}
	return nil
}

// Chain gives a checked entry its place after the one before and its hash.
func (e *Entry) Chain(seq int64, prev Hash) {
	e.Seq, e.Prev = seq, prev
	e.Hash = e.digest()
}

// Follows tells whether the entry stands unchanged right after the one whose
// number and hash are given.
func (e *Entry) Follows(seq int64, prev Hash) bool {
	return e.Seq == seq+1 && e.Prev == prev && e.Hash == e.digest()
}

// ValueOn is the day from which the entry counts; the day in UTC it was booked
// where it has none of its own.
func (e *Entry) ValueOn() timex.Date {
	if e.Value != 0 {
		return e.Value
	}
	return e.BookedOn()
}

// BookedOn is the day in UTC it was booked.
func (e *Entry) BookedOn() timex.Date { return timex.DateOf(e.At.Time()) }

// digest is SHA-256 over everything but the hash; texts carry their length. The
// value date has a version of its own: an entry without one has the hash it had
// before there were any.
func (e *Entry) digest() Hash {
	b := make([]byte, 0, 128+64*len(e.Postings))
	if e.Value == 0 {
		b = append(b, 1)
	} else {
		b = binary.BigEndian.AppendUint64(append(b, 2), uint64(e.Value))
	}
	b = append(b, e.Prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = append(b, e.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.At))
	for _, s := range []string{e.Kind, e.Ref, e.Note} {
		b = text(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Postings)))
	for _, p := range e.Postings {
		b = text(text(b, string(p.Account)), p.Amount.Currency().String())
		b = binary.BigEndian.AppendUint64(b, uint64(p.Amount.Micros()))
	}
	return sha256.Sum256(b)
}

func text(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
