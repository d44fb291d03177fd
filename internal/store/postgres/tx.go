package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/store/tables"
)

// maxTries bounds how often a transaction that collided is run.
const maxTries = 50

// errAgain asks for the transaction to be run again.
var errAgain = errors.New("the transaction must be run again")

// View runs f over a snapshot.
func (db *DB) View(ctx context.Context, f func(store.Tx) error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return marked(err, nil)
	}
	defer func() { go endView(ctx, conn) }()
	t, err := db.inside(&engine{ctx: ctx, db: db, conn: conn.Conn(), views: true}, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1", f)
	if err == nil {
		t.Committed()
	}
	return err
}

// viewEnd is how long the end of a view may take before its connection is given up.
const viewEnd = 10 * time.Second

// endView lets a snapshot go and gives its connection back, beside whoever looked:
// nothing they were told hangs on it.
func endView(ctx context.Context, conn *pgxpool.Conn) {
	defer conn.Release()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), viewEnd)
	defer cancel()
	wire := conn.Conn().PgConn()
	if _, err := wire.Exec(ctx, "ROLLBACK").ReadAll(); err != nil {
		wire.Close(ctx)
	}
}

// Update runs f, and again where it collided with another. From the second try
// on one such transaction runs at a time, so that each gets its turn.
func (db *DB) Update(ctx context.Context, f func(store.Tx) error) error {
	if c, said := store.ForWhom(ctx); said {
		row := db.rows[c.ID[len(c.ID)-1]%queues]
		select {
		case row <- struct{}{}:
			defer func() { <-row }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for try := 1; ; try++ {
		err := db.try(ctx, try > 1, f)
		if !collided(err) || ctx.Err() != nil {
			return err
		}
		if try == maxTries {
			return fmt.Errorf("a transaction collided with others %d times: %w", try, err)
		}
	}
}

func (db *DB) try(ctx context.Context, alone bool, f func(store.Tx) error) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return marked(err, nil)
	}
	defer conn.Release()
	if alone {
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(lockRetry)); err != nil {
			return marked(err, nil)
		}
		defer func() {
			if _, err := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(lockRetry)); err != nil {
				conn.Conn().Close(context.WithoutCancel(ctx)) // the lock goes with it
			}
		}()
	}
	return db.run(ctx, conn, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1", f)
}

// collided tells an error that another transaction caused: serialization
// failure, deadlock, or a unique key that somebody took since the snapshot.
func collided(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, errAgain) || errors.As(err, &pg) && slices.Contains([]string{"40001", "40P01", "23505"}, pg.Code)
}

// run runs f in a transaction that writes.
func (db *DB) run(ctx context.Context, conn *pgxpool.Conn, begin string, f func(store.Tx) error) error {
	wire, open := conn.Conn().PgConn(), true
	defer func() {
		if open {
			if _, err := wire.Exec(context.WithoutCancel(ctx), "ROLLBACK").ReadAll(); err != nil {
				wire.Close(context.WithoutCancel(ctx))
			}
		}
	}()
	e := &engine{ctx: ctx, db: db, conn: conn.Conn()}
	t, err := db.inside(e, begin, f)
	if err != nil {
		return err
	}
	tag, err := e.exec("COMMIT")
	open = err != nil
	if err != nil {
		err = fmt.Errorf("COMMIT: %w", err)
		if ctx.Err() == nil {
			err = marked(err, nil)
		}
		return err
	}
	if tag.String() != "COMMIT" {
		return fault.New(fault.Internal, "COMMIT was answered by %s: nothing was kept", tag)
	}
	t.Committed()
	return nil
}

// inside begins a transaction and runs f in it. Its end is the caller's.
func (db *DB) inside(e *engine, begin string, f func(store.Tx) error) (t *tables.Tx, err error) {
	var spoil error
	defer func() {
		if e.ctx.Err() == nil {
			err = marked(err, spoil)
		}
	}()
	if _, err := e.conn.PgConn().Exec(e.ctx, begin).ReadAll(); err != nil { // fixes the snapshot
		return nil, err
	}
	e.now = db.Now()
	t = tables.New(e, db.names, e.now)
	defer t.End()
	err = f(t)
	if spoil = t.End(); collided(spoil) || err == nil {
		err = spoil // what f made of a collision does not count
	}
	if err == nil {
		err = e.ctx.Err()
	}
	return t, err
}
