package cdr

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"waihu/internal/fault"
)

// maxSameName bounds how many inputs of one name leave rejects in one folder.
const maxSameName = 10_000

// rejects writes the records of one input that were refused: as they stood, to
// be mended and read again, and why, a line for each.
type rejects struct {
	raw, why   *os.File
	rawW, whyW *bufio.Writer
}

// newRejects makes the two files for an input, new ones: what a person may be
// mending is never written over.
func newRejects(dir, input, header string) (*rejects, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	base := filepath.Base(input)
	for _, packed := range []string{".gz", ".zst"} {
		base = strings.TrimSuffix(base, packed)
	}
	for n := 1; n <= maxSameName; n++ {
		path := filepath.Join(dir, base)
		if n > 1 {
			ext := filepath.Ext(base)
			path = filepath.Join(dir, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(base, ext), n, ext))
		}
		raw, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		why, err := os.Create(path + ".why.jsonl")
		if err != nil {
			raw.Close()
			return nil, err
		}
		r := &rejects{raw, why, bufio.NewWriter(raw), bufio.NewWriter(why)}
		if header != "" {
			r.line(header)
		}
		return r, nil
	}
	return nil, fault.New(fault.Conflict, "%s holds too many files named %s: empty it", dir, base)
}

func (r *rejects) line(raw string) {
	r.rawW.WriteString(raw) // a bufio.Writer keeps its first error for Flush
	r.rawW.WriteByte('\n')
}

// add writes one record and its problem.
func (r *rejects) add(raw string, p fault.Problem) error {
	r.line(raw)
	p.Value = fault.Shorten(p.Value, 200)
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	r.whyW.Write(b)
	return r.whyW.WriteByte('\n')
}

// path is where the records stand.
func (r *rejects) path() string { return r.raw.Name() }

func (r *rejects) close() error {
	return errors.Join(r.rawW.Flush(), r.whyW.Flush(), r.raw.Close(), r.why.Close())
}
