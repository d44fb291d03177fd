package contract

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// Clauses are what a contract says beside prices and quantities, as far as money
// can hang on it. They are kept for the check of the contract (charging/clause)
// and for letters; no bill is made from them. A pointer tells silence from no.
type Clauses struct {
	RenewalSeats    RenewalSeats     `plan:"renewal_seats" doc:"Seats a renewal is for: highest (the most there ever were), current, or agreed anew."`
	PriceCap        *catalog.Percent `plan:"price_cap" doc:"Most a price may rise in a year or at renewal."`
	MayWithhold     *bool            `plan:"may_withhold_disputed" doc:"Whether a disputed amount may be withheld until it is settled."`
	BillingStarts   BillingStart     `plan:"billing_starts" doc:"What charges begin with: acceptance, delivery or signature."`
	LateInterest    *catalog.Percent `plan:"late_interest" doc:"Interest on late payment, for each day."`
	SuspensionDays  *int             `plan:"suspension_days" doc:"Days of arrears after which service is suspended."`
	ReleaseDays     *int             `plan:"number_release_days" doc:"Days of suspension after which numbers are released."`
	NumberHold      *catalog.Percent `plan:"number_hold" doc:"Share of the rent charged for numbers that are kept without service."`
	NumberRent      exact.Number     `plan:"number_rent" doc:"Rent of all numbers of a period, where the plan has no component for it."`
	NumbersPortable *bool            `plan:"numbers_portable" doc:"Whether numbers can be taken along to another seller."`
	CreditCap       *catalog.Percent `plan:"credit_cap" doc:"Most that service credits give back of the fees of a period."`
	Exclusions      []string         `plan:"exclusions" doc:"What service levels do not cover."`
	RetentionDays   *int             `plan:"recording_retention_days" doc:"Days recordings are kept without extra charge."`
	DataExport      *bool            `plan:"data_export" doc:"Whether records and recordings are handed over at the end without extra charge."`
	CutOffRefund    *bool            `plan:"cut_off_refund" doc:"Whether what was paid ahead is given back where lines are cut off."`
	Licences        []string         `plan:"licences" doc:"Licences the seller warrants: telecom, call centre ..."`
	Venue           string           `plan:"venue" doc:"Court or arbitration for disputes."`
}

// RenewalSeats is how many seats a renewal is for.
type RenewalSeats string

const (
	HighestSeats RenewalSeats = "highest"
	CurrentSeats RenewalSeats = "current"
	AgreedAnew   RenewalSeats = "agreed"
)

// Choices lists them; empty: the contract does not say.
func (RenewalSeats) Choices() []string { return []string{"highest", "current", "agreed"} }

// BillingStart is what charges begin with.
type BillingStart string

const (
	OnAcceptance BillingStart = "acceptance"
	OnDelivery   BillingStart = "delivery"
	OnSignature  BillingStart = "signature"
)

// Choices lists them; empty: the contract does not say.
func (BillingStart) Choices() []string { return []string{"acceptance", "delivery", "signature"} }

// levels are the quantities a fixed component has had, in the order of their
// days.
func (c *Contract) levels(id string) []Change {
	var out []Change
	for _, s := range c.stages() {
		if held, ok := s.Quantities[id]; ok {
			out = append(append(out, Change{s.on, held.Quantity}), held.Changes...)
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return int(a.On) - int(b.On) })
	return out
}

// HighestAndLast are the most a fixed quantity ever is by the contract up to a
// day, and what it is on that day; false where the contract fixes none.
func (c *Contract) HighestAndLast(id string, on timex.Date) (highest, last exact.Number, ok bool) {
	for _, ch := range c.levels(id) {
		if ch.On > on && ok {
			break
		}
		highest, last, ok = exact.Max(highest, ch.Quantity), ch.Quantity, true
	}
	return highest, last, ok
}

// ofClauses checks the days and shares of the clauses.
func (k *check) ofClauses(s *Clauses) {
	if s == nil {
		return
	}
	for _, d := range []struct {
		path string
		n    *int
	}{{"clauses.suspension_days", s.SuspensionDays}, {"clauses.number_release_days", s.ReleaseDays}, {"clauses.recording_retention_days", s.RetentionDays}} {
		if d.n != nil {
			k.days(d.path, *d.n)
		}
	}
	k.share("clauses.price_cap", s.PriceCap)
	k.share("clauses.late_interest", s.LateInterest)
	k.share("clauses.number_hold", s.NumberHold)
	k.share("clauses.credit_cap", s.CreditCap)
	k.amount("clauses.number_rent", s.NumberRent)
}
