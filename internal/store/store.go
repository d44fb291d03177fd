package store

import (
	"context"

	"waihu/internal/id"
	"waihu/internal/timex"
)

type forKey struct{}

// For tells a database which company a transaction is going to write to. It need
// not be said; where it is, writers of one company can wait for each other
// before they begin, and need not collide.
func For(ctx context.Context, c id.Company) context.Context {
	return context.WithValue(ctx, forKey{}, c)
}

// ForWhom is the company that For named.
func ForWhom(ctx context.Context) (id.Company, bool) {
	c, ok := ctx.Value(forKey{}).(id.Company)
	return c, ok
}

// DB is a database. It is safe for many goroutines at once.
type DB interface {
	// Update runs f in a transaction that may write. f must do nothing but use
	// the Tx: it is run again where transactions collide (PostgreSQL), at most
	// a bounded number of times. An error of f undoes everything.
	Update(ctx context.Context, f func(Tx) error) error
	// View runs f over one consistent moment; writing is an error.
	View(ctx context.Context, f func(Tx) error) error
	// Now is the clock of the books without a transaction: no earlier than any
	// transaction of this process.
	Now() timex.Instant
	// Ready tells whether the database answers and has the newest schema.
	Ready(ctx context.Context) error
	// Backup writes a consistent copy of everything to a file (SQLite) or says
	// that the server's own tools do that (PostgreSQL).
	Backup(ctx context.Context, path string) error
	Close() error
}

// Tx is one transaction. It, and what hangs on it, ends with the function it
// was given to. Methods that find nothing return an error of kind NotFound,
// those that meet something else in their place one of kind Conflict.
type Tx interface {
	Now() timex.Instant
	Records() Records
	Usage() Usage
	Journal() Journal
	Documents() Documents
	Holds() Holds
	Once() Once
	Outbox() Outbox
	Leases() Leases
	Audit() Audit
	Leads() Leads
	DNC() DNC
	Attempts() Attempts
	Reports() Reports
}
