package app

import (
	"context"
	"maps"
	"slices"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/service"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// DraftInvoice says what a period of a contract would be billed now: preview,
// draft and final invoice are this one function. first is a day of the period; 0
// is the period that is billed next.
func (s *System) DraftInvoice(ctx context.Context, c id.Company, contractID id.ID, first timex.Date) (inv *invoice.Invoice, err error) {
	defer fault.Wrap(&err, "draft invoice")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		a, _, of, err := s.contractOf(tx, c, contractID)
		if err != nil {
			return err
		}
		if first == 0 {
			first = max(a.BilledTo, of.contract.Start)
		}
		b, err := a.periodOn(of, first)
		if err != nil {
			return err
		}
		d, err := s.draft(ctx, tx, c, &a, of, b, s.billedOrKept)
		if err != nil {
			return err
		}
		inv = d.inv
		return inv.Close()
	})
	return inv, err
}

// drafted is a draft with what its issue changes beside it.
type drafted struct {
	inv       *invoice.Invoice
	period    contract.BillingPeriod
	position  int64
	corrected []*BilledPeriod // earlier periods, each with the stand it has now added
}

// ends is the day after the last of a contract that is known to end, else 0.
func (a *Agreement) ends() timex.Date {
	if a.Life.State == life.Notice || a.Life.State == life.Ended {
		return a.Life.EndsOn
	}
	return 0
}

// periods are the billing periods with service in [from, to). The end of a
// contract is what its life says: a term that renews does not end it.
func (a *Agreement) periods(of *agreed, from, to timex.Date) ([]contract.BillingPeriod, error) {
	open := *of.contract
	if a.Life.TermTo != 0 || a.Life.State == life.Running || a.Life.State == life.Notice {
		open.End, open.Term = a.ends(), contract.Term{}
	}
	list, err := contract.Periods(of.plan, &open, from, to)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if end := a.ends(); end != 0 {
			list[i].ServedTo = min(list[i].ServedTo, end)
		}
	}
	return slices.DeleteFunc(list, func(b contract.BillingPeriod) bool { return b.ServedTo <= b.ServedFrom }), nil
}

// periodOn is the billing period that a day lies in; NotFound where the contract
// does not serve on it.
func (a *Agreement) periodOn(of *agreed, day timex.Date) (contract.BillingPeriod, error) {
	list, err := a.periods(of, day, day+1)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "contract %s does not serve on %s", a.Contract, day)
	}
	if err != nil {
		return contract.BillingPeriod{}, err
	}
	return list[0], nil
}

// runningPeriod reads a contract with the billing period of today; NotFound
// where it does not serve today.
func (s *System) runningPeriod(tx store.Tx, c id.Company, contractID id.ID) (a Agreement, of *agreed, b contract.BillingPeriod, err error) {
	if a, _, of, err = s.contractOf(tx, c, contractID); err == nil {
		b, err = a.periodOn(of, tx.Now().DateIn(of.loc))
	}
	return a, of, b, err
}

// biller makes an invoice of all usage up to a position: billed, or for what is
// only looked at billedOrKept.
type biller func(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, first, after timex.Date, in invoice.Inputs, upTo int64) (*invoice.Invoice, error)

// draft bills a period as usage is known now, and corrects earlier periods that
// usage or figures of the service came late for.
func (s *System) draft(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod, bill biller) (*drafted, error) {
	out := &drafted{period: b}
	var err error
	if out.position, err = tx.Usage().Head(c); err != nil {
		return nil, err
	}
	if b.First < a.BilledTo {
		return out, s.draftAgain(ctx, tx, c, a, of, out, bill)
	}
	in, last, err := s.runsOn(tx, c, a, of, b)
	if err != nil {
		return nil, err
	}
	if last != nil {
		if out.corrected, err = s.late(ctx, tx, c, a, of, last, out.position, bill); err != nil {
			return nil, err
		}
		if n := len(out.corrected); n > 0 && out.corrected[n-1].Invoice == last.Invoice {
			last = out.corrected[n-1]
		}
		in.Opening, in.Standing = last.now().Carry, last.now().Standing
		in.Adjusted = differences(out.corrected)
	}
	if in.Standing == nil && of.contract.RunsOn() {
		in.Standing = &contract.Standing{} // known to be nothing
	}
	out.inv, err = bill(ctx, tx, c, a, of, b.First, b.After, in, out.position)
	return out, err
}

// draftAgain makes a billed period again by what is known now, from where the
// period before it stands.
func (s *System) draftAgain(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, out *drafted, bill biller) error {
	last, _, err := get[BilledPeriod](tx, c, KindBilled, a.Last)
	if err != nil {
		return err
	}
	periods, err := s.standing(tx, c, &last, timex.Days(out.period.First, out.period.After, of.loc).From, of)
	if err != nil {
		return err
	}
	for i, p := range periods {
		if p.First != out.period.First {
			continue
		}
		in := p.Inputs
		in.Adjusted = nil
		if i > 0 {
			in.Opening, in.Standing = periods[i-1].now().Carry, periods[i-1].now().Standing
		}
		if in.Levels, err = s.measuredAgain(tx, c, a, of, p); err != nil {
			return err
		}
		out.inv, err = bill(ctx, tx, c, a, of, p.First, p.After, in, out.position)
		return err
	}
	return fault.New(fault.NotFound, "no invoice bills the period from %s", out.period.First)
}

// runsOn gathers what an invoice states beside its facts: the end of service and
// what was measured of it. last is the invoice before, if there is one.
func (s *System) runsOn(tx store.Tx, c id.Company, a *Agreement, of *agreed, b contract.BillingPeriod) (in invoice.Inputs, last *BilledPeriod, err error) {
	if end := a.ends(); end != 0 {
		in.End = end
	}
	if in.Levels, err = s.measured(tx, c, of, b); err != nil {
		return in, nil, err
	}
	if a.Last.IsZero() {
		return in, nil, nil
	}
	before, _, err := get[BilledPeriod](tx, c, KindBilled, a.Last)
	return in, &before, err
}

// measured are the service levels of a period as bills state them; nil: nothing was
// promised, or nobody measured.
func (s *System) measured(tx store.Tx, c id.Company, of *agreed, b contract.BillingPeriod) (map[string]string, error) {
	if len(of.contract.ServiceLevels) == 0 {
		return nil, nil
	}
	list, err := s.attained(tx, c, of, timex.Days(b.ServedFrom, b.ServedTo, of.loc))
	if err != nil {
		return nil, err
	}
	figures := service.Figures(list)
	if len(figures) == 0 {
		return nil, nil
	}
	return figures, nil
}

// measuredAgain are those of a billed period, of what was promised when it was
// billed: an amendment that promises more gives nothing back for the past.
func (s *System) measuredAgain(tx store.Tx, c id.Company, a *Agreement, of *agreed, was *BilledPeriod) (map[string]string, error) {
	if len(of.contract.ServiceLevels) == 0 {
		return was.levels(), nil
	}
	b := contract.BillingPeriod{First: was.First, After: was.After, ServedFrom: max(was.First, of.contract.Start), ServedTo: was.After}
	if end := a.ends(); end != 0 {
		b.ServedTo = min(b.ServedTo, end)
	}
	figures, err := s.measured(tx, c, of, b)
	maps.DeleteFunc(figures, func(metric, _ string) bool { return !was.promised(metric) })
	if len(figures) == 0 {
		return nil, err
	}
	return figures, err
}

// billed is the one way an invoice is made: facts to meter to lines.
func (s *System) billed(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, first, after timex.Date, in invoice.Inputs, upTo int64) (*invoice.Invoice, error) {
	t, err := of.terms(first, after, in)
	if err != nil {
		return nil, err
	}
	m, err := meter.New(t, meter.Options{Evidence: true})
	if err != nil {
		return nil, err
	}
	if err := tx.Usage().Each(ctx, c, a.ID, t.Period, upTo, m); err != nil {
		return nil, err
	}
	g, err := m.Finish()
	if err != nil {
		return nil, err
	}
	inv, err := invoice.Draft(g, of.heading())
	if err != nil {
		return nil, err
	}
	if err := inv.Adjust(t, in.Adjusted); err != nil {
		return nil, err
	}
	inv.Inputs = in
	return inv, nil
}

// billedOrKept is billed for what is only looked at, in one transaction with
// upTo, the head: an invoice that would come out the same is given again.
func (s *System) billedOrKept(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, first, after timex.Date, in invoice.Inputs, upTo int64) (*invoice.Invoice, error) {
	key := figureKey{company: c, contract: a.ID, plan: of.plan, zone: of.loc.String(), first: first, after: after, ends: in.End, use: timex.Days(first, after, of.loc)}
	inv, there, err := s.drafts.look(tx, key, of.contract, in)
	if err != nil {
		return nil, err
	}
	if !there {
		if inv, err = s.billed(ctx, tx, c, a, of, first, after, in, upTo); err != nil {
			return nil, err
		}
		if err := s.drafts.keep(tx, key, of.contract, in, inv); err != nil {
			return nil, err
		}
	}
	own := *inv // who looks seals it
	return &own, nil
}

// periodOf is a whole billing period.
func periodOf(first, after timex.Date) contract.BillingPeriod {
	return contract.BillingPeriod{First: first, After: after, ServedFrom: first, ServedTo: after}
}
