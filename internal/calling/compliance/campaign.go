package compliance

import "waihu/internal/timex"

// Campaign is what of a campaign the rules look at.
type Campaign struct {
	Purpose  Purpose  `json:"purpose"`
	Mode     Mode     `json:"mode"`
	Own      []Rule   `json:"own,omitempty"`      // stricter rules of the company or the campaign: they are asked besides, and so can only forbid more
	Switches []Switch `json:"switches,omitempty"` // rules that are lifted for this campaign
}

// Switch lifts one rule for one campaign, for a reason somebody stands for. It is
// part of the record of every call it had a part in.
type Switch struct {
	Rule   string        `json:"rule"`
	Reason string        `json:"reason"`
	By     string        `json:"by"`
	From   timex.Instant `json:"from"`
	To     timex.Instant `json:"to,omitzero"` // zero: until it is taken back
}

// Bounds of what a campaign brings along.
const (
	MaxOwn      = 100
	MaxSwitches = 100
	MinReason   = 10 // characters: a reason is a sentence, not a mark
	MaxReason   = 500
)
