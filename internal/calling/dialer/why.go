package dialer

import (
	"maps"

	"waihu/internal/calling/agent"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/pacing"
	"waihu/internal/timex"
)

// Account is why a campaign dials as it does at this moment.
type Account struct {
	At      timex.Instant
	Status  campaign.Status
	Paced   pacing.Why          // of the last decision; its Reason is what holds back one more dial
	Agents  map[agent.State]int // who is logged in
	Dialing int                 // dials nobody answered yet
	Waiting int                 // persons on the line without an agent
	Talking int
	Held    int            // leads at hand
	Empty   int            // lists that have nothing due now
	Denied  map[string]int // leads of today that were not dialed when their turn came, by rule
}

// Why tells it.
func (e *Engine) Why() Account {
	a := Account{At: e.now, Status: e.plan.Status, Paced: e.paced, Agents: map[agent.State]int{}, Waiting: len(e.waiting), Held: len(e.ahead), Denied: maps.Clone(e.denied)}
	for _, s := range e.agents {
		a.Agents[s.State]++
	}
	for _, c := range e.calls {
		switch c.State {
		case attempt.Decided, attempt.Dialing, attempt.Ringing:
			a.Dialing++
		case attempt.Talking:
			a.Talking++
		}
	}
	for _, l := range e.lists {
		a.Held += len(l.held)
		if len(l.held) == 0 && e.now < l.notTill {
			a.Empty++
		}
	}
	return a
}
