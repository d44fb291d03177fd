package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/serve"
)

// doctorCmd examines an installation: its books, or what calls need.
type doctorCmd struct {
	Books doctorBooksCmd `cmd:"" default:"withargs" help:"Examine the installation and every rule of its books; what doctor alone does."`
	Voice doctorVoiceCmd `cmd:"" help:"Look at all that calls need: address, ports, trunks, clock, room for recordings. Nobody is called."`
}

// doctorBooksCmd examines the books.
type doctorBooksCmd struct {
	configFlags
	JSON bool `help:"Write what was found as JSON."`
}

// Run examines and says what does not hold.
func (c *doctorBooksCmd) Run(e *env) error {
	return c.withBooks(e, func(config *serve.Config, b *serve.Books) error {
		h, err := serve.Examine(e.ctx, config, b)
		if err != nil {
			return err
		}
		if c.JSON {
			enc := json.NewEncoder(e.Out)
			enc.SetIndent("", "  ")
			if err := enc.Encode(h); err != nil {
				return err
			}
		} else {
			fmt.Fprintf(e.Out, "looked at %d companies, %d calls, %d journal entries, %d documents, %d audit entries\n", h.Books.Companies, h.Books.Calls, h.Books.Entries, h.Books.Documents, h.Books.Audit)
			for _, f := range slices.Concat(h.Findings, h.Books.Findings) {
				fmt.Fprintf(e.Out, "%s\t%s\t%s\n", f.Rule, f.Company, f.What)
			}
		}
		if !h.Well() {
			return coded{exitMismatch, errors.New("")}
		}
		if !c.JSON {
			fmt.Fprintln(e.Out, "all is well")
		}
		return nil
	})
}

// backupCmd copies the books while the service runs.
type backupCmd struct {
	configFlags
	To string `arg:"" help:"New folder for the copy. It holds the system's key as well: guard it."`
}

// Run copies.
func (c *backupCmd) Run(e *env) error {
	return c.withBooks(e, func(config *serve.Config, b *serve.Books) error {
		if config.IsPostgres() {
			return fault.New(fault.Invalid, "PostgreSQL has its own tools: pg_dump, or a base backup with its log; keep system.key beside them")
		}
		if err := serve.Backup(e.ctx, config, b, c.To); err != nil {
			return err
		}
		_, err := fmt.Fprintf(e.Out, "copied to %s; waihu doctor --data %s examines it\n", c.To, c.To)
		return err
	})
}

// restoreCmd puts a copy in place.
type restoreCmd struct {
	configFlags
	From string `arg:"" help:"Folder of the copy." type:"existingdir"`
}

// Run puts it into an empty data folder.
func (c *restoreCmd) Run(e *env) error {
	config, _, err := c.load()
	if err != nil {
		return err
	}
	if config.IsPostgres() {
		return fault.New(fault.Invalid, "a copy of SQLite goes into a data folder; to move books to PostgreSQL use waihu export and waihu import")
	}
	if err := serve.Restore(&config, c.From); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.Out, "restored into %s\n", config.Data)
	return err
}
