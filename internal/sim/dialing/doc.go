// Package dialing simulates a floor of agents, the people they call and a policy
// that paces the dialing, to compare policies.
//
// What a lead would do (answer or not, after how long, talk for how long) is
// drawn from the seed and the lead's number alone, so that every policy meets the
// same people (common random numbers). What changes with time, such as the answer
// rate, is a function of the seed and the time.
//
// It owns the world, the policies that are compared with package pacing, the
// bounds and the tables and plots of docs/pacing.md. It does not own the rule
// itself: that is the one calls are dialled with.
//
// What always holds: the same case, seed and policy give the same result on every
// machine of one architecture; no policy but those named as bounds reads what a
// real dialer could not know.
package dialing
