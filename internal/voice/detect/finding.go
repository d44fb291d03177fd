package detect

import "time"

// Kind is what was found.
type Kind string

const (
	SIT        Kind = "sit"        // special information tones; Detail is the variant
	Busy       Kind = "busy"       // Detail names the plans that have this tone
	Congestion Kind = "congestion" // likewise; reorder
	Ringback   Kind = "ringback"   // likewise
	Key        Kind = "key"        // Detail is the key
	Beep       Kind = "beep"       // of a machine
	FaxTone    Kind = "fax_tone"   // Detail is CNG or CED
	Spoken     Kind = "spoken"     // an announcement; Detail is its class
)

// Finding is one thing that was heard.
type Finding struct {
	Kind       Kind
	Detail     string
	Hertz      float64       // of a beep
	From, To   time.Duration // since the first frame
	Answered   bool          // heard after the answer
	Confidence float64       // 0 to 1
}

// Party is who or what answered.
type Party string

const (
	Person  Party = "person"
	Machine Party = "machine"
	Fax     Party = "fax"
)

// Reason is why a party was decided on.
type Reason string

const (
	ShortGreeting Reason = "short_greeting" // a few words, then it waited
	LongGreeting  Reason = "long_greeting"  // it talks on and on
	ThenBeep      Reason = "then_beep"      // a beep after speech
	FaxTones      Reason = "fax_tones"
	Announced     Reason = "announced" // a known announcement of a machine
	NoVoice       Reason = "no_voice"  // nobody spoke
	Undecided     Reason = "undecided" // neither; so it is a person
)

// Decision is who answered, how sure that is, and why.
type Decision struct {
	Party      Party
	Confidence float64
	Reason     Reason
	At         time.Duration // since the answer, when it was decided
	Silence    time.Duration // before the first word
	Greeting   time.Duration // from the first word to the last before it waited
	Words      int
}

// maxFindings is how many findings of a call are kept; keys are counted apart.
const maxFindings = 32

// maxKeys is how many keys of a call are kept.
const maxKeys = 100

// Result is what a call came to.
type Result struct {
	Answered bool
	Early    time.Duration // of sound before the answer
	Decision Decision      // where Answered
	Findings []Finding     // in the order they were found, keys left out
	Keys     string
}

// Sure is the confidence from which a finding in early media counts for more
// than the status that ended the call.
const Sure = 0.8

// Cause is the finding before the answer that says most about why the call
// fails; false: there is none to rely on. Words say more than tones, and the
// later of two words counts: a carrier may first say that it connects.
func (r *Result) Cause() (best Finding, ok bool) {
	rank := map[Kind]int{Spoken: 3, Busy: 2, Congestion: 2, SIT: 1}
	for _, f := range r.Findings {
		if !f.Answered && f.Confidence >= Sure && rank[f.Kind] > 0 && rank[f.Kind] >= rank[best.Kind] {
			best, ok = f, true
		}
	}
	return best, ok
}

// Beep is the last beep after the answer.
func (r *Result) Beep() (beep Finding, ok bool) {
	for _, f := range r.Findings {
		if f.Kind == Beep {
			beep, ok = f, true
		}
	}
	return beep, ok
}
