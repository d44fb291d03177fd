package floor

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"waihu/internal/calling/campaign"
)

// TestManyAgentsAtOnce: a shift that begins all at once, of whose customers nothing is
// known, abandons no more than it may: nobody is dialed on a guess, and that answers come
// before the lack of them misleads nobody.
func TestManyAgentsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "120", "predictive")
		camp := w.campaign("spring", campaign.Predictive, 1000, 1200, nil)
		for i := range 120 {
			w.work(camp.ID, fmt.Sprintf("user_%d", i), "sale", "not_interested")
		}
		time.Sleep(2 * time.Minute)
		c := must(w.floor.Campaign(t.Context(), w.c, &camp))
		if c.Ledger.Answered < 200 || c.Ledger.Room < 0 || w.lines.saw().most <= 120 {
			t.Errorf("%d at once; %+v", w.lines.saw().most, c)
		}
		w.floor.Close()
	})
}
