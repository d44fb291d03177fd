package api

import (
	"context"
	"encoding/json"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

type (
	runBody struct {
		Until    timex.Date `json:"until" doc:"Periods that end before this day are billed."`
		Issue    timex.Date `json:"issue" doc:"Date on the invoices."`
		Company  string     `json:"company,omitempty" maxLength:"40" doc:"Only this one, co_...; absent: all."`
		Unpriced bool       `json:"unpriced,omitempty" doc:"Issue although usage has no price: it was decided to leave it."`
	}
	dailyBody struct {
		On timex.Date `json:"on,omitzero" doc:"Absent: today, in the zone of each contract."`
	}
)

func (a *API) runRoutes() {
	a.jobs.workers["bill_run"] = func(ctx context.Context, _ id.ID, j *job, _ func(int64, int64)) (any, error) {
		var in runBody
		if err := json.Unmarshal(j.Input, &in); err != nil {
			return nil, err
		}
		c, err := companyIn(in.Company, "company")
		if err != nil {
			return nil, err
		}
		return a.d.System.ClosePeriod(ctx, app.ClosePeriod{Until: in.Until, Issue: in.Issue, Company: c.ID, Unpriced: in.Unpriced})
	}
	a.jobs.workers["day"] = func(ctx context.Context, _ id.ID, j *job, _ func(int64, int64)) (any, error) {
		var in dailyBody
		if err := json.Unmarshal(j.Input, &in); err != nil {
			return nil, err
		}
		return a.d.System.Daily(ctx, in.On)
	}
	change(a, op{id: "run-start", method: http.MethodPost, path: "/v1/runs", what: "Bill every period that is over and not billed: a job. Run again, it does nothing.", may: access.PeriodClose, platform: true, status: http.StatusAccepted, once: true},
		func(r *request, in *bodyOf[runBody]) (*Job, error) {
			if _, err := companyIn(in.Body.Company, "company"); err != nil {
				return nil, err
			}
			i, err := a.d.System.IDs.At(r.tx.Now())
			if err != nil {
				return nil, err
			}
			out, err := a.enqueue(r, i, "bill_run", in.Body, 0)
			if err != nil {
				return nil, err
			}
			return out, r.did(access.Deed{Action: "period.close", Target: out.ID, After: in.Body})
		})
	type stepsIn struct {
		Run string `query:"run" required:"true" maxLength:"40" doc:"Identifier out of the job's result."`
	}
	read(a, op{id: "run-steps", method: http.MethodGet, path: "/v1/runs/steps", what: "What a bill run did with the company's contracts; those that were held say why.", may: access.InvoiceRead},
		func(r *request, in *stepsIn) (*List[app.Step], error) {
			recs, err := r.tx.Records().List(r.company, app.KindStep, store.Key{Name: "run", Value: in.Run}, store.Page{Limit: store.MaxPage})
			if err != nil {
				return nil, err
			}
			out := &List[app.Step]{Items: make([]app.Step, len(recs))}
			for i := range recs {
				if err := json.Unmarshal(recs[i].Body, &out.Items[i]); err != nil {
					return nil, err
				}
			}
			return out, nil
		})
	change(a, op{id: "day-start", method: http.MethodPost, path: "/v1/days", what: "Do what the calendar asks for: terms, reminders, suspensions, budgets, expiry. The service does it by itself every day; done again it does nothing.", may: access.PeriodClose, platform: true, status: http.StatusAccepted},
		func(r *request, in *bodyOf[dailyBody]) (*Job, error) {
			i, err := a.d.System.IDs.At(r.tx.Now())
			if err != nil {
				return nil, err
			}
			out, err := a.enqueue(r, i, "day", in.Body, 0)
			if err != nil {
				return nil, err
			}
			return out, r.did(access.Deed{Action: "day.start", Target: out.ID, After: in.Body})
		})
}

// StartRun leaves a bill run to the workers, in the transaction of whoever asks;
// begin is called once that is committed. It is for pages: the interface starts
// runs in the same way.
func (a *API) StartRun(ctx context.Context, tx store.Tx, actor *access.Actor, in app.ClosePeriod) (job id.ID, begin func(), err error) {
	r := a.in(ctx, tx, &caller{actor: actor}, id.Platform)
	if job, err = a.d.System.IDs.At(tx.Now()); err != nil {
		return job, nil, err
	}
	body := runBody{Until: in.Until, Issue: in.Issue, Unpriced: in.Unpriced}
	if !in.Company.IsZero() {
		body.Company = in.Company.Named("co")
	}
	_, err = a.enqueue(r, job, "bill_run", body, 0)
	return job, r.late, err
}

// jobsLooked bounds how many jobs are looked through for bill runs.
const jobsLooked = 200

// Runs lists the newest bill runs of the platform as work, at most limit of them.
func (a *API) Runs(ctx context.Context, limit int) (out []app.RunJob, err error) {
	var recs []store.Record
	err = a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
		recs, err = tx.Records().List(id.Platform, jobKind, store.Key{Name: "company", Value: id.Platform.String()}, store.Page{Limit: jobsLooked, Down: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range recs {
		var j job
		if err := json.Unmarshal(recs[i].Body, &j); err != nil {
			return nil, err
		}
		if j.What != "bill_run" {
			continue
		}
		if len(out) == limit {
			break
		}
		x, err := a.runJob(ctx, recs[i].ID, &j)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (a *API) runJob(ctx context.Context, i id.ID, j *job) (x app.RunJob, err error) {
	x = app.RunJob{ID: i, State: j.State, By: j.By, Began: j.Began, Ended: j.Ended, Error: j.Error}
	var in runBody
	if err := json.Unmarshal(j.Input, &in); err != nil {
		return x, err
	}
	c, err := companyIn(in.Company, "company")
	if err != nil {
		return x, err
	}
	x.Until, x.Issue = in.Until, in.Issue
	x.Run, err = a.d.System.FindRun(ctx, app.ClosePeriod{Until: in.Until, Issue: in.Issue, Company: c.ID})
	return x, err
}
