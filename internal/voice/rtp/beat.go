package rtp

import "time"

// lateness is how far a beat may fall behind before frames are left out: the
// machine was busy, and catching up in a burst would sound worse.
const lateness = 200 * time.Millisecond

// Beat calls frame each Frame by the wall clock until stop is closed. late makes
// a single beat late, for lines that are to be bad; nil: none is.
func Beat(stop <-chan struct{}, late func() time.Duration, frame func()) {
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-stop:
			return
		case <-timer.C:
		}
		frame()
		due = due.Add(Frame)
		if behind := time.Since(due); behind > lateness {
			due = due.Add(behind)
		}
		wait := time.Until(due)
		if late != nil {
			wait += late()
		}
		timer.Reset(wait)
	}
}
