package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"waihu/internal/app"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/usage/cdr"
)

// job is a file to write, and how; without a path it is not asked for.
type job struct {
	path string
	to   func(io.Writer) error
}

// makeAll makes every document asked for before any is written: one that cannot
// be made leaves no folder half of one bill and half of another.
func makeAll(jobs []job) ([]bytes.Buffer, error) {
	made := make([]bytes.Buffer, len(jobs))
	for i, j := range jobs {
		if j.path == "" {
			continue
		}
		if err := j.to(&made[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", j.path, err)
		}
	}
	return made, nil
}

// outputs are the files a bill writes.
type outputs struct {
	c      *billCmd
	warn   io.Writer
	files  []*newFile
	whole  bool // everything was written: the files take their places
	facts  *cdr.Writer
	detail *detailFile
}

func newOutputs(c *billCmd, warn io.Writer) *outputs {
	if c.Out != "" {
		fill := func(to *string, name string) {
			if *to == "" {
				*to = filepath.Join(c.Out, name)
			}
		}
		fill(&c.Save, "invoice.json")
		fill(&c.CSV, "invoice.csv")
		fill(&c.XLSX, "invoice.xlsx")
		fill(&c.Detail, "detail.csv")
		fill(&c.Facts, "facts.jsonl")
	}
	return &outputs{c: c, warn: warn}
}

// paths are all files that will be written.
func (o *outputs) paths() []string {
	c := o.c
	out := []string{c.Save, c.CSV, c.XLSX, c.UBL, c.Fapiao, c.Taiwan, c.PDF, c.Detail, c.Facts}
	if c.Out != "" {
		for _, t := range lang.Tags() {
			out = append(out, o.pdf(t))
		}
	}
	return out
}

// pdf is where the PDF of one language goes in the folder for everything.
func (o *outputs) pdf(t lang.Tag) string {
	return filepath.Join(o.c.Out, "invoice."+string(t)+".pdf")
}

// open begins the files that are written while records are read.
func (o *outputs) open(b *app.Billing, tag lang.Tag) error {
	if o.c.Out != "" {
		if err := os.MkdirAll(o.c.Out, 0o755); err != nil {
			return err
		}
	}
	if o.c.Facts != "" {
		f, err := o.create(o.c.Facts)
		if err != nil {
			return err
		}
		o.facts = cdr.NewWriter(f)
		b.Facts = o.facts
	}
	if o.c.Detail != "" {
		f, err := o.create(o.c.Detail)
		if err != nil {
			return err
		}
		o.detail = newDetailFile(f, o.c.Detail, document.DetailOptions{Tag: tag, Zone: b.Terms.Loc})
		b.Detail = func(c *meter.Charged) { o.detail.add(c) }
	}
	return nil
}

func (o *outputs) create(path string) (*newFile, error) {
	f, err := createFile(path)
	if err != nil {
		return nil, err
	}
	o.files = append(o.files, f)
	return f, nil
}

// write writes the invoice in every form asked for.
func (o *outputs) write(inv *invoice.Invoice, tag lang.Tag) error {
	if o.c.Save != "" {
		if err := unissued(o.c.Save, inv.Seal); err != nil {
			return err
		}
	}
	jobs := []job{
		{o.c.Save, func(w io.Writer) error { return document.JSON(w, inv) }},
		{o.c.CSV, func(w io.Writer) error { return document.CSV(w, inv, tag) }},
		{o.c.XLSX, func(w io.Writer) error { return document.XLSX(w, inv, tag) }},
		{o.c.UBL, func(w io.Writer) error { return document.UBL(w, inv) }},
		{o.c.Fapiao, func(w io.Writer) error {
			f, problems := document.FapiaoOf(inv, document.FapiaoOptions{})
			return o.handOver(w, o.c.Fapiao, f, problems)
		}},
		{o.c.Taiwan, func(w io.Writer) error {
			t, problems := document.TaiwanOf(inv)
			return o.handOver(w, o.c.Taiwan, t, problems)
		}},
		{o.c.PDF, func(w io.Writer) error { return document.PDF(w, inv, tag) }},
	}
	if o.c.Out != "" {
		for _, t := range lang.Tags() {
			jobs = append(jobs, job{o.pdf(t), func(w io.Writer) error { return document.PDF(w, inv, t) }})
		}
	}
	made, err := makeAll(jobs)
	if err != nil {
		return err
	}
	for i, j := range jobs {
		if j.path == "" {
			continue
		}
		f, err := o.create(j.path)
		if err != nil {
			return err
		}
		if _, err := f.Write(made[i].Bytes()); err != nil {
			return fmt.Errorf("%s: %w", j.path, err)
		}
	}
	o.whole = true
	return nil
}

// handOver writes the data of an e-invoice, unless the tax system would refuse
// it; what a person still has to fill in is a warning.
func (o *outputs) handOver(w io.Writer, path string, data interface {
	JSON(io.Writer) error
	XLSX(io.Writer) error
}, problems fault.Problems) error {
	for _, p := range problems.Warnings() {
		fmt.Fprintf(o.warn, "warning: %v\n", p)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if strings.HasSuffix(strings.ToLower(path), ".xlsx") {
		return data.XLSX(w)
	}
	return data.JSON(w)
}

// close ends every file; an error here is an error of the command. A bill that
// was not made leaves the files of the one before it alone.
func (o *outputs) close() error {
	var errs []error
	if o.detail != nil {
		errs = append(errs, o.detail.close())
	}
	if o.facts != nil {
		errs = append(errs, o.facts.Flush())
	}
	keep := o.whole && errors.Join(errs...) == nil
	for _, f := range o.files {
		if keep {
			errs = append(errs, f.keep())
			continue
		}
		errs = append(errs, f.drop())
	}
	return errors.Join(errs...)
}
