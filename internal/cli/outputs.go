package cli

import (
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

// outputs are the files a bill writes.
type outputs struct {
	c      *billCmd
	warn   io.Writer
	files  outFiles
	facts  *cdr.Writer
	detail *detailFile
	made   bool // every document: the files are kept
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

// open begins the files that are written while records are read.
func (o *outputs) open(b *app.Billing, tag lang.Tag) error {
	if o.c.Out != "" {
		if err := os.MkdirAll(o.c.Out, 0o755); err != nil {
			return err
		}
	}
	if o.c.Facts != "" {
		f, err := o.files.create(o.c.Facts)
		if err != nil {
			return err
		}
		o.facts = cdr.NewWriter(f)
		b.Facts = o.facts
	}
	if o.c.Detail != "" {
		f, err := o.files.create(o.c.Detail)
		if err != nil {
			return err
		}
		o.detail = newDetailFile(f, o.c.Detail, document.DetailOptions{Tag: tag, Zone: b.Terms.Loc})
		b.Detail = func(c *meter.Charged) { o.detail.add(c) }
	}
	return nil
}

// write writes the invoice in every form asked for.
func (o *outputs) write(inv *invoice.Invoice, tag lang.Tag) error {
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
			jobs = append(jobs, job{filepath.Join(o.c.Out, "invoice."+string(t)+".pdf"), func(w io.Writer) error { return document.PDF(w, inv, t) }})
		}
	}
	if err := o.files.write(jobs); err != nil {
		return err
	}
	o.made = true
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

// close ends every file, and keeps all or none; an error here is an error of the
// command.
func (o *outputs) close() error {
	var errs []error
	if o.detail != nil {
		errs = append(errs, o.detail.close())
	}
	if o.facts != nil {
		errs = append(errs, o.facts.Flush())
	}
	errs = append(errs, o.files.end(o.made && errors.Join(errs...) == nil))
	return errors.Join(errs...)
}
