package cdr

import (
	"fmt"

	"waihu/internal/fault"
)

// Counts says what became of the records of an input. Each record is one of
// accepted, rejected, duplicate or ignored.
type Counts struct {
	Read      int64 `json:"read"`
	Accepted  int64 `json:"accepted"`
	Rejected  int64 `json:"rejected"`
	Duplicate int64 `json:"duplicate"` // the same source and ID came before
	Ignored   int64 `json:"ignored"`   // sound, but nothing to charge
	Flagged   int64 `json:"flagged"`   // records, of any of the kinds above, with something odd
	More      int64 `json:"more"`      // facts beyond the first of accepted records
}

// Check is an error of kind Mismatch if a record was lost or counted twice.
func (c Counts) Check() error {
	if sum := c.Accepted + c.Rejected + c.Duplicate + c.Ignored; sum != c.Read {
		return fault.New(fault.Mismatch, "%d records read, but %d accounted for: %s", c.Read, sum, c)
	}
	return nil
}

// Add is the sum of two counts.
func (c Counts) Add(d Counts) Counts {
	return Counts{c.Read + d.Read, c.Accepted + d.Accepted, c.Rejected + d.Rejected, c.Duplicate + d.Duplicate,
		c.Ignored + d.Ignored, c.Flagged + d.Flagged, c.More + d.More}
}

func (c Counts) String() string {
	return fmt.Sprintf("%d read = %d accepted + %d rejected + %d duplicate + %d ignored; %d flagged",
		c.Read, c.Accepted, c.Rejected, c.Duplicate, c.Ignored, c.Flagged)
}
