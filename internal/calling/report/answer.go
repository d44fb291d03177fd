package report

import (
	"time"

	"waihu/internal/timex"
)

// Split is what the rows of a report are instead of things: its days, or the hours
// of the day.
type Split string

const (
	ByThing Split = ""
	ByDay   Split = "day"
	ByHour  Split = "hour"
)

// Choices lists them; empty: by thing.
func (Split) Choices() []string { return []string{"day", "hour"} }

// Ask is what a report is asked for. Empty fields do not narrow.
type Ask struct {
	Kind     Kind
	First    timex.Date // local days of Zone
	After    timex.Date // day behind the last
	Zone     *time.Location
	Split    Split
	Campaign string // as facts name it: cmp_... of our own
	Agent    string
	Trunk    string
	Number   string // that was shown
	Sort     string // a column; empty: the first
	Up       bool
}

// Answer is a report. What it says of lists is of all time; the ledger is of the
// LedgerDays before After.
type Answer struct {
	Ask
	Rows    []Row
	Total   Row
	Names   map[string]string // of campaigns, lists and agents, by the identifier in a row
	Week    *[hoursInWeek]Hour
	Best    []int // hours of the week
	Unknown int64 // dials at numbers whose clock nobody knows
	Called  bool  // hours are on the clock of the called person; else on that of Zone
}

// Name is what people call the thing of a row.
func (a *Answer) Name(r *Row) string {
	key := r.Value
	if a.Kind.ByCampaign() && a.Split == ByThing {
		key = r.Campaign
	}
	if name, known := a.Names[key]; known {
		return name
	}
	return key
}
