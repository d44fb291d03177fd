package lead

import (
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Outcome is what a try came to, as far as the lead is concerned.
type Outcome struct {
	At          timex.Instant
	Attempt     id.ID
	Result      usage.Result
	SIP         int // last status of the carrier; 0: not known
	Cause       int // Q.850; 0: not known
	Disposition attempt.Disposition
	Callback    *Appointment // needed where the disposition is a callback
	Inbound     bool         // they called back: a callback that was agreed before stays, unless this settles more
}

// Rules that forbid and that this room names.
const (
	Refused   = "refused"     // the person does not want to be called
	OnDNC     = "dnc.company" // a number of theirs is on the company's do-not-call list
	NoNumbers = "no number is left"
)

// Begin puts a lead into a try of one of its numbers. A callback may begin
// before its instant only by its own agent: early says so.
func (l *Lead) Begin(try id.ID, n phone.Number, at timex.Instant, early bool) error {
	if !l.State.Waits() {
		return l.cannot("be called")
	}
	i := l.has(n)
	if try.IsZero() || i < 0 || !l.Numbers[i].Usable() {
		return fault.New(fault.Invalid, "lead %s: number %s is none of its usable ones", l.ID, n)
	}
	if at < l.Due && !early {
		return fault.New(fault.Conflict, "lead %s is due at %s, not before", l.ID, l.Due)
	}
	l.State, l.Attempt, l.Trying, l.Due = Executing, try, n, 0
	l.Attempts++
	l.Numbers[i].Attempts++
	return nil
}

// Receive puts a lead into a try it began itself, by calling back from one of its
// numbers. No rule keeps a person from that, and it is no try that counts; what
// forbids calling them forbids it afterwards as well.
func (l *Lead) Receive(try id.ID, n phone.Number) error {
	if l.State == Executing {
		return l.cannot("be received")
	}
	if try.IsZero() || l.has(n) < 0 {
		return fault.New(fault.Invalid, "lead %s: number %s is none of its own", l.ID, n)
	}
	l.State, l.Attempt, l.Trying, l.Due, l.Why = Executing, try, n, 0, ""
	return nil
}

// Withhold puts back a lead whose try was never dialed: the try does not count,
// and the lead is due again at an instant. rule, if any, forbids it for good.
func (l *Lead) Withhold(try id.ID, rule string, due timex.Instant) error {
	if err := l.inTry(try); err != nil {
		return err
	}
	l.Attempts--
	if i := l.has(l.Trying); i >= 0 {
		l.Numbers[i].Attempts--
	}
	l.release()
	l.again(due)
	if l.Rule == "" {
		l.Rule = rule
	}
	if l.Rule != "" {
		l.forbid(l.Rule)
	}
	return nil
}

// Conclude takes in the outcome of the try a lead is in, and judges it: what a
// refusal forbids, what a disposition settles, a callback, what the retry rules
// say, in this order. The lead is executing no more.
func (l *Lead) Conclude(o Outcome, rules *Rules) error {
	if err := l.inTry(o.Attempt); err != nil {
		return err
	}
	f := o.Disposition.Flags
	if o.Disposition.Code == "" || f.Callback && (o.Callback == nil || o.Callback.At.IsZero() || o.Callback.Zone == "") {
		return fault.New(fault.Invalid, "lead %s: a disposition was expected, and with a callback its instant and zone", l.ID)
	}
	i := l.has(l.Trying)
	if i >= 0 {
		n := &l.Numbers[i]
		n.Last, n.Result = o.At, o.Result
		if f.Unworkable {
			n.Unworkable = o.Disposition.Code
		}
	}
	l.release()
	l.Last, l.Outcome = o.At, o.Disposition.Code
	l.count(o.Disposition.Code)
	if f.Refuse && l.Rule == "" {
		l.Rule = Refused
	}
	switch {
	case l.Rule != "":
		l.forbid(l.Rule)
	case f.Done || f.Sale:
		l.settle(Connected, "")
	case f.Callback:
		c := *o.Callback
		c.Missed = 0
		l.State, l.Callback, l.Due = Callback, &c, c.At
	case o.Inbound && l.Callback != nil:
		l.State, l.Due = Callback, l.Callback.At
	case l.Next().IsZero():
		l.settle(Exhausted, NoNumbers)
	case l.Callback != nil && !f.Human:
		l.missed(o.At, rules)
	default:
		l.retry(i, &o, rules)
	}
	return nil
}

// missed keeps a callback that reached nobody, until its own limit.
func (l *Lead) missed(at timex.Instant, rules *Rules) {
	l.Callback.Missed++
	if l.Callback.Missed < rules.missed() {
		l.State, l.Due = Callback, at.Add(rules.wait())
		return
	}
	l.Callback = nil
	if l.Attempts >= rules.attempts() {
		l.settle(Exhausted, "the callback reached nobody")
		return
	}
	l.again(at.Add(24 * time.Hour))
}

// retry asks the rules when to try again, if at all. i is the number that was tried.
func (l *Lead) retry(i int, o *Outcome, rules *Rules) {
	l.Callback = nil
	r := rules.For(o)
	switch {
	case l.Attempts >= rules.attempts():
		l.settle(Exhausted, "all tries were made")
	case r.Most > 0 && l.Counts[o.Disposition.Code] >= r.Most:
		l.settle(Exhausted, "all tries for "+r.On+" were made")
	case r.Other && i >= 0 && l.triedLess(i):
		l.again(0)
	default:
		l.again(o.At.Add(time.Duration(r.After) * time.Minute))
	}
}

// triedLess tells whether a usable number was tried less than the one at i.
func (l *Lead) triedLess(i int) bool {
	n := l.has(l.Next())
	return n >= 0 && n != i && l.Numbers[n].Attempts < l.Numbers[i].Attempts
}

func (l *Lead) count(code string) {
	if l.Counts == nil {
		l.Counts = Counts{}
	}
	if _, known := l.Counts[code]; known || len(l.Counts) < attempt.MaxDispositions {
		l.Counts[code]++
	}
}

// Forbid takes a lead out by a rule. One that is executing is forbidden when its
// try ends; its rule is there at once, and a lead that is forbidden keeps its first.
func (l *Lead) Forbid(rule string) error {
	if rule == "" {
		return fault.New(fault.Invalid, "lead %s: the name of the rule that forbids it was expected", l.ID)
	}
	if l.Rule != "" {
		return nil
	}
	if l.Rule = rule; l.State != Executing {
		l.forbid(rule)
	}
	return nil
}

// ForbidNumber takes one number out by a rule. A lead with another usable number
// stays what it is; one with none is forbidden.
func (l *Lead) ForbidNumber(n phone.Number, rule string) error {
	i := l.has(n)
	if i < 0 || rule == "" {
		return fault.New(fault.Invalid, "lead %s: one of its numbers and the name of a rule were expected", l.ID)
	}
	if l.Numbers[i].Forbidden == "" {
		l.Numbers[i].Forbidden = rule
	}
	if l.Next().IsZero() {
		return l.Forbid(rule)
	}
	return nil
}

// Permit lifts what one rule forbids: it was forbidden by mistake, or a number
// left the list. What another rule forbids stays forbidden.
func (l *Lead) Permit(rule string) error {
	for i := range l.Numbers {
		if l.Numbers[i].Forbidden == rule {
			l.Numbers[i].Forbidden = ""
		}
	}
	l.permit(rule)
	return nil
}

// PermitNumber lifts what a rule forbids of one number, and of the lead if that
// was the rule for it.
func (l *Lead) PermitNumber(n phone.Number, rule string) error {
	i := l.has(n)
	if i < 0 {
		return fault.New(fault.Invalid, "lead %s has no number %s", l.ID, n)
	}
	if l.Numbers[i].Forbidden == rule {
		l.Numbers[i].Forbidden = ""
	}
	l.permit(rule)
	return nil
}

func (l *Lead) permit(rule string) {
	if l.Rule != rule || l.Next().IsZero() {
		return
	}
	l.Rule = ""
	if l.State == Forbidden {
		l.again(0)
	}
}

// Wait puts off a lead that waits, as a rule asks that lets it be called later.
func (l *Lead) Wait(due timex.Instant) error {
	if !l.State.Waits() {
		return l.cannot("be put off")
	}
	l.Due = max(l.Due, due)
	return nil
}

// Abort takes a lead out by a person, who says why.
func (l *Lead) Abort(why string) error {
	if !l.State.Waits() {
		return l.cannot("be taken out")
	}
	if why == "" || len(why) > MaxText {
		return fault.New(fault.Invalid, "lead %s: a reason of 1 to %d bytes was expected", l.ID, MaxText)
	}
	l.Callback = nil
	l.settle(Aborted, why)
	return nil
}

// Again puts a lead that has come to an end back to be called from an instant
// on, as when a list is run once more. Its counts for the retry rules begin
// anew; how often it was tried in all is kept by its tries.
func (l *Lead) Again(due timex.Instant) error {
	if l.State != Connected && l.State != Exhausted && l.State != Aborted {
		return l.cannot("be called again")
	}
	if l.Next().IsZero() {
		return fault.New(fault.Conflict, "lead %s: %s", l.ID, NoNumbers)
	}
	l.Attempts, l.Counts, l.Outcome = 0, nil, ""
	for i := range l.Numbers {
		l.Numbers[i].Attempts = 0
	}
	l.again(due)
	return nil
}

// Agree notes or moves a callback without a try: by a supervisor, or on the
// person's own request.
func (l *Lead) Agree(c Appointment) error {
	if !l.State.Waits() && l.State != Exhausted && l.State != Connected {
		return l.cannot("have a callback")
	}
	if c.At.IsZero() || c.Zone == "" || l.Next().IsZero() {
		return fault.New(fault.Invalid, "lead %s: an instant and a zone were expected, and a number that may be called", l.ID)
	}
	c.Missed = 0
	l.State, l.Callback, l.Due, l.Why = Callback, &c, c.At, ""
	return nil
}

func (l *Lead) inTry(try id.ID) error {
	if l.State != Executing || l.Attempt != try {
		return fault.New(fault.Conflict, "lead %s is not in try %s: it is %s", l.ID, try, l.State)
	}
	return nil
}

func (l *Lead) release() { l.Attempt, l.Trying = id.ID{}, 0 }

// again makes a lead wait, for its callback if it has one.
func (l *Lead) again(due timex.Instant) {
	l.State, l.Due, l.Why = Pending, due, ""
	if l.Callback != nil {
		l.State = Callback
	}
}

func (l *Lead) settle(s State, why string) {
	l.State, l.Why, l.Due = s, why, 0
	l.Callback = nil
}

func (l *Lead) forbid(rule string) {
	l.settle(Forbidden, "")
	l.Rule = rule
}

func (l *Lead) cannot(do string) error {
	return fault.New(fault.Conflict, "lead %s is %s and cannot %s", l.ID, l.State, do)
}
