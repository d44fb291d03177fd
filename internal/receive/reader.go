package receive

import (
	"context"
	"errors"
	"io"
	"strings"

	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// Ingester keeps usage: *app.System, or *app.Intake which gathers what comes in
// at once.
type Ingester interface {
	Ingest(ctx context.Context, c id.Company, facts []usage.Fact) (*app.Receipt, error)
}

// batchFacts is how many facts of an input are kept in one transaction.
const batchFacts = 5_000

// refusedShown is how many refused facts of an input are told one by one.
const refusedShown = 100

// Refused is a fact that was read, but cannot be kept.
type Refused struct {
	ID      string        `json:"id"`
	Source  string        `json:"source"`
	Outcome store.Outcome `json:"outcome"` // conflict: it is there with other content; rejected
	Reason  string        `json:"reason,omitempty"`
}

// Result is what became of an input: of its records (Report), and of the facts
// in them.
type Result struct {
	Report   cdr.Report `json:"report"`
	Added    int64      `json:"added"`
	Same     int64      `json:"same"`
	Ended    int64      `json:"ended"`
	Conflict int64      `json:"conflict"`
	Rejected int64      `json:"rejected"`
	Unpriced int64      `json:"unpriced"` // added, but no price was found for it
	Refused  []Refused  `json:"refused,omitempty"`
}

// Clean tells whether nothing was refused, neither records nor facts.
func (r *Result) Clean() bool {
	return r.Report.Counts.Rejected == 0 && r.Conflict == 0 && r.Rejected == 0
}

// Read reads an input to its end and keeps its usage, batch by batch. What was
// kept before an error stays: reading again changes nothing.
func Read(ctx context.Context, to Ingester, c id.Company, opt cdr.Options, r io.Reader, name string, size int64) (*Result, error) {
	g := &gatherer{ctx: ctx, to: to, company: c, result: &Result{}}
	report, err := cdr.NewIntake(g, opt).Read(ctx, r, name, size)
	if err == nil {
		err = g.flush()
	}
	g.result.Report = *report
	return g.result, err
}

// gatherer collects facts, and keeps them when there are enough.
type gatherer struct {
	ctx     context.Context
	to      Ingester
	company id.Company
	facts   []usage.Fact
	result  *Result
}

func (g *gatherer) add(f usage.Fact) error {
	g.facts = append(g.facts, f)
	if len(g.facts) < batchFacts {
		return nil
	}
	return g.flush()
}

func (g *gatherer) flush() error {
	if len(g.facts) == 0 {
		return nil
	}
	receipt, err := g.to.Ingest(g.ctx, g.company, g.facts)
	if err != nil {
		return err
	}
	if len(receipt.Outcomes) != len(g.facts) {
		return errors.New("receive: the books answered for another number of facts")
	}
	for i, o := range receipt.Outcomes {
		g.count(g.facts[i], o)
	}
	g.facts = g.facts[:0]
	return nil
}

func (g *gatherer) count(f usage.Fact, o app.FactOutcome) {
	r := g.result
	switch o.Outcome {
	case store.Added:
		r.Added++
		if o.Reason != "" {
			r.Unpriced++
		}
		return
	case store.Same:
		r.Same++
		return
	case store.Ended:
		r.Ended++
		return
	case store.Differs:
		r.Conflict++
	default:
		r.Rejected++
	}
	if len(r.Refused) < refusedShown {
		name, source := nameOf(f)
		r.Refused = append(r.Refused, Refused{name, source, o.Outcome, o.Reason})
	}
}

func nameOf(f usage.Fact) (name, source string) {
	switch f := f.(type) {
	case *usage.Call:
		return f.ID, f.Source
	case *usage.Seat:
		return f.ID, f.Source
	case *usage.Session:
		return f.ID, f.Source
	case *usage.Module:
		return f.ID, f.Source
	case *usage.Rental:
		return f.ID, f.Source
	case *usage.Event:
		return f.ID, f.Source
	}
	return "", ""
}

func (g *gatherer) Call(c *usage.Call) error      { return g.add(Keep(c)) }
func (g *gatherer) Seat(s usage.Seat) error       { return g.add(&s) }
func (g *gatherer) Session(s usage.Session) error { return g.add(&s) }
func (g *gatherer) Module(m usage.Module) error   { return g.add(&m) }
func (g *gatherer) Rental(r usage.Rental) error   { return g.add(&r) }
func (g *gatherer) Event(e usage.Event) error     { return g.add(&e) }

// Keep copies a call that points into a reader's buffer.
func Keep(c *usage.Call) *usage.Call {
	out := *c
	texts := [...]*string{&out.ID, &out.Source, &out.Session, &out.From, &out.To, &out.Account, &out.Agent, &out.Campaign, &out.Trunk, &out.Outcome, &out.Cause,
		(*string)(&out.Direction), (*string)(&out.Result), (*string)(&out.By), (*string)(&out.Mode), (*string)(&out.Purpose), (*string)(&out.Line), (*string)(&out.Reach)}
	n := 0
	for _, s := range texts {
		n += len(*s)
	}
	var b strings.Builder // one piece of memory for all
	b.Grow(n)
	for _, s := range texts {
		b.WriteString(*s)
	}
	all := b.String()
	for _, s := range texts {
		*s, all = all[:len(*s)], all[len(*s):]
	}
	out.Course = c.Course.Clone()
	return &out
}
