package app

import (
	"context"
	"time"

	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// LedgerRecord is the legal record of abandoned calls: each campaign of the company (or
// one), day by day, with the window of 30 days that ends on each.
func (s *System) LedgerRecord(ctx context.Context, c id.Company, campaign string, first, after timex.Date, zone *time.Location) (out []report.LedgerEntry, err error) {
	defer fault.Wrap(&err, "ledger record")
	ask := report.Ask{Kind: report.Campaigns, First: first - report.LedgerDays, After: after, Zone: zone, Campaign: campaign}
	p, err := slotsOf(&ask)
	if err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Reports().Sums(c, store.SumQuery{Dim: report.Whole, First: p.first, After: p.after, Campaign: campaign, BySlot: true, ByCampaign: true, WholeValues: true})
		if err != nil {
			return err
		}
		dated, a := make([]report.Dated, len(list)), report.Answer{}
		for i := range list {
			dated[i] = report.Dated{Slot: list[i].Slot, Campaign: list[i].Campaign, Sums: list[i].Sums}
			a.Rows = append(a.Rows, report.Row{Campaign: list[i].Campaign})
		}
		r := reporting{tx: tx, c: c, out: &a}
		if err := r.names(); err != nil {
			return err
		}
		out = report.Record(dated, first, after, zone, a.Names)
		return nil
	})
	return out, err
}
