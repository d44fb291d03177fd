package postgres

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"waihu/internal/fault"
	"waihu/internal/store/tables"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Advisory locks, by number: nobody else takes these.
const (
	lockSchema = 0x7761696875_01 + iota
	lockMonths
	lockRetry
)

// migrate brings the schema up to date in one transaction, one node at a time.
func (db *DB) migrate(ctx context.Context) error {
	all, err := tables.Steps(migrations)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lockSchema)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)"); err != nil {
			return err
		}
		var at int
		if err := tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM schema_version").Scan(&at); err != nil {
			return err
		}
		if at > len(all) {
			return fault.New(fault.Conflict, "the database has schema %d, this program knows %d: use a newer one", at, len(all))
		}
		for ; at < len(all); at++ {
			if _, err := tx.Exec(ctx, all[at]); err != nil {
				return fmt.Errorf("schema %d: %w", at+1, err)
			}
			if _, err := tx.Exec(ctx, "INSERT INTO schema_version VALUES ($1)", at+1); err != nil {
				return err
			}
		}
		return nil
	})
}
