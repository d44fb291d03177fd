package pacing

import "math"

// Ledger counts a campaign's calls that persons answered and those of them that
// were abandoned, by day, over a legal window. It is the record of compliance.
// The zero Ledger is empty and is of the American rule: 3 % in 30 days.
type Ledger struct {
	Share float64 // that may be abandoned; 0: 0.03
	Days  int     // length of the window; 0: 30
	// Misses is the share of persons whom detection takes for machines, as it was
	// measured: they are abandoned too, and nobody sees it. 0: nothing is detected.
	Misses float64
	days   []Day // of the window, oldest first, at most Days of them
}

// Day is one day of a ledger. Number counts days of the campaign's own zone from
// any fixed day on.
type Day struct {
	Number              int
	Answered, Abandoned int // Answered includes Abandoned
}

// The American rule.
const (
	DefaultShare = 0.03
	DefaultDays  = 30
	maxDays      = 366
)

func (l *Ledger) share() float64 {
	if l.Share > 0 {
		return l.Share
	}
	return DefaultShare
}

func (l *Ledger) window() int {
	if l.Days > 0 {
		return min(l.Days, maxDays)
	}
	return DefaultDays
}

// Answer counts a call a person answered.
func (l *Ledger) Answer(day int) { l.Add(Day{Number: day, Answered: 1}) }

// Abandon counts an answered call, counted by Answer before, as abandoned.
func (l *Ledger) Abandon(day int) { l.Add(Day{Number: day, Abandoned: 1}) }

// Add adds counts of a day, as when a ledger is read again. A day older than the
// window of the newest is forgotten.
func (l *Ledger) Add(d Day) {
	i := len(l.days)
	for i > 0 && l.days[i-1].Number >= d.Number {
		i--
	}
	if i < len(l.days) && l.days[i].Number == d.Number {
		l.days[i].Answered += d.Answered
		l.days[i].Abandoned += d.Abandoned
		return
	}
	l.days = append(l.days, Day{})
	copy(l.days[i+1:], l.days[i:])
	l.days[i] = d
	first := l.days[len(l.days)-1].Number - l.window() + 1
	for len(l.days) > 0 && l.days[0].Number < first {
		l.days = append(l.days[:0], l.days[1:]...)
	}
}

// Window is the days that are counted, oldest first.
func (l *Ledger) Window() []Day { return append([]Day(nil), l.days...) }

// Totals are the counts of the whole window.
func (l *Ledger) Totals() (answered, abandoned int) {
	for _, d := range l.days {
		answered, abandoned = answered+d.Answered, abandoned+d.Abandoned
	}
	return answered, abandoned
}

// Missed estimates, of so many answers that reached people, how many persons more
// answered and were taken for machines: the mean, and what they surely do not
// exceed.
func (l *Ledger) Missed(answered int) (mean, most float64) {
	if !(l.Misses > 0 && l.Misses < 1) {
		return 0, 0
	}
	mean = float64(answered) * l.Misses / (1 - l.Misses)
	return mean, mean + surely*math.Sqrt(mean)
}

// Room is how many further answered calls may be abandoned so that the share
// holds, today and tomorrow: a day about to leave a full window takes the room it
// brought with it. Below nothing the ledger is in debt.
func (l *Ledger) Room() float64 {
	room, beside := l.expects()
	return room - beside
}

// expects is the room where as many persons are taken for machines as is to be
// expected, and how much less it surely is not.
func (l *Ledger) expects() (room, beside float64) {
	answered, abandoned := l.Totals()
	missed, most := l.Missed(answered)
	room = l.share()*(float64(answered)+missed) - float64(abandoned) - missed
	if n := len(l.days); n > 1 && l.days[n-1].Number-l.days[0].Number == l.window()-1 {
		oldest := l.days[0]
		room = min(room, room-l.share()*float64(oldest.Answered)+float64(oldest.Abandoned))
	}
	return room, most - missed
}
