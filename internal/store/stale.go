package store

import (
	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Stale refuses to write over what somebody changed in between. At is when that was, 0
// where it is not kept.
type Stale struct {
	err error
	At  timex.Instant
}

func (s Stale) Error() string { return s.err.Error() }

func (s Stale) Unwrap() error { return s.err }

// Outdated refuses to replace what is at revision now, since at, by what was made of
// revision of.
func Outdated(what string, now, of int64, at timex.Instant) error {
	return Stale{fault.New(fault.Conflict, "%s is at revision %d, not %d: somebody changed it in between; read it again", what, now, of), at}
}
