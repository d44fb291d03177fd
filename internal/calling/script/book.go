package script

import (
	"waihu/internal/timex"
)

// Book is what was answered in a campaign.
type Book struct {
	Name     string // of the campaign
	Language string // of the script asked now
	Tally    Tally
	Places   []Place // of the quotas of the version asked now
	Rows     []Row   // the calls, the oldest first, where they were asked for
	Keys     *Keys   // pressed in a broadcast, where they were asked for; nil: it is none
}

// Place is how far a quota has come.
type Place struct {
	Quota       string
	Most, Taken int
}

// Row is one call.
type Row struct {
	Try         string
	At          timex.Instant // when the script began
	Agent       string
	Key, Number string // the lead: the company's own identifier, and the number called
	Version     int
	End         As     // empty: it was not over
	Full        string // the quota that ended it
	Disposition string // empty: the call has none yet
	Answers     Answers
}
