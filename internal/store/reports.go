package store

import (
	"waihu/internal/calling/report"
	"waihu/internal/id"
)

// SumQuery asks for counts of reports: of one dimension, over slots. Zero fields do
// not narrow.
type SumQuery struct {
	Dim         report.Dim
	First       int64 // slot
	After       int64 // slot behind the last
	Campaign    string
	Value       *string
	BySlot      bool // a row for each slot
	ByCampaign  bool // and for each campaign
	WholeValues bool // values are added up
}

// MaxSums bounds the rows of one answer.
const MaxSums = 50_000

// Summed is what was counted under a key; slot, campaign and value are nothing where
// the query adds them up.
type Summed struct {
	Slot int64
	report.Row
}

// Reports reads what was counted of tries, calls and agents' time: kept in the
// transaction that keeps the fact itself, so that no report reads the facts.
type Reports interface {
	// Sums gives rows in the order of slots, campaigns and values. More than MaxSums
	// are Invalid: the query is to be narrowed.
	Sums(c id.Company, q SumQuery) ([]Summed, error)
}
