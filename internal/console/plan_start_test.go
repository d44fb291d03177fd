package console

import (
	"testing"

	"waihu/internal/app"
)

// TestThePlanToBeginWithPricesItsExample: whoever opens the builder sees a whole
// bill, not a list of what has no price.
func TestThePlanToBeginWithPricesItsExample(t *testing.T) {
	p, decks, problems := app.ReadPlan(startText, nil)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	var samples app.Samples
	inv, err := samples.Bill("service", p, decks)
	if err != nil || len(inv.Unpriced) > 0 || len(inv.Unknown) > 0 {
		t.Errorf("%v: unpriced %v, unknown %v", err, inv.Unpriced, inv.Unknown)
	}
}
