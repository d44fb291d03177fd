package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"

	"waihu/internal/fault"
	"waihu/internal/store/tables"
)

// Ready reads the file and compares its schema with the program's.
func (db *DB) Ready(ctx context.Context) error {
	return db.run(ctx, db.reader, "BEGIN", readClock, func(c *conn, _ *tables.Tx) error {
		all, err := tables.Steps(migrations)
		if err != nil {
			return err
		}
		at, err := version(c)
		if err == nil && at != len(all) {
			err = fault.New(fault.Conflict, "database %s has schema %d, %d was expected", db.path, at, len(all))
		}
		return err
	})
}

// Check reads the whole file and looks whether its pages and indexes are sound. A
// damage is of kind Mismatch.
func (db *DB) Check(ctx context.Context) error {
	return db.run(ctx, db.reader, "BEGIN", readClock, func(c *conn, _ *tables.Tx) error {
		return c.query("PRAGMA integrity_check(1)", nil, func(r tables.Row) error {
			if found := r.Text(0); found != "ok" {
				return fault.New(fault.Mismatch, "database %s is damaged: %s; restore the last backup", db.path, found)
			}
			return nil
		})
	})
}

// Backup writes a copy that is complete as of one moment, while work goes on.
// The file must not be there; it has its name only once it is whole and on disk.
func (db *DB) Backup(ctx context.Context, path string) (err error) {
	defer fault.Wrap(&err, "backup to %s", path)
	if _, err := os.Lstat(path); err == nil {
		return fault.New(fault.Conflict, "the file is there already: name a new one")
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	c, err := connect(Options{}.dsn(db.path, "rw"), []string{fmt.Sprint("busy_timeout=", busyMillis), "synchronous=FULL"})
	if err != nil {
		return err
	}
	_, err = c.exec("VACUUM INTO ?", part)
	if err = errors.Join(err, c.close(), ctx.Err()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := syncFile(part); err != nil {
		return err
	}
	return os.Rename(part, path)
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
