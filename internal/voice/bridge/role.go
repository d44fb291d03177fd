package bridge

// Role is what a leg is in a bridge; it decides whom the leg hears and who hears
// it.
type Role uint8

const (
	Customer Role = iota // who was called, or called
	Agent                // speaks with customers; more than one may
	Listen               // a supervisor whom nobody hears
	Whisper              // a supervisor whom agents hear, and nobody else
	Barge                // a supervisor whom everybody hears
)

// roles is how many there are.
const roles = 5

func (r Role) String() string {
	return [roles + 1]string{"customer", "agent", "listen", "whisper", "barge", "unknown"}[min(r, roles)]
}

// party tells whether the role is one the call is between.
func (r Role) party() bool { return r == Customer || r == Agent }

// Hears tells whether a leg of this role hears one of another role. Parties hear
// each other; agents hear who whispers; everybody hears who barges; supervisors
// hear the parties, and each other only by barging.
func (r Role) Hears(of Role) bool {
	switch of {
	case Customer, Agent, Barge:
		return true
	case Whisper:
		return r == Agent
	}
	return false
}
