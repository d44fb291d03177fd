package lead

import (
	"fmt"
	"slices"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
	"waihu/internal/usage"
)

// Retry says what follows an outcome that settles nothing.
type Retry struct {
	// On names the outcome: a disposition's code ("answering_machine"), a SIP
	// status ("sip:486"), a Q.850 cause ("cause:17"), a result of usage ("busy"),
	// or "*" for whatever no other rule names. The first of these that a rule has
	// decides.
	On    string `json:"on"`
	After int    `json:"after"`           // minutes until the next try of the same number
	Most  int    `json:"most"`            // tries with this outcome, then the lead is exhausted; 0: the limit of all tries alone
	Other bool   `json:"other,omitempty"` // the lead's next number is tried at once, while it has one that was tried less
}

// Rules are how often a lead is tried, and when again.
type Rules struct {
	Retries  []Retry `json:"retries"`
	Attempts int     `json:"attempts"`         // of a lead in all; 0: DefaultAttempts
	Missed   int     `json:"missed,omitempty"` // tries for one callback that may reach nobody; 0: DefaultMissed
	Best     int     `json:"best,omitempty"`   // hours after the earliest instant within which the likeliest to be answered is chosen; 0: the earliest
	Wait     int     `json:"wait,omitempty"`   // minutes until a callback that reached nobody is tried again; 0: DefaultWait
}

// Bounds and defaults of retry rules.
const (
	MaxRetries      = 100
	MaxAttempts     = 100
	MaxWait         = 90 * 24 * 60 // minutes
	MaxBest         = 7 * 24       // hours
	DefaultBest     = 24
	DefaultAttempts = 5
	DefaultMissed   = 3
	DefaultWait     = 15
)

// Anything is On of the rule for what no other names.
const Anything = "*"

// DefaultRules are what a campaign begins with.
func DefaultRules() Rules {
	return Rules{Attempts: DefaultAttempts, Missed: DefaultMissed, Wait: DefaultWait, Best: DefaultBest, Retries: []Retry{
		{On: string(usage.Busy), After: 15, Most: 4},
		{On: string(usage.NoAnswer), After: 120, Most: 3, Other: true},
		{On: string(usage.Rejected), After: 24 * 60, Most: 2},
		{On: string(usage.Congestion), After: 5},
		{On: string(usage.Failed), After: 30},
		{On: "answering_machine", After: 240, Most: 3, Other: true},
		{On: attempt.ByMachine, After: 240, Most: 3, Other: true},
		{On: attempt.Left, After: 24 * 60, Most: 1},
		{On: attempt.Abandoned, After: 72 * 60, Most: 1},
		{On: attempt.Cancelled, After: 10},
		{On: Anything, After: 24 * 60, Most: 2},
	}}
}

// Problems tells what is wrong with rules; path begins each.
func (r *Rules) Problems(path string) (ps fault.Problems) {
	bad := func(at, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path + at, Value: value, What: what, Expected: expected})
	}
	if len(r.Retries) > MaxRetries {
		bad(".retries", fmt.Sprint(len(r.Retries)), "there are too many", fmt.Sprintf("at most %d", MaxRetries))
		return ps
	}
	for _, n := range []struct {
		at       string
		v, limit int
	}{{".attempts", r.Attempts, MaxAttempts}, {".missed", r.Missed, MaxAttempts}, {".wait", r.Wait, MaxWait}, {".best", r.Best, MaxBest}} {
		if n.v < 0 || n.v > n.limit {
			bad(n.at, fmt.Sprint(n.v), "it is out of range", fmt.Sprintf("0 to %d", n.limit))
		}
	}
	seen := map[string]bool{}
	for i, x := range r.Retries {
		at := fmt.Sprintf(".retries[%d]", i)
		if x.On == "" || len(x.On) > attempt.MaxCode {
			bad(at+".on", x.On, "no outcome is named", "a disposition's code, sip:486, cause:17, a result such as busy, or *")
		}
		if seen[x.On] {
			bad(at+".on", x.On, "another rule names it already", "each outcome once")
		}
		seen[x.On] = true
		if x.After < 0 || x.After > MaxWait {
			bad(at+".after", fmt.Sprint(x.After), "it is out of range", fmt.Sprintf("0 to %d minutes", MaxWait))
		}
		if x.Most < 0 || x.Most > MaxAttempts {
			bad(at+".most", fmt.Sprint(x.Most), "it is out of range", fmt.Sprintf("0 to %d", MaxAttempts))
		}
	}
	return ps
}

// For is the rule that an outcome falls under: the one that names its disposition, else
// what the disposition itself says, else the next of On. Without any it is tried again
// in a day, as often as the limit of all tries lets it.
func (r *Rules) For(o *Outcome) Retry {
	own := o.Disposition
	for _, x := range r.Retries {
		if x.On == own.Code {
			return x
		}
	}
	if !own.Again.IsZero() {
		return Retry{On: own.Code, After: own.Again.After, Most: own.Again.Most}
	}
	var names []string
	if o.SIP != 0 {
		names = append(names, fmt.Sprintf("sip:%d", o.SIP))
	}
	if o.Cause != 0 {
		names = append(names, fmt.Sprintf("cause:%d", o.Cause))
	}
	for _, name := range append(names, string(o.Result), Anything) {
		for _, x := range r.Retries {
			if x.On == name {
				return x
			}
		}
	}
	return Retry{On: Anything, After: 24 * 60}
}

// Without leaves out the rules of codes whose dispositions say themselves what follows.
func (r *Rules) Without(ds []attempt.Disposition) {
	r.Retries = slices.DeleteFunc(r.Retries, func(x Retry) bool {
		return slices.ContainsFunc(ds, func(d attempt.Disposition) bool { return d.Code == x.On && !d.Again.IsZero() })
	})
}

func (r *Rules) attempts() int { return orElse(r.Attempts, DefaultAttempts) }
func (r *Rules) missed() int   { return orElse(r.Missed, DefaultMissed) }
func (r *Rules) wait() time.Duration {
	return time.Duration(orElse(r.Wait, DefaultWait)) * time.Minute
}

func orElse(n, other int) int {
	if n == 0 {
		return other
	}
	return n
}
