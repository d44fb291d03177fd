package trunk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"waihu/internal/exact"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// Reason is why a call is not placed, or not over a trunk.
type Reason string

const (
	NoNumber  Reason = "no_number"  // the called number cannot be read
	Blocked   Reason = "blocked"    // its class of destination may not be called
	NotServed Reason = "not_served" // no trunk goes there
	Resting   Reason = "resting"    // the trunk said it cannot, or failed too often
	Down      Reason = "down"       // its pings are not answered
	Apart     Reason = "apart"      // we are not registered at it
	Full      Reason = "full"       // all its channels are taken
	TooFast   Reason = "too_fast"   // it began as many calls in this second as it may
	NoCaller  Reason = "no_caller"  // no calling number is left for today
)

// Refusal is a call that no trunk may be asked for.
type Refusal struct {
	Reason Reason
	Number string
	Class  Class
}

func (r *Refusal) Error() string {
	switch r.Reason {
	case NoNumber:
		return fmt.Sprintf("%q is no number that can be called", r.Number)
	case Blocked:
		return fmt.Sprintf("%s is %s: calls to that class of destination are blocked", r.Number, r.Class)
	}
	return fmt.Sprintf("no trunk serves %s, which is %s", r.Number, r.Class)
}

// Route is one trunk a call may go over.
type Route struct {
	Trunk *Trunk
	To    string // the number as the trunk wants it
	Cost  exact.Number
	Known bool // whether the cost is
	at    int  // its place in the file
}

// Address is the called address, as SIP has it.
func (r *Route) Address() string { return r.Trunk.by("sip:" + r.To + "@" + r.Trunk.Host()) }

// RegistersAt is the address of its registrar, as SIP has it.
func (t *Trunk) RegistersAt() string { return t.by("sip:" + t.Registrar) }

// by is an address with the trunk's transport.
func (t *Trunk) by(address string) string {
	if t.Transport == "" || t.Transport == UDP {
		return address
	}
	return address + ";transport=" + string(t.Transport)
}

// Class is the class of a destination that may be called; a *Refusal otherwise.
func (c *Config) Class(number string) (Class, error) {
	_, class, err := c.destination(number)
	return class, err
}

func (c *Config) destination(number string) (phone.Number, Class, error) {
	n, ok := phone.Normalize(number, c.Home)
	if !ok || !isDialled(bare(number)) {
		return 0, "", &Refusal{Reason: NoNumber, Number: number}
	}
	class := ClassOf(n, c.Home)
	if !slices.Contains(c.Allow, class) {
		return 0, class, &Refusal{Blocked, number, class}
	}
	return n, class, nil
}

// Order are the trunks for a number in the order they are tried: the cheapest
// first, those whose cost is not known last; then by priority; then as they
// stand in the file. What they can carry just now is asked with Seize.
func (c *Config) Order(number string, now time.Time, loc *time.Location) ([]Route, error) {
	n, class, err := c.destination(number)
	if err != nil {
		return nil, err
	}
	on := timex.At(now).DateIn(loc)
	var out []Route
	for i := range c.Trunks {
		t := &c.Trunks[i]
		if !t.serves(n, class) {
			continue
		}
		r, served := Route{Trunk: t, To: t.dialled(number, n), at: i}, false
		if r.Cost, r.Known, served = t.minute(n, on); served {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, &Refusal{NotServed, number, class}
	}
	slices.SortStableFunc(out, func(a, b Route) int {
		switch {
		case a.Known && !b.Known:
			return -1
		case b.Known && !a.Known:
			return 1
		case a.Known && !a.Cost.Equal(b.Cost):
			return a.Cost.Cmp(b.Cost)
		}
		return cmp.Compare(a.Trunk.Priority, b.Trunk.Priority)
	})
	return out, nil
}

func (t *Trunk) serves(n phone.Number, class Class) bool {
	if len(t.Classes) > 0 && !slices.Contains(t.Classes, class) {
		return false
	}
	digits := n.String()
	return len(t.Prefixes) == 0 || slices.ContainsFunc(t.Prefixes, func(p string) bool { return strings.HasPrefix(digits, p) })
}

func (t *Trunk) minute(n phone.Number, on timex.Date) (cost exact.Number, known, served bool) {
	if t.Prices != nil {
		return t.Prices.Minute(n, on)
	}
	return t.Price, t.Price.IsGiven(), true
}

func (t *Trunk) dialled(as string, n phone.Number) string {
	switch t.Dial {
	case Digits:
		return n.String()
	case Plus:
		return "+" + n.String()
	}
	return bare(as)
}

// bare is a number without the marks people write between its digits.
func bare(number string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()./", r) {
			return -1
		}
		return r
	}, number)
}

// isDialled tells whether s is digits, with a plus or without. Records write more
// that is understood, such as a host behind an at: what is asked for must not
// name one, for it becomes part of an address.
func isDialled(s string) bool {
	s = strings.TrimPrefix(s, "+")
	return s != "" && strings.Trim(s, "0123456789") == ""
}
