package compliance

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/timex"
)

// free is a person about whom everything is known and nothing holds back but time.
func free(t *testing.T, p *Packs, number_, country, state string) *Query {
	t.Helper()
	n := number(t, number_)
	q := &Query{Number: n, ByNumber: p.OfNumber(n), Consent: Consent{Basis: Written, Evidence: true},
		Caller: Caller{Number: n + 1, Shown: true, Owned: true, Callable: true}}
	var err error
	if q.ByAddress, err = p.OfAddress(country, state, ""); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"us.national", "gb.tps", "gb.ctps", "hk.prerecorded", "fr.bloctel"} {
		q.Asked = append(q.Asked, Asked{List: list, At: instant(t, "2026-11-25T00:00:00Z")}, Asked{List: list, At: instant(t, "2026-03-07T00:00:00Z")},
			Asked{List: list, At: instant(t, "2026-07-01T00:00:00Z")}, Asked{List: list, At: instant(t, "2026-10-30T00:00:00Z")}, Asked{List: list, At: instant(t, "2026-12-20T00:00:00Z")})
	}
	return q
}

// Local times are of the zone named; "" is allowed, else the rules that hold back
// and the first instant they let go, in the same zone.
func TestHoursAtTheirEdges(t *testing.T) {
	p := loaded(t)
	for _, c := range []struct{ number, country, state, zone, at, held, again string }{
		{"12125550100", "", "", "America/New_York", "2026-11-30T07:59:59.999999", "us.hours", "2026-11-30T08:00:00"},
		{"12125550100", "", "", "America/New_York", "2026-11-30T08:00:00", "", ""},
		{"12125550100", "", "", "America/New_York", "2026-11-30T20:59:59.999999", "", ""},
		{"12125550100", "", "", "America/New_York", "2026-11-30T21:00:00", "us.hours", "2026-12-01T08:00:00"},
		{"12125550100", "", "", "America/New_York", "2026-12-01T00:00:00", "us.hours", "2026-12-01T08:00:00"},
		// the clocks go forward and back at two in the morning: opening is at eight on the wall
		{"12125550100", "", "", "America/New_York", "2026-03-08T01:59:59", "us.hours", "2026-03-08T08:00:00"},
		{"12125550100", "", "", "America/New_York", "2026-03-07T21:30:00", "us.hours", "2026-03-08T08:00:00"},
		{"12125550100", "", "", "America/New_York", "2026-10-31T21:30:00", "us.hours", "2026-11-01T08:00:00"},
		{"12125550100", "", "", "America/New_York", "2026-11-01T07:59:59", "us.hours", "2026-11-01T08:00:00"},
		// states that are stricter
		{"13055550100", "", "", "America/New_York", "2026-11-30T20:00:00", "us_fl.hours", "2026-12-01T08:00:00"},
		{"13055550100", "", "", "America/New_York", "2026-11-30T19:59:59", "", ""},
		{"15025550100", "", "", "America/New_York", "2026-11-30T09:59:59", "us_ky.hours", "2026-11-30T10:00:00"},
		{"12055550100", "", "", "America/Chicago", "2026-11-29T12:00:00", "us_al.hours", "2026-11-30T08:00:00"},               // Sunday
		{"12055550100", "", "", "America/Chicago", "2026-11-26T12:00:00", "us_al.hours", "2026-11-27T08:00:00"},               // Thanksgiving
		{"12055550100", "", "", "America/Chicago", "2026-12-24T20:00:00", "us_al.hours", "2026-12-26T08:00:00"},               // over Christmas
		{"12055550100", "", "", "America/Chicago", "2019-12-31T12:00:00", "us_al.hours", ""},                                  // no calendar of that year
		{"12145550100", "", "", "America/Chicago", "2026-11-29T11:59:59", "us_tx.hours", "2026-11-29T12:00:00"},               // Sunday noon
		{"18505550100", "", "", "America/New_York", "2026-11-30T08:30:00", "us.hours us_fl.hours", "2026-11-30T09:00:00"},     // both zones of 850
		{"14155550100", "US", "FL", "America/New_York", "2026-11-30T09:00:00", "us.hours us_fl.hours", "2026-11-30T11:00:00"}, // number of California, address in Florida
		{"14155550100", "US", "FL", "America/New_York", "2026-11-30T20:00:00", "us_fl.hours", "2026-12-01T11:00:00"},          // open in California alone
		{"14155550100", "US", "Florida", "America/New_York", "2026-11-30T19:59:59", "", ""},                                   //
		{"886912345678", "US", "NY", "Asia/Taipei", "2026-11-30T10:00:00", "tw.hours us.hours", ""},                           // nine to eight there is never eight to nine here ...
		{"8613800138000", "", "", "Asia/Shanghai", "2026-11-30T12:00:00", "cn.hours", "2026-11-30T14:00:00"},                  // noon rest
		{"8613800138000", "", "", "Asia/Shanghai", "2026-11-30T11:59:59", "", ""},                                             //
		{"85291234567", "", "", "Asia/Hong_Kong", "2026-11-30T21:59:59", "", ""},                                              //
		{"85291234567", "", "", "Asia/Hong_Kong", "2026-11-30T22:00:00", "hk.hours", "2026-12-01T09:00:00"},                   //
		{"447700900123", "", "", "Europe/London", "2026-10-25T09:59:59", "gb.hours", "2026-10-25T10:00:00"},                   // the clocks went back that night
		{"447700900123", "", "", "Europe/London", "2026-03-28T20:00:00", "gb.hours", "2026-03-29T10:00:00"},                   // and forward that
		{"351211234567", "", "", "Europe/Lisbon", "2026-11-30T09:30:00", "eu.hours", "2026-11-30T10:00:00"},                   // the Azores are an hour behind
		{"4930123456", "", "", "Europe/Berlin", "2026-11-28T20:00:00", "eu.hours", "2026-11-30T09:00:00"},                     // over Sunday
	} {
		loc, err := p.Zone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		local := func(s string) timex.Instant {
			at, err := time.ParseInLocation("2006-01-02T15:04:05", s, loc)
			if err != nil {
				t.Fatal(err)
			}
			return timex.At(at)
		}
		b, err := p.For(Campaign{Purpose: Sales, Mode: Preview})
		if err != nil {
			t.Fatal(err)
		}
		var a Answer
		b.Ask(free(t, p, c.number, c.country, c.state), local(c.at), &a)
		var held []string
		for _, h := range a.Holds {
			if len(held) == 0 || held[len(held)-1] != h.Rule.Name {
				held = append(held, h.Rule.Name)
			}
		}
		again := ""
		if a.Again != 0 {
			again = a.Again.In(loc).Format("2006-01-02T15:04:05")
		}
		if got := strings.Join(held, " "); got != c.held || again != c.again || a.OK != (c.held == "") {
			t.Errorf("%s at %s %s: held by %q until %q, expected %q until %q", c.number, c.at, c.zone, got, again, c.held, c.again)
		}
	}
}

func TestPiecesThatCount(t *testing.T) {
	p := loaded(t)
	at := instant(t, "2026-11-30T17:00:00Z")
	hour := func(n float64) timex.Instant { return at.Add(-time.Duration(n * float64(time.Hour))) }
	for _, c := range []struct {
		what, number string
		campaign     Campaign
		change       func(*Query)
		held, again  string
	}{
		{"three calls within 24 hours in Florida", "13055550100", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Past = []Past{{At: hour(23.5), Number: 1}, {At: hour(3), Number: q.Number}, {At: hour(2), Number: q.Number}}
		}, "us_fl.attempts used_up 3", "2026-11-30T17:30:00Z"},
		{"the third leaves exactly a day later", "13055550100", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Past = []Past{{At: hour(24), Number: q.Number}, {At: hour(3), Number: q.Number}, {At: hour(2), Number: q.Number}}
		}, "", ""},
		{"a debtor who was talked to", "12125550100", Campaign{Purpose: Debt, Mode: Preview}, func(q *Query) {
			q.Past = []Past{{At: hour(100), Number: 1, Talked: true}, {At: hour(50), Number: q.Number}}
		}, "us.debt_spacing too_soon 0", "2026-12-03T13:00:00Z"},
		{"seven calls to a debtor, the night before the eighth", "12125550100", Campaign{Purpose: Debt, Mode: Preview}, func(q *Query) {
			for i := range 7 {
				q.Past = append(q.Past, Past{At: hour(6*24 + 11 - float64(i)), Number: q.Number})
			}
		}, "us.debt_attempts used_up 7", "2026-12-01T13:00:00Z"},
		{"one call a day in China, by the day there", "8613800138000", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Past = []Past{{At: instant(t, "2026-11-30T16:00:00Z"), Number: q.Number}}
		}, "cn.hours closed 0, cn.attempts_day used_up 1", "2026-12-02T01:00:00Z"},
		{"one of the evening before midnight there", "8613800138000", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Past = []Past{{At: instant(t, "2026-11-30T15:59:59Z"), Number: q.Number}}
		}, "cn.hours closed 0", "2026-12-01T01:00:00Z"},
		{"another number of the same person", "8613800138000", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Past = []Past{{At: instant(t, "2026-11-30T02:00:00Z"), Number: 5}}
		}, "cn.hours closed 0", "2026-12-01T01:00:00Z"},
		{"abandoned in Britain by a predictive campaign", "447700900123", Campaign{Purpose: Service, Mode: Predictive}, func(q *Query) {
			q.Past = []Past{{At: hour(10), Number: q.Number, Abandoned: true}}
		}, "gb.lockout too_soon 0", "2026-12-03T09:00:00Z"},
		{"and by one with an agent ready", "447700900123", Campaign{Purpose: Service, Mode: Progressive}, func(q *Query) {
			q.Past = []Past{{At: hour(10), Number: q.Number, Abandoned: true}}
		}, "", ""},
		{"on the national list without a basis", "12125550100", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Consent = Consent{}
			q.Marks = []Mark{{List: "us.national", Source: "registry", Since: hour(900)}}
		}, "us.list_national listed 0", ""},
		{"on the list, and written consent", "12125550100", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Marks = []Mark{{List: "us.national", Source: "registry", Since: hour(900)}}
		}, "", ""},
		{"the list is older than 31 days", "12125550100", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Consent, q.Asked = Consent{}, []Asked{{List: "us.national", At: hour(31 * 24)}}
		}, "us.list_national stale 0", ""},
		{"the list is 31 days old but for a microsecond", "12125550100", Campaign{Purpose: Sales, Mode: Preview}, func(q *Query) {
			q.Consent, q.Asked = Consent{}, []Asked{{List: "us.national", At: hour(31*24) + 1}}
		}, "", ""},
		{"they refused", "12125550100", Campaign{Purpose: Service, Mode: Manual}, func(q *Query) { q.Refused = Refused{At: hour(1), Source: "agent"} }, "all.refusal refused 0", ""},
		{"they refused, nobody knows when", "12125550100", Campaign{Purpose: Service, Mode: Manual}, func(q *Query) { q.Refused = Refused{Yes: true} }, "all.refusal refused 0", ""},
		{"no consent in China", "8613800138000", Campaign{Purpose: Sales, Mode: Manual}, func(q *Query) { q.Consent = Consent{Basis: Customer, Evidence: true} }, "cn.consent wrong_basis 0, cn.hours closed 0", ""},
		{"consent that cannot be shown", "8613800138000", Campaign{Purpose: Sales, Mode: Manual}, func(q *Query) { q.Consent = Consent{Basis: Consented} }, "cn.consent no_evidence 0, cn.hours closed 0", ""},
		{"consent that begins later", "4930123456", Campaign{Purpose: Sales, Mode: Manual}, func(q *Query) { q.Consent.At = at.Add(time.Hour) }, "eu.consent not_yet 0", "2026-11-30T18:00:00Z"},
		{"consent that ran out", "4930123456", Campaign{Purpose: Sales, Mode: Manual}, func(q *Query) { q.Consent.At, q.Consent.Until = hour(10), at }, "eu.consent run_out 0", ""},
		{"a line nobody knows the kind of is a mobile to the rules", "12125550100", Campaign{Purpose: Sales, Mode: Predictive}, func(q *Query) { q.Consent.Basis = Customer }, "us.consent_automatic wrong_basis 0", ""},
		{"a landline", "12125550100", Campaign{Purpose: Sales, Mode: Predictive}, func(q *Query) { q.Consent.Basis, q.Line = Customer, Landline }, "", ""},
		{"a country without a pack", "14165550100", Campaign{Purpose: Sales, Mode: Manual}, func(q *Query) {}, "all.place no_pack 0, all.place no_zone 0", ""},
		{"neither number nor address tells", "18005550100", Campaign{Purpose: Sales, Mode: Manual}, func(q *Query) {}, "all.place no_place 0", ""},
		{"a calling number that is lent without right", "12125550100", Campaign{Purpose: Sales, Mode: Manual}, func(q *Query) { q.Caller.Owned = false }, "all.caller not_owned 0", ""},
	} {
		b, err := p.For(c.campaign)
		if err != nil {
			t.Fatal(err)
		}
		q := free(t, p, c.number, "", "")
		c.change(q)
		var a Answer
		b.Ask(q, at, &a)
		var held []string
		for _, h := range a.Holds {
			held = append(held, h.Rule.Name+" "+string(h.Cause)+" "+string(rune('0'+h.Count)))
		}
		if got := strings.Join(held, ", "); got != c.held || a.Again.String() != c.again {
			t.Errorf("%s: held by %q until %q, expected %q until %q", c.what, got, a.Again, c.held, c.again)
		}
	}
}
