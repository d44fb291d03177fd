package app

import (
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Reasons of numbers that no trunk may be asked for, beside those of the books.
const (
	NumberUnread  CallReason = "no_number"  // it is no number that can be called
	NumberBlocked CallReason = "blocked"    // the trunks may not call its class
	NumberAfar    CallReason = "not_served" // no trunk goes there
)

// Reach knows where the trunks of this node go.
type Reach interface {
	// Callable is the class of a number, where it has one; a *CallRefused of kind Invalid
	// where they may not call it.
	Callable(number string) (class string, err error)
}

// callable refuses a number that may not be called, whenever it is tried: what the
// trunks do not do, and classes the company may not call. Where nobody calls, nothing
// is known of a number.
func (s *System) callable(tx store.Tx, c id.Company, number string) error {
	if s.Reach == nil {
		return nil
	}
	class, err := s.Reach.Callable(number)
	if err != nil {
		s.CallRefusedTo(c, class)
		return err
	}
	k, _, err := callingOf(tx, c)
	if err == nil && !k.mayCall(class) {
		s.CallRefusedTo(c, class)
		err = refused(ClassBlocked, fault.New(fault.Invalid, "%s is %s: the company may not call that class of destination", number, class))
	}
	return err
}

// mayCall tells whether a class of destination is among the company's.
func (l *CallLimits) mayCall(class string) bool {
	return len(l.Classes) == 0 || slices.Contains(l.Classes, class)
}
