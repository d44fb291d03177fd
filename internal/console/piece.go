package console

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// piecePatience is how long a client may take for what it is given: a whole file takes
// longer than other answers may.
const piecePatience = 60 * time.Second

// sendPiece gives a file from one byte to before another, as a part of it or as the whole.
func sendPiece(w http.ResponseWriter, r *http.Request, f *os.File, from, to, size int64, part bool) error {
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", fmt.Sprint(to-from))
	status := http.StatusOK
	if part {
		status = http.StatusPartialContent
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, size))
	}
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	const step = 1 << 20 // bytes that may take so long
	control := http.NewResponseController(w)
	for at := from; at < to; at += step {
		_ = control.SetWriteDeadline(time.Now().Add(piecePatience)) // where it cannot be set, that of all answers holds
		if _, err := io.CopyN(w, f, min(step, to-at)); err != nil {
			return nil // the client went away
		}
	}
	return nil
}
