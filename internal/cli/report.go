package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"waihu/internal/document"
	"waihu/internal/explain"
	"waihu/internal/lang"
	pages "waihu/internal/report"
)

// reportFlags say where a report is written beside the terminal.
type reportFlags struct {
	HTML string `name:"html" help:"Write the report as one HTML file here, with charts; in the language of --lang." placeholder:"FILE"`
	PDF  string `name:"pdf" help:"Write the report as PDF here." placeholder:"FILE"`
	XLSX string `name:"xlsx" help:"Write the report as a workbook here, a sheet a section." placeholder:"FILE"`
	Out  string `help:"Write everything into this folder: HTML, PDF and XLSX in three languages, JSON." placeholder:"DIR"`
}

// reports writes a document in every form asked for; result is its JSON.
func (f *reportFlags) reports(tell func(lang.Tag) (*explain.Document, error), tag lang.Tag, name string, result func(io.Writer) error) error {
	forms := []struct {
		file, ext string
		write     func(io.Writer, *explain.Document) error
	}{{f.HTML, "html", pages.HTML}, {f.PDF, "pdf", document.ReportPDF}, {f.XLSX, "xlsx", document.ReportXLSX}}
	for _, form := range forms {
		if form.file == "" {
			continue
		}
		d, err := tell(tag)
		if err != nil {
			return err
		}
		if err := toFile(form.file, func(w io.Writer) error { return form.write(w, d) }); err != nil {
			return err
		}
	}
	if f.Out == "" {
		return nil
	}
	if err := os.MkdirAll(f.Out, 0o755); err != nil {
		return err
	}
	for _, tag := range lang.Tags() {
		d, err := tell(tag)
		if err != nil {
			return err
		}
		for _, form := range forms {
			path := filepath.Join(f.Out, name+"."+string(tag)+"."+form.ext)
			if err := toFile(path, func(w io.Writer) error { return form.write(w, d) }); err != nil {
				return err
			}
		}
	}
	return toFile(filepath.Join(f.Out, name+".json"), result)
}

// toFile writes a file; an error says which.
func toFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
