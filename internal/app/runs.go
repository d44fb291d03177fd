package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// ReadRun reads a bill run.
func (s *System) ReadRun(ctx context.Context, i id.ID) (out Run, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) (err error) {
		out, _, err = get[Run](tx, id.Platform, KindRun, i)
		return err
	})
	return out, err
}

// RunJob is a bill run as work that waits, goes on or is over.
type RunJob struct {
	ID    id.ID
	State string // queued, running, done, failed
	By    string
	Until timex.Date
	Issue timex.Date
	Began timex.Instant
	Ended timex.Instant
	Run   *Run // as far as it is; nil: it has not begun
	Error string
}

// FindRun reads the run of some days; nil: it has not begun.
func (s *System) FindRun(ctx context.Context, in ClosePeriod) (out *Run, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		run, r, err := find[Run](tx, id.Platform, KindRun, "run", in.name())
		if err != nil {
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			return err
		}
		run.ID = r.ID
		out = &run
		return nil
	})
	return out, err
}

// RunStep is what became of one period in a run, with the company it is of.
type RunStep struct {
	Company id.Company
	Name    string
	Step
}

// RunSteps lists what a run did, company by company, those that were held first,
// at most limit of them; more tells whether there are others.
func (s *System) RunSteps(ctx context.Context, run id.ID, limit int) (out []RunStep, more bool, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		var issued []RunStep
		out, more = []RunStep{}, false
		err := each(tx, id.Platform, KindCompany, store.Key{}, func(c Company, r *store.Record) error {
			of := id.Company{ID: r.ID}
			return each(tx, of, KindStep, store.Key{Name: "run", Value: run.String()}, func(step Step, _ *store.Record) error {
				x := RunStep{of, c.Name, step}
				switch {
				case step.State == stepHeld && len(out) < limit:
					out = append(out, x)
				case step.State != stepHeld && len(issued) < limit:
					issued = append(issued, x)
				default:
					more = true
				}
				return nil
			})
		})
		if room := limit - len(out); room < len(issued) {
			issued, more = issued[:room], true
		}
		out = append(out, issued...)
		return err
	})
	return out, more, err
}
