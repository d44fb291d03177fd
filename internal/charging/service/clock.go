package service

import (
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Hours is when a support desk works. The zero value works always.
type Hours struct {
	Loc      *time.Location  // nil: always
	From, To int             // minutes of the day; To 0 is midnight
	Weekends bool            // it works on rest days too
	Calendar *timex.Calendar // of holidays and make-up days; nil: weekends alone
}

// maxDays bounds how far a clock is followed.
const maxDays = 3660

// day is the working stretch of a local day; it may be empty.
func (h *Hours) day(d timex.Date) timex.Period {
	if !h.Weekends {
		work := d.Weekday() != 0 && d.Weekday() != 6
		if h.Calendar != nil {
			work = h.Calendar.IsWorkday(d)
		}
		if !work {
			return timex.Period{From: d.Start(h.Loc), To: d.Start(h.Loc)}
		}
	}
	at := func(minutes int) timex.Instant {
		y, m, day := d.Civil()
		return timex.At(time.Date(y, m, day, 0, minutes, 0, 0, h.Loc))
	}
	p := timex.Period{From: at(h.From), To: at(h.To)}
	if h.To == 0 {
		p.To = (d + 1).Start(h.Loc)
	}
	return p
}

// Elapsed is how much of a stretch was working time. More than ten years is
// Invalid.
func (h *Hours) Elapsed(from, to timex.Instant) (time.Duration, error) {
	if to <= from {
		return 0, nil
	}
	if h.Loc == nil {
		return to.Sub(from), nil
	}
	first, after := (timex.Period{From: from, To: to}).Dates(h.Loc)
	if after-first > maxDays {
		return 0, fault.New(fault.Invalid, "a ticket of %d days: at most %d", after-first, maxDays)
	}
	sum := time.Duration(0)
	for d := first; d < after; d++ {
		if p := h.day(d).Overlap(timex.Period{From: from, To: to}); !p.IsEmpty() {
			sum += p.Length()
		}
	}
	return sum, nil
}

// Deadline is when so much working time has passed since an instant.
func (h *Hours) Deadline(from timex.Instant, within time.Duration) (timex.Instant, error) {
	if h.Loc == nil {
		return from.Add(within), nil
	}
	d := from.DateIn(h.Loc)
	for range maxDays {
		p := h.day(d)
		p.From = max(p.From, from)
		if !p.IsEmpty() {
			if within <= p.Length() {
				return p.From.Add(within), nil
			}
			within -= p.Length()
		}
		d++
	}
	return 0, fault.New(fault.Invalid, "no end within %d days: the desk never works", maxDays)
}

// Promise is how fast a plan's support answers and resolves, in working time;
// zero promises nothing.
type Promise struct {
	First      time.Duration
	Resolution time.Duration
}

// Ticket is a call for help and what was done. Waiting are stretches in which the
// customer had to answer: they do not count for resolution.
type Ticket struct {
	Opened   timex.Instant  `json:"opened"`
	Answered timex.Instant  `json:"answered,omitzero"`
	Resolved timex.Instant  `json:"resolved,omitzero"`
	Waiting  []timex.Period `json:"waiting,omitempty"` // in order; the last may have no end
}

// Clock is one of a ticket's two clocks.
type Clock struct {
	Took   time.Duration `json:"took"` // working time so far, or until it stopped
	Due    timex.Instant `json:"due,omitzero"`
	Missed bool          `json:"missed"`
	Runs   bool          `json:"runs"`
}

// Clocks are a ticket's clocks at an instant.
func (t *Ticket) Clocks(h *Hours, p Promise, now timex.Instant) (first, resolution Clock, err error) {
	if first, err = clock(h, t.Opened, t.Answered, now, p.First, nil); err != nil {
		return first, resolution, err
	}
	resolution, err = clock(h, t.Opened, t.Resolved, now, p.Resolution, t.Waiting)
	return first, resolution, err
}

func clock(h *Hours, opened, stopped, now timex.Instant, within time.Duration, waiting []timex.Period) (c Clock, err error) {
	end := stopped
	if c.Runs = stopped == 0; c.Runs {
		end = now
	}
	if c.Took, err = h.Elapsed(opened, end); err != nil {
		return c, err
	}
	paused := time.Duration(0)
	for _, w := range waiting {
		to := w.To
		if to == 0 || to > end {
			to = end
		}
		d, err := h.Elapsed(max(w.From, opened), to)
		if err != nil {
			return c, err
		}
		paused += d
	}
	c.Took -= paused
	if within == 0 {
		return c, nil
	}
	c.Missed = c.Took > within
	c.Due, err = h.Deadline(opened, within+paused)
	return c, err
}
