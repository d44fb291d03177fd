package receive

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Bounds of a body that takes as long as it takes, as long as it goes on.
const (
	steadyPiece = 1 << 20          // bytes that have to come ...
	steadyPause = 30 * time.Second // ... within this
)

// Steady reads the body of a request whose server has shorter times for others.
type Steady struct {
	R  io.Reader
	To *http.ResponseController

	left int64 // of the piece
}

func (b *Steady) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.left = steadyPiece
		now := time.Now()
		err := errors.Join(b.To.SetReadDeadline(now.Add(steadyPause)), b.To.SetWriteDeadline(now.Add(2*steadyPause)))
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return 0, err
		}
	}
	n, err := b.R.Read(p)
	b.left -= int64(n)
	return n, err
}
