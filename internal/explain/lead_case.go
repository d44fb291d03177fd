package explain

import (
	"slices"
	"strconv"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/lead"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// LeadCase is all there is to say why a lead was called and why it is not called now.
type LeadCase struct {
	At       timex.Instant
	Zone     *time.Location // of instants that are told; nil: UTC
	Lead     *lead.Lead
	Tries    []attempt.Attempt // the newest first
	List     string
	Campaign *campaign.Campaign // that has the list; nil: none has
	Number   phone.Number       // that would be called; zero: none may
	Answer   *compliance.Answer // of the rules about it now; nil: they were not asked
	Opens    timex.Instant      // the campaign's own hours do; zero: they are open
	Ahead    int                // leads that are due before it, as far as was counted
	Counted  int                // how far was counted
	Barred   []Barring          // its numbers on the company's do-not-call list
	Names    map[id.ID]string   // of campaigns
	Rule     func(name string) *compliance.Rule
}

// Barring is a number on the do-not-call list.
type Barring struct {
	Number phone.Number
	Rule   string
	Source string
	By     string
	At     timex.Instant
}

// caseTeller tells one case.
type caseTeller struct {
	Calling
	c *LeadCase
}

// WhyLead says whether the lead may be called now and, where not, what holds it, each
// reason a sentence, the one that decides first.
func WhyLead(c *LeadCase, tag lang.Tag) []string {
	t := caseTeller{Calling{tag, c.Zone}, c}
	out := t.state()
	for _, b := range c.Barred {
		out = append(out, t.tell("lead_case.barred", "number", b.Number.String(), "at", t.Instant(b.At), "source", b.Source, "by", b.By))
	}
	return out
}

func (t *caseTeller) tell(key string, pairs ...string) string {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			args[pairs[i]] = pairs[i+1]
		}
	}
	return t.say(key, args)
}

// state is why by the state of the lead.
func (t *caseTeller) state() []string {
	l := t.c.Lead
	switch l.State {
	case lead.Executing:
		return []string{t.tell("lead_case.executing", "number", l.Trying.String())}
	case lead.Connected:
		return []string{t.tell("lead_case.connected", "at", t.Instant(l.Last), "outcome", l.Outcome)}
	case lead.Exhausted:
		return []string{t.tell("lead_case.exhausted", "why", t.exhausted(l.Why), "n", strconv.Itoa(l.Attempts), "at", t.Instant(l.Last))}
	case lead.Aborted:
		return []string{t.tell("lead_case.aborted", "why", l.Why)}
	case lead.Forbidden:
		return t.forbidden(l.Rule)
	}
	return t.waiting()
}

// exhausted puts the reasons the retry rules give into the reader's language.
func (t *caseTeller) exhausted(why string) string {
	switch why {
	case "all tries were made":
		return t.say("lead_case.why_tries", nil)
	case lead.NoNumbers:
		return t.say("lead_case.why_numbers", nil)
	case "the callback reached nobody":
		return t.say("lead_case.why_callback", nil)
	}
	return why
}

// forbidden is the rule, with its text where it is one of a pack.
func (t *caseTeller) forbidden(rule string) []string {
	switch rule {
	case lead.Refused:
		return []string{t.tell("lead_case.refused", "at", t.Instant(t.refused()))}
	case lead.OnDNC:
		return []string{t.say("lead_case.dnc", nil)}
	}
	if t.c.Rule != nil {
		if r := t.c.Rule(rule); r != nil {
			return []string{t.tell("lead_case.forbidden", "rule", rule), t.Rule(r), t.tell("lead_case.source", "source", r.Source)}
		}
	}
	return []string{t.tell("lead_case.forbidden", "rule", rule)}
}

// refused is when they said so; zero: not in a try.
func (t *caseTeller) refused() timex.Instant {
	for i := range t.c.Tries {
		if t.c.Tries[i].Flags.Refuse {
			return t.c.Tries[i].Ended
		}
	}
	return 0
}

// waiting is what holds back a lead that could be called.
func (t *caseTeller) waiting() []string {
	c, l := t.c, t.c.Lead
	var out []string
	switch {
	case c.Campaign == nil:
		out = append(out, t.tell("lead_case.no_campaign", "list", c.List))
	case c.Campaign.Status.State != campaign.Running:
		s := &c.Campaign.Status
		out = append(out, t.tell("lead_case.campaign_"+string(s.State), "campaign", c.Campaign.Name, "at", t.Instant(s.Since), "by", s.By, "why", s.Why))
	}
	if l.State == lead.Callback && l.Callback != nil {
		out = append(out, t.tell("lead_case.callback", "at", t.Instant(l.Callback.At), "agent", l.Callback.Agent))
	}
	if c.Number.IsZero() {
		return append(out, t.say("lead_case.no_number", nil))
	}
	if l.Due > c.At && l.State != lead.Callback {
		out = append(out, t.tell("lead_case.due", "at", t.Instant(l.Due), "outcome", l.Outcome, "n", strconv.Itoa(l.Attempts)))
	}
	if c.Answer != nil && !c.Answer.OK {
		for i := range c.Answer.Holds {
			h := &c.Answer.Holds[i]
			out = append(out, t.Hold(h, c.At), t.tell("lead_case.rule_says", "rule", h.Rule.Name, "text", t.Rule(h.Rule), "source", h.Rule.Source))
		}
		out = append(out, t.Calling.Answer(c.Answer, c.Number.String()))
	}
	if !c.Opens.IsZero() {
		out = append(out, t.tell("lead_case.own_hours", "at", t.Instant(c.Opens)))
	}
	if len(out) > 0 {
		return out
	}
	return []string{t.turn()}
}

// turn is its place among those that are due.
func (t *caseTeller) turn() string {
	if t.c.Ahead == 0 {
		return t.say("lead_case.next", nil)
	}
	more := ""
	if t.c.Ahead >= t.c.Counted {
		more = "yes"
	}
	return t.tell("lead_case.turn", "n", strconv.Itoa(t.c.Ahead), "more", more)
}

// WhyCalled says of each try, the newest first, why and how it was made: its turn, the
// campaign, the basis of calling, and what it came to.
func WhyCalled(c *LeadCase, tag lang.Tag) []string {
	t := caseTeller{Calling{tag, c.Zone}, c}
	var out []string
	for i := range c.Tries {
		a := &c.Tries[i]
		name := c.Names[a.Campaign]
		when := a.Dialed
		if when.IsZero() {
			when = a.Decided
		}
		if a.State == attempt.Withheld {
			out = append(out, t.tell("lead_case.withheld", "at", t.Instant(when), "campaign", name, "rule", a.Rule))
			continue
		}
		why := "turn"
		switch {
		case slices.ContainsFunc(c.Tries[i+1:], func(b attempt.Attempt) bool { return b.Flags.Callback }) && a.Agent != "":
			why = "callback"
		case a.Ordinal > 1:
			why = "again"
		}
		out = append(out, t.tell("lead_case.called_"+why, "at", t.Instant(when), "campaign", name, "n", strconv.Itoa(a.Ordinal), "number", a.Number.String(), "mode", string(a.Mode), "basis", string(c.Lead.Consent.Basis), "agent", a.Agent))
	}
	return out
}
