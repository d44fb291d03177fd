package cdr

import (
	"fmt"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/usage"
)

// strict is an Out that holds a reader to the contract: each record one
// outcome, each fact one that may be charged.
type strict struct {
	sink     usage.Sink
	counts   Counts
	rejected []string // as they stood
	header   string
	row      Row
	settled  bool
	facts    int
	breaches []string
}

func (s *strict) breach(format string, args ...any) {
	s.breaches = append(s.breaches, fmt.Sprintf("line %d: ", s.row.Line)+fmt.Sprintf(format, args...))
}

func (s *strict) Header(raw string) { s.header = raw }

func (s *strict) Record(r Row) {
	if s.counts.Read > 0 && !s.settled {
		s.breach("nothing was said about %q", s.row.Raw)
	}
	s.row, s.settled, s.facts = r, false, 0
	s.counts.Read++
	if r.Line < 1 {
		s.breach("the line is %d", r.Line)
	}
}

func (s *strict) settle(n *int64) {
	if s.settled {
		s.breach("said twice")
	}
	s.settled = true
	*n++
}

func (s *strict) Reject(p fault.Problem) {
	if p.What == "" || p.Line != 0 && p.Line != s.row.Line {
		s.breach("%+v", p)
	}
	s.settle(&s.counts.Rejected)
	s.rejected = append(s.rejected, strings.Clone(s.row.Raw))
}

func (s *strict) Ignore(reason string) {
	if reason == "" {
		s.breach("ignored without a reason")
	}
	s.settle(&s.counts.Ignored)
}

func (s *strict) Flag(p fault.Problem) {
	if p.What == "" {
		s.breach("a flag without words")
	}
}

// fact checks what every fact must have. The first of a record settles it.
func (s *strict) fact(id, source string, f usage.Fact) {
	if id == "" || source == "" {
		s.breach("a fact without id or source: %+v", f)
	}
	if s.facts++; s.facts == 1 {
		s.settle(&s.counts.Accepted)
	}
}

func (s *strict) Call(c *usage.Call) error {
	s.fact(c.ID, c.Source, c)
	if c.Start == 0 || c.Total < 0 || c.Talk < 0 || c.Result == "" {
		s.breach("a call that cannot be: %+v", c)
	}
	if s.sink == nil {
		return nil
	}
	return s.sink.Call(c)
}

func (s *strict) Seat(f usage.Seat) error       { s.fact(f.ID, f.Source, &f); return s.pass(f) }
func (s *strict) Session(f usage.Session) error { s.fact(f.ID, f.Source, &f); return s.pass(f) }
func (s *strict) Module(f usage.Module) error   { s.fact(f.ID, f.Source, &f); return s.pass(f) }
func (s *strict) Rental(f usage.Rental) error   { s.fact(f.ID, f.Source, &f); return s.pass(f) }
func (s *strict) Event(f usage.Event) error     { s.fact(f.ID, f.Source, &f); return s.pass(f) }

func (s *strict) pass(f any) error {
	if k, ok := s.sink.(*kept); ok {
		k.facts = append(k.facts, f)
	}
	return nil
}

// check is what was wrong, after the end of the input.
func (s *strict) check() string {
	if s.counts.Read > 0 && !s.settled {
		s.breach("nothing was said about the last record")
	}
	if err := s.counts.Check(); err != nil {
		s.breach("%v", err)
	}
	return strings.Join(s.breaches, "\n")
}
