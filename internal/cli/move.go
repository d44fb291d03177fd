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
	"waihu/internal/timex"
)

// exportCmd writes an archive.
type exportCmd struct {
	configFlags
	To      string `arg:"" optional:"" help:"New file (.zip); absent with --all or --move: standard output."`
	All     bool   `help:"Everything, for waihu import --all."`
	Company string `help:"Only this company, for its own keeping: co_..." placeholder:"ID"`
	Month   string `help:"With --company: its calls of a month (UTC) that is over and what they came to, as Parquet." placeholder:"2026-03"`
	Move    bool   `help:"With --company: for waihu import --move, into books that others may be in. Close its books first: waihu company leave."`
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
	case c.Move && company == id.Platform:
		return coded{exitUsage, errors.New("--move takes one company along: name it with --company")}
	case c.Month != "":
		return c.month(e, company)
	case c.To == "" && !c.All && !c.Move:
		return coded{exitUsage, errors.New("a new file (.zip) was expected, or --all or --move to write to standard output")}
	}
	return c.withBooks(e, func(config *serve.Config, b *serve.Books) error {
		var m *archive.Manifest
		told := e.Out
		write := func(path string) (err error) {
			switch {
			case company == id.Platform:
				m, err = archive.Export(e.ctx, b.DB, path)
			case c.Move:
				m, err = archive.ExportMove(e.ctx, b.DB, company, path)
			default:
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
		left(e, m)
		if company == id.Platform {
			fmt.Fprintf(e.Err, "note: the system's key is not in it: take %s/system.key along (waihu import --key), or second factors and webhook secrets must be set up anew\n", config.Data)
		}
		return err
	})
}

// month writes the calls of one month of a company as Parquet.
func (c *exportCmd) month(e *env, company id.Company) error {
	if company == id.Platform || c.To == "" || c.All || c.Move {
		return coded{exitUsage, errors.New("--month goes with --company and the name of a new file (.parquet), and with neither --all nor --move")}
	}
	first, err := timex.ParseDate(c.Month + "-01")
	if err != nil {
		return coded{exitUsage, fmt.Errorf("--month %s: a month was expected, such as 2026-03", c.Month)}
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		out, err := b.System.ExportMonth(e.ctx, company, first, c.To)
		if err == nil {
			_, err = fmt.Fprintf(e.Out, "%d calls, digest of their facts %s\n", out.Calls, out.Digest)
		}
		return err
	})
}

// left names what a company does not take along.
func left(e *env, m *archive.Manifest) {
	for _, what := range m.Left {
		fmt.Fprintf(e.Err, "left behind: %s\n", what)
	}
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
	From   string `arg:"" optional:"" help:"File that waihu export wrote; absent with --all or --move: standard input." type:"existingfile"`
	All    bool   `help:"Everything, as waihu export --all writes it, into an empty database."`
	Move   bool   `help:"One company, as waihu export --company ID --move writes it, beside those that are there."`
	Series string `help:"With --move: the series its invoices are numbered in from now on." placeholder:"NAME"`
	Key    string `help:"Data folder the archive is from, for its system.key." type:"existingdir" placeholder:"DIR"`
}

// Run reads everything into an empty database, or one company beside others; a
// folder that is served is refused.
func (c *importCmd) Run(e *env) (err error) {
	switch {
	case c.From == "" && !c.All && !c.Move:
		return coded{exitUsage, errors.New("a file that waihu export wrote was expected, or --all or --move to read one from standard input")}
	case c.Move && (c.All || c.Key != ""):
		return coded{exitUsage, errors.New("--move is one company, into books that have a key: neither --all nor --key was expected")}
	case c.Series != "" && !c.Move:
		return coded{exitUsage, errors.New("--series goes with --move")}
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
			if c.Move {
				m, err = archive.ImportMove(e.ctx, b.DB, path, c.Series)
			} else {
				m, err = archive.Import(e.ctx, b.DB, path)
			}
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
		left(e, m)
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
