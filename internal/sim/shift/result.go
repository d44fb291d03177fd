package shift

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/phone"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// Result is what a shift came to, told from its books.
type Result struct {
	Took         time.Duration
	Tally        app.Tally
	Dispositions map[string]int
	Sitting      time.Duration // agents were logged in, and of it
	Talking      time.Duration
	Writing      time.Duration
	Ready        time.Duration
	Calls        int   // facts of usage
	Seconds      int64 // of talk in them
	Twice        []phone.Number
	Open         int // tries that are not over
	Left         int // agents who are still logged in
	Invoice      *invoice.Invoice
}

// Share is that of abandoned calls among those persons answered.
func (r *Result) Share() float64 {
	return float64(r.Tally.Total.Abandoned) / float64(max(r.Tally.Total.Answered, 1))
}

// Busy is the share of their time agents talked or wrote up.
func (r *Result) Busy() float64 {
	return float64(r.Talking+r.Writing) / float64(max(r.Sitting, 1))
}

// Result reads the books once the service has ended.
func (x *Shift) Result(ctx context.Context, took time.Duration) (out *Result, err error) {
	b, err := serve.Open(ctx, &x.cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.DB.Close()) }()
	r := &Result{Took: took, Dispositions: map[string]int{}}
	if r.Tally, err = b.System.TallyOf(ctx, x.company, x.campaign); err != nil {
		return nil, err
	}
	if err := x.tries(ctx, b, r); err != nil {
		return nil, err
	}
	today, err := today()
	if err != nil {
		return nil, err
	}
	if err := b.System.OwnUsage(ctx, x.company, today-1, today+1, &counted{r: r}); err != nil {
		return nil, err
	}
	sitting, err := b.System.Sittings(ctx, x.company)
	if err != nil {
		return nil, err
	}
	r.Left = len(sitting)
	if r.Invoice, err = b.System.DraftInvoice(ctx, x.company, x.contract, today); err != nil {
		return nil, err
	}
	return r, nil
}

// tries reads every try of the campaign.
func (x *Shift) tries(ctx context.Context, b *serve.Books, r *Result) error {
	times := map[phone.Number]int{}
	return b.DB.View(ctx, func(tx store.Tx) error {
		for before := (id.ID{}); ; { // bounded: before falls
			page, err := tx.Attempts().List(x.company, store.AttemptQuery{Campaign: x.campaign, Before: before, Limit: 500})
			if err != nil {
				return err
			}
			for i := range page {
				a := &page[i]
				if a.State.Open() {
					r.Open++
				}
				if a.State == attempt.Withheld || a.Dialed.IsZero() {
					continue
				}
				r.Dispositions[a.Disposition]++
				if times[a.Number]++; times[a.Number] == 2 {
					r.Twice = append(r.Twice, a.Number)
				}
			}
			if len(page) < 500 {
				return nil
			}
			before = page[len(page)-1].ID
		}
	})
}

// counted adds up facts.
type counted struct{ r *Result }

// Call is part of usage.Sink.
func (c *counted) Call(f *usage.Call) error {
	c.r.Calls++
	c.r.Seconds += f.Seconds()
	return nil
}

// Session is part of usage.Sink.
func (c *counted) Session(f usage.Session) error {
	d := f.To.Sub(f.From)
	c.r.Sitting += d
	switch f.State {
	case usage.Talking:
		c.r.Talking += d
	case usage.WrapUp:
		c.r.Writing += d
	case usage.Ready:
		c.r.Ready += d
	}
	return nil
}

// Seat, Module, Rental and Event are part of usage.Sink.
func (c *counted) Seat(usage.Seat) error     { return nil }
func (c *counted) Module(usage.Module) error { return nil }
func (c *counted) Rental(usage.Rental) error { return nil }
func (c *counted) Event(usage.Event) error   { return nil }

// Write tells it.
func (r *Result) Write(w io.Writer, tag lang.Tag) error {
	t := &r.Tally.Total
	lines := []string{
		fmt.Sprintf("The shift took %s.", r.Took.Round(time.Second)),
		fmt.Sprintf("Dialed %d, answered by persons %d, conversations %d, sales %d.", t.Tries, t.Answered, t.Conversations, t.Sales),
		fmt.Sprintf("Ledger: %d abandoned of %d answered, %.2f %%.", t.Abandoned, t.Answered, 100*r.Share()),
		fmt.Sprintf("Agents: logged in %s, talking or writing up %.1f %% of it.", r.Sitting.Round(time.Second), 100*r.Busy()),
		fmt.Sprintf("Usage: %d calls, %d seconds of talk; spent %s at list prices, with tax.", r.Calls, r.Seconds, t.Spent),
		fmt.Sprintf("Numbers called twice: %d; tries left open: %d; agents left logged in: %d.", len(r.Twice), r.Open, r.Left),
		"What calls came to:",
	}
	for _, code := range slices.SortedFunc(maps.Keys(r.Dispositions), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Dispositions[b], r.Dispositions[a]), cmp.Compare(a, b))
	}) {
		lines = append(lines, fmt.Sprintf("  %-20s %6d", code, r.Dispositions[code]))
	}
	lines = append(lines, "", "The invoice as it stands:", "")
	for _, l := range lines {
		if _, err := fmt.Fprintln(w, l); err != nil {
			return err
		}
	}
	return document.Text(w, r.Invoice, document.TextOptions{Tag: tag})
}

// open is how many tries are not over.
func (x *Shift) open(ctx context.Context, b *serve.Books) (n int, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		open, err := tx.Attempts().Open(x.company, x.campaign, id.ID{}, 100)
		n = len(open)
		return err
	})
	return n, err
}
