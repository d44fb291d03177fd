package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

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
	var total cdr.Counts
	switch {
	case c.Report:
		total, err = c.read(e, opt, io.Discard)
	case c.Out == "":
		total, err = c.read(e, opt, e.Out)
	default:
		err = writeOut(c.Out, func(f *outFile) error {
			total, err = c.read(e, opt, f)
			return err
		})
	}
	if err == nil && total.Rejected > 0 {
		return coded{exitDecide, fmt.Errorf("%d %s refused", total.Rejected, plural(int(total.Rejected), "record was", "records were"))}
	}
	return err
}

// read writes the facts of every file, and says what became of their records.
func (c *factsCmd) read(e *env, opt cdr.Options, to io.Writer) (cdr.Counts, error) {
	w := cdr.NewWriter(to)
	intake := cdr.NewIntake(w, opt)
	for _, path := range c.Files {
		if _, err := intake.File(e.ctx, path); err != nil {
			reportIntake(e.Err, intake.Reports(), intake.Total())
			return intake.Total(), errors.Join(err, w.Flush())
		}
	}
	if err := w.Flush(); err != nil {
		return intake.Total(), err
	}
	if !c.Report {
		reportIntake(e.Err, intake.Reports(), intake.Total())
		return intake.Total(), nil
	}
	enc := json.NewEncoder(e.Out)
	enc.SetIndent("", "  ")
	return intake.Total(), enc.Encode(intake.Reports())
}
