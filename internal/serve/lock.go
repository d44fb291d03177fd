package serve

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"waihu/internal/fault"
)

// lockFile is in the data folder while somebody has it for himself.
const lockFile = "serve.lock"

// errLocked says that another process holds a file.
var errLocked = errors.New("another process holds it")

// Own takes a data folder with SQLite for this process alone: for serving it, or
// for putting books into it. The system lets go of it when the process ends,
// however it ends; the file stays and says who had it last. Reading and single
// changes from the command line need not own a folder. With PostgreSQL there is
// nothing to take: several nodes are meant to be.
func Own(c *Config) (free func() error, err error) {
	if c.IsPostgres() {
		return func() error { return nil }, nil
	}
	if err := c.folder(); err != nil {
		return nil, err
	}
	path := filepath.Join(c.Data, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		who, _ := os.ReadFile(path) // it is told where it can be read
		err = errors.Join(err, f.Close())
		if !errors.Is(err, errLocked) {
			return nil, err
		}
		return nil, fault.New(fault.Conflict, "%s is in use by another waihu%s: stop it first, or name another folder with --data", c.Data, strings.TrimRight(" "+string(who), " \n"))
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, fmt.Sprintf("(process %d)\n", os.Getpid()))); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}
