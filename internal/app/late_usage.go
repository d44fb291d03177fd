package app

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"

	"waihu/internal/charging/invoice"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// maxLate bounds how many billed periods are looked back on: ten years of months.
const maxLate = 120

// lateLevels bounds how far back a contract's service levels are measured again: a
// year and the period before it, in months.
const lateLevels = 13

// late makes billed periods again that usage came for after they were billed, or
// whose service levels are measured otherwise now, from the earliest on: what one
// carries over changes the next. It gives those that stand otherwise now, in order.
func (s *System) late(ctx context.Context, tx store.Tx, c id.Company, a *Agreement, of *agreed, last *BilledPeriod, upTo int64, bill biller) ([]*BilledPeriod, error) {
	var months []timex.Period
	if upTo > a.Position {
		var err error
		if months, err = tx.Usage().Late(c, a.ID, a.Position); err != nil {
			return nil, err
		}
	}
	from := earliest(months)
	if len(of.contract.ServiceLevels) > 0 {
		from = min(from, last.After.AddMonths(-lateLevels).Start(of.loc))
	}
	if from == math.MaxInt64 {
		return nil, nil
	}
	touched := func(b *BilledPeriod) bool {
		p := timex.Days(b.First, b.After, of.loc)
		return slices.ContainsFunc(months, func(m timex.Period) bool { return !m.Overlap(p).IsEmpty() })
	}
	periods, err := s.standing(tx, c, last, from, of)
	if err != nil {
		return nil, err
	}
	var out []*BilledPeriod
	var before *BilledPeriod
	moved := false // the period before stands otherwise now
	for _, b := range periods {
		in := b.Inputs
		in.Adjusted = nil // those lines correct other periods
		if before != nil {
			in.Opening, in.Standing = before.now().Carry, before.now().Standing
		}
		if in.Levels, err = s.measuredAgain(tx, c, a, of, b); err != nil {
			return nil, err
		}
		measured := !maps.Equal(in.Levels, b.levels())
		again := moved || measured || touched(b)
		before, moved = b, false
		if !again {
			continue
		}
		inv, err := bill(ctx, tx, c, a, of, b.First, b.After, in, upTo)
		if err != nil {
			return nil, fault.New(fault.KindOf(err), "making %s to %s again for what came late: %v", b.First, b.After-1, err)
		}
		stand := standOf(inv)
		if moved = !equalStands(&stand, b.now()); !moved && !measured {
			continue
		}
		next := *b
		next.Stands = append(slices.Clip(slices.Clone(b.Stands)), stand)
		out = append(out, &next)
		before = &next
	}
	return out, nil
}

// earliest is when the first of some months begins.
func earliest(months []timex.Period) timex.Instant {
	first := timex.Instant(math.MaxInt64)
	for _, m := range months {
		first = min(first, m.From)
	}
	return first
}

// standOf is what an invoice comes to, as later ones are compared with it.
func standOf(inv *invoice.Invoice) Stand {
	return Stand{Lines: inv.Figures(), Carry: inv.Carry, Standing: inv.Standing, Facts: inv.Facts.Digest, Levels: inv.Inputs.Levels}
}

// equalStands compares what stands on invoices: lines and what runs on. Facts and
// measured levels that change nothing, such as an agent's log-in for a plan of
// minutes, do not count.
func equalStands(a, b *Stand) bool {
	x, y := *a, *b
	x.By, y.By, x.Facts, y.Facts, x.Levels, y.Levels = id.ID{}, id.ID{}, "", "", nil, nil
	left, err := json.Marshal(x)
	if err != nil {
		return false
	}
	right, err := json.Marshal(y)
	return err == nil && string(left) == string(right)
}

// standing lists the billed periods from that of an instant up to the last one,
// oldest first, and the one before them: what it carries over is where they
// begin.
func (s *System) standing(tx store.Tx, c id.Company, last *BilledPeriod, from timex.Instant, of *agreed) ([]*BilledPeriod, error) {
	out := []*BilledPeriod{last}
	for b := last; !b.Before.IsZero() && b.After.Start(of.loc) > from && len(out) < maxLate; {
		before, _, err := get[BilledPeriod](tx, c, KindBilled, b.Before)
		if err != nil {
			return nil, err
		}
		b = &before
		out = append(out, b)
	}
	slices.Reverse(out)
	return out, nil
}

// differences are the inputs of an invoice that corrects earlier ones.
func differences(corrected []*BilledPeriod) []invoice.Adjusted {
	var out []invoice.Adjusted
	for _, b := range corrected {
		now, was := b.Stands[len(b.Stands)-1], b.Stands[len(b.Stands)-2]
		if lines := invoice.Compared(was.Lines, now.Lines); len(lines) > 0 {
			out = append(out, invoice.Adjusted{Invoice: b.Number, First: b.First, After: b.After, Facts: now.Facts, Lines: lines})
		}
	}
	return out
}
