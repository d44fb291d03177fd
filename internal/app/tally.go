package app

import (
	"context"
	"slices"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// KindTally holds a Tally, its identifier the campaign's.
const KindTally store.Kind = "tally"

// Tally is what a campaign came to, by day on the clock of its contract: it is kept with
// each try that is over, so that the ledger of abandoned calls, goals and budgets survive
// everything.
type Tally struct {
	Zone  string     `json:"zone,omitempty"` // of that clock; empty: UTC
	Days  []TallyDay `json:"days"`           // the last tallyDays, the oldest first
	Total TallyDay   `json:"total"`
}

// Loc is the zone of the days.
func (t *Tally) Loc() *time.Location {
	if loc, err := timex.LoadZone(t.Zone); err == nil {
		return loc
	}
	return time.UTC
}

// TallyDay is what tries that were closed on a day came to.
type TallyDay struct {
	Day           timex.Date   `json:"day,omitzero"`
	Tries         int          `json:"tries"`         // that were dialed
	Answered      int          `json:"answered"`      // by persons, or nobody knows by whom
	Conversations int          `json:"conversations"` // with an agent
	Sales         int          `json:"sales"`
	Abandoned     int          `json:"abandoned"` // of Answered
	Talked        int64        `json:"talked"`    // seconds with an agent
	Spent         money.Amount `json:"spent,omitzero"`

	Before []money.Amount `json:"before,omitempty"` // spent beside that, in currencies without a rate, one of each
}

// tallyDays is how many days are kept one by one: the longest window of a law.
const tallyDays = 31

// on is the day of a tally, made where it is new.
func (t *Tally) on(d timex.Date) *TallyDay {
	if n := len(t.Days); n > 0 && t.Days[n-1].Day >= d {
		return &t.Days[n-1]
	}
	t.Days = append(t.Days, TallyDay{Day: d})
	if extra := len(t.Days) - tallyDays; extra > 0 {
		t.Days = t.Days[extra:]
	}
	return &t.Days[len(t.Days)-1]
}

// Today is that of the day of a moment; zero counts where there was nothing. Where the last
// day began by a clock that was ahead, what is closed now counts in it (on), so it is today.
func (t *Tally) Today(at timex.Instant) TallyDay {
	d := at.DateIn(t.Loc())
	if n := len(t.Days); n > 0 && t.Days[n-1].Day >= d {
		today := t.Days[n-1]
		today.Day = d
		return today
	}
	return TallyDay{Day: d}
}

// add counts a try that is closed.
func (d *TallyDay) add(a *attempt.Attempt, cost money.Amount) error {
	if a.Dialed.IsZero() {
		return nil
	}
	if !a.Inbound { // as reports count: who calls back was not dialed, and nobody is abandoned by law
		d.Tries++
	}
	if !a.Inbound && !a.Answered.IsZero() && a.AnsweredBy != usage.Machine && a.AnsweredBy != usage.Fax {
		d.Answered++
		switch {
		case report.IsAbandoned(a):
			d.Abandoned++
		default:
			d.Conversations++
			d.Talked += int64(a.Ended.Sub(a.Joined).Seconds())
		}
	}
	if a.Flags.Sale {
		d.Sales++
	}
	if cost.Sign() == 0 {
		return nil
	}
	if d.Spent.Sign() == 0 {
		d.Spent = money.Zero(cost.Currency())
	}
	sum, err := d.Spent.Add(cost)
	d.Spent = sum
	return err
}

// become keeps what was spent in the currency of what is spent now, at the rate of today,
// where the contract was changed for one in another. Without a rate it stays beside it
// until there is one: a budget does not begin anew.
func (t *Tally) become(tx store.Tx, cost money.Amount) error {
	if cost.Sign() == 0 || len(t.Total.Before) == 0 && (t.Total.Spent.Sign() == 0 || t.Total.Spent.Currency() == cost.Currency()) {
		return nil
	}
	table, err := rates(tx)
	if err != nil {
		return err
	}
	days := []*TallyDay{&t.Total}
	for i := range t.Days {
		days = append(days, &t.Days[i])
	}
	for _, d := range days {
		all := d.All()
		d.Spent, d.Before = money.Zero(cost.Currency()), nil
		for _, part := range all {
			at, err := table.Convert(part, cost.Currency(), tx.Now().DateIn(time.UTC))
			if err != nil {
				d.Before = append(d.Before, part)
				continue
			}
			if d.Spent, err = d.Spent.Add(at.Worth); err != nil {
				return err
			}
		}
	}
	return nil
}

// All is what was spent, one amount a currency.
func (d *TallyDay) All() (out []money.Amount) {
	for _, part := range append([]money.Amount{d.Spent}, d.Before...) {
		if part.Sign() == 0 {
			continue
		}
		if i := slices.IndexFunc(out, func(o money.Amount) bool { return o.Currency() == part.Currency() }); i >= 0 {
			if sum, err := out[i].Add(part); err == nil { // one that is too great stays two
				out[i] = sum
				continue
			}
		}
		out = append(out, part)
	}
	return out
}

// tally counts a try that is closed, with what its call costs at list price. A call
// nobody can price is told where it is billed.
func (s *System) tally(tx store.Tx, c id.Company, of *Campaign, a *attempt.Attempt) error {
	t, r, err := get[Tally](tx, c, KindTally, of.ID)
	if fault.KindOf(err) == fault.NotFound {
		r = &store.Record{Company: c, Kind: KindTally, ID: of.ID}
	} else if err != nil {
		return err
	}
	var cost money.Amount
	if !a.Answered.IsZero() || t.Zone == "" { // what nobody answered costs nothing
		h, err := s.contractOfCampaign(tx, c, of)
		if err == nil {
			t.Zone = h.of.loc.String()
			cost, err = s.listPrice(h, of, a)
		}
		if err = notPriced(err); err != nil {
			return err
		}
	}
	if err := t.become(tx, cost); err != nil {
		return err
	}
	if err := t.on(tx.Now().DateIn(t.Loc())).add(a, cost); err != nil {
		return err
	}
	if err := t.Total.add(a, cost); err != nil {
		return err
	}
	return save(tx, r, &t)
}

// listPrice is what the call of a try costs before packages and discounts; zero where
// it was not answered.
func (s *System) listPrice(h *held, of *Campaign, a *attempt.Attempt) (none money.Amount, err error) {
	if a.Answered.IsZero() {
		return none, nil
	}
	p, err := s.pricerAt(&h.agreement, h.of, a.Decided)
	if err != nil {
		return none, err
	}
	call := usage.Call{ID: a.ID.String(), Source: ownSource, Direction: usage.Outbound, To: a.Number.String(), From: a.CallerID.String(), Mode: a.Mode, Purpose: of.Purpose, Agent: a.Agent, Start: a.Decided}
	if a.Inbound {
		call.Direction, call.To, call.From = usage.Inbound, call.From, call.To
	}
	cost, err := p.cost(&call, a.Seconds())
	if err != nil {
		return none, err
	}
	return cost, nil
}

// notPriced lets errors of the database through: what has no price is no reason not to
// keep what a call came to.
func notPriced(err error) error {
	switch fault.KindOf(err) {
	case fault.Conflict, fault.NotFound, fault.Unpriced, fault.Unknown, fault.Invalid, fault.Overflow:
		return nil
	}
	return err
}

// TallyOf is what a campaign came to.
func (s *System) TallyOf(ctx context.Context, c id.Company, of id.ID) (out Tally, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = get[Tally](tx, c, KindTally, of)
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return err
	})
	return out, err
}
