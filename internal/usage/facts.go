package usage

import (
	"waihu/internal/exact"
	"waihu/internal/timex"
)

// AgentSeat is the type of a seat where nobody says another.
const AgentSeat = "agent"

// Seat is the right to a place: who it was assigned to, and when. A change of
// a seat is the end of one fact and the start of another.
type Seat struct {
	ID      string // unique in Source
	Source  string
	User    string
	Type    string // agent, supervisor, robot, or the operator's own word
	From    timex.Instant
	To      timex.Instant // zero: still assigned
	Account string        // whose it is, where the source tells: decides between several contracts
}

// State is what an agent was doing in a session.
type State string

const (
	Ready   State = "ready"
	Talking State = "talking"
	WrapUp  State = "wrap_up" // ACW
	Paused  State = "paused"
	Offline State = "offline"
)

// Choices lists them; empty means the record does not tell.
func (State) Choices() []string { return []string{"ready", "talking", "wrap_up", "paused", "offline"} }

// Session is a stretch an agent was logged in, in one state if the source
// tells states.
type Session struct {
	ID      string
	Source  string
	User    string
	Type    string // seat type
	State   State
	From    timex.Instant
	To      timex.Instant
	Account string // whose it is, where the source tells: decides between several contracts
}

// Module is a stretch a feature module was switched on.
type Module struct {
	ID      string
	Source  string
	Module  string
	From    timex.Instant
	To      timex.Instant // zero: still on
	Account string        // whose it is, where the source tells: decides between several contracts
}

// Rental is a stretch a thing was rented: a number, a line, a device.
type Rental struct {
	ID      string
	Source  string
	Item    string // number, line, device, or the plan's own word
	From    timex.Instant
	To      timex.Instant // zero: still rented
	Account string        // whose it is, where the source tells: decides between several contracts
}

// Event is something counted when it happened: a message, a gigabyte-day, a
// minute of speech recognition, a training day.
type Event struct {
	ID       string
	Source   string
	Kind     string // sms, storage_gb_day, transcription_minute ...
	Quantity exact.Number
	At       timex.Instant
	Account  string // whose it is, where the source tells: decides between several contracts
}

// Sink takes facts as a reader finds them. What a *Call points to is only valid
// until the method returns. An error stops the reader.
type Sink interface {
	Call(*Call) error
	Seat(Seat) error
	Session(Session) error
	Module(Module) error
	Rental(Rental) error
	Event(Event) error
}
