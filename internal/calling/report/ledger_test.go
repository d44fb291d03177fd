package report

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"waihu/internal/timex"
)

// TestTheRecordIsTheSumOfItsDays: each window is the sum of its thirty days, and what
// is told of the last day is what the ledger tells.
func TestTheRecordIsTheSumOfItsDays(t *testing.T) {
	zone, err := timex.LoadZone("America/New_York")
	must(err)
	rng, first := rand.New(rand.NewPCG(5, 9)), timex.MustDate("2026-03-01") // clocks go forward on the 8th
	var list []Dated
	var ledger Row
	for d := first - LedgerDays; d < first+20; d++ {
		for slot := SlotOf(d.Start(zone)); slot < SlotOf((d + 1).Start(zone)); slot++ {
			s := Sums{Persons: int64(rng.IntN(9))}
			s[Abandoned] = min(int64(rng.IntN(12)/11), s[Persons])
			list = append(list, Dated{slot, "cmp_a", s})
			if d >= first+20-LedgerDays {
				ledger.Sums.Add(&s)
			}
		}
	}
	list = append(list, Dated{SlotOf(first.Start(zone)), "cmp_b", Sums{Dialed: 5}})
	out := Record(list, first, first+20, zone, map[string]string{"cmp_a": "=Spring"})
	if len(out) != 20 {
		t.Fatalf("%d entries, want a day each of the campaign that reached somebody", len(out))
	}
	for i := 1; i < len(out); i++ {
		a, b := out[i-1], out[i]
		if b.Day != a.Day+1 || b.WindowFirst != b.Day-LedgerDays+1 || b.Within != (float64(b.WindowAbandoned) <= .03*float64(b.WindowAnswered)) || b.WindowAbandoned > b.WindowAnswered {
			t.Errorf("%+v", b)
		}
	}
	last := out[len(out)-1]
	if last.WindowAnswered != ledger.Sums[Persons] || last.WindowAbandoned != ledger.Sums[Abandoned] || last.Within != (ledger.Left() >= 0) {
		t.Errorf("%+v, the ledger has %d and %d", last, ledger.Sums[Persons], ledger.Sums[Abandoned])
	}
	var b bytes.Buffer
	must(RecordCSV(&b, out))
	if lines := strings.Split(strings.TrimSpace(b.String()), "\n"); len(lines) != 21 || !strings.Contains(lines[1], ",'=Spring,") {
		t.Errorf("%s", b.String())
	}
	b.Reset()
	must(RecordJSON(&b, out[:1]))
	if !strings.Contains(b.String(), `"day":"2026-03-01","time_zone":"America/New_York"`) {
		t.Errorf("%s", b.String())
	}
}
