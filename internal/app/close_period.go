package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// ClosePeriod is a bill run: every period of every contract that ended by a day
// and is not billed yet.
type ClosePeriod struct {
	Until    timex.Date `json:"until"`              // periods whose day after the last is this or before
	Issue    timex.Date `json:"issue"`              // date on the invoices
	Company  id.ID      `json:"company,omitzero"`   // only this one; none: all
	Unpriced bool       `json:"unpriced,omitempty"` // issue although usage has no price: it was decided to leave it
	Workers  int        `json:"-"`                  // drafts at once; 4 if absent, at most 64
}

// Bounds of a run.
const (
	usualWorkers = 4
	maxWorkers   = 64
	runLease     = time.Minute // renewed before every company page
	runName      = "bill_run"
)

// ClosePeriod bills what is due. It can be stopped at any moment and started
// again: what is done is found done, the rest goes on, and the invoices are the
// same to the byte. One run is done at a time, by one node. Contracts that need a decision are
// held, said so in their step, and do not stop the others. Asked for again, a run
// that is done looks at all once more: what was held may have been decided, and a
// contract may have been signed since; what is billed stays as it is.
func (s *System) ClosePeriod(ctx context.Context, in ClosePeriod) (run Run, err error) {
	defer fault.Wrap(&err, "close periods until %s", in.Until)
	if in.Until == 0 || in.Issue == 0 || in.Issue < in.Until {
		return run, fault.New(fault.Invalid, "until %s, dated %s: a day after the periods was expected, and a date on the invoices that is not before it", in.Until, in.Issue)
	}
	if !s.billing.CompareAndSwap(false, true) {
		return run, fault.New(fault.Conflict, "another bill run is being done by this node: ask again when it is over")
	}
	defer s.billing.Store(false)
	if run, err = s.openRun(ctx, &in); err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, s.freeRun(ctx)) }()
	if err := s.walk(ctx, &in, &run); err != nil {
		return run, err
	}
	run.State = runDone
	return run, s.keepRun(ctx, &run)
}

const (
	runRunning = "running"
	runDone    = "done"
)

// openRun takes the lease and finds or begins the run.
func (s *System) openRun(ctx context.Context, in *ClosePeriod) (run Run, err error) {
	key := in.name()
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		var err error
		if run, _, err = find[Run](tx, id.Platform, KindRun, "run", key); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if _, err := tx.Leases().Take(runName, s.Node, runLease); err != nil {
			return err
		}
		if run.State == runDone {
			run.State, run.Company, run.Counts = runRunning, id.ID{}, RunCounts{}
		}
		if !run.ID.IsZero() {
			return nil
		}
		run = Run{Until: in.Until, Issue: in.Issue, Only: in.Company, State: runRunning}
		if run.ID, err = s.newID(tx); err != nil {
			return err
		}
		return save(tx, &store.Record{Company: id.Platform, Kind: KindRun, ID: run.ID, Unique: []store.Key{{Name: "run", Value: key}}}, &run)
	})
	return run, err
}

// name is the key of a run: asked for again, the same days are the same run.
func (in *ClosePeriod) name() string {
	return strings.TrimSuffix(fmt.Sprintf("%s %s %s", in.Until, in.Issue, only(in.Company)), " ")
}

// keepRun renews the lease and writes how far the run is.
func (s *System) keepRun(ctx context.Context, run *Run) error {
	return s.DB.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.Leases().Take(runName, s.Node, runLease); err != nil {
			return err
		}
		_, r, err := get[Run](tx, id.Platform, KindRun, run.ID)
		if err != nil {
			return err
		}
		return save(tx, r, run)
	})
}

// freeRun gives the lease back, also when the caller has gone away.
func (s *System) freeRun(ctx context.Context) error {
	return s.DB.Update(context.WithoutCancel(ctx), func(tx store.Tx) error { return tx.Leases().Release(runName, s.Node) })
}

// walk goes through the companies page by page, some at a time.
func (s *System) walk(ctx context.Context, in *ClosePeriod, run *Run) error {
	for { // bounded: run.Company rises with every page
		var page []store.Record
		err := s.DB.View(ctx, func(tx store.Tx) (err error) {
			if !run.Only.IsZero() {
				page, err = onlyCompany(tx, run)
				return err
			}
			page, err = tx.Records().List(id.Platform, KindCompany, store.Key{}, store.Page{After: run.Company, Limit: companyPage})
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		counts, err := s.closeAll(ctx, in, run, page)
		if err != nil {
			return err
		}
		if err := run.Counts.add(counts); err != nil {
			return err
		}
		run.Company = page[len(page)-1].ID
		if err := s.keepRun(ctx, run); err != nil {
			return err
		}
	}
}

// only is the company of a run as text; empty: all.
func only(company id.ID) string {
	if company.IsZero() {
		return ""
	}
	return company.String()
}

// onlyCompany is the one page of a run for one company; empty once it is done.
func onlyCompany(tx store.Tx, run *Run) ([]store.Record, error) {
	if run.Company == run.Only {
		return nil, nil
	}
	r, err := tx.Records().Get(id.Platform, KindCompany, run.Only)
	if err != nil {
		return nil, err
	}
	return []store.Record{*r}, nil
}

// companyPage is how many companies are billed before a run notes how far it is.
const companyPage = 50

// closeAll bills the companies of a page and counts what came of them. Drafts are
// made side by side; they are issued in the order of the companies, so that the
// same run gives the same numbers however often it was started.
func (s *System) closeAll(ctx context.Context, in *ClosePeriod, run *Run, page []store.Record) (sum RunCounts, err error) {
	ctx, stop := context.WithCancel(ctx)
	workers := in.Workers
	if workers < 1 {
		workers = usualWorkers
	}
	ready := make([]chan []*issuing, len(page))
	for i := range ready {
		ready[i] = make(chan []*issuing, 1)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	for range min(workers, maxWorkers, len(page)) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(page)); i = next.Add(1) - 1 {
				ready[i] <- s.draftsOf(ctx, in, id.Company{ID: page[i].ID})
			}
		})
	}
	for i := range page {
		if err := s.closeCompany(ctx, in, run, id.Company{ID: page[i].ID}, <-ready[i], &sum); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// contractsToBill lists a company's contracts that can have something to bill.
func (s *System) contractsToBill(ctx context.Context, c id.Company) (out []Agreement, err error) {
	left, err := s.left(ctx, c)
	if err != nil || left {
		return nil, err
	}
	for _, state := range []life.State{life.Running, life.Notice, life.Ended} {
		some, err := s.Contracts(ctx, c, state)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortFunc(out, func(a, b Agreement) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return out, nil
}

// draftsOf makes the first draft of each contract ahead. One that fails is made
// again in its turn, where its error is told; a panic too, which here, where
// nobody waits for it, would end the process.
func (s *System) draftsOf(ctx context.Context, in *ClosePeriod, c id.Company) (out []*issuing) {
	defer func() {
		if recover() != nil {
			out = nil
		}
	}()
	if ctx.Err() != nil {
		return nil
	}
	list, err := s.contractsToBill(ctx, c)
	if err != nil {
		return nil
	}
	for i := range list {
		if x, err := s.prepare(ctx, in, c, list[i].ID); err == nil && x != nil {
			out = append(out, x)
		}
	}
	return out
}

// closeCompany bills a company's contracts and counts its steps of this run,
// those of an earlier attempt with them.
func (s *System) closeCompany(ctx context.Context, in *ClosePeriod, run *Run, c id.Company, drafts []*issuing, counts *RunCounts) error {
	list, err := s.contractsToBill(ctx, c)
	if err != nil {
		return err
	}
	for i := range list {
		var ready *issuing
		if at := slices.IndexFunc(drafts, func(x *issuing) bool { return x.a.ID == list[i].ID }); at >= 0 {
			ready = drafts[at]
		}
		if err := s.closeContract(ctx, in, run, c, list[i].ID, ready); err != nil {
			return fmt.Errorf("company %s, contract %s: %w", c, list[i].Contract, err)
		}
	}
	counts.Contracts += len(list)
	return s.DB.View(ctx, func(tx store.Tx) error {
		return each(tx, c, KindStep, store.Key{Name: "run", Value: run.ID.String()}, func(step Step, _ *store.Record) error { return counts.count(&step) })
	})
}
