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
		w := newWorld(t, "100", "predictive")
		camp := w.campaign("spring", campaign.Predictive, 1000, 900, nil)
		for i := range 100 {
			w.work(camp.ID, fmt.Sprintf("user_%d", i), "sale", "not_interested")
		}
		time.Sleep(4 * time.Minute)
		c := must(w.floor.Campaign(t.Context(), w.c, &camp))
		if c.Today.Answered < 250 || c.Ledger.Share > 0.03 || w.lines.most <= 100 {
			t.Errorf("%d at once; %+v", w.lines.most, c)
		}
		w.floor.Close()
	})
}
