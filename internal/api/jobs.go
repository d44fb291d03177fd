package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// jobKind holds work that outlives its request, under id.Platform; index
// "company" and "open" (the node that is to do it).
const jobKind store.Kind = "job"

// Bounds of jobs.
const (
	jobsAtOnce  = 2
	jobsWaiting = 1_000
	jobProgress = time.Second // how often progress is written down
)

// job is what is kept of one.
type job struct {
	What    string          `json:"what"`
	Company id.Company      `json:"company"`
	State   string          `json:"state"`
	Node    string          `json:"node"`
	By      string          `json:"by"`
	Input   json.RawMessage `json:"input"`
	Done    int64           `json:"done"`
	Total   int64           `json:"total"`
	Began   timex.Instant   `json:"began,omitempty"`
	Ended   timex.Instant   `json:"ended,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Code    string          `json:"code,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// States of a job.
const (
	jobAsking  = "asking" // an upload whose columns nobody knows
	jobQueued  = "queued"
	jobRunning = "running"
	jobDone    = "done"
	jobFailed  = "failed"
)

// Job is work that outlives its request.
type Job struct {
	ID      string          `json:"id" example:"job_01jd8..."`
	What    string          `json:"what" enum:"upload,bill_run,day,lead_upload,dnc_upload"`
	State   string          `json:"state" enum:"asking,queued,running,done,failed"`
	Done    int64           `json:"done" doc:"How far it is, in bytes or steps."`
	Total   int64           `json:"total" doc:"0: not known."`
	Created Time            `json:"created" format:"date-time"`
	Began   Time            `json:"began,omitempty" format:"date-time"`
	Ended   Time            `json:"ended,omitempty" format:"date-time"`
	Result  json.RawMessage `json:"result,omitempty" doc:"Of an upload: what was read and what was refused, and why."`
	Code    string          `json:"code,omitempty" doc:"Of what failed, as a problem has it."`
	Error   string          `json:"error,omitempty"`
}

func jobOf(r *store.Record, j *job) Job {
	return Job{ID: r.ID.Named("job"), What: j.What, State: j.State, Done: j.Done, Total: j.Total, Created: timeOf(r.Created), Began: timeOf(j.Began), Ended: timeOf(j.Ended),
		Result: j.Result, Code: j.Code, Error: j.Error}
}

// worker does one kind of job. It is told where to note progress, and must be
// able to begin again where it was stopped.
type worker func(ctx context.Context, i id.ID, j *job, progress func(done, total int64)) (any, error)

// jobs does them, some at a time.
type jobs struct {
	a       *API
	workers map[string]worker
	queue   chan id.ID
	stop    context.CancelFunc
	group   sync.WaitGroup
}

func newJobs(a *API) *jobs {
	return &jobs{a: a, workers: map[string]worker{}, queue: make(chan id.ID, jobsWaiting)}
}

// Start begins to work, with what was left from before first.
func (a *API) Start(ctx context.Context) error {
	ctx, a.jobs.stop = context.WithCancel(ctx)
	var left []store.Record
	err := a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
		left, err = tx.Records().List(id.Platform, jobKind, store.Key{Name: "open", Value: a.d.System.Node}, store.Page{Limit: jobsWaiting})
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range left {
		a.jobs.queue <- r.ID // at most as many as it holds
	}
	for range jobsAtOnce {
		a.jobs.group.Go(func() { a.jobs.work(ctx) })
	}
	return nil
}

// Stop ends what is running, which goes on at the next Start, and waits for it.
func (a *API) Stop() {
	if a.jobs.stop != nil {
		a.jobs.stop()
	}
	a.jobs.group.Wait()
}

func (q *jobs) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case i := <-q.queue:
			if err := q.do(ctx, i); err != nil && ctx.Err() == nil {
				q.a.d.Log.Error("a job could not be noted", "job", i.Named("job"), "error", err)
			}
		}
	}
}

// do does one job.
func (q *jobs) do(ctx context.Context, i id.ID) error {
	var j *job
	if err := q.note(ctx, i, func(tx store.Tx, kept *job) {
		kept.State, kept.Began = jobRunning, tx.Now()
		j = kept
	}); err != nil {
		return err
	}
	last := time.Time{}
	result, err := q.run(ctx, i, j, func(done, total int64) {
		if now := time.Now(); now.Sub(last) >= jobProgress {
			last = now
			if err := q.note(ctx, i, func(_ store.Tx, kept *job) { kept.Done, kept.Total = done, total }); err != nil {
				q.a.d.Log.Warn("progress could not be noted", "job", i.Named("job"), "error", err)
			}
		}
	})
	if err != nil && ctx.Err() != nil {
		return q.note(context.WithoutCancel(ctx), i, func(_ store.Tx, kept *job) { kept.State = jobQueued })
	}
	body, marshalErr := json.Marshal(result)
	return errors.Join(marshalErr, q.note(context.WithoutCancel(ctx), i, func(tx store.Tx, kept *job) {
		kept.State, kept.Ended, kept.Result = jobDone, tx.Now(), body
		if kept.Total > 0 {
			kept.Done = kept.Total
		}
		if err != nil {
			p := problemFor(err)
			kept.State, kept.Code, kept.Error = jobFailed, p.Code, p.inOne()
			if p.Status >= 500 {
				q.a.d.Log.Error("a job failed", "job", i.Named("job"), "what", j.What, "error", err)
			}
		}
	}))
}

// run calls the worker; a panic in it is an error of the job.
func (q *jobs) run(ctx context.Context, i id.ID, j *job, progress func(done, total int64)) (result any, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fault.New(fault.Internal, "job %s panicked: %v", j.What, v)
		}
	}()
	w, ok := q.workers[j.What]
	if !ok {
		return nil, fault.New(fault.Internal, "nobody does jobs of kind %q", j.What)
	}
	return w(ctx, i, j, progress)
}

// note changes what is kept of a job.
func (q *jobs) note(ctx context.Context, i id.ID, change func(store.Tx, *job)) error {
	return q.a.d.System.DB.Update(ctx, func(tx store.Tx) error {
		rec, err := tx.Records().Get(id.Platform, jobKind, i)
		if err != nil {
			return err
		}
		var j job
		if err := json.Unmarshal(rec.Body, &j); err != nil {
			return err
		}
		change(tx, &j)
		return putJob(tx, rec, &j)
	})
}

func putJob(tx store.Tx, rec *store.Record, j *job) (err error) {
	if rec.Body, err = json.Marshal(j); err != nil {
		return err
	}
	rec.Index = []store.Key{{Name: "company", Value: j.Company.String()}}
	if j.State == jobQueued || j.State == jobRunning {
		rec.Index = append(rec.Index, store.Key{Name: "open", Value: j.Node})
	}
	return tx.Records().Put(rec)
}

// enqueue keeps a job in the transaction that asks for it; it begins once that
// is committed.
func (a *API) enqueue(r *request, i id.ID, what string, input any, total int64) (*Job, error) {
	if len(a.jobs.queue) > jobsWaiting*9/10 {
		return nil, &refused{http.StatusServiceUnavailable, "busy", "too much work is waiting: try again later"}
	}
	out, err := a.keepJob(r, i, what, jobQueued, input, total)
	r.late = a.lately(i)
	return out, err
}

// keepJob writes a job down in a state.
func (a *API) keepJob(r *request, i id.ID, what, state string, input any, total int64) (*Job, error) {
	body, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	rec := &store.Record{Company: id.Platform, Kind: jobKind, ID: i}
	j := &job{What: what, Company: r.company, State: state, Node: a.d.System.Node, By: r.actor.Name, Input: body, Total: total}
	if err := putJob(r.tx, rec, j); err != nil {
		return nil, err
	}
	out := jobOf(rec, j)
	return &out, nil
}

// lately puts a job into the queue, once the transaction that keeps it is
// committed.
func (a *API) lately(i id.ID) func() {
	return func() {
		select {
		case a.jobs.queue <- i:
		default: // it is done at the next start
			a.d.Log.Error("a job found no place", "job", i.Named("job"))
		}
	}
}

func (a *API) jobRoutes() {
	read(a, op{id: "job-list", method: http.MethodGet, path: "/v1/jobs", what: "Work that outlives its request, newest first.", may: access.JobRead, either: true},
		func(r *request, in *PageIn) (*List[Job], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			recs, err := r.tx.Records().List(id.Platform, jobKind, store.Key{Name: "company", Value: r.company.String()}, p)
			if err != nil {
				return nil, err
			}
			rows := make([]job, len(recs))
			for i := range recs {
				if err := json.Unmarshal(recs[i].Body, &rows[i]); err != nil {
					return nil, err
				}
			}
			at := -1
			return paged(in, recs, func(r store.Record) id.ID { return r.ID }, func(r store.Record) Job {
				at++
				return jobOf(&r, &rows[at])
			}), nil
		})
	type jobIn struct {
		Job string `path:"job" maxLength:"40"`
	}
	read(a, op{id: "job-get", method: http.MethodGet, path: "/v1/jobs/{job}", what: "How far one is, and what came of it.", may: access.JobRead, either: true},
		func(r *request, in *jobIn) (*Job, error) {
			rec, j, err := a.job(r, in.Job)
			if err != nil {
				return nil, err
			}
			out := jobOf(rec, j)
			return &out, nil
		})
}

// job reads one of the company the request is about, or one of the platform for
// who may see those: whoever runs bills sends the header of a company with all else.
func (a *API) job(r *request, name string) (*store.Record, *job, error) {
	i, err := inPath("job", name)
	if err != nil {
		return nil, nil, err
	}
	rec, err := r.tx.Records().Get(id.Platform, jobKind, i)
	if err != nil {
		return nil, nil, err
	}
	var j job
	if err := json.Unmarshal(rec.Body, &j); err != nil {
		return nil, nil, err
	}
	if j.Company != r.company && (j.Company != id.Platform || !access.Can(r.actor, access.JobRead, id.Platform)) {
		return nil, nil, fault.New(fault.NotFound, "there is no such job")
	}
	return rec, &j, nil
}
