package app

import (
	"context"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// periods looks whether the next bill run would go on where the last one ended:
// what stands on an invoice must be known as billed, and nothing else.
func (x *examination) periods() error {
	last := map[id.ID]*BilledPeriod{}
	billed := map[id.ID]bool{}
	err := each(x.tx, x.c, KindBilled, store.Key{}, func(b BilledPeriod, _ *store.Record) error {
		billed[b.Invoice] = true
		x.belongs(b.Contract, "the billed period of %s", b.Number)
		if now := last[b.Contract]; now == nil || now.After < b.After {
			last[b.Contract] = &b
		}
		d, err := x.tx.Documents().Get(x.c, b.Invoice)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			x.found(ruleAgain, "%s is known as billed for %s to %s and is not there", b.Number, b.First, b.After-1)
		case err != nil:
			return err
		case d.Status == store.Voided || d.Contract != b.Contract || d.Number != b.Number:
			x.found(ruleAgain, "%s to %s is known as billed by %s, which is %s and is of contract %s", b.First, b.After-1, d.Number, d.Status, d.Contract.Named("con"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, a := range x.contracts {
		if b := last[i]; b != nil && (a.BilledTo != b.After || a.Last != b.Invoice) {
			x.found(ruleAgain, "contract %s is billed up to %s, its newest invoice %s up to %s: a run would bill days again or leave some out", i.Named("con"), a.BilledTo, b.Number, b.After)
		}
	}
	return eachDocument(x.tx, x.c, store.DocumentQuery{Kind: store.Invoice}, func(d *store.Document) error {
		if d.Bills() && d.Status != store.Draft && !billed[d.ID] {
			x.found(ruleAgain, "%s stands and its period is not known as billed: a run would bill it again", d.Number)
		}
		return nil
	})
}

// steps looks whether what bill runs noted is what the books have, and counts it.
func (x *examination) steps() error {
	issued := map[id.ID]id.ID{} // run of an invoice
	return each(x.tx, x.c, KindStep, store.Key{}, func(s Step, _ *store.Record) error {
		counts := x.all.runs[s.Run]
		if err := counts.count(&s); err != nil {
			x.found(ruleAgain, "%v", err)
			return nil
		}
		x.all.runs[s.Run] = counts
		if s.State != stepIssued {
			return nil
		}
		x.belongs(s.Contract, "a step of a bill run, %s,", s.Number)
		d, err := x.tx.Documents().Get(x.c, s.Invoice)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if err != nil || d.Number != s.Number || d.Total.Micros() != s.Total.Micros() {
			x.found(ruleAgain, "a bill run issued %s over %s, which the books do not have", s.Number, s.Total)
		}
		if !issued[s.Invoice].IsZero() {
			x.found(ruleAgain, "%s was issued by two steps of bill runs", s.Number)
		}
		issued[s.Invoice] = s.Run
		return nil
	})
}

// doneRuns are the bill runs that are done.
func (s *System) doneRuns(ctx context.Context) (out map[id.ID]store.Record, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = map[id.ID]store.Record{}
		return each(tx, id.Platform, KindRun, store.Key{}, func(run Run, r *store.Record) error {
			if run.State == runDone {
				out[r.ID] = *r
			}
			return nil
		})
	})
	return out, err
}

// runs compares what bill runs say they came to with their steps. A run that
// went on meanwhile is left to the next examination.
func (x *examination) runs() error {
	for i, before := range x.all.done {
		run, r, err := get[Run](x.tx, id.Platform, KindRun, i)
		if err != nil {
			return err
		}
		if r.Revision != before.Revision {
			continue
		}
		steps := x.all.runs[i]
		if run.Counts.Issued != steps.Issued || run.Counts.Held != steps.Held || !sameTotals(run.Counts.Totals, steps.Totals) {
			x.found(ruleAgain, "the bill run until %s says %d issued and %d held, %v; its steps are %d and %d, %v", run.Until, run.Counts.Issued, run.Counts.Held, run.Counts.Totals,
				steps.Issued, steps.Held, steps.Totals)
		}
	}
	return nil
}

// sameTotals compares totals by currency; their order is that of the companies.
func sameTotals(a, b []money.Amount) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(t money.Amount) bool { return !slices.Contains(b, t) })
}
