package report

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"time"

	"waihu/internal/exact"
	"waihu/internal/timex"
)

// LedgerEntry is one day of a campaign in the legal record: what persons answered and
// what of it was abandoned on the day, and in the LedgerDays that end with it.
type LedgerEntry struct {
	Day             timex.Date   `json:"day"`
	Zone            string       `json:"time_zone"`
	Campaign        string       `json:"campaign"`
	Name            string       `json:"name"`
	Answered        int64        `json:"answered_by_persons"`
	Abandoned       int64        `json:"abandoned"`
	WindowFirst     timex.Date   `json:"window_first"`
	WindowAnswered  int64        `json:"window_answered_by_persons"`
	WindowAbandoned int64        `json:"window_abandoned"`
	Share           exact.Number `json:"window_share"` // to six decimals, rounded up
	Limit           exact.Number `json:"limit"`
	Within          bool         `json:"within"`
}

// Dated is what was counted of a campaign in a slot.
type Dated struct {
	Slot     int64
	Campaign string
	Sums     Sums
}

// Record makes the legal record of days from one to the day before another. The
// counts must go back LedgerDays before the first. A campaign has an entry for each
// day from the first in a window of which a person answered it.
func Record(list []Dated, first, after timex.Date, zone *time.Location, names map[string]string) []LedgerEntry {
	type day struct{ answered, abandoned int64 }
	of := map[string]map[timex.Date]day{}
	for i := range list {
		s := &list[i].Sums
		if s[Persons] == 0 && s[Abandoned] == 0 {
			continue
		}
		days := of[list[i].Campaign]
		if days == nil {
			days = map[timex.Date]day{}
			of[list[i].Campaign] = days
		}
		on := StartOf(list[i].Slot).DateIn(zone)
		d := days[on]
		days[on] = day{d.answered + s[Persons], d.abandoned + s[Abandoned]}
	}
	var out []LedgerEntry
	for campaign, days := range of {
		for on := first; on < after; on++ {
			e := LedgerEntry{Day: on, Zone: zone.String(), Campaign: campaign, Name: names[campaign], Answered: days[on].answered, Abandoned: days[on].abandoned, WindowFirst: on - LedgerDays + 1, Limit: exact.Frac(ledgerPercent, 100)}
			for d := e.WindowFirst; d <= on; d++ {
				e.WindowAnswered, e.WindowAbandoned = e.WindowAnswered+days[d].answered, e.WindowAbandoned+days[d].abandoned
			}
			if e.WindowAnswered == 0 {
				continue
			}
			e.Share = exact.Frac(e.WindowAbandoned, e.WindowAnswered).Round(exact.Up, 6)
			e.Within = 100*e.WindowAbandoned <= ledgerPercent*e.WindowAnswered
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b LedgerEntry) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Campaign, b.Campaign))
	})
	return out
}

// RecordCSV writes the record as comma-separated values with a heading line.
func RecordCSV(w io.Writer, list []LedgerEntry) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"day", "time_zone", "campaign", "name", "answered_by_persons", "abandoned", "window_first", "window_answered_by_persons", "window_abandoned", "window_share", "limit", "within"}); err != nil {
		return err
	}
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	for _, e := range list {
		if err := out.Write([]string{e.Day.String(), e.Zone, guard(e.Campaign), guard(e.Name), n(e.Answered), n(e.Abandoned), e.WindowFirst.String(), n(e.WindowAnswered), n(e.WindowAbandoned), e.Share.String(), e.Limit.String(), strconv.FormatBool(e.Within)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// guard keeps a spreadsheet from running what somebody named a campaign.
func guard(s string) string {
	if s != "" && slices.Contains([]byte("=+-@\t\r"), s[0]) {
		return "'" + s
	}
	return s
}

// RecordJSON writes it as one JSON object a line.
func RecordJSON(w io.Writer, list []LedgerEntry) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range list {
		if err := e.Encode(&list[i]); err != nil {
			return err
		}
	}
	return nil
}
