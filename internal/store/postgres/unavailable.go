package postgres

import (
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"waihu/internal/store"
)

// marked makes an error of a server that is gone, or that cannot write, a
// store.Unavailable: the error of a transaction, or what spoilt it, where a function
// put that into words of its own.
func marked(err, spoil error) error {
	if err != nil && (gone(err) || gone(spoil)) {
		return &store.Unavailable{Err: err}
	}
	return err
}

// gone tells errors of the connection, of a server that stops or starts, and of one
// that is out of disk, memory or connections or may only be read.
func gone(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		class := pg.Code[:min(2, len(pg.Code))]
		return slices.Contains([]string{"08", "53", "58"}, class) || strings.HasPrefix(pg.Code, "57P") || pg.Code == "25006"
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, pgconn.ErrConnClosed) // the driver noticed before we asked
}
