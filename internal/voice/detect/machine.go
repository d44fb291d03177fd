package detect

import (
	"math"
	"time"
)

// Limits are the times by which a person and a machine are told apart. The zero
// value is Usual.
type Limits struct {
	Wait   time.Duration // rest after a short greeting that says somebody waits for an answer
	Short  time.Duration // a greeting of this length or less is short
	Doubt  time.Duration // rest after a greeting longer than that
	Long   time.Duration // a greeting this long without waiting is a machine's
	Give   time.Duration // undecided so long after the answer: a person
	Silent time.Duration // nobody spoke for so long: a person who listens
}

// Usual are limits that were chosen on the part of the corpus for training: of
// 900 persons two are called machines (ADR 0044).
func Usual() Limits {
	return Limits{Wait: 900 * time.Millisecond, Short: 2200 * time.Millisecond, Doubt: 1400 * time.Millisecond, Long: 5 * time.Second,
		Give: 9 * time.Second, Silent: 4 * time.Second}
}

// PersonsTaken is the share of persons that Usual takes for machines, as it was measured
// (make detect, docs/voice.md): they hear nobody, and nobody sees it.
const PersonsTaken = 1.0 / 1500

// how is what the voice since the answer looks like.
type how struct {
	silence  time.Duration // before the first word
	greeting time.Duration // of the last stretch of talk that had no rest to wait in
	words    int
	rest     time.Duration // since the last word
	spoke    bool
}

// shape measures the greeting: the stretches since the answer, taken together
// while the rest between them is no waiting.
func (v *voice) shape() (h how) {
	all := v.stretches()
	if len(all) == 0 {
		h.silence = long(v.n)
		return h
	}
	h.spoke, h.silence = true, long(all[0].from)
	from, last := all[0].from, all[0]
	h.words = 1
	for _, s := range all[1:] {
		gap := s.from - last.to
		if gap >= wordGap {
			h.words++
		}
		if gap >= waited {
			from = s.from
		}
		last = s
	}
	h.greeting, h.rest = long(last.to-from), long(v.n-last.to)
	return h
}

// long is how long so many frames are.
func long(frames int) time.Duration { return time.Duration(frames) * frame }

const frame = 20 * time.Millisecond

// decide tells who answered by time alone; false: not yet.
func (l Limits) decide(h how, since time.Duration) (d Decision, ok bool) {
	d = Decision{Party: Person, At: since, Silence: h.silence, Greeting: h.greeting, Words: h.words}
	is := func(p Party, why Reason, confidence float64) (Decision, bool) {
		d.Party, d.Reason, d.Confidence = p, why, confidence
		return d, true
	}
	switch {
	case !h.spoke && since >= l.Silent:
		return is(Person, NoVoice, 0.5)
	case !h.spoke:
		return d, false
	case h.greeting >= l.Long:
		return is(Machine, LongGreeting, beyond(h.greeting, l.Long))
	case h.greeting <= l.Short && h.rest >= l.Wait:
		return is(Person, ShortGreeting, 0.98-0.18*float64(h.greeting)/float64(l.Short))
	case h.rest >= l.Doubt:
		return is(Person, ShortGreeting, 0.8-0.25*float64(h.greeting-l.Short)/float64(l.Long-l.Short))
	case since >= l.Give:
		return is(Person, Undecided, 0.5)
	}
	return d, false
}

// beyond is how sure it is that a greeting so long is a machine's: 0.8 at the
// limit, and near 1 two seconds later.
func beyond(greeting, limit time.Duration) float64 {
	return 1 - 0.2*math.Exp(-2*(greeting-limit).Seconds())
}
