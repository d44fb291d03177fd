package store

import (
	"time"

	"waihu/internal/id"
	"waihu/internal/timex"
)

// Answer is what was answered to a request that must have one effect only.
type Answer struct {
	Request [32]byte // SHA-256 of what was asked
	Status  int
	Body    []byte
	At      timex.Instant
}

// Once keeps answers by idempotency key, in the transaction of their effect.
type Once interface {
	Get(c id.Company, key string) (*Answer, error)
	// Put keeps an answer, At now; a key that has one is a Conflict.
	Put(c id.Company, key string, a Answer) error
	// Prune forgets answers of before an instant, the oldest first, and tells
	// how many.
	Prune(before timex.Instant, limit int) (int, error)
}

// What can become of a message.
const (
	Waiting = "waiting"
	Sent    = "sent"
	Dead    = "dead" // given up
)

// Message is something to be told outside: a webhook, a mail.
type Message struct {
	Company  id.Company
	ID       id.ID
	Channel  string // webhook, mail
	To       string // identifier of the endpoint, or the address
	Topic    string // invoice.issued ...
	Body     []byte
	Due      timex.Instant
	Attempts int
	Error    string // of the last attempt
	State    string // waiting, sent, dead
	Created  timex.Instant
}

// MaxSenders bounds the companies one look for messages goes through.
const MaxSenders = 200

// Outbox keeps messages from the transaction that caused them until they are
// delivered.
type Outbox interface {
	// Add keeps a message, Waiting; it sets State and Created, and Due to now if
	// it is earlier.
	Add(m *Message) error
	// Senders lists companies that have messages of a channel due, up to limit:
	// those behind one in the order of identifiers, then from the first on. It
	// looks at MaxSenders companies with waiting messages, so it may miss some
	// that the next call finds, if it is given the last one of this; where none of
	// those has any due, it lists those of the MaxPage messages that are due first.
	Senders(channel string, behind id.Company, now timex.Instant, limit int) ([]id.Company, error)
	// Claim takes messages of a company that are due, the earliest first, and moves
	// their Due by hold, so that no other node sends them meanwhile.
	Claim(channel string, c id.Company, now timex.Instant, hold time.Duration, limit int) ([]Message, error)
	// Update keeps Due, Attempts, Error and State.
	Update(m *Message) error
	// List gives messages in a state; "" is any.
	List(c id.Company, state string, p Page) ([]Message, error)
	Get(c id.Company, i id.ID) (*Message, error)
}

// Lease is the right of one node to do one piece of work.
type Lease struct {
	Name  string
	Node  string
	Until timex.Instant
	Fence int64 // rises with every change of holder
}

// Leases gives work to one node at a time.
type Leases interface {
	// Take gives the lease, or renews it, for so long. Held by another that is
	// alive it is a Conflict.
	Take(name, node string, for_ time.Duration) (Lease, error)
	// Release ends a lease; the next holder's Fence still rises.
	Release(name, node string) error
	// List gives those whose names begin so, in the order of names; empty: all.
	List(begins string) ([]Lease, error)
}

// AuditEntry is who did what, chained by hash.
type AuditEntry struct {
	Company id.Company
	Seq     int64
	At      timex.Instant
	Actor   string // user or key
	Action  string
	Target  string
	From    string // address of the client
	Reason  string
	Before  []byte // JSON, may be empty
	After   []byte
	Prev    [32]byte
	Hash    [32]byte
}

// Audit keeps what people and keys did.
type Audit interface {
	// Append sets Seq, At, Prev and Hash.
	Append(e *AuditEntry) error
	List(c id.Company, after int64, limit int) ([]AuditEntry, error)
	Head(c id.Company) (int64, [32]byte, error)
}
