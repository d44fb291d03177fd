package app

import (
	"context"
	"slices"
	"time"

	"waihu/internal/charging/wallet"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Bounds of a company's limits.
const (
	mostCallsAtOnce = 1_000
	mostCallRate    = 100
	mostClasses     = 20
)

// CallLimits bound the calls that a company places through us. What is not given
// is not bounded, save by what is sensible: 1,000 calls at once, 100 a second.
type CallLimits struct {
	Calls   int          `json:"calls,omitempty"`   // at once
	Rate    int          `json:"rate,omitempty"`    // begun in any second
	Spend   money.Amount `json:"spend,omitzero"`    // of one UTC day, tax included, at list price
	Classes []string     `json:"classes,omitempty"` // of destinations; none: all that the trunks allow
}

// calling is a company's limits, and how far it has come.
type calling struct {
	CallLimits
	Begun    []timex.Instant `json:"begun,omitempty"` // the last calls, as many as may begin in a second
	Day      timex.Date      `json:"day,omitzero"`
	Spent    money.Amount    `json:"spent,omitzero"` // by calls that ended on that day
	Revision int64           `json:"revision"`
}

func (l *CallLimits) check() error {
	if l.Calls < 0 || l.Calls > mostCallsAtOnce || l.Rate < 0 || l.Rate > mostCallRate || len(l.Classes) > mostClasses || !l.Spend.Currency().IsZero() && l.Spend.Sign() <= 0 {
		return fault.New(fault.Invalid, "limits are 1 to %d calls at once, 1 to %d in a second, more than nought to spend and at most %d classes; leave out what is not bounded", mostCallsAtOnce, mostCallRate, mostClasses)
	}
	for _, c := range l.Classes {
		if c == "" || len(c) > 30 {
			return fault.New(fault.Invalid, "%q is no class of destination: mobile or landline, for example, was expected", fault.Shorten(c, 30))
		}
	}
	return nil
}

// SetCallLimits sets what a company may call. Calls that run go on.
func (s *System) SetCallLimits(ctx context.Context, c id.Company, limits CallLimits) (err error) {
	defer fault.Wrap(&err, "set call limits")
	if err := limits.check(); err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		if _, _, err := get[Company](tx, id.Platform, KindCompany, c.ID); err != nil {
			return err
		}
		k, r, err := callingOf(tx, c)
		if err != nil {
			return err
		}
		k.CallLimits, k.Begun = limits, nil
		return save(tx, r, &k)
	})
}

// CallLimitsOf are the limits of a company.
func (s *System) CallLimitsOf(ctx context.Context, c id.Company) (out CallLimits, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		k, _, err := callingOf(tx, c)
		out = k.CallLimits
		return err
	})
	return out, err
}

func callingOf(tx store.Tx, c id.Company) (calling, *store.Record, error) {
	k, r, err := get[calling](tx, c, KindCalling, c.ID)
	if fault.KindOf(err) == fault.NotFound {
		return calling{}, &store.Record{Company: c, Kind: KindCalling, ID: c.ID}, nil
	}
	return k, r, err
}

// begin notes one more call, or says that there were as many in this second as
// may be.
func (k *calling) begin(now timex.Instant) error {
	rate := k.Rate
	if rate == 0 {
		rate = mostCallRate
	}
	k.Begun = slices.DeleteFunc(k.Begun, func(at timex.Instant) bool { return now.Sub(at) >= time.Second })
	if len(k.Begun) >= rate {
		return refused(CallsTooFast, fault.New(fault.Conflict, "%d calls began within a second, as many as may", rate))
	}
	k.Begun = append(k.Begun, now)
	return nil
}

// spent is what calls that ended today came to.
func (k *calling) spent(now timex.Instant, cur money.Currency) money.Amount {
	if k.Day != wallet.Day(now) || k.Spent.Currency() != cur {
		return money.Zero(cur)
	}
	return k.Spent
}

// spend adds a call that ended.
func (k *calling) spend(now timex.Instant, cost money.Amount) error {
	sum, err := k.spent(now, cost.Currency()).Add(cost)
	k.Day, k.Spent = wallet.Day(now), sum
	return err
}
