package sqlite

import (
	"waihu/internal/store/tables"
)

// The log of what was committed (WAL) is folded into the file beside the work: a
// commit that had to do it would take as long as ten others.
const (
	foldPages = 4_000  // not folded in: from here on they are
	haltPages = 16_000 // in the log: writing waits until all are folded in and the log begins anew
)

// fold runs until the database is closed. An error is left to the transaction
// that meets it: what is not folded in stays in the log, and is not lost.
func (db *DB) fold(c *conn) {
	defer db.folding.Done()
	for {
		select {
		case <-db.closed:
			return
		case <-db.written:
		}
		if log, folded, err := checkpoint(c, "NOOP"); err != nil || log-folded < foldPages {
			continue
		}
		if log, _, err := checkpoint(c, "PASSIVE"); err != nil || log < haltPages {
			continue
		}
		// While others write there is always something that is not folded in, and
		// the log never begins anew.
		select {
		case <-db.closed:
			return
		case w := <-db.writer:
			_, _, _ = checkpoint(c, "PASSIVE")
			db.writer <- w
		}
	}
}

// checkpoint folds the log in as far as a mode does, and tells how many pages it
// has and how many of them are folded in.
func checkpoint(c *conn, mode string) (log, folded int64, err error) {
	err = c.query("PRAGMA wal_checkpoint("+mode+")", nil, func(r tables.Row) error {
		log, folded = r.Int(1), r.Int(2)
		return nil
	})
	return log, folded, err
}
