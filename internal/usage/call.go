package usage

import (
	"time"

	"waihu/internal/money"
	"waihu/internal/timex"
)

// Direction says who called whom.
type Direction string

const (
	Outbound Direction = "outbound"
	Inbound  Direction = "inbound"
	Internal Direction = "internal"
	Callback Direction = "callback" // two legs out, then joined (雙呼)
)

// Choices lists them; empty means not known.
func (Direction) Choices() []string {
	return []string{"outbound", "inbound", "internal", "callback"}
}

// Result is how an attempt ended.
type Result string

const (
	Answered   Result = "answered"
	Busy       Result = "busy"
	NoAnswer   Result = "no_answer"
	Rejected   Result = "rejected"
	Unassigned Result = "unassigned" // the number does not exist (空號)
	Congestion Result = "congestion" // no circuit
	Canceled   Result = "canceled"   // the caller gave up
	Failed     Result = "failed"     // anything else
)

// Choices lists them.
func (Result) Choices() []string {
	return []string{"answered", "busy", "no_answer", "rejected", "unassigned", "congestion", "canceled", "failed"}
}

// AnsweredBy is who or what picked up.
type AnsweredBy string

const (
	Person  AnsweredBy = "person"
	Machine AnsweredBy = "machine"
	Fax     AnsweredBy = "fax"
)

// Choices lists them; empty means not known.
func (AnsweredBy) Choices() []string { return []string{"person", "machine", "fax"} }

// Mode is how the call was placed.
type Mode string

const (
	Manual      Mode = "manual"
	Preview     Mode = "preview"
	Progressive Mode = "progressive"
	Predictive  Mode = "predictive"
	Robot       Mode = "robot"
)

// Choices lists them.
func (Mode) Choices() []string {
	return []string{"manual", "preview", "progressive", "predictive", "robot"}
}

// Purpose is what the call is for.
type Purpose string

const (
	Sales   Purpose = "sales"
	Service Purpose = "service"
	Survey  Purpose = "survey"
)

// Choices lists them.
func (Purpose) Choices() []string {
	return []string{"sales", "service", "survey"}
}

// Line is the kind of line called, where the record or the number tells it.
type Line string

const (
	Mobile    Line = "mobile"
	Landline  Line = "landline"
	TollFree  Line = "toll_free"   // 800, 0800
	SharedFee Line = "shared_cost" // 400
	Premium   Line = "premium"
	VoIP      Line = "voip"
	Short     Line = "short" // a service number: 110, 12345, 95xxx
)

// Choices lists them; empty means not known.
func (Line) Choices() []string {
	return []string{"mobile", "landline", "toll_free", "shared_cost", "premium", "voip", "short"}
}

// Reach is how far the call went, seen from the calling number.
type Reach string

const (
	Local         Reach = "local" // the same area
	LongDistance  Reach = "long_distance"
	International Reach = "international"
)

// Choices lists them; empty means not known.
func (Reach) Choices() []string {
	return []string{"local", "long_distance", "international"}
}

// Call is one leg of a call as a switch recorded it: one attempt to reach one
// number. Strings may point into a reader's buffer: copy what outlives the
// record (Clone).
type Call struct {
	ID      string // unique in Source
	Source  string // system and instance the record came from: "asterisk", "freeswitch/gw1"
	Session string // joins the legs of one conversation; empty if the record names none
	LegB    bool   // the second leg of a bridged or callback conversation

	Direction Direction
	Result    Result
	By        AnsweredBy
	Mode      Mode
	Purpose   Purpose
	Line      Line
	Reach     Reach

	From     string // calling number as recorded
	To       string // called number as recorded
	Account  string // account code
	Agent    string
	Campaign string
	Trunk    string
	Outcome  string // disposition code: sale, appointment ...
	Cause    string // hang-up cause as recorded: 16, NORMAL_CLEARING, SIP 486

	Start  timex.Instant
	Answer timex.Instant // zero if not answered
	End    timex.Instant
	Total  time.Duration // Start to End as recorded
	Talk   time.Duration // Answer to End as recorded; 0 if not answered

	Cost money.Amount // what the source says the call cost; zero Amount if it says nothing

	Course *Course // how it went, in more detail; nil: the source does not tell
}

// IsAnswered tells whether the called side picked up.
func (c *Call) IsAnswered() bool { return c.Result == Answered }

// Seconds is the talk time in whole seconds; an answered part of a second
// counts as a whole one.
func (c *Call) Seconds() int64 {
	return int64((c.Talk + time.Second - 1) / time.Second)
}
