// Package sqlite keeps the books in one SQLite file: the store of a single node.
//
// It owns the schema and the SQL of that file. What it promises is written in
// package store.
//
// One connection writes, several read, each its own snapshot (WAL). A commit is
// on disk when it returns (synchronous=FULL).
package sqlite

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/store/tables"
	"waihu/internal/timex"
)

// Options are how a database is opened; the zero value is right for service.
type Options struct {
	Clock   func() timex.Instant // nil: the machine's
	Relaxed bool                 // a power cut may lose the last commits; for data that can be made again

	files       string // tests: the name of a file layer that cuts power or fills up
	synchronous string // tests: another setting than FULL
}

// DB is one open file.
type DB struct {
	path   string
	temp   string // directory to remove on closing
	clock  func() timex.Instant
	last   atomic.Int64 // the latest instant of a transaction
	names  *tables.Names
	writer chan *conn // holds the one connection that writes, unless it is in use
	reader chan *conn
	folder *conn              // folds the log in
	opened map[chan *conn]int // how many connections belong to each
	closed chan struct{}
	once   sync.Once

	written chan struct{} // something was committed
	folding sync.WaitGroup
}

var _ store.DB = (*DB)(nil)

const (
	maxReaders  = 8
	busyMillis  = 10_000 // another process that has the file, such as a backup, is waited for so long
	pageBytes   = 8192
	cacheKiB    = 64 << 10
	readerKiB   = 8 << 10
	maxKeptWAL  = 256 << 20
	mappedBytes = 1 << 30
)

// Open opens or makes the file and brings its schema up to date.
func Open(path string, o Options) (_ *DB, err error) {
	defer fault.Wrap(&err, "opening database %s", path)
	db := &DB{path: path, clock: o.Clock, names: tables.NewNames(), closed: make(chan struct{}), written: make(chan struct{}, 1), opened: map[chan *conn]int{}}
	if db.clock == nil {
		db.clock = func() timex.Instant { return timex.At(time.Now()) }
	}
	readers := min(max(runtime.GOMAXPROCS(0), 2), maxReaders)
	db.writer, db.reader = make(chan *conn, 1), make(chan *conn, readers)
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	w, err := connect(o.dsn(path, "rwc"), writerPragmas(o))
	if err != nil {
		return nil, err
	}
	db.keep(db.writer, w)
	if err := migrate(w); err != nil {
		return nil, err
	}
	for range readers {
		r, err := connect(o.dsn(path, "rw"), []string{fmt.Sprint("busy_timeout=", busyMillis), fmt.Sprint("cache_size=-", readerKiB),
			fmt.Sprint("mmap_size=", mappedBytes), "temp_store=MEMORY", "query_only=ON"})
		if err != nil {
			return nil, err
		}
		db.keep(db.reader, r)
	}
	f, err := connect(o.dsn(path, "rw"), writerPragmas(o))
	if err != nil {
		return nil, err
	}
	db.folder = f
	db.folding.Add(1)
	go db.fold(f)
	return db, nil
}

func (db *DB) keep(pool chan *conn, c *conn) {
	db.opened[pool]++
	pool <- c
}

func (o Options) dsn(path, mode string) string {
	q := url.Values{"mode": {mode}}
	if o.files != "" {
		q.Set("vfs", o.files)
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}).String()
}

func writerPragmas(o Options) []string {
	sync := "FULL"
	if o.Relaxed {
		sync = "OFF"
	}
	if o.synchronous != "" {
		sync = o.synchronous
	}
	return []string{fmt.Sprint("busy_timeout=", busyMillis), fmt.Sprint("page_size=", pageBytes), "journal_mode=WAL", "synchronous=" + sync,
		"foreign_keys=ON", fmt.Sprint("cache_size=-", cacheKiB), fmt.Sprint("mmap_size=", mappedBytes), "temp_store=MEMORY",
		"wal_autocheckpoint=0", fmt.Sprint("journal_size_limit=", maxKeptWAL)}
}

// Memory is a database for tests and trials: whole and real, but gone when it is
// closed, and not waiting for the disk.
func Memory(o Options) (*DB, error) {
	dir, err := os.MkdirTemp("", "waihu-books-")
	if err != nil {
		return nil, err
	}
	o.Relaxed = true
	db, err := Open(filepath.Join(dir, "books.db"), o)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	db.temp = dir
	return db, nil
}

// Close waits for the transactions under way and closes the file.
func (db *DB) Close() (err error) {
	db.once.Do(func() {
		close(db.closed)
		for pool, n := range db.opened {
			for range n {
				err = errors.Join(err, (<-pool).close())
			}
		}
		db.folding.Wait()
		if db.folder != nil {
			err = errors.Join(err, db.folder.close())
		}
		if db.temp != "" {
			err = errors.Join(err, os.RemoveAll(db.temp))
		}
	})
	return err
}
