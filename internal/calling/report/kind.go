package report

import "slices"

// Kind is which report.
type Kind string

const (
	Campaigns  Kind = "campaigns"
	Agents     Kind = "agents"
	Conversion Kind = "conversion"
	Lists      Kind = "lists"   // penetration
	Hours      Kind = "hours"   // best hour
	Numbers    Kind = "numbers" // health of calling numbers
	Trunks     Kind = "trunks"
	Quality    Kind = "quality" // of service, by trunk
	Causes     Kind = "causes"  // how calls failed
	Ledger     Kind = "ledger"  // of abandoned calls
)

// Choices lists them in the order in which pages offer them.
func (Kind) Choices() []string {
	return []string{"campaigns", "agents", "conversion", "lists", "hours", "numbers", "trunks", "quality", "causes", "ledger"}
}

// Dim is what the rows of a report are.
func (k Kind) Dim() Dim {
	switch k {
	case Agents:
		return Agent
	case Lists:
		return List
	case Hours:
		return Week
	case Numbers:
		return Caller
	case Trunks, Quality:
		return Trunk
	case Causes:
		return Cause
	}
	return Whole
}

// ByCampaign tells whether a campaign is a row.
func (k Kind) ByCampaign() bool { return k == Campaigns || k == Conversion || k == Ledger }

// Leads to what a column's cells stand for.
const (
	ToTries = "tries"
	ToCalls = "calls"
	ToDials = "dials" // tries; calls, where those of other switches are counted with them
	ToLeads = "leads"
)

// Column is one figure of every row.
type Column struct {
	Name string
	Unit Unit
	of   func(*Row) Figure
	To   string // which list its cells lead to; empty: none
	What string // and narrowed to what: an outcome of a try, a result of a call, a state of a lead
}

// Of is the figure of a row.
func (c *Column) Of(r *Row) Figure {
	f := c.of(r)
	f.Unit = c.Unit
	return f
}

func count(of func(*Row) int64) func(*Row) Figure {
	return func(r *Row) Figure { return Figure{Part: of(r), Whole: 1} }
}

func tries(m Measure) func(*Row) Figure {
	return count(func(r *Row) int64 { return r.Sums[m] })
}

// part is one measure by another.
func part(a, b Measure) func(*Row) Figure {
	return func(r *Row) Figure { return Figure{Part: r.Sums[a], Whole: r.Sums[b]} }
}

// The definitions, each in one place. docs/reports.md says them in words.
func asr(r *Row) Figure { return Figure{Part: r.Picked(), Whole: r.Dials()} }

// aht is talk, hold within it, and after-call work.
func aht(r *Row) Figure {
	return Figure{Part: r.Sums[Talk] + r.Sums[AfterWork], Whole: r.Sums[Conversations]}
}
func occupancy(r *Row) Figure {
	return Figure{Part: r.Sums[Talking] + r.Sums[WrapUp], Whole: r.Sums[Logged] - r.Sums[Paused]}
}
func utilisation(r *Row) Figure {
	return Figure{Part: r.Sums[Talking] + r.Sums[WrapUp], Whole: r.Sums[Logged]}
}
func cost(r *Row) Figure           { return Figure{Money: r.Cost()} }
func costPerCall(r *Row) Figure    { return Figure{Money: r.PerCall()} }
func costPerContact(r *Row) Figure { return Figure{Money: r.OwnPer(r.Sums[Conversations])} }
func costPerSale(r *Row) Figure    { return Figure{Money: r.OwnPer(r.Sums[Sales])} }
func attemptsPerContact(r *Row) Figure {
	return Figure{Part: r.Sums[Dialed], Whole: r.Sums[Contacts]}
}

// lead is a figure of a list.
func lead(of func(*Leads) int64) func(*Row) Figure {
	return count(func(r *Row) int64 { return of(&r.Leads) })
}

// penetration is which share of the leads of a list was tried at least once.
func penetration(r *Row) Figure {
	return Figure{Part: min(r.Sums[First], r.Leads.All), Whole: r.Leads.All}
}

// Columns are those of a report, in their order.
func (k Kind) Columns() []Column {
	switch k {
	case Campaigns:
		return []Column{
			{"dialed", Count, count((*Row).Dials), ToDials, ""}, {"answered", Count, count((*Row).Picked), ToDials, "answered"}, {"asr", Share, asr, ToDials, "answered"},
			{"persons", Count, tries(Persons), ToTries, "person"}, {"contacts", Count, tries(Contacts), ToTries, "contact"}, {"contact_rate", Share, part(Contacts, Dialed), ToTries, "contact"},
			{"sales", Count, tries(Sales), ToTries, "sale"}, {"conversion", Share, part(Sales, Contacts), ToTries, "sale"},
			{"abandoned", Count, tries(Abandoned), ToTries, "abandoned"}, {"abandon_rate", Share, part(Abandoned, Persons), ToTries, "abandoned"},
			{"callbacks", Count, tries(Callbacks), ToTries, "callback"}, {"refusals", Count, tries(Refusals), ToTries, "refusal"}, {"withheld", Count, tries(Withheld), ToTries, "withheld"},
			{"aht", Seconds, aht, ToTries, "conversation"}, {"cost", Amount, cost, ToCalls, ""}, {"cost_conversation", Amount, costPerContact, ToCalls, ""},
		}
	case Agents:
		return []Column{
			{"conversations", Count, count(func(r *Row) int64 { return r.Sums[Conversations] + r.Sums[UntriedAnswered] }), ToDials, "conversation"}, {"contacts", Count, tries(Contacts), ToTries, "contact"}, {"sales", Count, tries(Sales), ToTries, "sale"},
			{"conversion", Share, part(Sales, Contacts), ToTries, "sale"}, {"talk", Seconds, part(Talk, Conversations), ToTries, "conversation"}, {"after_work", Seconds, part(AfterWork, Conversations), ToTries, "conversation"}, {"aht", Seconds, aht, ToTries, "conversation"},
			{"logged", Seconds, tries(Logged), "", ""}, {"ready", Seconds, tries(Ready), "", ""}, {"talking", Seconds, tries(Talking), "", ""}, {"wrap_up", Seconds, tries(WrapUp), "", ""}, {"paused", Seconds, tries(Paused), "", ""},
			{"occupancy", Share, occupancy, "", ""}, {"utilisation", Share, utilisation, "", ""}, {"cost", Amount, cost, ToCalls, ""},
		}
	case Conversion:
		return []Column{
			{"dialed", Count, tries(Dialed), ToTries, ""}, {"answered", Count, tries(Answered), ToTries, "answered"}, {"persons", Count, tries(Persons), ToTries, "person"},
			{"contacts", Count, tries(Contacts), ToTries, "contact"}, {"sales", Count, tries(Sales), ToTries, "sale"}, {"conversion", Share, part(Sales, Contacts), ToTries, "sale"},
			{"sales_dialed", Share, part(Sales, Dialed), ToTries, "sale"}, {"attempts_contact", Times, attemptsPerContact, ToTries, "contact"},
			{"cost", Amount, cost, ToCalls, ""}, {"cost_call", Amount, costPerCall, ToCalls, ""}, {"cost_conversation", Amount, costPerContact, ToCalls, ""}, {"cost_sale", Amount, costPerSale, ToCalls, ""}, {"unpriced", Count, tries(Unpriced), ToCalls, "unpriced"},
		}
	case Lists:
		return []Column{
			{"leads", Count, lead(func(l *Leads) int64 { return l.All }), "", ""}, {"tried", Count, count(func(r *Row) int64 { return min(r.Sums[First], r.Leads.All) }), "", ""}, {"penetration", Share, penetration, "", ""},
			{"reached", Count, lead(func(l *Leads) int64 { return l.Done }), ToLeads, "connected"}, {"exhausted", Count, lead(func(l *Leads) int64 { return l.Exhausted }), ToLeads, "exhausted"},
			{"forbidden", Count, lead(func(l *Leads) int64 { return l.Forbidden }), ToLeads, "forbidden"}, {"aborted", Count, lead(func(l *Leads) int64 { return l.Aborted }), ToLeads, "aborted"},
			{"remaining", Count, lead(func(l *Leads) int64 { return l.Waiting }), ToLeads, ""},
			{"dialed", Count, tries(Dialed), ToTries, ""}, {"contacts", Count, tries(Contacts), ToTries, "contact"}, {"sales", Count, tries(Sales), ToTries, "sale"}, {"attempts_contact", Times, attemptsPerContact, ToTries, "contact"},
		}
	case Hours:
		return []Column{{"dialed", Count, count((*Row).Dials), "", ""}, {"answered", Count, count((*Row).Picked), "", ""}, {"asr", Share, asr, "", ""}, {"contacts", Count, tries(Contacts), "", ""}, {"contact_rate", Share, part(Contacts, Dialed), "", ""}}
	case Numbers:
		return []Column{
			{"calls", Count, count((*Row).Dials), ToDials, ""}, {"answered", Count, count((*Row).Picked), ToDials, "answered"}, {"asr", Share, asr, ToDials, "answered"},
			{"expected", Share, func(r *Row) Figure { return r.Health.expected() }, "", ""}, {"verdict", Word, func(r *Row) Figure { return Figure{Word: string(r.Health.Verdict)} }, "", ""},
			{"short", Share, part(CallsShort, CallsAnswered), ToCalls, "answered"}, {"unwanted", Count, tries(CallsUnwanted), "", ""}, {"refusals", Count, tries(Refusals), ToTries, "refusal"},
		}
	case Trunks:
		return []Column{
			{"calls", Count, tries(Calls), ToCalls, ""}, {"answered", Count, tries(CallsAnswered), ToCalls, "answered"}, {"asr", Share, part(CallsAnswered, Calls), ToCalls, "answered"}, {"ner", Share, part(CallsEffective, CallsDeliverable), ToCalls, ""},
			{"acd", Seconds, part(CallsTalk, CallsAnswered), ToCalls, "answered"}, {"talked", Seconds, tries(CallsTalk), ToCalls, "answered"}, {"short", Share, part(CallsShort, CallsAnswered), ToCalls, "answered"}, {"pdd", Moment, part(Delay, Delayed), ToCalls, ""},
			{"cost", Amount, cost, ToCalls, ""}, {"cost_call", Amount, costPerCall, ToCalls, ""}, {"unpriced", Count, tries(Unpriced), ToCalls, "unpriced"},
		}
	case Quality:
		return []Column{
			{"calls", Count, tries(Calls), ToCalls, ""}, {"measured", Count, tries(Heard), "", ""}, {"mos", Score, part(MOS, Heard), ToCalls, ""}, {"poor", Share, part(Poor, Heard), ToCalls, ""},
			{"loss", Share, part(Missing, Packets), ToCalls, ""}, {"pdd", Moment, part(Delay, Delayed), ToCalls, ""}, {"ner", Share, part(CallsEffective, CallsDeliverable), ToCalls, ""}, {"unwanted", Count, tries(CallsUnwanted), "", ""},
		}
	case Causes:
		return []Column{{"calls", Count, tries(Calls), ToCalls, ""}}
	}
	return []Column{
		{"persons", Count, tries(Persons), ToTries, "person"}, {"abandoned", Count, tries(Abandoned), ToTries, "abandoned"}, {"abandon_rate", Share, part(Abandoned, Persons), ToTries, "abandoned"},
		{"left", Count, func(r *Row) Figure { return Figure{Part: r.Left(), Whole: 1} }, "", ""},
	}
}

// Find is a column by its name.
func (k Kind) Find(name string) (Column, bool) {
	all := k.Columns()
	i := slices.IndexFunc(all, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return all[i], true
}

// LedgerDays and LedgerShare are the window of the ledger: 3 % of the calls persons
// answered in 30 days (16 CFR 310.4(b)(4)).
const (
	LedgerDays    = 30
	ledgerPercent = 3
)

// Left is how many more of the persons who answered might have been abandoned
// within the share; below nought the campaign is over it.
func (r *Row) Left() int64 { return ledgerPercent*r.Sums[Persons]/100 - r.Sums[Abandoned] }
