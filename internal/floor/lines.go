package floor

import (
	"context"
	"time"

	"waihu/internal/calling/dialer"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/usage"
)

// Lines are the telephone lines of this node. A call and the try it was dialed for
// have the same identifier, the try's. An agent is known by company and user.
//
// A call is one fact of usage with that identifier, reserved before it is sent and
// settled when it ends.
type Lines interface {
	// Place begins a call. It returns once the call is begun or refused; an error says
	// why nothing was sent. What happens to the call is told in order, by another
	// goroutine: Dialed, Rings, Answered, Told (if Detect), Pressed, Said, Unjoined,
	// Parted, Came, Left, NotTaken, and Over, after which nothing more is told. tell does not wait.
	Place(ctx context.Context, o Outgoing, tell func(dialer.Event)) error
	// Hang cancels what rings and hangs up what talks; Over follows. A call that is
	// not there is over already.
	Hang(try id.ID)
	// Say plays a prompt to the called person, breaking off what is played; Said follows
	// for each, also for one that is broken off.
	Say(try id.ID, prompt string)
	// Play is Say of the sound of a WAV file. One that cannot be read is silence.
	Play(try id.ID, wav []byte)
	// Join connects the standing leg of an agent with who answered; an error: it could not.
	// Joining again what is joined connects anew the leg that came back.
	Join(try id.ID, agent string) error
	// Part takes the agent's leg off a call that goes on with a third party; the leg
	// stands again. An error: nobody would speak with the customer.
	Part(try id.ID) error
	// Hold lets the customer hear music and the agent nothing, or ends that.
	Hold(try id.ID, on bool) error
	// PauseRecording leaves out what is said from now on, as a card number, or ends that.
	PauseRecording(try id.ID, on bool) error
	// Press sends DTMF to the customer.
	Press(try id.ID, keys string) error
	// Drop is voicemail drop: the agent parts at once (nothing is told of it), the prompt
	// is played to the line, then it is hung up.
	Drop(try id.ID, prompt string) error
	// Transfer hands the call over. To an agent it is done when it returns: that one is
	// joined, the other parted. To a number: it begins to ring, the customer hears music,
	// and when it answers the agent is parted, dialer.Came and dialer.Parted told; if it does
	// not, both are joined again and dialer.NotTaken told. Nobody need have the call.
	Transfer(try id.ID, to Target) error
	// Confer lets a third party join, or another agent; the agent stays. Of a number
	// dialer.Came and then dialer.Left, or dialer.NotTaken is told, once, as of Transfer; of
	// one that was refused, with an error, nothing is.
	Confer(try id.ID, to Target) error
	// Supervise lets somebody with a standing leg of their own hear a call; None ends
	// that, and takes off the call an agent who joined it.
	Supervise(try id.ID, who string, how Hearing) error
	// Standing asks to be told of each standing leg that comes and goes; those that
	// are there already are told at once. An agent's browser or telephone calls the
	// name "floor" and stays on the line, hearing nothing until it is joined.
	Standing(func(c id.Company, user string, here bool))
	// Incoming asks to be asked whom a call is for that comes in over a trunk, by its two
	// numbers. It rings meanwhile; the first Join or Say answers it, Hang refuses it.
	Incoming(func(ctx context.Context, from, to phone.Number) (*Caller, error))
}

// Outgoing is a call to be placed.
type Outgoing struct {
	Company  id.Company
	Contract id.ID // that pays for it
	Try      id.ID
	Campaign id.ID
	List     id.ID
	Lead     id.ID
	Number   phone.Number
	CallerID phone.Number  // zero: the trunk's own
	Ring     time.Duration // then it is given up: Over with no_answer
	Agent    string        // who is reserved for it; empty: whoever is free
	Mode     usage.Mode
	Purpose  usage.Purpose
	Record   bool   // both sides, from the join on; Kept follows
	Notice   string // prompt both hear when somebody speaks with them first; empty: none
	Detect   bool   // Told follows Answered
	// Kept is told that the recording runs, and that it does not, or not any more, and
	// why. It does not wait. nil: nobody asks.
	Kept func(failed error)
}

// Target is who a call is handed to, or who joins it: one of the two.
type Target struct {
	Agent  string       // with a standing leg
	Number phone.Number // of the campaign's list of targets
}

// Hearing is how a supervisor takes part in a call.
type Hearing string

const (
	None    Hearing = "none"    // any more
	Listen  Hearing = "listen"  // and is heard by nobody
	Whisper Hearing = "whisper" // the agent alone hears them
	Barge   Hearing = "barge"   // everybody hears them
)

// Choices lists them.
func (Hearing) Choices() []string { return []string{"none", "listen", "whisper", "barge"} }

// Pressed is a key the called person pressed.
type Pressed = dialer.Pressed
