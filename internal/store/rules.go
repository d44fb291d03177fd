package store

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/money"
)

// What no database is asked beyond.
const (
	MaxPage  = 1000    // rows of a page
	MaxBatch = 100_000 // facts of one transaction
)

// CheckLimit tells whether a page may have so many rows.
func CheckLimit(limit int) error {
	if limit < 1 || limit > MaxPage {
		return fault.New(fault.Invalid, "a page of %d was asked for: 1 to %d were expected", limit, MaxPage)
	}
	return nil
}

// Check tells whether a document may be kept as it is. It gives sums that were
// never set the currency of the total.
func (d *Document) Check() error {
	cur := d.Total.Currency()
	for _, sum := range []*money.Amount{&d.Paid, &d.Credited} {
		if sum.Currency() == cur {
			continue
		}
		if !sum.IsZero() {
			return fault.New(fault.Invalid, "document %s is in %s, a sum beside it is %s: one currency was expected", d.ID, cur, *sum)
		}
		*sum = money.Zero(cur)
	}
	switch {
	case d.ID.IsZero() || d.Kind == "" || d.Status == "":
		return fault.New(fault.Invalid, "a document needs an identifier, a kind and a status; it has %s, %q and %q", d.ID, d.Kind, d.Status)
	case d.After < d.First:
		return fault.New(fault.Invalid, "document %s ends on %s, before it begins on %s", d.ID, d.After, d.First)
	case d.Status != Draft && d.Number == "":
		return fault.New(fault.Invalid, "document %s is %s and has no number", d.ID, d.Status)
	}
	return nil
}

// CheckChange tells whether a stored document may become d: what is issued
// keeps everything but its status and what was paid, credited and dunned.
func (d *Document) CheckChange(old *Document) error {
	if old.Status == Draft {
		return nil
	}
	changed := ""
	switch {
	case d.Status == Draft:
		changed = "being issued"
	case old.Status == Voided && d.Status != Voided:
		changed = "being void"
	case !bytes.Equal(d.Body, old.Body):
		changed = "its body"
	case d.Number != old.Number || d.Series != old.Series:
		changed = "its number"
	case d.Total != old.Total:
		changed = "its total"
	case d.First != old.First || d.After != old.After || d.IssuedOn != old.IssuedOn || d.DueOn != old.DueOn:
		changed = "its dates"
	case d.Kind != old.Kind || d.Contract != old.Contract || d.Of != old.Of:
		changed = "what it is for"
	case d.Seal != old.Seal || d.Position != old.Position:
		changed = "its seal"
	default:
		return nil
	}
	return fault.New(fault.Conflict, "document %s was issued and keeps %s; a correction is a document of its own", old.Number, changed)
}

// Bills tells whether the document takes the days of its contract for itself.
func (d *Document) Bills() bool {
	return d.Kind == Invoice && d.Status != Voided && !d.Contract.IsZero() && d.First < d.After
}

// SamePostings tells whether two entries book the same, in whatever order.
func SamePostings(a, b []ledger.Posting) bool {
	return slices.Equal(sorted(a), sorted(b))
}

func sorted(ps []ledger.Posting) []ledger.Posting {
	out := slices.Clone(ps)
	slices.SortFunc(out, func(a, b ledger.Posting) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Amount.Currency().String(), b.Amount.Currency().String()), cmp.Compare(a.Amount.Micros(), b.Amount.Micros()))
	})
	return out
}

// Chain gives an audit entry its place after the one before, and its hash.
func (e *AuditEntry) Chain(seq int64, prev [32]byte) {
	e.Seq, e.Prev = seq, prev
	e.Hash = e.digest()
}

// Follows tells whether the entry stands unchanged right after the one whose
// number and hash are given.
func (e *AuditEntry) Follows(seq int64, prev [32]byte) bool {
	return e.Seq == seq+1 && e.Prev == prev && e.Hash == e.digest()
}

// digest is SHA-256 over everything but the hash; texts carry their length.
func (e *AuditEntry) digest() [32]byte {
	b := make([]byte, 0, 256+len(e.Before)+len(e.After))
	b = append(b, 1) // version of this form
	b = append(b, e.Prev[:]...)
	b = append(b, e.Company.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At))
	for _, s := range []string{e.Actor, e.Action, e.Target, e.From, e.Reason, string(e.Before), string(e.After)} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return sha256.Sum256(b)
}
