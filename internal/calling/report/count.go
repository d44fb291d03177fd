package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Dim is what a count is filed under.
type Dim string

// Dimensions. Each also has the campaign, where the fact names one.
const (
	Whole  Dim = "all"    // everything: no value
	Agent  Dim = "agent"  // the user's name
	Trunk  Dim = "trunk"  // its name
	Caller Dim = "caller" // the number that was shown, in digits
	List   Dim = "list"   // lst_...
	Week   Dim = "week"   // hour of the week of the called person, 000 (Monday, midnight) to 167
	Cause  Dim = "cause"  // how it failed, and over which trunk: CauseOf
)

// Dims lists them.
func Dims() []Dim { return []Dim{Whole, Agent, Trunk, Caller, List, Week, Cause} }

// Lengths and bounds.
const (
	Slot        = 30 * time.Minute    // what counts are filed by
	ShortCall   = 6 * time.Second     // an answered call up to here is short
	PoorMOS     = usage.MOS(360)      // below: many are dissatisfied (ITU-T G.107, annex B)
	MaxStretch  = 62 * 24 * time.Hour // an agent's stretch in one state; a longer one is a switch that forgot to end it
	maxValue    = 200                 // bytes of a value
	slotMicros  = int64(Slot / time.Microsecond)
	hoursInWeek = 7 * 24
)

// SlotOf is the slot an instant is filed in.
func SlotOf(at timex.Instant) int64 {
	n := int64(at) / slotMicros
	if int64(at)%slotMicros < 0 {
		n--
	}
	return n
}

// StartOf is the instant a slot begins.
func StartOf(slot int64) timex.Instant { return timex.Instant(slot * slotMicros) }

// Key is where something is counted.
type Key struct {
	Dim      Dim
	Slot     int64
	Campaign string // as the fact names it: cmp_... of our own; empty: none
	Value    string
}

// CostKey is where money is summed up.
type CostKey struct {
	Key
	Currency money.Currency
}

// Cost is what rated calls came to at list price, in millionths; Own is the part of
// calls of our own campaigns.
type Cost struct {
	Calls  int64
	Micros int64
	Own    int64
}

// Counts are what facts add up to. The zero value is not ready: New.
type Counts struct {
	Sums  map[Key]*Sums
	Costs map[CostKey]*Cost
	zones map[string]*time.Location
}

// New is empty counts.
func New() *Counts {
	return &Counts{Sums: map[Key]*Sums{}, Costs: map[CostKey]*Cost{}, zones: map[string]*time.Location{}}
}

// IsEmpty tells whether nothing was counted.
func (c *Counts) IsEmpty() bool { return len(c.Sums) == 0 && len(c.Costs) == 0 }

func (c *Counts) at(k Key) *Sums {
	if len(k.Value) > maxValue {
		k.Value = strings.ToValidUTF8(k.Value[:maxValue], "")
	}
	s := c.Sums[k]
	if s == nil {
		s = &Sums{}
		k.Campaign, k.Value = strings.Clone(k.Campaign), strings.Clone(k.Value) // a fact's texts do not outlive it
		c.Sums[k] = s
	}
	return s
}

// place is a dimension and the value something has in it.
type place struct {
	dim   Dim
	value string
}

// file adds sums to every place.
func (c *Counts) file(slot int64, campaign string, s *Sums, places []place) {
	for _, p := range places {
		c.at(Key{p.dim, slot, campaign, p.value}).Add(s)
	}
}

// Try counts a try that is over; one that is open counts nothing yet.
func (c *Counts) Try(a *attempt.Attempt) {
	if a.State.Open() || a.State == "" {
		return
	}
	when, campaign, s := When(a), a.Campaign.Named("cmp"), ofTry(a)
	places := []place{{Whole, ""}, {List, a.List.Named("lst")}, {Agent, a.Agent}, {Trunk, a.Trunk}, {Caller, a.CallerID.String()}}
	if a.State != attempt.Withheld {
		places = append(places, place{Week, c.hourOf(a.Number, when)})
	}
	c.file(SlotOf(when), campaign, &s, places)
}

// ofTry is what one try counts.
func ofTry(a *attempt.Attempt) (s Sums) {
	if a.State == attempt.Withheld {
		s[Withheld] = 1
		return s
	}
	s[Callbacks], s[Refusals], s[Sales] = one(a.Flags.Callback), one(a.Flags.Refuse), one(a.Flags.Sale)
	if a.Inbound { // they called back: what came of it counts, but nobody dialed and nobody is abandoned by law
		return s
	}
	s[Dialed] = 1
	s[First] = one(a.Ordinal == 1)
	s[Lost] = one(a.Disposition == attempt.Lost)
	s[Unworkable] = one(a.Flags.Unworkable)
	s[Effective], s[Deliverable] = network(a.Result, !a.Rang.IsZero())
	if a.Answered.IsZero() {
		s[ofResult(a.Result)] = 1
		return s
	}
	s[Answered], s[AnswerWait] = 1, ms(a.Answered.Sub(a.Dialed))
	machine := a.AnsweredBy == usage.Machine || a.AnsweredBy == usage.Fax
	s[Machines], s[Persons] = one(machine), one(!machine)
	if machine {
		return s
	}
	if IsAbandoned(a) {
		s[Abandoned] = 1
		return s
	}
	s[Conversations], s[Contacts] = 1, one(a.Flags.Human)
	s[JoinWait], s[Talk] = ms(a.Joined.Sub(a.Answered)), ms(a.Ended.Sub(a.Joined))
	if a.Agent != "" {
		s[AfterWork] = ms(a.Closed.Sub(a.Ended))
	}
	return s
}

// outcomes are words for what a try counts as, for lists of tries; the cells of
// reports lead to them.
var outcomes = map[string]Measure{"answered": Answered, "person": Persons, "machine": Machines, "conversation": Conversations, "contact": Contacts, "sale": Sales, "callback": Callbacks,
	"refusal": Refusals, "abandoned": Abandoned, "withheld": Withheld, "unworkable": Unworkable, "lost": Lost,
	"busy": Busy, "no_answer": NoAnswer, "rejected": Rejected, "unassigned": Unassigned, "congested": Congested, "canceled": Canceled, "failed": Failed}

// Outcome is what a try came to, as reports count it.
type Outcome string

// Choices lists them; empty: whatever was dialed.
func (Outcome) Choices() []string {
	return []string{"answered", "person", "machine", "conversation", "contact", "sale", "callback", "refusal", "abandoned", "withheld", "unworkable", "lost",
		"busy", "no_answer", "rejected", "unassigned", "congested", "canceled", "failed"}
}

// Has tells whether a report counts a try under an outcome.
func (o Outcome) Has(a *attempt.Attempt) bool {
	if a.State.Open() || a.State == "" {
		return false
	}
	s := ofTry(a)
	if o == "" {
		return s[Dialed] > 0
	}
	m, known := outcomes[string(o)]
	return known && s[m] > 0
}

// When is the instant a try is filed at.
func When(a *attempt.Attempt) timex.Instant {
	if a.Dialed.IsZero() {
		return a.Decided
	}
	return a.Dialed
}

// IsAbandoned tells whether the ledger counts a person as abandoned: nobody spoke to
// them, or only the message that is played where no agent comes, or the agent could
// not be connected.
func IsAbandoned(a *attempt.Attempt) bool {
	message := !a.Joined.IsZero() && a.Agent == "" && a.Mode != usage.Robot && a.Mode != ""
	return a.IsAbandoned() || a.Disposition == attempt.Abandoned || message
}

// network judges what the network did with a call. A number that does not exist,
// and a call taken back before it rang, say nothing of the network: they are in
// neither.
func network(r usage.Result, rang bool) (effective, deliverable int64) {
	switch r {
	case usage.Answered, usage.Busy, usage.NoAnswer, usage.Rejected:
		return 1, 1
	case usage.Canceled:
		return one(rang), one(rang)
	case usage.Unassigned:
		return 0, 0
	}
	return 0, 1
}

func ofResult(r usage.Result) Measure {
	switch r {
	case usage.Busy:
		return Busy
	case usage.NoAnswer:
		return NoAnswer
	case usage.Rejected:
		return Rejected
	case usage.Unassigned:
		return Unassigned
	case usage.Congestion:
		return Congested
	case usage.Canceled:
		return Canceled
	}
	return Failed
}

// hourOf is the hour of the week on the clock of a number; "" where nobody knows
// its zone. Of several zones the first counts.
func (c *Counts) hourOf(n phone.Number, at timex.Instant) string {
	names := phone.Zones(n)
	if len(names) == 0 {
		return ""
	}
	zone, known := c.zones[names[0]]
	if !known {
		zone, _ = timex.LoadZone(names[0]) // nil: this machine has no such zone
		c.zones[names[0]] = zone
	}
	if zone == nil {
		return ""
	}
	return HourName(HourOf(at, zone))
}

// HourOf is the hour of the week of an instant: 0 is Monday at midnight.
func HourOf(at timex.Instant, zone *time.Location) int {
	t := at.In(zone)
	return (int(t.Weekday())+6)%7*24 + t.Hour()
}

// HourName is an hour of the week as a value of Week.
func HourName(hour int) string { return fmt.Sprintf("%03d", hour) }

// Call counts a call that is over, at what it came to.
func (c *Counts) Call(k *usage.Call, costs []money.Amount, unpriced bool) {
	s := ofCall(k)
	c.fileCall(k, &s, costs, unpriced, true)
}

// Priced counts the price of a call that was counted without one.
func (c *Counts) Priced(k *usage.Call, costs []money.Amount, unpriced bool) {
	s := Sums{Unpriced: -1}
	c.fileCall(k, &s, costs, unpriced, false)
}

func (c *Counts) fileCall(k *usage.Call, s *Sums, costs []money.Amount, unpriced, fresh bool) {
	s[Rated] += one(len(costs) > 0 && !unpriced)
	s[Unpriced] += one(unpriced)
	places := []place{{Whole, ""}, {Trunk, k.Trunk}}
	if isOwn(k.Campaign) { // records of other systems come by the hundred thousand: a row for each agent and half hour would cost more than rating them
		places = append(places, place{Agent, k.Agent}, place{Caller, CallerText(k.From)})
	}
	slot := SlotOf(k.Start)
	c.file(slot, k.Campaign, s, places)
	if cause := causeOf(k); fresh && cause != "" {
		c.at(Key{Cause, slot, k.Campaign, cause}).Add(&Sums{Calls: 1})
	}
	for _, a := range costs {
		for _, p := range places {
			c.cost(CostKey{Key{p.dim, slot, k.Campaign, p.value}, a.Currency()}, a.Micros())
		}
	}
}

func (c *Counts) cost(k CostKey, micros int64) {
	if len(k.Value) > maxValue {
		k.Value = strings.ToValidUTF8(k.Value[:maxValue], "")
	}
	x := c.Costs[k]
	if x == nil {
		x = &Cost{}
		k.Campaign, k.Value = strings.Clone(k.Campaign), strings.Clone(k.Value)
		c.Costs[k] = x
	}
	x.Calls++
	x.Micros += micros
	if isOwn(k.Campaign) {
		x.Own += micros
	}
}

// isOwn tells whether a call belongs to a campaign of ours, which has a try for it.
func isOwn(campaign string) bool { return strings.HasPrefix(campaign, "cmp_") }

// CallerText is a calling number as counts name it: without the plus that one
// switch writes and the next does not.
func CallerText(s string) string { return strings.TrimPrefix(s, "+") }

func ofCall(k *usage.Call) (s Sums) {
	s[Calls] = 1
	rang := k.Course != nil && !k.Course.Ringing.IsZero()
	s[CallsEffective], s[CallsDeliverable] = network(k.Result, rang)
	if k.IsAnswered() {
		s[CallsAnswered], s[CallsTalk], s[CallsShort] = 1, ms(k.Talk), one(k.Talk <= ShortCall)
	}
	if !isOwn(k.Campaign) {
		s[Untried], s[UntriedAnswered] = 1, s[CallsAnswered]
	}
	if k.Course != nil {
		ofCourse(k, &s)
	}
	return s
}

func ofCourse(k *usage.Call, s *Sums) {
	c := k.Course
	s[CallsUnwanted] = one(c.Status == 607 || c.Status == 608)
	if first := earliest(c.Ringing, c.Early, k.Answer); !first.IsZero() && first >= k.Start {
		s[Delayed], s[Delay] = 1, ms(first.Sub(k.Start))
	}
	if m := c.Heard.MOS; m != 0 {
		s[Heard], s[MOS], s[Poor] = 1, int64(m), one(m < PoorMOS)
	}
	s[Packets], s[Missing] = c.Heard.Packets, min(c.Heard.Lost+c.Heard.Late, c.Heard.Packets)
}

func earliest(list ...timex.Instant) (out timex.Instant) {
	for _, t := range list {
		if !t.IsZero() && (out.IsZero() || t < out) {
			out = t
		}
	}
	return out
}

// causeOf names how an unanswered call ended, and over which trunk: sip486@gw1,
// q17@gw1, or what the record says.
func causeOf(k *usage.Call) string {
	if k.IsAnswered() {
		return ""
	}
	code := string(k.Result)
	switch c := k.Course; {
	case c != nil && c.Status >= 300:
		code = "sip" + strconv.FormatInt(c.Status, 10)
	case c != nil && c.Cause != 0:
		code = "q" + strconv.FormatInt(c.Cause, 10)
	}
	return code + "@" + k.Trunk
}

// SplitCause takes a value of Cause apart.
func SplitCause(value string) (code, trunk string) {
	code, trunk, _ = strings.Cut(value, "@")
	return code, trunk
}

// Session counts an agent's stretch that is over, slot by slot. It belongs to no
// campaign: an agent waits for all.
func (c *Counts) Session(f *usage.Session) {
	if f.To <= f.From || f.To.Sub(f.From) > MaxStretch || f.State == usage.Offline {
		return
	}
	in := Logged
	switch f.State {
	case usage.Ready:
		in = Ready
	case usage.Talking:
		in = Talking
	case usage.WrapUp:
		in = WrapUp
	case usage.Paused:
		in = Paused
	}
	places := []place{{Whole, ""}, {Agent, f.User}}
	done := int64(0)
	for slot := SlotOf(f.From); StartOf(slot) < f.To; slot++ { // at most MaxStretch of them
		upTo := ms(min(f.To, StartOf(slot+1)).Sub(f.From)) // rounded from the beginning, so that parts sum to the whole
		s := Sums{Logged: upTo - done}
		s[in] = upTo - done
		done = upTo
		c.file(slot, "", &s, places)
	}
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func ms(d time.Duration) int64 { return max(int64(d/time.Millisecond), 0) }
