package compliance

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/fault"
)

func book(t *testing.T, p *Packs, c Campaign) *Book {
	t.Helper()
	b, err := p.For(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Rules that begin and end: the day is that of the place, from its first zone to
// its last.
func TestRulesHaveDates(t *testing.T) {
	p := loaded(t)
	france := free(t, p, "33123456789", "", "")
	france.Consent = Consent{}
	b := book(t, p, Campaign{Purpose: Sales, Mode: Preview})
	for _, c := range []struct{ at, held string }{
		{"2026-08-10T08:30:00Z", "eu.consent"},            // 10:30, Bloctel was asked and the number is not on it
		{"2026-08-10T22:00:00Z", "eu.consent fr.consent"}, // midnight of the 11th there: the new law, and the night
		{"2026-08-11T08:30:00Z", "eu.consent fr.consent"}, //
	} {
		france.Asked = []Asked{{List: "fr.bloctel", At: instant(t, "2026-08-01T00:00:00Z")}}
		var a Answer
		b.Ask(france, instant(t, c.at), &a)
		var held []string
		for _, h := range a.Holds {
			if h.Rule.Kind == Agreed {
				held = append(held, h.Rule.Name)
			}
		}
		if got := strings.Join(held, " "); got != c.held {
			t.Errorf("at %s held by %q, expected %q", c.at, got, c.held)
		}
	}
	limits := func(mode Mode, number, at string) (out []string) {
		q := free(t, p, number, "", "")
		for _, l := range book(t, p, Campaign{Purpose: Sales, Mode: mode}).Terms(q, instant(t, at)).Limits {
			out = append(out, l.Rule.Name+" "+l.Share.String())
		}
		return out
	}
	for _, c := range []struct{ number, at, want string }{
		{"12125550100", "2008-09-30T12:00:00Z", "all.abandonment 3%, us.abandonment_day 3%"},
		{"12125550100", "2008-10-02T12:00:00Z", "all.abandonment 3%, us.abandonment 3%"},
		{"447700900123", "2017-02-28T23:59:59Z", "all.abandonment 3%, gb.abandonment_day 3%"},
		{"447700900123", "2017-03-01T00:00:00Z", "all.abandonment 3%, gb.abandonment 1%"},
		{"14155550100", "2026-11-30T00:00:00Z", "all.abandonment 3%, us.abandonment 3%, us_ca.abandonment 1%"},
	} {
		if got := strings.Join(limits(Predictive, c.number, c.at), ", "); got != c.want {
			t.Errorf("%s at %s: limits %q, expected %q", c.number, c.at, got, c.want)
		}
	}
	if got := limits(Preview, "12125550100", "2026-11-30T00:00:00Z"); got != nil {
		t.Errorf("a campaign with an agent before every call has limits: %v", got)
	}
}

func TestTermsAreTheStrictest(t *testing.T) {
	p := loaded(t)
	own := Rule{Name: "own.ring", Place: "US", Kind: Ring, Force: Own, Confidence: "A", Source: "test", Within: Span(20 * time.Second)}
	b := book(t, p, Campaign{Purpose: Sales, Mode: Predictive, Own: []Rule{own}})
	q := free(t, p, "14155550100", "US", "FL")
	got := b.Terms(q, instant(t, "2026-11-30T00:00:00Z"))
	if got.Ring != 20*time.Second || got.Message != 2*time.Second || got.Recording != ConsentNeed || got.Keep[KeepRecord] != 1826 || got.TellIn != 30*time.Second ||
		len(got.Limits) != 3 || len(got.Tell) != 4 || got.Tell[0] != TellName {
		t.Errorf("the terms are %+v", got)
	}
	if got = b.Terms(free(t, p, "8613800138000", "", ""), instant(t, "2026-11-30T00:00:00Z")); got.Ring != 15*time.Second || got.Recording != NoticeNeed || got.Keep[KeepRecording] != 30 || got.TellIn != 0 {
		t.Errorf("in China the terms are %+v", got)
	}
}

// A switch lifts one rule for its time, and a company's own rules only add.
func TestSwitchesAndOwnRules(t *testing.T) {
	p := loaded(t)
	at := instant(t, "2026-11-30T01:30:00Z") // 20:30 in New York
	q := free(t, p, "13055550100", "", "")
	lift := Switch{Rule: "us_fl.hours", Reason: "the seller is exempt, see the opinion of counsel", By: "compliance@demo.example", From: at.Add(-15 * time.Minute), To: at.Add(10 * time.Minute)}
	b := book(t, p, Campaign{Purpose: Sales, Mode: Preview, Switches: []Switch{lift}})
	var a Answer
	b.Ask(q, at, &a)
	if !a.OK || a.Until != lift.To {
		t.Errorf("lifted until %s: allowed %t until %s", lift.To, a.OK, a.Until)
	}
	if b.Ask(q, lift.To, &a); a.OK {
		t.Error("the switch is over, and the call is allowed")
	}
	if b.Ask(q, lift.From-1, &a); a.OK || a.Again != lift.From {
		t.Errorf("the switch begins at %s, and the call is allowed again at %s", lift.From, a.Again)
	}
	if e := b.Entry(q, at, &a); len(e.Lifted) != 1 || e.Lifted[0].Reason != lift.Reason || strings.Contains(strings.Join(e.Rules, " "), "us_fl.hours") {
		t.Errorf("the record says %+v", e)
	}
	own := Rule{Name: "own.lunch", Place: "US", Kind: Hours, Force: Own, Confidence: "A", Source: "our handbook", Hours: []Window{{Days: "daily", From: 0, To: 12 * 3600}, {Days: "daily", From: 13 * 3600, To: dayEnd}}}
	b2 := book(t, p, Campaign{Purpose: Sales, Mode: Preview, Own: []Rule{own}})
	noon := instant(t, "2026-11-30T17:15:00Z")
	if b2.Ask(q, noon, &a); a.OK || len(a.Holds) != 1 || a.Holds[0].Rule.Name != "own.lunch" || a.Again != instant(t, "2026-11-30T18:00:00Z") {
		t.Errorf("at lunch: %+v", a)
	}
	if b.Edition() == b2.Edition() || b2.Edition() != book(t, p, b2.Campaign()).Edition() {
		t.Error("the edition does not tell the books apart, or not the same way twice")
	}
}

func TestCampaignsThatAreRefused(t *testing.T) {
	p := loaded(t)
	sound := Rule{Name: "own.ring", Place: "*", Kind: Ring, Force: Own, Confidence: "A", Source: "test", Within: Span(time.Minute)}
	with := func(change func(*Rule)) Campaign {
		r := sound
		change(&r)
		return Campaign{Purpose: Sales, Mode: Manual, Own: []Rule{r}}
	}
	lift := func(s Switch) Campaign { return Campaign{Purpose: Sales, Mode: Manual, Switches: []Switch{s}} }
	for what, c := range map[string]Campaign{
		"no purpose":          {Mode: Manual},
		"no mode":             {Purpose: Sales, Mode: "guess"},
		"two of one name":     {Purpose: Sales, Mode: Manual, Own: []Rule{sound, sound}},
		"a name of the packs": with(func(r *Rule) { r.Name = "us.ring" }),
		"posing as law":       with(func(r *Rule) { r.Force = Law }),
		"of no place":         with(func(r *Rule) { r.Place = "ZZ" }),
		"in place of another": with(func(r *Rule) { r.Tightens = "us.ring" }),
		"a field too many":    with(func(r *Rule) { r.Most = 3 }),
		"no such rule":        lift(Switch{Rule: "us.nothing", Reason: "a reason of enough letters", By: "a", From: 1}),
		"a refusal":           lift(Switch{Rule: "all.refusal", Reason: "a reason of enough letters", By: "a", From: 1}),
		"no reason":           lift(Switch{Rule: "us.hours", Reason: "because", By: "a", From: 1}),
		"nobody":              lift(Switch{Rule: "us.hours", Reason: "a reason of enough letters", By: " ", From: 1}),
		"no time":             lift(Switch{Rule: "us.hours", Reason: "a reason of enough letters", By: "a"}),
		"ends before":         lift(Switch{Rule: "us.hours", Reason: "a reason of enough letters", By: "a", From: 9, To: 9}),
		"too many":            {Purpose: Sales, Mode: Manual, Own: make([]Rule, MaxOwn+1)},
	} {
		if _, err := p.For(c); err == nil {
			t.Errorf("%s: nothing is said", what)
		}
	}
	if _, err := p.For(with(func(*Rule) {})); err != nil {
		t.Error(err)
	}
}

func TestPlaces(t *testing.T) {
	p := loaded(t)
	for n, want := range map[string]string{"12125550100": "US-NY America/New_York", "18505550100": "US-FL America/New_York America/Chicago", "14165550100": "CA", "17875550100": "PR America/Puerto_Rico",
		"18005550100": "", "8613800138000": "CN Asia/Shanghai", "351211234567": "PT Europe/Lisbon Atlantic/Azores", "16325550100": "US"} {
		at := p.OfNumber(number(t, n))
		got := at.Code
		if at.Code != "US" {
			for _, z := range at.Zones {
				got += " " + z.String()
			}
		} else if len(at.Zones) < 8 {
			t.Errorf("an area code nobody knows has the zones %v", at.Zones)
		}
		if got != want {
			t.Errorf("%s is of %q, expected %q", n, got, want)
		}
	}
	for _, c := range []struct{ country, region, zone, want string }{
		{"us", "tx", "", "US-TX America/Chicago America/Denver"}, {"US", "new york", "", "US-NY America/New_York"}, {"US", "FL", "America/Chicago", "US-FL America/Chicago"},
		{"US", "FL", "America/Denver", "US-FL America/New_York America/Chicago America/Denver"}, {"", "", "Asia/Taipei", " Asia/Taipei"}, {"", "", "", ""}, {"DE", "Bayern", "", "DE Europe/Berlin"},
	} {
		at, err := p.OfAddress(c.country, c.region, c.zone)
		got := at.Code
		for _, z := range at.Zones {
			got += " " + z.String()
		}
		if err != nil || got != c.want {
			t.Errorf("%s %s %s is %q (%v), expected %q", c.country, c.region, c.zone, got, err, c.want)
		}
	}
	if _, err := p.OfAddress("US", "", "Local"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a zone of the machine: %v", err)
	}
}

// What says it goes beyond another rule does: it is as strict or stricter.
func TestTighterRulesAreTighter(t *testing.T) {
	p := loaded(t)
	seen := 0
	for _, pack := range p.List() {
		for i := range pack.Rules {
			r := &pack.Rules[i]
			if r.Tightens == "" {
				continue
			}
			seen++
			wide := p.Find(r.Tightens)
			switch r.Kind {
			case Hours:
				a, _ := week(r)
				b, _ := week(wide)
				for d := range a.days {
					for _, s := range a.days[d] {
						inside := false
						for _, o := range b.days[d] {
							inside = inside || o.from <= s.from && s.to <= o.to
						}
						if !inside {
							t.Errorf("%s is open on day %d when %s is not", r.Name, d, wide.Name)
						}
					}
				}
			case Abandonment:
				if r.Share > wide.Share || r.Days != wide.Days {
					t.Errorf("%s is no stricter than %s", r.Name, wide.Name)
				}
			case Agreed:
				for _, basis := range r.Bases {
					if !strings.Contains(fmtBases(wide.Bases), string(basis)) || wide.Evidence && !r.Evidence {
						t.Errorf("%s takes %s, %s does not", r.Name, basis, wide.Name)
					}
				}
			default:
				t.Errorf("nobody compares rules about %s", r.Kind)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d rules go beyond another", seen)
	}
}

func fmtBases(bs []Basis) string {
	out := ""
	for _, b := range bs {
		out += string(b) + " "
	}
	return out
}
