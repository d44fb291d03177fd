package app

import (
	"context"

	"waihu/internal/charging/audit"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// Auditing is a vendor's bill to audit.
type Auditing struct {
	Bill     *audit.Bill
	Terms    *contract.Terms
	List     *contract.Terms // the plan without the contract; nil: there is none
	Heading  invoice.Heading
	Files    []string // of our own records
	Intake   cdr.Options
	Evidence func(*audit.Evidence) error // told of every call and stretch behind a finding; nil: nobody is
}

// Audited is a bill audited, with what became of every record of ours.
type Audited struct {
	Result  *audit.Result
	Reports []cdr.Report
	Total   cdr.Counts
}

// Audit holds a vendor's bill against contract and records. The records are read
// once for what is due, and again for each kind of other counting; they are not
// kept in memory.
func Audit(ctx context.Context, a Auditing) (_ *Audited, err error) {
	defer fault.Wrap(&err, "audit")
	out := &Audited{}
	first := true
	read := func(to usage.Sink) error {
		options := a.Intake
		if !first { // refused records and progress are told once
			options.Rejects, options.Progress = "", nil
		}
		intake := cdr.NewIntake(to, options)
		for _, file := range a.Files {
			_, err := intake.File(ctx, file)
			if first {
				out.Reports, out.Total = intake.Reports(), intake.Total()
			}
			if err != nil {
				return err
			}
		}
		first = false
		return nil
	}
	out.Result, err = audit.Run(audit.Inputs{Bill: a.Bill, Terms: a.Terms, List: a.List, Heading: a.Heading, Facts: read, Evidence: a.Evidence})
	return out, err
}
