package store

import (
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Kind is a noun of which records are kept: company, plan, contract, user ...
type Kind string

// Key is a value a record can be found by.
type Key struct{ Name, Value string }

// Record is one noun of low traffic: its body is JSON that the room owning the
// noun reads and writes.
type Record struct {
	Company  id.Company
	Kind     Kind
	ID       id.ID
	Revision int64 // 1, 2, ...; of the version read or written
	Body     []byte
	Unique   []Key // at most one record of a kind and company has each
	Index    []Key // any number may share these
	Created  timex.Instant
	Updated  timex.Instant
}

// Page asks for a part of a list, in the order of identifiers or in that of By.
type Page struct {
	After id.ID  // those behind this one; zero: from the beginning
	Limit int    // 1 to 1000
	Down  bool   // newest or greatest first; After is then what they come before
	By    string // name of an index key that every record of the kind has, or a DocumentOrder; those that are equal are in the order of identifiers
	From  string // with By: what After had there, so that the next page goes on where this one ended even if that changed
}

// Records keeps nouns with their revisions.
type Records interface {
	// Put keeps a record. With Revision 0 it is new; otherwise Revision must be
	// what is stored, else somebody wrote in between: Conflict. It sets
	// Revision, Created and Updated. A unique key that another record has is a
	// Conflict that names it.
	Put(r *Record) error
	Get(c id.Company, k Kind, i id.ID) (*Record, error)
	// ByKey finds the record that has a unique key.
	ByKey(c id.Company, k Kind, key Key) (*Record, error)
	// List gives records of a kind, those with an index key if it is not zero. In the
	// order of another key those without that key are left out.
	List(c id.Company, k Kind, key Key, p Page) ([]Record, error)
	// Delete removes a record of passing things, such as a log-in. What money or
	// law asks about is never deleted.
	Delete(c id.Company, k Kind, i id.ID) error
}
