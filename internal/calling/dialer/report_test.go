package dialer

import (
	"fmt"
	"testing"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/report"
)

// TestAReportOfADay: what a report counts of a simulated day is what the day knows:
// its carrier's dials, the dispositions, the ledger of who was abandoned.
func TestAReportOfADay(t *testing.T) {
	for _, mode := range []campaign.Mode{campaign.Preview, campaign.Progressive, campaign.Predictive} {
		for seed := range uint64(4) {
			t.Run(fmt.Sprintf("%s/%d", mode, seed), func(t *testing.T) {
				d := newDay(t, 900+seed, mode, 6, 300)
				d.run(90 * time.Minute)
				counts, s := report.New(), report.Sums{}
				inbound := int64(0)
				for _, a := range d.tries {
					counts.Try(&a)
					if a.Inbound {
						inbound++
					}
				}
				for k, x := range counts.Sums {
					if k.Dim == report.Whole {
						s.Add(x)
					}
				}
				answered, abandoned := d.ledger.Totals()
				for what, pair := range map[string][2]int64{
					"tries":      {s[report.Dialed] + s[report.Withheld], int64(len(d.tries)) - inbound},
					"dials":      {min(s[report.Dialed], int64(d.counts["dialed"])), s[report.Dialed]}, // some were withheld for want of a trunk
					"sales":      {s[report.Sales], int64(d.counts["sale"])},
					"refusals":   {s[report.Refusals], int64(d.counts["refused"])},
					"callbacks":  {s[report.Callbacks], int64(d.counts["callback"])},
					"busy":       {s[report.Busy], int64(d.counts["busy"])},
					"no answer":  {s[report.NoAnswer], int64(d.counts["no_answer"])},
					"taken back": {s[report.Canceled], int64(d.counts[attempt.Cancelled])},
					"persons":    {s[report.Persons], int64(answered)},
					"abandoned":  {s[report.Abandoned], int64(abandoned)},
				} {
					if pair[0] != pair[1] {
						t.Errorf("%s: %d in the report, %d in the day", what, pair[0], pair[1])
					}
				}
			})
		}
	}
}
