package workspace

import (
	"bytes"
	"io"
	"strconv"

	"waihu/internal/document"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/report"
)

// Form is a form a report is given in.
type Form struct {
	Ending string // html, pdf, xlsx
	Kind   string // content type
	write  func(io.Writer, *explain.Document) error
}

// FormOf is the form of an ending. The error is of kind NotFound for any other.
func FormOf(ending string) (Form, error) {
	for _, f := range []Form{{"html", "text/html; charset=utf-8", report.HTML}, {"pdf", "application/pdf", document.ReportPDF},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", document.ReportXLSX}} {
		if f.Ending == ending {
			return f, nil
		}
	}
	return Form{}, fault.New(fault.NotFound, "a report is html, pdf or xlsx, not %s", strconv.Quote(ending))
}

// Write is what is told, in the form.
func (f Form) Write(d *explain.Document) ([]byte, error) {
	var b bytes.Buffer
	err := f.write(&b, d)
	return b.Bytes(), err
}

// Report tells the last audit. The error is of kind NotFound if there is none.
func (a *Audit) Report(tag lang.Tag) (*explain.Document, error) {
	if a.Done == nil {
		return nil, fault.New(fault.NotFound, "there is no audit yet")
	}
	return document.AuditReport(tag, a.Done.Result)
}
