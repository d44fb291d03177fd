package cli

import (
	"errors"
	"io/fs"
	"os"

	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// factFile is a file of facts that one more is added to; nil: none is wanted.
type factFile struct {
	f     *os.File
	empty bool // it was made for this call, and nothing is in it
}

// openFacts opens a file of facts, and makes it if it is not there.
func openFacts(path string) (_ *factFile, err error) {
	if path == "" {
		return nil, nil
	}
	defer fault.Wrap(&err, "--facts %s", path)
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	return &factFile{f, errors.Is(missing, fs.ErrNotExist)}, nil
}

// add adds a fact.
func (k *factFile) add(fact *usage.Call) (err error) {
	if k == nil {
		return nil
	}
	defer fault.Wrap(&err, "writing the fact to %s", k.f.Name())
	w := cdr.NewWriter(k.f)
	err = w.Call(fact)
	if err = errors.Join(err, w.Flush(), k.f.Sync()); err == nil {
		k.empty = false
	}
	return err
}

// close closes the file, and takes it away if nothing is in it.
func (k *factFile) close() error {
	if k == nil {
		return nil
	}
	err := k.f.Close()
	if k.empty {
		err = errors.Join(err, os.Remove(k.f.Name()))
	}
	return err
}
