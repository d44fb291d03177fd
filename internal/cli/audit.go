package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/audit"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/sheet"
	"waihu/internal/timex"
	"waihu/internal/vendorbill"
)

// auditCmd holds a vendor's bill against contract and records.
type auditCmd struct {
	Bill     string   `arg:"" help:"The vendor's bill: CSV, XLSX, or an invoice of Waihu as JSON." type:"existingfile"`
	Usage    []string `arg:"" optional:"" help:"Files of your own call records, sessions and other usage."`
	Contract string   `required:"" help:"Contract or plan the bill should follow." type:"existingfile"`
	Mapping  string   `help:"Mapping of the vendor's bill (YAML); a JSON invoice needs none." type:"existingfile"`
	Calls    string   `help:"The vendor's list of calls, where it is a file of its own." type:"existingfile"`

	periodFlags
	Record recordFlags `embed:"" prefix:"record-" group:"Your own records"`

	Lang     string `default:"en" help:"Language of report, letter and evidence: en, zh-Hant, zh-Hans."`
	JSON     bool   `help:"Write the result as JSON to standard output."`
	Brief    bool   `help:"Causes and findings, without examples and lines."`
	Letter   string `help:"Write a dispute letter here (.pdf or .txt)." placeholder:"FILE"`
	Evidence string `help:"Write every call and seat behind the findings here (.csv or .xlsx)." placeholder:"FILE"`
	Date     string `help:"Date of the letter; today if absent." placeholder:"DATE"`
	Reply    int    `default:"14" help:"Days the letter gives for an answer."`
	reportFlags
}

// Run audits the bill, and ends with exit code 4 where it differs.
func (c *auditCmd) Run(e *env) (err error) {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	on, err := c.letterDate()
	if err != nil {
		return err
	}
	a, terms, _, err := c.periodFlags.terms(e, c.Contract)
	if err != nil {
		return err
	}
	bill, err := c.read(e, tag, terms)
	if err != nil {
		return err
	}
	intake, err := c.Record.options(e, a)
	if err != nil {
		return err
	}
	if len(c.Usage) == 0 {
		fmt.Fprintln(e.Err, "note: no usage files: everything on the bill that depends on usage will be an error of the bill")
	}
	work := app.Auditing{Bill: bill, Terms: terms, List: listTerms(a, terms), Heading: a.heading(), Files: c.Usage, Intake: intake}
	out, err := c.evidence(&work, document.DetailOptions{Tag: tag, Zone: terms.Loc})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.close()) }()
	bar := newProgress(e, c.Usage)
	work.Intake.Progress = bar.told
	done, err := app.Audit(e.ctx, work)
	bar.stop()
	if done != nil {
		reportIntake(e.Err, tag, done.Reports, done.Total)
	}
	if err != nil {
		return err
	}
	if err := c.letter(done.Result, a, tag, on); err != nil {
		return err
	}
	tell := func(tag lang.Tag) (*explain.Document, error) { return document.AuditReport(tag, done.Result) }
	if err := c.reports(tell, tag, "audit", func(w io.Writer) error { return writeJSON(w, done.Result) }); err != nil {
		return err
	}
	if err := c.show(e, done.Result, tag); err != nil {
		return err
	}
	return c.verdict(e, done)
}

func (c *auditCmd) letterDate() (timex.Date, error) {
	if c.Date == "" {
		return timex.DateOf(time.Now()), nil
	}
	on, err := timex.ParseDate(c.Date)
	if err != nil {
		return 0, coded{exitUsage, fmt.Errorf("--date: %w", err)}
	}
	return on, nil
}

// listTerms are the terms of the plan without the contract, to tell list prices
// charged in spite of it.
func listTerms(a *agreed, t *contract.Terms) *contract.Terms {
	if a.Contract == nil {
		return nil
	}
	list := *t
	list.Plan = a.Plan
	return &list
}

// read reads the bill: an invoice of ours, or a vendor's by its mapping.
func (c *auditCmd) read(e *env, tag lang.Tag, terms *contract.Terms) (*audit.Bill, error) {
	if strings.EqualFold(filepath.Ext(c.Bill), ".json") {
		inv, err := readInvoice(c.Bill)
		if err != nil {
			return nil, err
		}
		return vendorbill.FromInvoice(filepath.Base(c.Bill), inv), nil
	}
	if c.Mapping == "" {
		return nil, coded{exitUsage, errors.New("--mapping is needed: a file that says which columns of the bill hold what; docs/audit.md has an example")}
	}
	var m vendorbill.Mapping
	where, problems := planfile.LoadInto(os.DirFS(filepath.Dir(c.Mapping)), filepath.Base(c.Mapping), &m)
	if problems.Err() == nil {
		problems = append(problems, where.Locate(m.Check(terms.Plan))...)
	}
	problems = inFolder(problems, c.Mapping)
	for _, w := range problems.Warnings() {
		fmt.Fprintf(e.Err, "warning: %v\n", w)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	files := vendorbill.Files{Bill: fileSource(c.Bill)}
	if c.Calls != "" {
		calls := fileSource(c.Calls)
		files.Calls = &calls
	}
	bill, report, err := vendorbill.Read(files, &m, terms.Loc)
	if err != nil {
		return nil, err
	}
	bill.Name = filepath.Base(c.Bill)
	fmt.Fprintf(e.Err, "%s\n", bill.Name)
	if m.Lines != nil {
		fmt.Fprintf(e.Err, "  %s\n", billCounts(tag, "records.bill_lines", "", report.Lines))
	}
	for i, counts := range report.Calls {
		fmt.Fprintf(e.Err, "  %s\n", billCounts(tag, "records.bill_calls", m.Calls[i].Component, counts))
	}
	return bill, nil
}

// billCounts says what became of the rows of a bill, or of a list of calls.
func billCounts(tag lang.Tag, key, component string, c vendorbill.Counts) string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return lang.Phrase(tag, key, map[string]string{"component": component, "read": n(c.Read), "accepted": n(c.Accepted), "rejected": n(c.Rejected), "ignored": n(c.Ignored)})
}

func fileSource(path string) sheet.Source {
	return sheet.Source{Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// evidenceFile is a file of evidence being written.
type evidenceFile struct {
	to   document.Evidence
	file *os.File
}

func (f *evidenceFile) close() error {
	if f.file == nil {
		return nil
	}
	return errors.Join(f.to.Close(), f.file.Close())
}

// evidence begins the file of evidence.
func (c *auditCmd) evidence(work *app.Auditing, o document.DetailOptions) (*evidenceFile, error) {
	out := &evidenceFile{}
	if c.Evidence == "" {
		return out, nil
	}
	var err error
	if out.file, err = os.Create(c.Evidence); err != nil {
		return out, err
	}
	if strings.EqualFold(filepath.Ext(c.Evidence), ".xlsx") {
		out.to = document.NewEvidenceXLSX(out.file, o)
	} else if out.to, err = document.NewEvidenceCSV(out.file, o); err != nil {
		return out, err
	}
	work.Evidence = out.to.Write
	return out, nil
}

// letter writes the dispute letter, made in full before anything is written.
func (c *auditCmd) letter(r *audit.Result, a *agreed, tag lang.Tag, on timex.Date) error {
	if c.Letter == "" {
		return nil
	}
	if len(r.Findings) == 0 {
		return nil // the report says that the bill is right
	}
	o := document.LetterOptions{Tag: tag, On: on, ReplyBy: on + timex.Date(c.Reply)}
	if c.Evidence != "" {
		o.Evidence = filepath.Base(c.Evidence)
	}
	if a.Contract != nil {
		o.ObjectionDays, o.DataSource = a.Contract.ObjectionDays, a.Contract.DataSource
	}
	write := document.LetterPDF
	if strings.EqualFold(filepath.Ext(c.Letter), ".txt") {
		write = document.LetterText
	}
	var b bytes.Buffer
	if err := write(&b, r, o); err != nil {
		return fmt.Errorf("%s: %w", c.Letter, err)
	}
	return os.WriteFile(c.Letter, b.Bytes(), 0o644)
}

func (c *auditCmd) show(e *env, r *audit.Result, tag lang.Tag) error {
	if c.JSON {
		return writeJSON(e.Out, r)
	}
	return document.AuditText(e.Out, r, document.TextOptions{Tag: tag, Colour: isTerminal(e.Out), Brief: c.Brief})
}

// verdict is exit code 4 where the bill differs, 3 where it could not be told.
func (c *auditCmd) verdict(e *env, done *app.Audited) error {
	own := done.Result.Own
	if len(own.Unknown) > 0 {
		fmt.Fprintf(e.Err, "warning: the contract has no known price for %s: what is due is the least that is known\n", strings.Join(own.Unknown, ", "))
	}
	warnRecords(e.Err, done, own)
	switch {
	case len(done.Result.Findings) > 0:
		return coded{exitMismatch, errors.New("")}
	case len(own.Unknown) > 0 || done.Total.Rejected > 0:
		return coded{exitDecide, errors.New("the bill agrees as far as it can be told")}
	}
	return nil
}

// warnRecords says what of our own records could not be used.
func warnRecords(w io.Writer, done *app.Audited, own *invoice.Invoice) {
	if n := done.Total.Rejected; n > 0 {
		fmt.Fprintf(w, "warning: %d of your records %s not read: calls of them look as if the vendor had made them up\n", n, plural(int(n), "was", "were"))
	}
	if len(own.Unpriced) > 0 {
		fmt.Fprintf(w, "note: your records have usage the contract has no price for: %s\n", unpricedWords(own))
	}
	if own.Facts.Outside > 0 {
		fmt.Fprintf(w, "note: %d of your records are outside the period\n", own.Facts.Outside)
	}
}
