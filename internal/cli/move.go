package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"waihu/internal/archive"
	"waihu/internal/id"
	"waihu/internal/serve"
)

// exportCmd writes an archive.
type exportCmd struct {
	configFlags
	To      string `arg:"" optional:"" help:"New file (.zip); absent with --all: standard output."`
	All     bool   `help:"Everything, for waihu import."`
	Company string `help:"Only this company, for its own keeping: co_..." placeholder:"ID"`
}

// Run writes everything, or all of one company.
func (c *exportCmd) Run(e *env) error {
	company, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	switch {
	case c.All && company != id.Platform:
		return coded{exitUsage, errors.New("--all is everything, --company one company: one of the two was expected")}
	case c.To == "" && !c.All:
		return coded{exitUsage, errors.New("a new file (.zip) was expected, or --all to write everything to standard output")}
	}
	return c.withBooks(e, func(config *serve.Config, b *serve.Books) error {
		var m *archive.Manifest
		told := e.Out
		write := func(path string) (err error) {
			if company == id.Platform {
				m, err = archive.Export(e.ctx, b.DB, path)
			} else {
				m, err = archive.ExportCompany(e.ctx, b.DB, company, path)
			}
			return err
		}
		var err error
		if c.To != "" {
			err = write(c.To)
		} else {
			told, err = e.Err, through(config.Data, write, func(f *os.File) error { _, err := io.Copy(e.Out, f); return err })
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(told, "%d rows in %d files, digest %s\n", rowsOf(m), len(m.Files), m.Digest())
		if company == id.Platform {
			fmt.Fprintf(e.Err, "note: the system's key is not in it: take %s/system.key along (waihu import --key), or second factors and webhook secrets must be set up anew\n", config.Data)
		}
		return err
	})
}

// through makes a file that is read and removed: an archive has its manifest at
// its end, so none can be handed on before it is whole.
func through(folder string, write func(path string) error, read func(*os.File) error) (err error) {
	dir, err := os.MkdirTemp(folder, "archive-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "books.zip")
	if err := write(path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(read(f), f.Close())
}

func rowsOf(m *archive.Manifest) (n int64) {
	for _, f := range m.Files {
		n += f.Rows
	}
	return n
}

// importCmd reads an archive.
type importCmd struct {
	configFlags
	From string `arg:"" optional:"" help:"File that waihu export wrote; absent with --all: standard input." type:"existingfile"`
	All  bool   `help:"Everything, as waihu export --all writes it."`
	Key  string `help:"Data folder the archive is from, for its system.key." type:"existingdir" placeholder:"DIR"`
}

// Run reads everything into an empty database, which nobody serves meanwhile.
func (c *importCmd) Run(e *env) (err error) {
	if c.From == "" && !c.All {
		return coded{exitUsage, errors.New("a file that waihu export wrote was expected, or --all to read one from standard input")}
	}
	config, _, err := c.load()
	if err != nil {
		return err
	}
	free, err := serve.Own(&config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, free()) }()
	if c.Key != "" {
		if err := serve.TakeKey(&config, c.Key); err != nil {
			return err
		}
	}
	return c.withBooks(e, func(config *serve.Config, b *serve.Books) error {
		var m *archive.Manifest
		read := func(path string) (err error) {
			m, err = archive.Import(e.ctx, b.DB, path)
			return err
		}
		var err error
		if c.From != "" {
			err = read(c.From)
		} else {
			err = through(config.Data, func(path string) error { return spool(path, e.In) }, func(f *os.File) error { return read(f.Name()) })
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.Out, "%d rows out of %d files, digest %s: read back and found the same\n", rowsOf(m), len(m.Files), m.Digest())
		return err
	})
}

// spool keeps what comes in until it is all there; the disk bounds it.
func spool(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}
