package life

import (
	"regexp"
	"strings"

	"waihu/internal/charging/contract"
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// State is where a contract is in its life.
type State string

const (
	Quoted    State = "quoted"
	Withdrawn State = "withdrawn" // a quote nobody took
	Signed    State = "signed"
	Running   State = "running"
	Notice    State = "notice" // running, until the day it ends
	Ended     State = "ended"
)

// Step is something that happened to a contract.
type Step struct {
	On   timex.Date `json:"on"`
	What string     `json:"what"` // quote, sign, begin, amend, renew, notice, end, withdraw
	Note string     `json:"note,omitempty"`
}

// Life is the state of a contract and how it got there.
type Life struct {
	State      State      `json:"state"`
	ValidUntil timex.Date `json:"valid_until,omitzero"` // day after the last a quote can be signed on
	Document   string     `json:"document,omitempty"`   // SHA-256 of what was signed, 64 hexadecimal digits
	TermFrom   timex.Date `json:"term_from,omitzero"`   // of the term it is in
	TermTo     timex.Date `json:"term_to,omitzero"`     // none: open
	Renewals   int        `json:"renewals,omitempty"`
	EndsOn     timex.Date `json:"ends_on,omitzero"` // set by notice or the end
	Steps      []Step     `json:"steps"`
}

// maxSteps bounds the history of a contract.
const maxSteps = 10_000

var shaPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Quote begins a life. A quote without validUntil does not run out.
func Quote(on, validUntil timex.Date) Life {
	l := Life{ValidUntil: validUntil}
	l.to(Quoted, on, "quote", "")
	return l
}

func (l *Life) to(s State, on timex.Date, what, note string) {
	l.State = s
	l.Steps = append(l.Steps, Step{on, what, note})
}

// from refuses a step that no arrow allows, or that lies before the last one.
func (l *Life) from(on timex.Date, what string, states ...State) error {
	if len(l.Steps) >= maxSteps {
		return fault.New(fault.Conflict, "the contract has had %d changes: make a new one", maxSteps)
	}
	if n := len(l.Steps); n > 0 && on < l.Steps[n-1].On {
		return fault.New(fault.Conflict, "%s on %s lies before %s on %s", what, on, l.Steps[n-1].What, l.Steps[n-1].On)
	}
	for _, s := range states {
		if l.State == s {
			return nil
		}
	}
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return fault.New(fault.Conflict, "a contract that is %s cannot be changed by %q: it must be %s", l.State, what, strings.Join(words, " or "))
}

// Sign binds both sides. document is the SHA-256 of what was signed.
func (l *Life) Sign(on timex.Date, document string) error {
	if err := l.from(on, "sign", Quoted); err != nil {
		return err
	}
	if l.ValidUntil != 0 && on >= l.ValidUntil {
		return fault.New(fault.Conflict, "the quote was valid until %s: make a new one", l.ValidUntil-1)
	}
	if !shaPattern.MatchString(document) {
		return fault.New(fault.Invalid, "%q is not the SHA-256 of a document: 64 hexadecimal digits were expected", fault.Shorten(document, 70))
	}
	l.Document = document
	l.to(Signed, on, "sign", document)
	return nil
}

// Withdraw takes a quote back.
func (l *Life) Withdraw(on timex.Date) error {
	if err := l.from(on, "withdraw", Quoted); err != nil {
		return err
	}
	l.to(Withdrawn, on, "withdraw", "")
	return nil
}

// Begin starts service on the contract's first day or later.
func (l *Life) Begin(c *contract.Contract, on timex.Date) error {
	if err := l.from(on, "begin", Signed); err != nil {
		return err
	}
	if on < c.Start {
		return fault.New(fault.Conflict, "the contract begins on %s, not on %s", c.Start, on)
	}
	l.TermFrom, l.TermTo = c.Start, firstTerm(c)
	l.to(Running, on, "begin", "")
	return nil
}

// firstTerm is the end of the first term, 0 for an open contract.
func firstTerm(c *contract.Contract) timex.Date {
	if c.End != 0 {
		return c.End
	}
	if c.Term.IsZero() {
		return 0
	}
	return c.Term.From(c.Start)
}

// Amend notes a change of what was agreed. An amendment that gives the contract
// a new end moves the end of its term.
func (l *Life) Amend(c *contract.Contract, on timex.Date, id string) error {
	if err := l.from(on, "amend", Signed, Running, Notice); err != nil {
		return err
	}
	if l.State != Signed {
		for i := range c.Amendments {
			if a := &c.Amendments[i]; a.ID == id && a.End != 0 {
				l.TermTo = a.End
			}
		}
	}
	l.to(l.State, on, "amend", id)
	return nil
}

// nextTerm is the end of the term behind one: the renewal's length, else that
// of the first term.
func nextTerm(c *contract.Contract, to timex.Date) timex.Date {
	t := c.Term
	if c.Renewal != nil && !c.Renewal.Term.IsZero() {
		t = c.Renewal.Term
	}
	if t.IsZero() {
		return 0
	}
	return t.From(to)
}

// Renews tells whether the contract goes on by itself when a term ends.
func Renews(c *contract.Contract) bool { return c.Renewal != nil && c.Renewal.Auto }

// Advance does what the calendar does by a day: it renews terms that are over,
// ends contracts whose notice has run out or that do not renew. It tells whether
// anything changed.
func (l *Life) Advance(c *contract.Contract, today timex.Date) (bool, error) {
	changed := false
	for range maxSteps {
		switch {
		case l.State == Notice && today >= l.EndsOn:
			l.to(Ended, l.EndsOn, "end", "")
		case l.State == Running && l.TermTo != 0 && today >= l.TermTo && !Renews(c):
			l.EndsOn = l.TermTo
			l.to(Ended, l.TermTo, "end", "")
		case l.State == Running && l.TermTo != 0 && today >= l.TermTo:
			next := nextTerm(c, l.TermTo)
			l.Renewals++
			l.TermFrom, l.TermTo = l.TermTo, next
			l.to(Running, l.TermFrom, "renew", "")
		default:
			return changed, nil
		}
		changed = true
	}
	return changed, fault.New(fault.Invalid, "the contract renewed itself more than %d times by %s: its terms are too short", maxSteps, today)
}

// GiveNotice ends a running contract on the first day its clauses allow, or on a
// later day that was wished for. It gives the day after the last.
func (l *Life) GiveNotice(c *contract.Contract, on, wished timex.Date) (timex.Date, error) {
	if err := l.from(on, "notice", Running); err != nil {
		return 0, err
	}
	exit := l.FreeExit(c, on)
	if exit.On == 0 || wished > exit.On {
		exit.On = wished
	}
	l.EndsOn = exit.On
	l.to(Notice, on, "notice", "ends on "+l.EndsOn.String())
	return l.EndsOn, nil
}

// EndEarly ends a contract on a day before its clauses allow it freely: what the
// early-termination clause asks falls due on the last invoice.
func (l *Life) EndEarly(c *contract.Contract, on, ends timex.Date) error {
	if err := l.from(on, "end early", Running, Notice); err != nil {
		return err
	}
	if ends < on || ends <= c.Start {
		return fault.New(fault.Invalid, "the contract cannot end on %s, before %s", ends, max(on, c.Start+1))
	}
	if l.EndsOn != 0 && ends > l.EndsOn {
		return fault.New(fault.Conflict, "notice was given for %s already", l.EndsOn)
	}
	l.EndsOn = ends
	l.to(Notice, on, "notice", "ends early on "+ends.String())
	return nil
}
