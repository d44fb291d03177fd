package report

import (
	"math/rand/v2"
	"testing"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

var monday = timex.MustDate("2026-03-09").Start(time.UTC)

// someTry is a try that is over, of a random life.
func someTry(rng *rand.Rand, n int) attempt.Attempt {
	a := attempt.Attempt{ID: id.ID{1, byte(n >> 8), byte(n)}, Campaign: id.ID{2, byte(rng.IntN(3))}, List: id.ID{3, byte(rng.IntN(4))}, Lead: id.ID{4, byte(n)}, Number: phone.Of(8613800000000+uint64(n), 13),
		CallerID: phone.Of(8621000000+uint64(rng.IntN(3)), 10), Ordinal: 1 + rng.IntN(3), Agent: []string{"", "amy", "bo"}[rng.IntN(3)]}
	at := monday.Add(time.Duration(rng.IntN(7*24*3600)) * time.Second)
	must(a.Decide(at))
	if rng.IntN(8) == 0 {
		must(a.Withhold("own.hours", at))
		return a
	}
	a.Trunk = []string{"east", "west"}[rng.IntN(2)]
	must(a.Dial(at + 1000))
	if rng.IntN(2) == 0 {
		must(a.Ring(at + 2_000_000))
	}
	code := ""
	if rng.IntN(3) == 0 {
		must(a.Answer([]usage.AnsweredBy{usage.Person, usage.Machine, ""}[rng.IntN(3)], at+9_000_000))
		if a.AnsweredBy != usage.Machine && rng.IntN(4) > 0 {
			must(a.Join(a.Agent, at+9_400_000))
			code = []string{"sale", "not_interested", "refused", "dead_air"}[rng.IntN(4)]
		}
		must(a.End("", 200, 16, at+60_000_000))
	} else {
		results := []usage.Result{usage.Busy, usage.NoAnswer, usage.Rejected, usage.Unassigned, usage.Congestion, usage.Canceled, usage.Failed}
		must(a.End(results[rng.IntN(len(results))], 480, 18, at+30_000_000))
	}
	if code == "" {
		code = a.Proposed()
	}
	d, _ := attempt.Find(nil, code)
	must(a.Dispose(d, "", attempt.System, a.Ended.Add(7*time.Second)))
	return a
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// TestPartsSumToTheWhole: over every dimension, whatever the tries, calls and
// stretches were; and what a try came to is exactly one thing.
func TestPartsSumToTheWhole(t *testing.T) {
	rng, c := rand.New(rand.NewPCG(7, 65)), New()
	cny := money.MustCurrency("CNY")
	for n := range 2_000 {
		a := someTry(rng, n)
		c.Try(&a)
		k := usage.Call{ID: "x", Agent: a.Agent, Trunk: a.Trunk, Campaign: a.Campaign.Named("cmp"), From: "+" + a.CallerID.String(), Result: a.Result, Start: a.Decided, Talk: time.Duration(rng.IntN(90_000)) * time.Millisecond,
			Course: &usage.Course{Status: 486, Ringing: a.Rang, Heard: usage.Quality{MOS: usage.MOS(100 + rng.IntN(400)), Packets: 100, Lost: 3}}}
		c.Call(&k, []money.Amount{money.Micros(int64(rng.IntN(1_000_000)), cny)}, false)
		from := a.Decided.Add(time.Duration(rng.IntN(1e9)))
		c.Session(&usage.Session{User: "amy", State: []usage.State{usage.Ready, usage.Talking, usage.WrapUp, usage.Paused, ""}[rng.IntN(5)], From: from, To: from.Add(time.Duration(rng.IntN(9e12)))})
	}
	sums, costs := map[Dim]*Sums{}, map[Dim]int64{}
	for k, s := range c.Sums {
		if sums[k.Dim] == nil {
			sums[k.Dim] = &Sums{}
		}
		sums[k.Dim].Add(s)
	}
	for k, x := range c.Costs {
		costs[k.Dim] += x.Micros
	}
	whole := *sums[Whole]
	for _, d := range []Dim{Agent, Trunk, Caller} {
		got, want := *sums[d], whole
		if d != Agent { // agents' time has no trunk and no number
			for m := Logged; m <= Paused; m++ {
				want[m] = 0
			}
		}
		if got != want || costs[d] != costs[Whole] {
			t.Errorf("%s: %v and %d, the whole is %v and %d", d, got, costs[d], want, costs[Whole])
		}
	}
	for m := Dialed; m <= AfterWork; m++ {
		if sums[List][m] != whole[m] || sums[Week][m] != whole[m] {
			t.Errorf("%s: %d in lists, %d in hours, %d in all", m, sums[List][m], sums[Week][m], whole[m])
		}
	}
	if sums[Cause][Calls] != whole[Calls]-whole[CallsAnswered] {
		t.Errorf("%d causes of %d calls nobody answered", sums[Cause][Calls], whole[Calls]-whole[CallsAnswered])
	}
	for what, pair := range map[string][2]int64{
		"what dials came to": {whole[Dialed], whole[Answered] + whole[Busy] + whole[NoAnswer] + whole[Rejected] + whole[Unassigned] + whole[Congested] + whole[Canceled] + whole[Failed]},
		"who answered":       {whole[Answered], whole[Persons] + whole[Machines]},
		"persons":            {whole[Persons], whole[Abandoned] + whole[Conversations]},
		"time logged in":     {whole[Logged], whole[Ready] + whole[Talking] + whole[WrapUp] + whole[Paused] + unsaid(c)},
		"all that came":      {2_000, whole[Dialed] + whole[Withheld]},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, the parts come to %d", what, pair[0], pair[1])
		}
	}
	if whole[Contacts] > whole[Conversations] || whole[Effective] > whole[Deliverable] || whole[Sales] == 0 || whole[Abandoned] == 0 {
		t.Errorf("%v", whole)
	}
}

// unsaid is the time of stretches that tell no state: what no part has.
func unsaid(c *Counts) (n int64) {
	for k, s := range c.Sums {
		if k.Dim == Whole {
			n += s[Logged] - s[Ready] - s[Talking] - s[WrapUp] - s[Paused]
		}
	}
	return n
}

// TestFiguresByHand: a day that is worked out on paper.
func TestFiguresByHand(t *testing.T) {
	r := Row{Costs: []CostOf{{Calls: 30, Total: money.Micros(10_000_000, money.MustCurrency("CNY")), Own: money.Micros(10_000_000, money.MustCurrency("CNY"))}}}
	r.Sums = Sums{Dialed: 40, Answered: 12, Persons: 10, Abandoned: 1, Conversations: 9, Contacts: 8, Sales: 2, Effective: 30, Deliverable: 32, Talk: 900_000, AfterWork: 180_000,
		Logged: 7_200_000, Paused: 1_200_000, Talking: 3_000_000, WrapUp: 600_000}
	for name, want := range map[string]string{"asr": "0.3", "contact_rate": "0.2", "conversion": "0.25", "abandon_rate": "0.1", "aht": "120"} {
		c, _ := Campaigns.Find(name)
		if f := c.Of(&r); f.Value().String() != want {
			t.Errorf("%s is %s, want %s", name, f.Value(), want)
		}
	}
	for name, want := range map[string]string{"occupancy": "0.6", "utilisation": "0.5", "talk": "100", "after_work": "20"} {
		c, _ := Agents.Find(name)
		if f := c.Of(&r); f.Value().String() != want {
			t.Errorf("%s is %s, want %s", name, f.Value(), want)
		}
	}
	for name, want := range map[string]string{"cost_call": "0.33", "cost_conversation": "1.11", "cost_sale": "5.00"} {
		c, _ := Conversion.Find(name)
		if f := c.Of(&r); len(f.Money) != 1 || f.Money[0].Decimal() != want {
			t.Errorf("%s is %v, want %s", name, f.Money, want)
		}
	}
	if r.Left() != -1 { // 3 % of ten is none
		t.Errorf("left: %d", r.Left())
	}
	empty := Row{}
	for _, k := range Kind("").Choices() {
		for _, c := range Kind(k).Columns() {
			if f := c.Of(&empty); f.Known() && (f.Part != 0 || f.Unit != Count && f.Unit != Seconds) {
				t.Errorf("%s of nothing is %+v: it should be unknown", c.Name, f)
			}
		}
	}
}

// TestANumberThatIsBurntIsFlagged, and none of twenty alike in two hundred reports
// more often than was said; a number that calls a harder list is none.
func TestANumberThatIsBurntIsFlagged(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	row := func(campaign, number string, calls int, rate float64) Row {
		r := Row{Campaign: campaign, Value: number}
		for range calls {
			r.Sums[Untried]++
			if rng.Float64() < rate {
				r.Sums[UntriedAnswered]++
			}
		}
		return r
	}
	alarms := 0
	for range 200 {
		var rows []Row
		for n := range 20 {
			rows = append(rows, row("easy", string(rune('a'+n)), 100+rng.IntN(200), .3))
			if n < 5 { // these also call a list that answers seldom
				rows = append(rows, row("hard", string(rune('a'+n)), 300, .06))
			}
		}
		for _, r := range Judge(rows) {
			if r.Health.Verdict == Worse {
				alarms++
			}
		}
	}
	if alarms > 6 { // 2 are expected: more than 6 would be seen in one run of 200
		t.Errorf("%d false alarms in 200 reports", alarms)
	}
	found := Judge([]Row{row("c", "good", 900, .3), row("c", "also", 900, .3), row("c", "burnt", 300, .15), row("c", "few", 4, 0), row("alone", "only", 500, .01)})
	for i, want := range []Verdict{Healthy, Healthy, Worse, TooFew, Alone} {
		if found[i].Health.Verdict != want {
			t.Errorf("%s: %+v, want %s", found[i].Value, found[i].Health, want)
		}
	}
}

// TestWeekSaysWhatIsLittle: hours with little in them are no best hours.
func TestWeekSaysWhatIsLittle(t *testing.T) {
	rows := []Row{{Value: HourName(10), Sums: Sums{Dialed: 1000, Answered: 300}}, {Value: HourName(34), Sums: Sums{Dialed: 1000, Answered: 100}}, {Value: HourName(50), Sums: Sums{Dialed: 2, Answered: 2}}, {Value: "", Sums: Sums{Dialed: 7}}}
	week, unknown := WeekOf(rows)
	if unknown != 7 || !week[50].Little || week[10].Little || week[10].Level != 5 || week[34].Level != 1 || week[50].Level != 0 || !week[3].Little {
		t.Errorf("%+v, %+v, %+v, %d", week[10], week[34], week[50], unknown)
	}
	if best := Best(&week, 3); len(best) != 2 || best[0] != 10 || best[1] != 34 {
		t.Errorf("best %v", best)
	}
	taipei, err := timex.LoadZone("Asia/Taipei")
	must(err)
	if h := HourOf(monday, taipei); h != 8 {
		t.Errorf("midnight of Monday in Greenwich is hour %d in Taipei, want 8", h)
	}
	if h := HourOf(monday-1, time.UTC); h != 167 {
		t.Errorf("the last moment of a week is hour %d", h)
	}
}

// TestSortPutsTheUnknownLast, up and down.
func TestSortPutsTheUnknownLast(t *testing.T) {
	named := func(r *Row) string { return map[string]string{"few": "a", "half": "b"}[r.Value] }
	byName := []Row{{Value: "half"}, {Value: "few"}}
	if !Campaigns.Sort(byName, "name", true, named) || byName[0].Value != "few" {
		t.Errorf("by name: %v", byName)
	}
	for _, up := range []bool{true, false} {
		rows := []Row{{Value: "none"}, {Value: "half", Sums: Sums{Dialed: 4, Answered: 2}}, {Value: "few", Sums: Sums{Dialed: 9, Answered: 1}}}
		if !Campaigns.Sort(rows, "asr", up, named) || rows[2].Value != "none" || (rows[0].Value == "few") != up {
			t.Errorf("up %v: %v", up, rows)
		}
		if Campaigns.Sort(rows, "no such", up, named) {
			t.Error("a column that is not there was sorted by")
		}
	}
}
