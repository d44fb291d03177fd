package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"waihu/internal/lang"
	"waihu/internal/usage/cdr"
)

// factsCmd reads records and writes facts.
type factsCmd struct {
	Files []string `arg:"" help:"Files of records, in any supported format." type:"existingfile"`
	recordFlags
	Out    string `help:"Write the facts here; standard output if absent." placeholder:"FILE"`
	Report bool   `help:"Only say what the files are and what became of their records, as JSON; write no facts."`
}

// Run reads every file and accounts for every record.
func (c *factsCmd) Run(e *env) error {
	opt, err := c.options(e, nil)
	if err != nil {
		return err
	}
	if c.Zone == "" {
		fmt.Fprintln(e.Err, "note: stamps that name no zone are read as UTC; say --zone Asia/Shanghai, or where the records were made, if they are local")
	}
	intake, err := c.read(e, opt)
	if err != nil {
		return err
	}
	if c.Report {
		enc := json.NewEncoder(e.Out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(intake.Reports()); err != nil {
			return err
		}
	} else {
		reportIntake(e.Err, lang.English, intake.Reports(), intake.Total())
	}
	if n := intake.Total().Rejected; n > 0 {
		return coded{exitDecide, fmt.Errorf("%d %s refused", n, plural(int(n), "record was", "records were"))}
	}
	return nil
}

// read writes the facts of every file where they were asked for.
func (c *factsCmd) read(e *env, opt cdr.Options) (_ *cdr.Intake, err error) {
	var to io.Writer = e.Out
	switch {
	case c.Report:
		to = io.Discard
	case c.Out != "":
		if err := apart([]string{c.Out}, append([]string{c.Mapping}, c.Files...)); err != nil {
			return nil, err
		}
		f, fail := createFile(c.Out)
		if fail != nil {
			return nil, fail
		}
		defer func() { err = f.end(err) }()
		to = f
	}
	w := cdr.NewWriter(to)
	intake := cdr.NewIntake(w, opt)
	for _, path := range c.Files {
		if _, err := intake.File(e.ctx, path); err != nil {
			reportIntake(e.Err, lang.English, intake.Reports(), intake.Total())
			return nil, errors.Join(err, w.Flush())
		}
	}
	return intake, w.Flush()
}
