package report

// Measure is one thing that is counted or summed up. What is stored names them by
// their number: new ones go to the end, and none is ever taken out.
type Measure int

// What is counted of tries, when they have their disposition.
const (
	Withheld      Measure = iota // decided and not dialed, by a rule or for want of a trunk
	Dialed                       // a trunk was asked
	First                        // of them, the first try of a lead
	Answered                     // picked up, by whomever
	Persons                      // picked up and not told to be a machine or a fax
	Machines                     // picked up by a machine or a fax
	Abandoned                    // of Persons: nobody spoke to them; the message where no agent comes is no conversation
	Conversations                // of Persons: an agent or a robot spoke to them
	Contacts                     // of Conversations: the disposition says a person was spoken to
	Sales                        // the disposition says the goal was reached
	Callbacks                    // they want to be called again
	Refusals                     // they do not want to be called
	Unworkable                   // the number reaches nobody it should
	Lost                         // the system lost sight of it
	Busy
	NoAnswer
	Rejected
	Unassigned
	Congested
	Canceled
	Failed
	Effective   // the network did its part: numerator of NER
	Deliverable // the network could do it: denominator of NER
	AnswerWait  // ms from dialing to the answer, of Answered
	JoinWait    // ms from the answer until somebody spoke, of Conversations
	Talk        // ms of Conversations; hold is within it
	AfterWork   // ms from the end of a conversation of an agent to its disposition
)

// What is summed up of agents' time, when a stretch is over.
const (
	Logged  Measure = AfterWork + 1 + iota // ms of the four, and of stretches that tell no state
	Ready                                  // ms waiting, also for a dial that rings
	Talking                                // ms in a call; hold is within it
	WrapUp                                 // ms of after-call work
	Paused
)

// What is counted of calls as switches record them, ours and others'.
const (
	Calls Measure = Paused + 1 + iota
	CallsAnswered
	CallsEffective   // as Effective
	CallsDeliverable // as Deliverable
	CallsTalk        // ms
	CallsShort       // answered and over within ShortCall
	CallsUnwanted    // SIP 607 or 608: the called side or its carrier does not want this number
	Delayed          // calls whose post-dial delay is known
	Delay            // ms of them: from the INVITE until it rings or sounds
	Heard            // calls whose MOS is known
	MOS              // hundredths, of them
	Poor             // of them below PoorMOS
	Packets          // that were expected
	Missing          // of them lost or late
	Rated            // calls with a price
	Unpriced         // calls that no price was found for
	Untried          // calls that no try of ours stands behind: of other switches, of telephones
	UntriedAnswered  // of them
	Measures         // how many there are
)

// names are their columns and their words in JSON.
var names = [Measures]string{
	"withheld", "dialed", "first", "answered", "persons", "machines", "abandoned", "conversations", "contacts", "sales", "callbacks", "refusals", "unworkable", "lost",
	"busy", "no_answer", "rejected", "unassigned", "congested", "canceled", "failed", "effective", "deliverable", "answer_wait_ms", "join_wait_ms", "talk_ms", "after_work_ms",
	"logged_ms", "ready_ms", "talking_ms", "wrap_up_ms", "paused_ms",
	"calls", "calls_answered", "calls_effective", "calls_deliverable", "calls_talk_ms", "calls_short", "calls_unwanted", "delayed", "delay_ms", "heard", "mos", "poor", "packets", "missing", "rated", "unpriced", "untried", "untried_answered",
}

func (m Measure) String() string { return names[m] }

// Sums are all measures of something.
type Sums [Measures]int64

// Add adds others.
func (s *Sums) Add(o *Sums) {
	for i := range s {
		s[i] += o[i]
	}
}

// IsZero tells whether nothing was counted.
func (s *Sums) IsZero() bool { return *s == Sums{} }
