package pacing

// Laws are what a campaign has learned: who answers, how long phones ring, how
// long conversations and wrap-ups take. Old reports weigh less and less, so that
// drift and steps are followed. What is told by reports of the past, in their
// order, gives the same laws again.
type Laws struct {
	ring    *rings
	talk    *lengths
	wrap    *lengths
	answers *answers
	reports int // counts all, so that tables know when they are old
}

// Means assumed before anything was reported, in seconds.
const (
	usualTalk = 100
	usualWrap = 20
)

// NewLaws are laws that know only what is usual; limit is the ring limit in
// seconds.
func NewLaws(limit float64) *Laws {
	return &Laws{ring: newRings(limit), talk: newLengths(usualTalk), wrap: newLengths(usualWrap), answers: newAnswers()}
}

// Chance is the chance that a person answers this lead when it is dialled now.
func (l *Laws) Chance(lead *Lead) float64 { return l.answers.chance(lead) }

// Attempted learns from the end of an attempt.
func (l *Laws) Attempted(a *Attempt) {
	l.reports++
	person := 0.0
	switch a.Outcome {
	case Person:
		person = 1
	case Cancelled:
		l.ring.settle()
		person = l.ring.still(a.Chance, a.Seconds)
	}
	l.answers.see(&a.Lead, a.At, person)
	l.ring.see(a.Outcome, a.Seconds)
}

// Talked learns the length of a conversation, in seconds.
func (l *Laws) Talked(seconds float64) {
	l.reports++
	l.talk.see(seconds)
}

// Wrapped learns the length of a wrap-up, in seconds.
func (l *Laws) Wrapped(seconds float64) {
	l.reports++
	l.wrap.see(seconds)
}

// Handling is the mean of a conversation and its wrap-up, in seconds.
func (l *Laws) Handling() float64 { return l.talk.mean() + l.wrap.mean() }

// doubts are how far all expectations may be off together.
func (l *Laws) doubts() doubts {
	p := odds(l.answers.base.mean)
	seen := l.ring.seen()
	return doubts{answers: (1-p)*(1-p)*l.answers.base.doubt + 1/seen, releases: 1 / max(l.talk.ends, 1)}
}
