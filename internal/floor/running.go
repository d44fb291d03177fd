package floor

import (
	"time"

	"waihu/internal/id"
)

// Running is a call that runs on this node, whoever placed it.
type Running struct {
	Call     id.ID  // its try's, of a call of the dialer
	Campaign id.ID  // zero: an agent's own call
	Agent    string // who speaks, or is to; empty: nobody yet
	From     string // empty: the trunk's own number, or an agent's telephone
	To       string
	In       bool // they called us
	Begun    time.Time
	Answered time.Time // zero: not yet
	Held     bool
	Paused   bool               // its recording
	Hearing  map[string]Hearing // supervisors
}
