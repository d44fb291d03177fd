package cdr

import (
	"slices"

	"waihu/internal/money"
	"waihu/internal/usage"
)

// FactKind is a kind of fact, as our own files and mappings name it.
type FactKind string

const (
	CallFact    FactKind = "call"
	SeatFact    FactKind = "seat"
	SessionFact FactKind = "session"
	ModuleFact  FactKind = "module"
	RentalFact  FactKind = "rental"
	EventFact   FactKind = "event"
)

// Choices lists them.
func (FactKind) Choices() []string {
	return []string{"call", "seat", "session", "module", "rental", "event"}
}

// fact is a fact of any kind being put together.
type fact struct {
	kind           FactKind
	call           usage.Call
	course         usage.Course // where call tells of one
	seat           usage.Seat
	session        usage.Session
	module         usage.Module
	rental         usage.Rental
	event          usage.Event
	cost, currency string // of a call, until both are known
}

// factField is one field of a kind of fact, by the name that files give it.
type factField struct {
	name string
	need bool              // a record without it is no fact
	at   func(f *fact) any // where its value goes
}

// factFields are the fields of a kind in canonical order; nil: no such kind.
func factFields(kind FactKind) []factField {
	switch kind {
	case CallFact:
		return callFields
	case SeatFact:
		return seatFields
	case SessionFact:
		return sessionFields
	case ModuleFact:
		return moduleFields
	case RentalFact:
		return rentalFields
	case EventFact:
		return eventFields
	}
	return nil
}

var callFields = slices.Concat([]factField{
	{"id", false, func(f *fact) any { return &f.call.ID }},
	{"source", false, func(f *fact) any { return &f.call.Source }},
	{"session", false, func(f *fact) any { return &f.call.Session }},
	{"leg_b", false, func(f *fact) any { return &f.call.LegB }},
	{"direction", false, func(f *fact) any { return &f.call.Direction }},
	{"result", false, func(f *fact) any { return &f.call.Result }},
	{"by", false, func(f *fact) any { return &f.call.By }},
	{"mode", false, func(f *fact) any { return &f.call.Mode }},
	{"purpose", false, func(f *fact) any { return &f.call.Purpose }},
	{"line", false, func(f *fact) any { return &f.call.Line }},
	{"reach", false, func(f *fact) any { return &f.call.Reach }},
	{"from", false, func(f *fact) any { return &f.call.From }},
	{"to", false, func(f *fact) any { return &f.call.To }},
	{"account", false, func(f *fact) any { return &f.call.Account }},
	{"agent", false, func(f *fact) any { return &f.call.Agent }},
	{"campaign", false, func(f *fact) any { return &f.call.Campaign }},
	{"trunk", false, func(f *fact) any { return &f.call.Trunk }},
	{"outcome", false, func(f *fact) any { return &f.call.Outcome }},
	{"cause", false, func(f *fact) any { return &f.call.Cause }},
	{"start", true, func(f *fact) any { return &f.call.Start }},
	{"answer", false, func(f *fact) any { return &f.call.Answer }},
	{"end", false, func(f *fact) any { return &f.call.End }},
	{"total", false, func(f *fact) any { return &f.call.Total }},
	{"talk", false, func(f *fact) any { return &f.call.Talk }},
	{"cost", false, func(f *fact) any { return &f.cost }},
	{"currency", false, func(f *fact) any { return &f.currency }},
}, courseFields)

// courseFields are those of a call that tell how it went.
var courseFields = []factField{
	{"ended_by", false, func(f *fact) any { return &f.told().EndedBy }},
	{"q850", false, func(f *fact) any { return &f.told().Cause }},
	{"sip", false, func(f *fact) any { return &f.told().Status }},
	{"why", false, func(f *fact) any { return &f.told().Why }},
	{"trying", false, func(f *fact) any { return &f.told().Trying }},
	{"ringing", false, func(f *fact) any { return &f.told().Ringing }},
	{"early", false, func(f *fact) any { return &f.told().Early }},
	{"other_leg", false, func(f *fact) any { return &f.told().OtherLeg }},
	{"heard_mos", false, func(f *fact) any { return &f.told().Heard.MOS }},
	{"heard_packets", false, func(f *fact) any { return &f.told().Heard.Packets }},
	{"heard_lost", false, func(f *fact) any { return &f.told().Heard.Lost }},
	{"heard_late", false, func(f *fact) any { return &f.told().Heard.Late }},
	{"heard_jitter", false, func(f *fact) any { return &f.told().Heard.Jitter }},
	{"told_mos", false, func(f *fact) any { return &f.told().Told.MOS }},
	{"told_packets", false, func(f *fact) any { return &f.told().Told.Packets }},
	{"told_lost", false, func(f *fact) any { return &f.told().Told.Lost }},
	{"told_late", false, func(f *fact) any { return &f.told().Told.Late }},
	{"told_jitter", false, func(f *fact) any { return &f.told().Told.Jitter }},
	{"detected", false, func(f *fact) any { return &f.told().Detected }},
	{"detected_percent", false, func(f *fact) any { return &f.told().Sure }},
	{"recording", false, func(f *fact) any { return &f.told().Recording }},
	{"recording_sha256", false, func(f *fact) any { return &f.told().RecordingSHA256 }},
}

var seatFields = []factField{
	{"id", false, func(f *fact) any { return &f.seat.ID }},
	{"source", false, func(f *fact) any { return &f.seat.Source }},
	{"user", true, func(f *fact) any { return &f.seat.User }},
	{"type", false, func(f *fact) any { return &f.seat.Type }},
	{"from", true, func(f *fact) any { return &f.seat.From }},
	{"to", false, func(f *fact) any { return &f.seat.To }},
	{"account", false, func(f *fact) any { return &f.seat.Account }},
}

var sessionFields = []factField{
	{"id", false, func(f *fact) any { return &f.session.ID }},
	{"source", false, func(f *fact) any { return &f.session.Source }},
	{"user", true, func(f *fact) any { return &f.session.User }},
	{"type", false, func(f *fact) any { return &f.session.Type }},
	{"state", false, func(f *fact) any { return &f.session.State }},
	{"from", true, func(f *fact) any { return &f.session.From }},
	{"to", false, func(f *fact) any { return &f.session.To }},
	{"account", false, func(f *fact) any { return &f.session.Account }},
}

var moduleFields = []factField{
	{"id", false, func(f *fact) any { return &f.module.ID }},
	{"source", false, func(f *fact) any { return &f.module.Source }},
	{"module", true, func(f *fact) any { return &f.module.Module }},
	{"from", true, func(f *fact) any { return &f.module.From }},
	{"to", false, func(f *fact) any { return &f.module.To }},
	{"account", false, func(f *fact) any { return &f.module.Account }},
}

var rentalFields = []factField{
	{"id", false, func(f *fact) any { return &f.rental.ID }},
	{"source", false, func(f *fact) any { return &f.rental.Source }},
	{"item", true, func(f *fact) any { return &f.rental.Item }},
	{"from", true, func(f *fact) any { return &f.rental.From }},
	{"to", false, func(f *fact) any { return &f.rental.To }},
	{"account", false, func(f *fact) any { return &f.rental.Account }},
}

var eventFields = []factField{
	{"id", false, func(f *fact) any { return &f.event.ID }},
	{"source", false, func(f *fact) any { return &f.event.Source }},
	{"kind", true, func(f *fact) any { return &f.event.Kind }},
	{"quantity", true, func(f *fact) any { return &f.event.Quantity }},
	{"at", true, func(f *fact) any { return &f.event.At }},
	{"account", false, func(f *fact) any { return &f.event.Account }},
}

// begin empties the fact for the next record of a kind.
func (f *fact) begin(kind FactKind) {
	f.kind, f.cost, f.currency = kind, "", ""
	switch kind {
	case CallFact:
		if f.call.Course != nil { // few records tell of one: nothing is spent on the others
			f.course = usage.Course{}
		}
		f.call = usage.Call{}
	case SeatFact:
		f.seat = usage.Seat{}
	case SessionFact:
		f.session = usage.Session{}
	case ModuleFact:
		f.module = usage.Module{}
	case RentalFact:
		f.rental = usage.Rental{}
	case EventFact:
		f.event = usage.Event{}
	}
}

// told is the course of the call, which a value is about to be put into.
func (f *fact) told() *usage.Course {
	f.call.Course = &f.course
	return &f.course
}

// name sets ID and Source where the record gave none.
func (f *fact) name(id, source string) {
	var i, s *string
	switch f.kind {
	case CallFact:
		i, s = &f.call.ID, &f.call.Source
	case SeatFact:
		i, s = &f.seat.ID, &f.seat.Source
	case SessionFact:
		i, s = &f.session.ID, &f.session.Source
	case ModuleFact:
		i, s = &f.module.ID, &f.module.Source
	case RentalFact:
		i, s = &f.rental.ID, &f.rental.Source
	default:
		i, s = &f.event.ID, &f.event.Source
	}
	if *i == "" {
		*i = id
	}
	if *s == "" {
		*s = source
	}
}

// hasID tells whether the record named the fact.
func (f *fact) hasID() bool {
	return *factFields(f.kind)[0].at(f).(*string) != ""
}

// priced makes the amount of a call's cost and currency; wrong says what is
// wrong with them.
func (f *fact) priced() (wrong string) {
	if f.cost == "" && f.currency == "" {
		return ""
	}
	if f.cost == "" || f.currency == "" {
		return "a cost and its currency must stand together"
	}
	c, err := money.ParseCurrency(f.currency)
	if err != nil {
		return "this is no currency"
	}
	if f.call.Cost, err = money.Parse(f.cost, c); err != nil {
		return "the cost is no amount of at most six decimals"
	}
	return ""
}

// give hands the fact to a sink.
func (f *fact) give(out usage.Sink) error {
	switch f.kind {
	case CallFact:
		return out.Call(&f.call)
	case SeatFact:
		return out.Seat(f.seat)
	case SessionFact:
		return out.Session(f.session)
	case ModuleFact:
		return out.Module(f.module)
	case RentalFact:
		return out.Rental(f.rental)
	}
	return out.Event(f.event)
}
