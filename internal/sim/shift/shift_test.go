package shift

import (
	"bytes"
	"testing"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/lang"
)

// TestAShift: the whole service with real signalling: a list is called to its end by
// agents at their desks, everything is in the books, and on the invoice.
func TestAShift(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r, err := Run(t.Context(), Setup{Data: t.TempDir(), Leads: 8, Agents: 4, Mode: campaign.Predictive, Talk: time.Second, Wrap: 200 * time.Millisecond, Seed: 3, First: 22_000, Most: 2 * time.Minute, Out: &out})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if err := r.Write(&out, lang.English); err != nil {
		t.Fatal(err)
	}
	if n := r.Tally.Total; n.Tries < 8 || n.Conversations < 2 || r.Calls < 8 || r.Seconds == 0 || r.Invoice.Total.Sign() <= 0 || r.Talking == 0 {
		t.Errorf("too little came of it")
	}
	if len(r.Twice) != 0 || r.Open != 0 || r.Left != 0 {
		t.Errorf("something is left over")
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
