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

// Directions lists them; empty means not known.
func Directions() []Direction { return []Direction{Outbound, Inbound, Internal, Callback} }

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

// Results lists them.
func Results() []Result {
	return []Result{Answered, Busy, NoAnswer, Rejected, Unassigned, Congestion, Canceled, Failed}
}

// AnsweredBy is who or what picked up.
type AnsweredBy string

const (
	Person  AnsweredBy = "person"
	Machine AnsweredBy = "machine"
	Fax     AnsweredBy = "fax"
)

// Mode is how the call was placed.
type Mode string

const (
	Manual      Mode = "manual"
	Preview     Mode = "preview"
	Progressive Mode = "progressive"
	Predictive  Mode = "predictive"
	Robot       Mode = "robot"
)

// Modes lists them.
func Modes() []Mode { return []Mode{Manual, Preview, Progressive, Predictive, Robot} }

// Purpose is what the call is for.
type Purpose string

const (
	Sales   Purpose = "sales"
	Service Purpose = "service"
	Survey  Purpose = "survey"
)

// Purposes lists them.
func Purposes() []Purpose { return []Purpose{Sales, Service, Survey} }

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

// Lines lists them; empty means not known.
func Lines() []Line { return []Line{Mobile, Landline, TollFree, SharedFee, Premium, VoIP, Short} }

// Reach is how far the call went, seen from the calling number.
type Reach string

const (
	Local         Reach = "local" // the same area
	LongDistance  Reach = "long_distance"
	International Reach = "international"
)

// Reaches lists them; empty means not known.
func Reaches() []Reach { return []Reach{Local, LongDistance, International} }

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
}

// IsAnswered tells whether the called side picked up.
func (c *Call) IsAnswered() bool { return c.Result == Answered }

// Seconds is the talk time in whole seconds; an answered part of a second
// counts as a whole one.
func (c *Call) Seconds() int64 {
	return int64((c.Talk + time.Second - 1) / time.Second)
}
