package demo

import (
	"cmp"
	"context"
	"errors"

	"waihu/internal/app"
	"waihu/internal/charging/budget"
	"waihu/internal/charging/dispute"
	"waihu/internal/money"
	"waihu/internal/store"
)

// renewing is the firm whose contract ends next month; objecting the one that
// does not agree with its last invoice.
const renewing, objecting = 1, 1

// renewalMonths is the term of the contract that is up for renewal: it ends with
// the month after this one, whatever day the demonstration is started on.
const renewalMonths = months + 2

// finish adds what only concerns today: budgets near their limits, the quote of
// a renewal, an objection.
func (t *teller) finish(ctx context.Context) error {
	for i := range t.who {
		if err := t.budget(ctx, &t.who[i]); err != nil {
			return err
		}
	}
	if err := t.renewal(ctx, &t.who[renewing]); err != nil {
		return err
	}
	if err := t.quality(ctx, &t.who[inspecting]); err != nil {
		return err
	}
	if _, err := t.sys.PublishForm(ctx, t.who[0].Company, "主管", floorForm); err != nil {
		return err
	}
	return t.objection(ctx, &t.who[objecting])
}

// budget sets a budget of which most is spent by now.
func (t *teller) budget(ctx context.Context, c *Customer) error {
	draft, err := t.sys.DraftInvoice(ctx, c.Company, c.Contract, 0)
	if err != nil {
		return err
	}
	amount := roundUp(draft.Net, c.Spent)
	name := cmp.Or(map[string]string{"zh-Hans": "每月预算", "zh-Hant": "每月預算"}[c.Lang], "Each month")
	if _, err := t.sys.SetBudget(ctx, c.Company, app.Budget{Name: name, Contract: c.Contract, Budget: budget.Budget{Amount: amount}}); err != nil {
		return err
	}
	told, err := t.sys.CheckBudgets(ctx, c.Company)
	return errors.Join(err, told.Err())
}

// roundUp is the amount of which spent is about so many percent, in three
// leading digits as people write budgets; at least one unit.
func roundUp(spent money.Amount, percent int64) money.Amount {
	units := spent.Micros()/money.Micro*100/percent + 1
	step := int64(1)
	for units/step >= 1000 {
		step *= 10
	}
	units = (units + step - 1) / step * step
	return money.Micros(units*money.Micro, spent.Currency())
}

// renewal quotes the contract that would follow the one that ends.
func (t *teller) renewal(ctx context.Context, c *Customer) error {
	end := t.first.AddMonths(renewalMonths)
	text, err := c.renewed(end)
	if err != nil {
		return err
	}
	_, err = t.sys.Quote(ctx, c.Company, app.Quote{File: text, ValidUntil: end, On: min(t.today, end-1)})
	return err
}

// objection is where a firm says that its last invoice is wrong: a ticket of the
// support desk, and a dispute of a part of it.
func (t *teller) objection(ctx context.Context, c *Customer) error {
	if _, err := t.sys.SetSupport(ctx, app.Support{Name: "business", Zone: "Asia/Shanghai", From: 9 * 60, To: 18 * 60, Calendar: "cn", First: 240, Resolution: 2880}); err != nil {
		return err
	}
	if _, err := t.sys.OpenTicket(ctx, c.Company, app.OpenTicket{Subject: "Invoice of last month: calls to +86 755 look too many", Plan: "business"}); err != nil {
		return err
	}
	return t.dispute(ctx, c)
}

// dispute objects to a part of a firm's newest invoice.
func (t *teller) dispute(ctx context.Context, c *Customer) error {
	var newest []store.Document
	err := t.sys.DB.View(ctx, func(tx store.Tx) (err error) {
		newest, err = tx.Documents().List(c.Company, store.DocumentQuery{Kind: store.Invoice, Page: store.Page{Limit: 1, Down: true}})
		return err
	})
	if err != nil || len(newest) == 0 {
		return err
	}
	amount, err := money.Parse("180", newest[0].Total.Currency())
	if err != nil {
		return err
	}
	_, err = t.sys.RaiseDispute(ctx, c.Company, app.RaiseDispute{Key: "demo-dispute", Invoice: newest[0].ID, Reason: dispute.Duration, Words: "Calls to +86 755 are longer than our switch says.",
		Lines: []dispute.Line{{Line: "talk", Amount: amount}}})
	return err
}
