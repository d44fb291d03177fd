package shift

import (
	"bytes"
	"testing"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/exact"
	"waihu/internal/lang"
)

// TestABroadcastIsPlayedToItsInvoice: who presses is refused for good, called back or
// given to an agent, and the lane stands on the invoice.
func TestABroadcastIsPlayedToItsInvoice(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	r, err := Run(t.Context(), Setup{Data: t.TempDir(), Leads: 10, Agents: 1, Mode: campaign.Broadcast, Talk: time.Second, Wrap: 200 * time.Millisecond, Seed: 65, First: 25_000, Most: 2 * time.Minute, Out: &out})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if err := r.Write(&out, lang.English); err != nil {
		t.Fatal(err)
	}
	if d := r.Dispositions; d["refused"] == 0 || d["callback"] == 0 || d["heard"] == 0 || r.Calls != 10 || len(r.Twice)+r.Open+r.Left != 0 {
		t.Errorf("that is not what was pressed")
	}
	if l := r.Invoice.Lines; !bytes.Contains(out.Bytes(), []byte("Robot lanes")) || len(l) == 0 || r.Invoice.Total.Sign() <= 0 {
		t.Errorf("the lane is not on the invoice")
	}
	for _, l := range r.Invoice.Lines { // nothing of a part of the month, and nothing of nothing
		if l.First != r.Invoice.First || l.Charged.Sign() <= 0 {
			t.Errorf("%s: %s from %s of a month that begins on %s", l.Component, l.Charged, l.First, r.Invoice.First)
		}
	}
	for _, l := range r.Invoice.Lines {
		if spent := r.Tally.Total.Spent.Exact(); l.Component == "talk" && spent.Cmp(l.Exact.Mul(exact.MustParse("1.09"))) != 0 {
			t.Errorf("spent %s with tax, and the invoice has %s without", spent, l.Exact)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}
