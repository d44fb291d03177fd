package workspace

import (
	"context"
	"errors"
	"os"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// intake are the options records are read with.
func (sp *Space) intake() cdr.Options {
	loc, err := timex.LoadZone(sp.zone)
	if err != nil {
		loc = time.UTC // SetZone takes known ones alone
	}
	return cdr.Options{Zone: loc, Limits: cdr.Limits{Latest: timex.At(sp.shelf.now().Add(24 * time.Hour))}}
}

// readAll reads files as records of one usage. A file that is not what it must
// be is refused, and all others are read again without it, for its first records
// must not make theirs duplicates. At most each file is refused once.
func readAll(ctx context.Context, j *Job, files []*File, opt cdr.Options, to usage.Sink) ([]File, error) {
	found := make([]File, len(files))
	for range len(files) + 1 {
		refused, err := readSound(ctx, j, files, found, opt, to)
		if err != nil || !refused {
			return found, err
		}
	}
	return found, nil
}

// readSound reads the files that are not refused yet, until one must be.
func readSound(ctx context.Context, j *Job, files []*File, found []File, opt cdr.Options, to usage.Sink) (refused bool, err error) {
	j.phase.Store(Reading)
	var total, before int64
	for _, f := range files {
		total += f.Size
	}
	j.total.Store(total)
	opt.Progress = func(p cdr.Progress) { j.done.Store(before - p.Total + p.Done) }
	if opt.Rejects != "" {
		if err := os.RemoveAll(opt.Rejects); err != nil {
			return false, err
		}
	}
	intake := cdr.NewIntake(to, opt)
	for i, f := range files {
		before += f.Size
		if found[i].State == FileRefused {
			continue
		}
		report, err := readFile(ctx, intake, f)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		found[i].State, found[i].Report = FileRead, *report
		if err != nil {
			if found[i].Wrong = problems(f.Name, err); found[i].Wrong == nil {
				return false, err
			}
			found[i].State = FileRefused
			return true, nil
		}
		j.done.Store(before)
	}
	return false, nil
}

func readFile(ctx context.Context, intake *cdr.Intake, f *File) (*cdr.Report, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return &cdr.Report{Name: f.Name}, err
	}
	defer file.Close()
	return intake.Read(ctx, file, f.Name, f.Size)
}

// problems are the findings in an error about input; nil: it is another error.
func problems(file string, err error) fault.Problems {
	var ps fault.Problems
	var p fault.Problem
	switch {
	case errors.As(err, &ps):
		return ps
	case errors.As(err, &p):
		return fault.Problems{p}
	case fault.KindOf(err) == fault.Invalid || fault.KindOf(err) == fault.Overflow:
		return fault.Problems{{File: file, What: err.Error()}}
	}
	return nil
}

// nothing takes facts and keeps none.
type nothing struct{}

func (nothing) Call(*usage.Call) error      { return nil }
func (nothing) Seat(usage.Seat) error       { return nil }
func (nothing) Session(usage.Session) error { return nil }
func (nothing) Module(usage.Module) error   { return nil }
func (nothing) Rental(usage.Rental) error   { return nil }
func (nothing) Event(usage.Event) error     { return nil }
