// Package postgres keeps the books on a PostgreSQL server: the store of several
// nodes.
//
// It owns the schema, locks and retries there. What it promises is written in
// package store.
//
// A statement whose count nobody asks waits for the next one, or for the commit, and
// goes with it in one way to the server (ADR 0083).
//
// A transaction sees one snapshot (repeatable read). Who writes to a company
// writes its row first: a second writer waits, then starts anew, so that
// transactions of a company stand in a row and its positions rise in the order
// of commits. A commit is on disk when it returns (synchronous_commit).
package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
)

// Options are how a database is opened; the zero value is right for service.
type Options struct {
	Clock func() timex.Instant // nil: the machine's
	Conns int                  // most connections at once; 0: maxConns

	tracer pgx.QueryTracer // tests look at the statements
}

// DB is a pool of connections to one database.
type DB struct {
	pool   *pgxpool.Pool
	clock  func() timex.Instant
	names  *tables.Names
	floor  atomic.Int64 // the last instant seen: the clock never reads less
	months sync.Map     // timex.Date: the month's table is there
	making sync.Mutex   // one month's table is made at a time, beside the pool
	config *pgx.ConnConfig
	rows   [queues]chan struct{} // writers of companies stand in them, one at the head of each
}

var _ store.DB = (*DB)(nil)

const (
	maxConns    = 16
	queues      = 64
	connectWait = 10 * time.Second
)

// Open connects to a database by URL or key=value text, and brings its schema up
// to date.
func Open(ctx context.Context, dsn string, o Options) (_ *DB, err error) {
	defer fault.Wrap(&err, "opening the PostgreSQL database")
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the address of the database is not understood: %v", err)
	}
	config.MaxConns = maxConns
	if o.Conns > 0 {
		config.MaxConns = int32(o.Conns)
	}
	config.ConnConfig.Tracer = o.tracer
	config.ConnConfig.ConnectTimeout = connectWait
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "on"
	config.ConnConfig.RuntimeParams["application_name"] = "waihu"
	// Lists are read in the order of an index. A bitmap loses the order; a planner
	// that has no figures of a new month yet takes it all the same, and sorts the month.
	config.ConnConfig.RuntimeParams["enable_bitmapscan"] = "off"
	db := &DB{clock: o.Clock, names: tables.NewNames(), config: config.ConnConfig.Copy()}
	for i := range db.rows {
		db.rows[i] = make(chan struct{}, 1)
	}
	if db.clock == nil {
		db.clock = func() timex.Instant { return timex.At(time.Now()) }
	}
	if db.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		db.pool.Close()
		return nil, err
	}
	return db, nil
}

// Close waits for the transactions under way.
func (db *DB) Close() error {
	db.pool.Close()
	return nil
}

// Ready asks the server, and compares its schema with the program's.
func (db *DB) Ready(ctx context.Context) error {
	all, err := tables.Steps(migrations)
	if err != nil {
		return err
	}
	var at int
	if err := db.pool.QueryRow(ctx, "SELECT max(version) FROM schema_version").Scan(&at); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	if at != len(all) {
		return fault.New(fault.Conflict, "the database has schema %d, %d was expected", at, len(all))
	}
	return nil
}

// Backup is not ours to make.
func (db *DB) Backup(context.Context, string) error {
	return fault.New(fault.Invalid, "a PostgreSQL server is backed up by its own tools: use pg_basebackup with an archive of its log, or pg_dump")
}

// Now is the clock, or the last instant seen where the clock was set back.
func (db *DB) Now() timex.Instant {
	return timex.Instant(db.raise(int64(db.clock())))
}

func (db *DB) raise(to int64) int64 {
	for { // ends: whoever comes between has raised the floor
		at := db.floor.Load()
		if at >= to {
			return at
		}
		if db.floor.CompareAndSwap(at, to) {
			return to
		}
	}
}
