package pacing

import "time"

// Reason names what kept a decision from placing one more dial. It is a key of
// phrases, stable for programs.
type Reason string

// Reasons.
const (
	ByRisk     Reason = "risk"     // one more answer would too likely find everybody busy
	ByLedger   Reason = "ledger"   // as risk, and the ledger has no room beside what is in flight: only dials without risk are placed
	ByCost     Reason = "cost"     // as risk, and what an agent's waiting costs allows less than the ledger would
	ByChannels Reason = "channels" // trunks are full
	ByRate     Reason = "rate"     // calls a second
	ByBudget   Reason = "budget"   // no attempt is paid for any more
	ByAgents   Reason = "agents"   // nobody is there, or all are paused
	ByLeaving  Reason = "leaving"  // those who are there have a break or end their shift before an answer would come
	ByClosing  Reason = "closing"  // calling hours end before an answer would come
	ByLeads    Reason = "leads"    // no lead was offered, or all offered were placed
	ByBounds   Reason = "bounds"   // more agents or dials than a state may have, or MaxPlace were placed
)

// Decision is what to do now. Place before the next state is told; cancelling is
// a CANCEL of a dial nobody has answered.
type Decision struct {
	Place  int   // so many of State.Next, from its start
	Cancel []int // places in State.Dials, the youngest first; they never include dials that ring for less than Goal.MinRing
	Why    Why
}

// Why is the account of a decision, in numbers an explainer can show.
type Why struct {
	Reason    Reason
	Risk      float64       // chance that one more answer finds everybody busy, after what was placed
	Allowed   float64       // the risk that is allowed now
	Agents    int           // who could take calls: logged in, not paused
	Ready     int           // of them, free now
	InFlight  int           // dials in flight, after cancelling and placing
	Expected  float64       // answers by persons expected of them
	Releases  float64       // agents expected to become free before a dial placed now is answered
	Room      float64       // further calls that may be abandoned under the ledger
	Abandoned float64       // share abandoned in the ledger's window
	Horizon   time.Duration // mean time until a dial placed now is answered
}
