package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/usage"
)

// months is how long the history is before the month that runs.
const months = 12

// Clock is a clock that can be set: history is told at the time it happened.
type Clock struct{ at atomic.Int64 }

// Now is the time it was set to, and a little more with every look.
func (c *Clock) Now() timex.Instant { return timex.Instant(c.at.Add(1)) }

func (c *Clock) set(i timex.Instant) {
	if int64(i) > c.at.Load() {
		c.at.Store(int64(i))
	}
}

// Options are what a history depends on.
type Options struct {
	Seed uint64
	Now  time.Time
	Tell func(string) // progress; nil: nobody is told
	// Still lets nothing happen once the history is told: nobody works, no calls come in.
	Still bool
}

// Customer is a firm as it stands in the books.
type Customer struct {
	firm
	Company  id.Company
	Contract id.ID
}

// teller tells a year.
type teller struct {
	sys   *app.System
	clock *Clock
	o     Options
	first timex.Date // of the history
	today timex.Date
	upTo  timex.Instant // what happened by then is told
	who   []Customer
}

// thisMonth is the first day of the month that runs.
func (t *teller) thisMonth() timex.Date { return t.first.AddMonths(months) }

// Fill tells a year of the three firms into empty books whose clock is given.
func Fill(ctx context.Context, sys *app.System, clock *Clock, o Options) (_ []Customer, err error) {
	defer fault.Wrap(&err, "demo history")
	t := &teller{sys: sys, clock: clock, o: o, today: timex.DateOf(o.Now.UTC())}
	y, m, _ := t.today.Civil()
	t.first = timex.NewDate(y, m, 1).AddMonths(-months)
	if err := t.sign(ctx); err != nil {
		return nil, err
	}
	t.upTo = timex.At(o.Now).Add(-toldFor) // campaigns begin then
	for n := range months + 1 {
		month := t.first.AddMonths(n)
		if err := t.month(ctx, month, min(month.AddMonths(1), t.today+1)); err != nil {
			return nil, err
		}
	}
	if err := t.campaigns(ctx); err != nil {
		return nil, err
	}
	since := t.upTo
	t.upTo = timex.At(o.Now)
	clock.set(t.upTo)
	if err := t.usage(ctx, max(t.thisMonth(), t.today-1), t.today+1, since); err != nil {
		return nil, err
	}
	return t.who, t.finish(ctx)
}

// sign publishes the plans and starts the contracts.
func (t *teller) sign(ctx context.Context) error {
	calendars, err := holiday.Calendars()
	if err != nil {
		return err
	}
	list, err := firms(calendars)
	if err != nil {
		return err
	}
	t.clock.set((t.first - 20).Start(time.UTC))
	for _, f := range list {
		c := Customer{firm: f}
		plan, err := f.plan()
		if err != nil {
			return err
		}
		if _, err := t.sys.PublishPlan(ctx, app.PublishPlan{File: plan}); err != nil {
			return err
		}
		added, err := t.sys.AddCompany(ctx, app.Company{Name: f.Name, Email: "billing@" + f.Key + ".example", Lang: f.Lang, Series: f.Series})
		if err != nil {
			return err
		}
		c.Company = id.Company{ID: added.ID}
		text, err := f.contract(t.first)
		if err != nil {
			return err
		}
		q, err := t.sys.Quote(ctx, c.Company, app.Quote{File: text, On: t.first - 20})
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(text))
		if _, err := t.sys.Sign(ctx, c.Company, app.Sign{Contract: q.ID, Document: hex.EncodeToString(sum[:]), On: t.first - 10}); err != nil {
			return err
		}
		if _, err := t.sys.Start(ctx, c.Company, q.ID, t.first); err != nil {
			return err
		}
		c.Contract = q.ID
		t.who = append(t.who, c)
	}
	return nil
}

// month brings in the usage of some days, closes the month before and pays what
// is due.
func (t *teller) month(ctx context.Context, from, to timex.Date) error {
	if from > t.first {
		t.clock.set(from.Start(time.UTC).Add(9 * time.Hour))
		if _, err := t.sys.ClosePeriod(ctx, app.ClosePeriod{Until: from, Issue: from}); err != nil {
			return err
		}
		t.tell(fmt.Sprintf("closed until %s", from))
	}
	if err := t.tapes(ctx, from, to); err != nil {
		return err
	}
	t.clock.set(min(to.Start(time.UTC), t.upTo))
	if err := t.usage(ctx, from, to, 0); err != nil {
		return err
	}
	return t.pay(ctx, to)
}

// usage brings in what ended on some days, after a moment and by the one that is told up to.
func (t *teller) usage(ctx context.Context, from, to timex.Date, since timex.Instant) error {
	for i := range t.who {
		b := &batch{ctx: ctx, sys: t.sys, to: t.who[i].Company, since: since, until: min(to.Start(time.UTC), t.upTo)}
		for day := from; day < to; day++ {
			if err := t.who[i].Calling.Day(t.o.Seed, day, b); err != nil {
				return err
			}
		}
		if err := b.flush(); err != nil {
			return err
		}
	}
	return nil
}

// pay books the payments of invoices that came due before a day: one firm pays on
// time, one late, one leaves the last two open and objects to one.
func (t *teller) pay(ctx context.Context, today timex.Date) error {
	t.clock.set(min(today.Start(time.UTC), t.upTo))
	for i := range t.who {
		c := &t.who[i]
		late := []timex.Date{0, 12, 3}[i%3]
		var due []store.Document
		err := t.sys.DB.View(ctx, func(tx store.Tx) (err error) {
			due, err = tx.Documents().List(c.Company, store.DocumentQuery{Kind: store.Invoice, Status: []store.Status{store.Issued, store.Overdue}, DueUntil: today - late, Page: store.Page{Limit: 100}})
			return err
		})
		if err != nil {
			return err
		}
		for j := range due {
			if i == 1 && due[j].IssuedOn >= t.today.AddMonths(-2) {
				continue // the one that leaves the last ones open
			}
			open, err := due[j].Total.Sub(due[j].Paid)
			if err != nil {
				return err
			}
			if open.Sign() <= 0 {
				continue
			}
			if _, err := t.sys.Pay(ctx, c.Company, app.Pay{Key: "demo-" + due[j].ID.String(), Invoice: due[j].ID, Amount: open, On: min(due[j].DueOn+late, t.today)}); err != nil {
				return err
			}
		}
		if _, err := t.sys.MarkOverdue(ctx, c.Company, today); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) tell(s string) {
	if t.o.Tell != nil {
		t.o.Tell(s)
	}
}

// batch hands facts in by the thousand, those that have ended.
type batch struct {
	ctx   context.Context
	sys   *app.System
	to    id.Company
	since timex.Instant // what ended by then is told already
	until timex.Instant
	facts []usage.Fact
}

// batchSize is how many facts go in at once.
const batchSize = 5000

func (b *batch) add(f usage.Fact, end timex.Instant) error {
	if end <= b.since || end > b.until {
		return nil // it is told, or has not happened yet
	}
	b.facts = append(b.facts, f)
	if len(b.facts) < batchSize {
		return nil
	}
	return b.flush()
}

func (b *batch) flush() error {
	if len(b.facts) == 0 {
		return nil
	}
	r, err := b.sys.Ingest(b.ctx, b.to, b.facts)
	if err == nil && r.Count(store.Added) != len(b.facts) {
		err = fault.New(fault.Internal, "%d of %d facts were new: a history is told once; the first: %+v", r.Count(store.Added), len(b.facts), r.Outcomes[0])
	}
	b.facts = b.facts[:0]
	return err
}

func (b *batch) Call(c *usage.Call) error {
	own := *c
	return b.add(&own, c.End)
}

func (b *batch) Session(s usage.Session) error { return b.add(&s, s.To) }
func (b *batch) Seat(s usage.Seat) error       { return b.add(&s, s.From) }
func (b *batch) Module(m usage.Module) error   { return b.add(&m, m.From) }
func (b *batch) Rental(r usage.Rental) error   { return b.add(&r, r.From) }
func (b *batch) Event(e usage.Event) error     { return b.add(&e, e.At) }

var _ usage.Sink = (*batch)(nil)

// Live tells of calls of firms whose switch is another: now and then each firm's agents
// end one, whatever the hour, until the context ends.
func Live(ctx context.Context, sys *app.System, who []Customer, seed uint64) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for n := uint64(0); ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			c := &who[n%uint64(len(who))]
			call := c.Calling.Now(seed, n, timex.At(now))
			if _, err := sys.Ingest(ctx, c.Company, []usage.Fact{&call}); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}
