package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// creditCmd makes a credit note.
type creditCmd struct {
	Invoice string   `arg:"" help:"Issued invoice as JSON." type:"existingfile"`
	Line    []string `help:"What to give back: a line whole (talk), an amount of it (talk=12.50) or a share of what was billed (talk=25%). Can be repeated; absent: the whole invoice." placeholder:"LINE[=N]" sep:"none"`
	Number  string   `required:"" help:"Number of the credit note."`
	Reason  string   `required:"" help:"Why it is given."`
	Issued  string   `help:"Date of issue; today if absent." placeholder:"DATE"`
	Earlier []string `help:"Credit note (JSON) made before on this invoice; name every one." placeholder:"FILE" type:"existingfile" sep:"none"`

	Lang string `default:"en" help:"Language of the note: en, zh-Hant, zh-Hans."`
	JSON bool   `help:"Write the note as JSON to standard output."`
	Out  string `help:"Folder for everything: note.json, .csv, .xlsx, .pdf in three languages." placeholder:"DIR"`
	PDF  string `help:"Write the PDF here." placeholder:"FILE" name:"pdf"`
	XLSX string `help:"Write the workbook here." placeholder:"FILE" name:"xlsx"`
	CSV  string `help:"Write the lines as CSV here." placeholder:"FILE" name:"csv"`
	Save string `help:"Write the note as JSON here." placeholder:"FILE"`
	UBL  string `help:"Write the note as EN 16931 UBL (type 381) here." placeholder:"FILE" name:"ubl"`
}

// Run makes the note and writes what was asked for.
func (c *creditCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	on := timex.DateOf(time.Now())
	if c.Issued != "" {
		if on, err = timex.ParseDate(c.Issued); err != nil {
			return coded{exitUsage, fmt.Errorf("--issued: %w", err)}
		}
	}
	inv, err := readInvoice(c.Invoice)
	if err != nil {
		return err
	}
	ask := invoice.NoteOn{Number: c.Number, On: on, Reason: c.Reason}
	if ask.Earlier, err = readNotes(c.Earlier); err != nil {
		return err
	}
	for _, words := range c.Line {
		item, err := app.ParseCreditItem(inv, words)
		if err != nil {
			return err
		}
		ask.Items = append(ask.Items, item)
	}
	n, err := invoice.NewCreditNote(inv, ask)
	if err != nil {
		return err
	}
	if err := c.write(n, tag); err != nil {
		return err
	}
	if c.JSON {
		return document.NoteJSON(e.Out, n)
	}
	return document.NoteText(e.Out, n, document.TextOptions{Tag: tag, Colour: isTerminal(e.Out)})
}

// write writes the note in every form asked for; all are made before any is
// written.
func (c *creditCmd) write(n *invoice.CreditNote, tag lang.Tag) error {
	jobs := c.jobs(n, tag)
	var paths []string
	for _, j := range jobs {
		paths = append(paths, j.path)
	}
	if err := apart(paths, append([]string{c.Invoice}, c.Earlier...)); err != nil {
		return err
	}
	if save := jobs[0].path; save != "" {
		if err := unissued(save, n.Seal); err != nil {
			return err
		}
	}
	made, err := makeAll(jobs)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return err
		}
	}
	for i, j := range jobs {
		if j.path == "" {
			continue
		}
		if err := writeFile(j.path, made[i].Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func (c *creditCmd) jobs(n *invoice.CreditNote, tag lang.Tag) []job {
	beside := func(path, name string) string {
		if path == "" && c.Out != "" {
			return filepath.Join(c.Out, name)
		}
		return path
	}
	out := []job{
		{beside(c.Save, "note.json"), func(w io.Writer) error { return document.NoteJSON(w, n) }},
		{beside(c.CSV, "note.csv"), func(w io.Writer) error { return document.NoteCSV(w, n, tag) }},
		{beside(c.XLSX, "note.xlsx"), func(w io.Writer) error { return document.NoteXLSX(w, n, tag) }},
		{c.UBL, func(w io.Writer) error { return document.NoteUBL(w, n) }},
		{c.PDF, func(w io.Writer) error { return document.NotePDF(w, n, tag) }},
	}
	if c.Out != "" {
		for _, t := range lang.Tags() {
			out = append(out, job{filepath.Join(c.Out, "note."+string(t)+".pdf"), func(w io.Writer) error { return document.NotePDF(w, n, t) }})
		}
	}
	return out
}

func readNotes(paths []string) ([]*invoice.CreditNote, error) {
	var out []*invoice.CreditNote
	for _, path := range paths {
		n, err := readNote(path)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func readNote(path string) (*invoice.CreditNote, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n, err := document.ReadNoteJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}

// verifyNote makes a credit note again from the invoice it is on.
func (c *verifyCmd) verifyNote(e *env) error {
	n, err := readNote(c.Invoice)
	if err != nil {
		return err
	}
	if c.Of == "" {
		return coded{exitUsage, errors.New("a credit note is checked against its invoice: say --of INVOICE.json, and --earlier for each note before it")}
	}
	inv, err := readInvoice(c.Of)
	if err != nil {
		return err
	}
	earlier, err := readNotes(c.Earlier)
	if err != nil {
		return err
	}
	v := &app.Verified{}
	if v.Sealed, v.Differences, err = app.VerifyNote(n, inv, earlier); err != nil {
		return err
	}
	return c.report(e, v, fmt.Sprintf("%d %s, %s given back of invoice %s", len(n.Lines), plural(len(n.Lines), "line", "lines"), n.Total, n.Of.Number))
}
