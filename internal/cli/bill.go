package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"waihu/internal/app"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

// billCmd charges usage.
type billCmd struct {
	Plan  string   `arg:"" help:"Plan or contract file (YAML or JSON)."`
	Usage []string `arg:"" optional:"" help:"Files of call records, sessions and other usage, in any supported format."`

	periodFlags
	recordFlags

	Lang   string `default:"en" help:"Language of the invoice: en, zh-Hant, zh-Hans."`
	JSON   bool   `help:"Write the invoice as JSON to standard output."`
	Brief  bool   `help:"Lines without how they were made."`
	Out    string `help:"Folder for everything: invoice.json, .csv, .xlsx, .pdf in three languages, detail.csv, facts.jsonl." placeholder:"DIR"`
	PDF    string `help:"Write the PDF here." placeholder:"FILE" name:"pdf"`
	XLSX   string `help:"Write the workbook here." placeholder:"FILE" name:"xlsx"`
	CSV    string `help:"Write the lines as CSV here." placeholder:"FILE" name:"csv"`
	Save   string `help:"Write the invoice as JSON here." placeholder:"FILE"`
	UBL    string `help:"Write the invoice as EN 16931 UBL here; it must be issued (--number)." placeholder:"FILE" name:"ubl"`
	Fapiao string `help:"Write the data a Chinese fully digital e-invoice needs here (.json or .xlsx), for hand-over." placeholder:"FILE"`
	Taiwan string `help:"Write the data a Taiwanese electronic invoice needs here (.json or .xlsx), for hand-over." placeholder:"FILE"`
	Detail string `help:"Write every rated call here (.csv or .xlsx)." placeholder:"FILE"`
	Facts  string `help:"Write the accepted facts here, for waihu verify." placeholder:"FILE"`
	Number string `help:"Issue the invoice under this number instead of leaving a draft."`
	Issued string `help:"Date of issue, with --number; the day after the period if absent." placeholder:"DATE"`

	AllowUnpriced bool `help:"Exit 0 although some usage has no price. It is listed all the same."`
}

// Run makes the bill and writes what was asked for.
func (c *billCmd) Run(e *env) (err error) {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	if c.Issued != "" {
		if c.Number == "" {
			return coded{exitUsage, errors.New("--issued: a draft has no date of issue; say --number too")}
		}
		if _, err := timex.ParseDate(c.Issued); err != nil {
			return coded{exitUsage, fmt.Errorf("--issued: %w", err)}
		}
	}
	if len(c.Usage) == 0 {
		fmt.Fprintln(e.Err, "note: no usage files: only fixed fees are charged")
	}
	a, terms, inputs, err := c.periodFlags.terms(e, c.Plan)
	if err != nil {
		return err
	}
	out := newOutputs(c, e.Err)
	defer func() { err = errors.Join(err, out.close()) }()
	intake, err := c.options(e, a)
	if err != nil {
		return err
	}
	b := app.Billing{Terms: terms, Heading: a.heading(), Inputs: inputs, Files: c.Usage, Intake: intake}
	if err := apart(out.paths(), append([]string{c.Plan, c.Previous, c.Mapping}, c.Usage...)); err != nil {
		return err
	}
	if err := out.open(&b, tag); err != nil {
		return err
	}
	bar := newProgress(e, c.Usage)
	b.Intake.Progress = bar.told
	billed, err := app.Bill(e.ctx, b)
	bar.stop()
	if billed != nil {
		reportIntake(e.Err, tag, billed.Reports, billed.Total)
		reportDoubts(e.Err, billed.Doubts)
	}
	if err != nil {
		return err
	}
	if f := &billed.Invoice.Facts; f.Outside > 0 && f.Calls+f.Sessions+f.Seats+f.Modules+f.Rentals+f.Events == 0 {
		fmt.Fprintf(e.Err, "note: no fact is in the period %s, all %d are outside: is it the right one?\n", c.Period, f.Outside)
	}
	if err := c.issue(billed.Invoice, a); err != nil {
		return err
	}
	if err := out.write(billed.Invoice, tag); err != nil {
		return err
	}
	if err := c.show(e, billed.Invoice, tag); err != nil {
		return err
	}
	return c.decide(billed)
}

// issue gives the invoice its number and dates, if it was asked to.
func (c *billCmd) issue(inv *invoice.Invoice, a *agreed) error {
	if c.Number == "" {
		return nil
	}
	if len(inv.Unpriced) > 0 && !c.AllowUnpriced {
		return fault.New(fault.Unpriced, "usage without a price is listed (%s): the invoice is not issued; price it, name it under unmetered, or say --allow-unpriced", unpricedWords(inv))
	}
	on := inv.After
	if c.Issued != "" {
		var err error
		if on, err = timex.ParseDate(c.Issued); err != nil {
			return fault.New(fault.Invalid, "--issued: %v", err)
		}
	}
	return inv.Issue(c.Number, on, on+timex.Date(a.paymentDays()))
}

// unpricedWords counts unpriced usage by kind.
func unpricedWords(inv *invoice.Invoice) string {
	var words []string
	for _, u := range inv.Unpriced {
		words = append(words, fmt.Sprintf("%d %s, %s", u.Count, u.Facts, u.Reason))
	}
	return strings.Join(words, "; ")
}

func (c *billCmd) show(e *env, inv *invoice.Invoice, tag lang.Tag) error {
	if c.JSON {
		return document.JSON(e.Out, inv)
	}
	return document.Text(e.Out, inv, document.TextOptions{Tag: tag, Colour: isTerminal(e.Out), Brief: c.Brief})
}

// decide gives exit code 3 where somebody must decide something.
func (c *billCmd) decide(b *app.Billed) error {
	var open []error
	if n := len(b.Invoice.Unknown); n > 0 {
		open = append(open, fmt.Errorf("%d %s a price nobody knows: the total is what is known, not a total", n, plural(n, "line has", "lines have")))
	}
	if len(b.Invoice.Unpriced) > 0 && !c.AllowUnpriced {
		open = append(open, errors.New("some usage has no price: add a component for it, or name it under unmetered in the plan"))
	}
	if b.Total.Rejected > 0 {
		how := " (--rejects DIR writes them out)"
		if c.Rejects != "" {
			how = ": they are in " + c.Rejects
		}
		open = append(open, fmt.Errorf("%d %s not read: mend and feed them in again%s", b.Total.Rejected, plural(int(b.Total.Rejected), "record was", "records were"), how))
	}
	if n := conflicts(b.Reports); n > 0 {
		open = append(open, fmt.Errorf("%d %s one identifier, but not one content: the first of each was charged; find out which is right", n, plural(int(n), "record has", "records have")))
	}
	if len(open) == 0 {
		return nil
	}
	return coded{exitDecide, errors.Join(open...)}
}

// conflicts counts records that came before with other content: the only case in
// which the order of the facts can show.
func conflicts(reports []cdr.Report) (n int64) {
	for _, r := range reports {
		for _, t := range r.Tallies {
			if t.Outcome == cdr.Flagged && strings.HasPrefix(t.Reason, cdr.OtherContent) {
				n += t.Count
			}
		}
	}
	return n
}

func readInvoice(path string) (*invoice.Invoice, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if document.IsNote(data) {
		return nil, fault.New(fault.Invalid, "%s: this is a credit note; name the invoice it is on", path)
	}
	inv, err := document.ReadJSON(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return inv, nil
}
