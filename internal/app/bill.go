// Package app holds the use cases, one file a verb: what a command, and later
// the API and the console, ask for.
//
// It owns the order in which things happen. It does not own rules of charging,
// record formats or how documents look.
package app

import (
	"context"
	"os"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// Billing is a bill to make.
type Billing struct {
	Terms   *contract.Terms
	Heading invoice.Heading
	Inputs  invoice.Inputs
	Files   []string // of records, in any supported format
	Intake  cdr.Options
	Detail  func(*meter.Charged) // told of every call at every price; nil: nobody is
	Facts   usage.Sink           // gets every accepted fact as well; nil: nobody does
}

// Billed is a bill made, with what became of every record.
type Billed struct {
	Invoice *invoice.Invoice
	Reports []cdr.Report
	Total   cdr.Counts
	Doubts  fault.Problems // warnings about facts that were counted as they stand
}

// Bill reads all files and makes the sealed draft of the invoice. When a file
// cannot be read to its end it gives the reports so far beside the error.
func Bill(ctx context.Context, b Billing) (_ *Billed, err error) {
	defer fault.Wrap(&err, "bill")
	twice := b.Detail != nil && rating.CoversCalls(b.Terms.Plan)
	options := meter.Options{Evidence: true, Detail: b.Detail}
	if twice {
		if err := regular(b.Files); err != nil {
			return nil, err
		}
		options.Detail, options.Trace = nil, true
	}
	m, err := meter.New(b.Terms, options)
	if err != nil {
		return nil, err
	}
	var sink usage.Sink = m
	if b.Facts != nil {
		sink = both{m, b.Facts}
	}
	intake := cdr.NewIntake(sink, b.Intake)
	out := &Billed{}
	for _, file := range b.Files {
		_, err := intake.File(ctx, file)
		out.Reports, out.Total = intake.Reports(), intake.Total()
		if err != nil {
			return out, err
		}
	}
	g, err := m.Finish()
	if err != nil {
		return out, err
	}
	out.Doubts = g.Doubts()
	if out.Invoice, err = invoice.Draft(g, b.Heading); err != nil {
		return out, err
	}
	if err := out.Invoice.Adjust(b.Terms, b.Inputs.Adjusted); err != nil {
		return out, err
	}
	out.Invoice.Inputs = b.Inputs
	if twice {
		if err := tellCovered(ctx, b, g); err != nil {
			return out, err
		}
	}
	return out, out.Invoice.Close()
}

// regular checks that files can be read a second time.
func regular(files []string) error {
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
			return fault.New(fault.Invalid, "%s can be read only once; a list of calls under a plan with packages reads its files twice, for what a package covers is known when all are read: save it to a file first", file)
		}
	}
	return nil
}

// tellCovered reads the files again and tells every call with what packages
// cover of it.
func tellCovered(ctx context.Context, b Billing, g *meter.Gathered) error {
	covered, err := rating.CoverageOf(g)
	if err != nil {
		return err
	}
	m, err := meter.New(b.Terms, meter.Options{Detail: func(c *meter.Charged) {
		covered.Tell(c)
		b.Detail(c)
	}})
	if err != nil {
		return err
	}
	again := b.Intake
	again.Rejects, again.Progress, again.Home = "", nil, ""
	intake := cdr.NewIntake(m, again)
	for _, file := range b.Files {
		if _, err := intake.File(ctx, file); err != nil {
			return err
		}
	}
	_, err = m.Finish()
	return err
}

// both hands facts to two sinks.
type both struct{ a, b usage.Sink }

func (s both) Call(c *usage.Call) error {
	if err := s.a.Call(c); err != nil {
		return err
	}
	return s.b.Call(c)
}

func (s both) Seat(f usage.Seat) error {
	if err := s.a.Seat(f); err != nil {
		return err
	}
	return s.b.Seat(f)
}

func (s both) Session(f usage.Session) error {
	if err := s.a.Session(f); err != nil {
		return err
	}
	return s.b.Session(f)
}

func (s both) Module(f usage.Module) error {
	if err := s.a.Module(f); err != nil {
		return err
	}
	return s.b.Module(f)
}

func (s both) Rental(f usage.Rental) error {
	if err := s.a.Rental(f); err != nil {
		return err
	}
	return s.b.Rental(f)
}

func (s both) Event(f usage.Event) error {
	if err := s.a.Event(f); err != nil {
		return err
	}
	return s.b.Event(f)
}
