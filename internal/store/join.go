package store

import "context"

// Joining makes transactions of one context one transaction: what runs inside
// Within joins the transaction given there instead of beginning its own. So a
// use case, an entry in the audit log and the answer to a request are kept or
// undone together, and use cases need not know.
//
// A use case that joins must not run parts of itself in other goroutines, nor go
// on after an error of Update: nothing is undone before the outer transaction
// ends.
func Joining(db DB) DB { return joining{db} }

// Within gives the context in which transactions join tx. It must not outlive
// tx.
func Within(ctx context.Context, tx Tx) context.Context {
	return context.WithValue(ctx, joinKey{}, tx)
}

type joinKey struct{}

type joining struct{ DB }

func (j joining) Update(ctx context.Context, f func(Tx) error) error {
	if tx, ok := ctx.Value(joinKey{}).(Tx); ok {
		return f(tx)
	}
	return j.DB.Update(ctx, f)
}

func (j joining) View(ctx context.Context, f func(Tx) error) error {
	if tx, ok := ctx.Value(joinKey{}).(Tx); ok {
		return f(tx)
	}
	return j.DB.View(ctx, f)
}
