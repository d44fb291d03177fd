package sqlite

import (
	"errors"

	modernc "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"waihu/internal/store"
)

// marked makes what the disk refused a store.Unavailable: the error of a
// transaction, or what spoilt it, where a function put that into words of its own.
func marked(err, spoil error) error {
	if err != nil && (refused(err) || refused(spoil)) {
		return &store.Unavailable{Err: err}
	}
	return err
}

// refused tells errors of the disk; the low byte of a code is what it is about.
func refused(err error) bool {
	var e *modernc.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return false
}
