package receive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
)

// Follower reads a file that grows, such as Asterisk's Master.csv, as it grows.
//
// A file is known by its first bytes, not by its name: when the name stands for
// another file (logrotate) the rest of the old one is read first, where it lies
// beside it under a name that begins the same; when the file has become shorter
// (copytruncate) the rest of the copy is read, then the file from its beginning.
// A rotated file that was compressed before its rest was read cannot be found:
// delay compression by one rotation (logrotate: delaycompress).
type Follower struct {
	DB      store.DB // joins transactions (store.Joining)
	IDs     *id.Maker
	To      Ingester
	Company id.Company
	Source  string // names the place that is kept
	Path    string
	Options cdr.Options // of the format; Format must be one without a header line
}

// Bounds of following.
const (
	headBytes  = 1024      // a file is known by
	pieceBytes = 4 << 20   // read and kept in one transaction
	oneRecord  = 256 << 10 // longer is no record: it is passed over
	rotations  = 50        // files beside it that are looked at
)

// Step reads what is new and gives how many records that were. It is to be
// called again and again; with nothing new it does nothing.
func (f *Follower) Step(ctx context.Context) (int64, error) {
	total := int64(0)
	for { // bounded: every turn reads a piece or ends
		n, more, err := f.piece(ctx)
		total += n
		if err != nil || !more {
			return total, err
		}
	}
}

// piece reads the next piece of whichever file is next.
func (f *Follower) piece(ctx context.Context) (n int64, more bool, err error) {
	var at *placed
	if err := f.DB.View(ctx, func(tx store.Tx) (err error) {
		at, err = place(tx, f.IDs, f.Company, f.Source)
		return err
	}); err != nil {
		return 0, false, err
	}
	file, rest, err := f.next(&at.Place)
	if err != nil || file == nil {
		return 0, false, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.NewSectionReader(file, at.Offset, pieceBytes))
	if err != nil {
		return 0, false, err
	}
	whole := records(text, rest)
	if whole == 0 && len(text) < pieceBytes && !rest {
		return 0, false, nil
	}
	if whole == 0 && rest { // the old file is read to its end: the new one is next
		return 0, true, f.begin(ctx, at)
	}
	return f.keep(ctx, at, file, text[:whole], int64(whole))
}

// keep puts a piece into the books, with how far the file was read.
func (f *Follower) keep(ctx context.Context, was *placed, file *os.File, text []byte, length int64) (n int64, more bool, err error) {
	head, headLen, err := headOf(file, headBytes)
	if err != nil {
		return 0, false, err
	}
	opt := f.Options
	opt.Repeats = true // the books find what was there before
	err = f.DB.Update(ctx, func(tx store.Tx) error {
		at, err := place(tx, f.IDs, f.Company, f.Source)
		if err != nil {
			return err
		}
		if at.rec.Revision != was.rec.Revision {
			return errMoved
		}
		result, err := Read(store.Within(ctx, tx), f.To, f.Company, opt, bytes.NewReader(text), f.Path, length)
		if err != nil {
			return err
		}
		at.Offset += length
		at.Head, at.HeadLen = head, headLen
		at.count(result)
		n = result.Report.Counts.Read
		return at.save(tx)
	})
	if errors.Is(err, errMoved) {
		return 0, false, nil // another node is at it
	}
	return n, err == nil, err
}

var errMoved = errors.New("another node reads this source")

// begin goes to the beginning of the file that has the name now.
func (f *Follower) begin(ctx context.Context, was *placed) error {
	return f.DB.Update(ctx, func(tx store.Tx) error {
		at, err := place(tx, f.IDs, f.Company, f.Source)
		if err != nil || at.rec.Revision != was.rec.Revision {
			return err
		}
		at.Offset, at.Head, at.HeadLen = 0, "", 0
		return at.save(tx)
	})
}

// next opens the file to read on in: the one of that name if it is still the
// same, else the one it was rotated to (rest), else the new one from its start.
// nil: there is none.
func (f *Follower) next(at *Place) (file *os.File, rest bool, err error) {
	same, err := f.open(f.Path, at)
	if err != nil || same != nil {
		return same, false, err
	}
	old, err := f.rotated(at)
	if err != nil || old != nil {
		return old, old != nil, err
	}
	file, err = os.Open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	at.Offset, at.Head, at.HeadLen = 0, "", 0
	return file, false, err
}

// open opens a file if it is the one of a place; nil if it is another.
func (f *Follower) open(path string, at *Place) (*os.File, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) && path != f.Path {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	head, n, err := headOf(file, at.HeadLen)
	info, err2 := file.Stat()
	if err = errors.Join(err, err2); err == nil && info.Mode().IsRegular() && n == at.HeadLen && (n == 0 || head == at.Head) && info.Size() >= at.Offset {
		return file, nil
	}
	return nil, errors.Join(err, file.Close())
}

// rotated finds the file of a place under another name beside it.
func (f *Follower) rotated(at *Place) (*os.File, error) {
	if at.HeadLen == 0 {
		return nil, nil
	}
	names, err := filepath.Glob(globLiteral(f.Path) + "?*")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for _, name := range names[:min(len(names), rotations)] {
		if file, err := f.open(name, at); err != nil || file != nil {
			return file, err
		}
	}
	return nil, nil
}

// globLiteral lets a path stand for itself in a pattern.
func globLiteral(path string) string {
	var b bytes.Buffer
	for _, c := range []byte(path) {
		if bytes.IndexByte([]byte(`*?[\`), c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// headOf is the hash of the first bytes of a file and how many there were.
func headOf(file *os.File, most int64) (string, int64, error) {
	b, err := io.ReadAll(io.NewSectionReader(file, 0, most))
	if err != nil {
		return "", 0, err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), int64(len(b)), nil
}

// records is how many bytes of a text are whole records: up to the last line end
// that is in no quotes. last tells that nothing will come behind the text: then
// all of it counts.
//
// A quote that nobody closed, as a switch leaves it that died while it wrote, would
// turn all quotes behind it round. It shows where a quote that is closed on a later
// line is followed by more text: then the line it was opened on ends with that line.
func records(text []byte, last bool) int {
	if last && len(text) < pieceBytes {
		return len(text)
	}
	end := 0
	quoted, broken := false, -1 // the first line end within the quotes
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' && quoted && broken >= 0 && i+1 < len(text) && !mayFollowQuote(text[i+1]):
			end, i = broken+1, broken
			quoted, broken = false, -1
		case c == '"':
			quoted = !quoted
			if doubled := i > 0 && text[i-1] == '"'; quoted && !doubled {
				broken = -1
			}
		case c == '\n' && !quoted:
			end = i + 1
		case c == '\n' && broken < 0:
			broken = i
		}
	}
	if end == 0 && len(text) > oneRecord {
		// A quote that nobody closed must not hold up what follows.
		if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
			return i + 1
		}
		return len(text)
	}
	return end
}

// mayFollowQuote tells what can stand behind a closing quote: a separator, a space,
// a line end, or another quote.
func mayFollowQuote(c byte) bool { return bytes.IndexByte([]byte(",;|\t \r\n\""), c) >= 0 }
