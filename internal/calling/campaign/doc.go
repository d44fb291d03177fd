// Package campaign is a campaign as it was planned: what it is for, whom it
// calls, how, when, how often and up to what cost; and the states it goes through.
//
// It owns the plan, its check, the states, the calling hours, and the mixing of
// lists. It does not own leads (package lead), how many calls to place now
// (calling/pacing), what the law says (calling/compliance: rules that
// are lifted are named here and known there), or the running of it (the dialer).
//
//	draft ---start---> running <---start--- paused
//	  |                   |  +----pause-------^ |
//	  |                   +----finish--+  +-----+ finish
//	  |                                v  v
//	  +---archive---> archived <--- finished
//	                     archive
//
// What always holds: a state is left only along an arrow; a campaign runs only
// with a plan that has no problem; a paused one says by whom and why, and one
// the system paused is not started again by the system unless that cause is
// gone; what is archived never changes.
//
// Its times: hours are wall clocks of the called person's zone; days begin there
// at midnight.
package campaign
