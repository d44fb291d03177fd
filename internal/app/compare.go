package app

import (
	"context"
	"slices"

	"waihu/internal/charging/compare"
	"waihu/internal/fault"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// Comparing is a comparison to make.
type Comparing struct {
	Input  compare.Input
	Source Source // records, or a described team
	Beside bool   // the smallest bill possible, sizes and months ahead too: usage is kept in memory for them
}

// Compared is a comparison made, with what became of every record.
type Compared struct {
	Result  *compare.Result
	Reports []cdr.Report
	Total   cdr.Counts
}

// Compare reads all files and compares the offers. When a file cannot be read to
// its end it gives the reports so far beside the error.
func Compare(ctx context.Context, c Comparing) (_ *Compared, err error) {
	defer fault.Wrap(&err, "compare")
	comparison, err := compare.New(c.Input)
	if err != nil {
		return nil, err
	}
	out := &Compared{}
	sink, keep := usage.Sink(comparison), (*keeping)(nil)
	if c.Beside {
		keep = &keeping{}
		sink = both{comparison, keep}
	}
	_, intake, err := c.Source.Read(ctx, sink)
	if intake != nil {
		out.Reports, out.Total = intake.Reports(), intake.Total()
	}
	if err != nil {
		return out, err
	}
	if out.Result, err = comparison.Result(); err != nil || keep == nil {
		return out, err
	}
	keep.Sessions, keep.Seats = comparison.Seated()
	return out, c.beside(keep, out.Result)
}

// Beside is a result with the smallest bill, sizes and months ahead beside it,
// for a comparison that was made without them. read gives its usage once more,
// for they need every call; the result itself is left as it is.
func Beside(c Comparing, made *compare.Comparison, r *compare.Result, read func(usage.Sink) error) (*compare.Result, error) {
	keep := &keeping{}
	if err := read(keep); err != nil {
		return nil, err
	}
	keep.Sessions, keep.Seats = made.Seated()
	own := *r
	own.Notes = slices.Clone(r.Notes)
	return &own, c.beside(keep, &own)
}
