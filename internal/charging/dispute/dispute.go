package dispute

import (
	"slices"

	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Reason is what the customer holds to be wrong. They are the causes by which an
// audit explains a difference, so that what an audit found is disputed by its name.
type Reason string

const (
	Rate          Reason = "rate"
	Rounding      Reason = "rounding"
	Duration      Reason = "duration"
	Seats         Reason = "seats"
	Proration     Reason = "proration"
	Tax           Reason = "tax"
	Duplicate     Reason = "duplicate"
	Unpriced      Reason = "unpriced"
	NotInContract Reason = "not_in_contract"
	Unexplained   Reason = "unexplained" // none of the others: the words say it
)

// Reasons lists them in the order they are offered.
func Reasons() []Reason {
	return []Reason{Rate, Rounding, Duration, Seats, Proration, Tax, Duplicate, Unpriced, NotInContract, Unexplained}
}

// State is where a dispute is. All but Open are its end.
type State string

const (
	Open      State = "open"
	Accepted  State = "accepted"
	Partly    State = "partly_accepted"
	Rejected  State = "rejected"
	Withdrawn State = "withdrawn" // by the customer
)

// Bounds of a dispute, and how long an answer may take.
const (
	maxLines   = 200
	maxWords   = 2000
	answerDays = 14
)

// Line is a line of the invoice and how much of it, as lines stand there.
type Line struct {
	Line   string       `json:"line"`
	Amount money.Amount `json:"amount"`
}

// Dispute is an objection to lines of one invoice.
type Dispute struct {
	Lines  []Line       `json:"lines"`
	Reason Reason       `json:"reason"`
	Words  string       `json:"words"`
	Amount money.Amount `json:"amount"` // sum of the lines
	Worth  money.Amount `json:"worth"`  // what a credit note on all of it would come to, with tax
	Whole  bool         `json:"whole"`  // with it all that was open is disputed: reminders stop

	State      State        `json:"state"`
	RaisedOn   timex.Date   `json:"raised_on"`
	AnswerBy   timex.Date   `json:"answer_by"`
	AnsweredOn timex.Date   `json:"answered_on,omitzero"` // or withdrawn
	Granted    []Line       `json:"granted,omitempty"`
	Given      money.Amount `json:"given,omitzero"` // what was granted, as lines stand
	Answer     string       `json:"answer,omitempty"`
}

// Raise begins a dispute on a day. Errors are of kind Invalid.
func Raise(lines []Line, reason Reason, words string, on timex.Date) (d Dispute, err error) {
	if len(lines) == 0 || len(lines) > maxLines {
		return d, fault.New(fault.Invalid, "%d lines: 1 to %d of the invoice were expected", len(lines), maxLines)
	}
	if !slices.Contains(Reasons(), reason) {
		return d, fault.New(fault.Invalid, "reason %q: one of %v was expected", fault.Shorten(string(reason), 40), Reasons())
	}
	if words == "" || len(words) > maxWords {
		return d, fault.New(fault.Invalid, "words of 1 to %d bytes that say what is wrong were expected", maxWords)
	}
	if err := each(lines); err != nil {
		return d, err
	}
	d = Dispute{Lines: lines, Reason: reason, Words: words, State: Open, RaisedOn: on, AnswerBy: on + answerDays}
	d.Amount, err = sum(lines, lines[0].Amount.Currency())
	return d, err
}

// each looks at lines: every one once, with an amount above zero.
func each(lines []Line) error {
	for i, l := range lines {
		if l.Line == "" || l.Amount.Sign() <= 0 {
			return fault.New(fault.Invalid, "line %q with %s: a line of the invoice and an amount above zero were expected", fault.Shorten(l.Line, 40), l.Amount)
		}
		if slices.ContainsFunc(lines[:i], func(x Line) bool { return x.Line == l.Line }) {
			return fault.New(fault.Invalid, "line %q stands there twice: name it once with the whole amount", l.Line)
		}
	}
	return nil
}

func sum(lines []Line, c money.Currency) (money.Amount, error) {
	total := money.Zero(c)
	for _, l := range lines {
		if l.Amount.Currency() != c {
			return total, fault.New(fault.Invalid, "line %q is in %s, the others in %s", l.Line, l.Amount.Currency(), c)
		}
		var err error
		if total, err = total.Add(l.Amount); err != nil {
			return total, fault.New(fault.Overflow, "%v", err)
		}
	}
	return total, nil
}

// About tells whether a line is disputed.
func (d *Dispute) About(line string) bool {
	return slices.ContainsFunc(d.Lines, func(l Line) bool { return l.Line == line })
}

// Decide answers a dispute: all of it is granted, a part, or nothing (no lines).
// A dispute that has ended is a Conflict, and so is more than was disputed.
func (d *Dispute) Decide(granted []Line, answer string, on timex.Date) error {
	if d.State != Open {
		return fault.New(fault.Conflict, "the dispute is %s already", d.State)
	}
	if answer == "" || len(answer) > maxWords {
		return fault.New(fault.Invalid, "an answer of 1 to %d bytes was expected: the customer reads why", maxWords)
	}
	if err := each(granted); err != nil {
		return err
	}
	given, err := sum(granted, d.Amount.Currency())
	if err != nil {
		return err
	}
	for _, g := range granted {
		at := slices.IndexFunc(d.Lines, func(l Line) bool { return l.Line == g.Line })
		if at < 0 {
			return fault.New(fault.Conflict, "line %q is not disputed", g.Line)
		}
		if g.Amount.Cmp(d.Lines[at].Amount) > 0 {
			return fault.New(fault.Conflict, "line %q: %s are disputed, %s were to be granted", g.Line, d.Lines[at].Amount, g.Amount)
		}
	}
	switch {
	case given.IsZero():
		d.State = Rejected
	case given == d.Amount:
		d.State = Accepted
	default:
		d.State = Partly
	}
	d.Granted, d.Given, d.Answer, d.AnsweredOn = granted, given, answer, on
	return nil
}

// Withdraw ends a dispute by its customer.
func (d *Dispute) Withdraw(on timex.Date) error {
	if d.State != Open {
		return fault.New(fault.Conflict, "the dispute is %s already", d.State)
	}
	d.State, d.AnsweredOn = Withdrawn, on
	return nil
}

// Late tells whether the answer should have been there.
func (d *Dispute) Late(today timex.Date) bool { return d.State == Open && today > d.AnswerBy }

// Held is what nobody is reminded of: all of an open dispute, with tax.
func (d *Dispute) Held() money.Amount {
	if d.State != Open {
		return money.Zero(d.Worth.Currency())
	}
	return d.Worth
}
