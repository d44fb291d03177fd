package app_test

import (
	"context"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/dialer"
	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestReportsOfACampaignOnTheBooks: a campaign dials for an hour; every report is made
// of it, its parts are its whole, and what it says of agents and leads is what was
// kept of them.
func TestReportsOfACampaignOnTheBooks(t *testing.T) {
	s, ctx := &shift{floor: newFloor(t), refused: map[string]int{}, dialed: map[string]int{}}, context.Background()
	s.System.DB = store.Joining(s.System.DB)
	plan := s.camp
	plan.Mode, plan.Purpose = campaign.Progressive, usage.Service
	plan.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	plan.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "the clock of a test stands at any hour"}}
	s.camp = must(s.SetCampaign(ctx, s.c, plan))
	for i := range 40 {
		s.lead(s.list.ID, 100+i)
	}
	s.open(1, 4)
	s.run(10 * time.Minute)
	s.camp = must(s.PauseCampaign(ctx, s.c, s.camp.ID, "wu", campaign.ByPerson, "the end"))
	s.tell(dialer.Planned{Plan: s.camp.Campaign})
	s.run(5 * time.Minute)
	for _, user := range []string{"a", "b", "c", "d"} {
		s.tell(dialer.LoggedOut{User: user})
	}
	zone := must(timex.LoadZone("Asia/Shanghai"))
	today := s.now().DateIn(zone)
	ask := report.Ask{First: today - 1, After: today + 1, Zone: zone}
	of := func(k report.Kind, more func(*report.Ask)) report.Answer {
		a := ask
		a.Kind = k
		if more != nil {
			more(&a)
		}
		return must(s.Report(ctx, s.c, a))
	}
	whole := of(report.Campaigns, nil)
	if len(whole.Rows) == 0 || whole.Name(&whole.Rows[0]) != s.camp.Name || whole.Total.Sums[report.Conversations] != int64(s.joined) || s.joined < 5 {
		t.Fatalf("%+v, %d joined", whole.Total.Sums, s.joined)
	}
	for name, a := range map[string]report.Answer{
		"by day":          of(report.Campaigns, func(a *report.Ask) { a.Split = report.ByDay }),
		"by hour":         of(report.Campaigns, func(a *report.Ask) { a.Split = report.ByHour }),
		"of the campaign": of(report.Conversion, func(a *report.Ask) { a.Campaign = s.camp.ID.Named("cmp") }),
		"lists":           of(report.Lists, nil),
		"hours":           of(report.Hours, nil),
	} {
		for m := report.Dialed; m <= report.AfterWork; m++ {
			if a.Total.Sums[m] != whole.Total.Sums[m] {
				t.Errorf("%s: %s is %d, of campaigns %d", name, m, a.Total.Sums[m], whole.Total.Sums[m])
			}
		}
	}
	agents := of(report.Agents, func(a *report.Ask) { a.Sort = "name"; a.Up = true })
	if len(agents.Rows) != 4 || agents.Rows[0].Value != "a" {
		t.Fatalf("%d agents: %+v", len(agents.Rows), agents.Rows)
	}
	for i := range agents.Rows {
		r := &agents.Rows[i]
		if r.Sums[report.Talking] < r.Sums[report.Talk] || r.Sums[report.Logged] != r.Sums[report.Ready]+r.Sums[report.Talking]+r.Sums[report.WrapUp]+r.Sums[report.Paused] {
			t.Errorf("%s: %v", r.Value, r.Sums)
		}
		one := of(report.Campaigns, func(a *report.Ask) { a.Agent = r.Value })
		for m := report.Dialed; m <= report.AfterWork; m++ { // an agent's time is of no campaign
			if one.Total.Sums[m] != r.Sums[m] {
				t.Errorf("%s: %s by campaign is %d, was %d", r.Value, m, one.Total.Sums[m], r.Sums[m])
			}
		}
	}
	for _, k := range []report.Kind{report.Campaigns, report.Conversion, report.Agents, report.Ledger} { // a cell leads to as many tries as it says
		for _, col := range k.Columns() {
			if col.To != report.ToTries && col.To != report.ToDials || col.Unit != report.Count {
				continue
			}
			a := of(k, nil)
			f := col.Of(&a.Total)
			q := app.TryQuery{Period: timex.Days(a.First, a.After, zone), Campaign: s.camp.ID, Outcome: report.Outcome(col.What), Limit: 1000}
			page := must(s.Tries(ctx, s.c, q))
			if int64(len(page.Tries)) != f.Part {
				t.Errorf("%s, %s: %d in the report, %d in the list", k, col.Name, f.Part, len(page.Tries))
			}
			if q.Limit = len(page.Tries); q.Limit < 2 {
				continue
			}
			if all := must(s.Tries(ctx, s.c, q)); !all.Next.IsZero() { // a page that holds just all of them leads nowhere
				t.Errorf("%s, %s: there is a page behind the last", k, col.Name)
			}
			q.Limit--
			q.Before = must(s.Tries(ctx, s.c, q)).Next
			if rest := must(s.Tries(ctx, s.c, q)); len(rest.Tries) != 1 || !rest.Next.IsZero() {
				t.Errorf("%s, %s: %d on the second page, want the one that is left", k, col.Name, len(rest.Tries))
			}
		}
	}
	lists := of(report.Lists, nil)
	if l := lists.Total.Leads; l.All != 40 || l.All != l.Waiting+l.Done+l.Exhausted+l.Forbidden+l.Aborted || lists.Name(&lists.Rows[0]) != s.list.Name {
		t.Errorf("%+v", lists.Rows)
	}
	ledger := of(report.Ledger, nil)
	if len(ledger.Rows) != 1 || ledger.Rows[0].Sums[report.Persons] != whole.Total.Sums[report.Persons] || ledger.First != today+1-report.LedgerDays {
		t.Errorf("%+v", ledger)
	}
	record := must(s.LedgerRecord(ctx, s.c, "", today-1, today+1, zone))
	if len(record) == 0 || record[len(record)-1].WindowAnswered != ledger.Rows[0].Sums[report.Persons] || record[len(record)-1].WindowAbandoned != ledger.Rows[0].Sums[report.Abandoned] || record[0].Name != s.camp.Name {
		t.Errorf("%+v, %+v", record, ledger.Rows)
	}
	if hours := of(report.Hours, nil); !hours.Called || hours.Week == nil || len(hours.Best) > 5 {
		t.Errorf("%+v", hours.Best)
	}
}

// TestReportsThatCannotBe say why.
func TestReportsThatCannotBe(t *testing.T) {
	f, ctx := newFloor(t), context.Background()
	kathmandu := must(timex.LoadZone("Asia/Kathmandu"))
	good := report.Ask{Kind: report.Trunks, First: day("2026-03-01"), After: day("2026-03-08")}
	for what, change := range map[string]func(*report.Ask){
		"no kind":            func(a *report.Ask) { a.Kind = "none" },
		"no such column":     func(a *report.Ask) { a.Sort = "none" },
		"no such split":      func(a *report.Ask) { a.Split = "week" },
		"no days":            func(a *report.Ask) { a.After = a.First },
		"too many":           func(a *report.Ask) { a.After = a.First + app.MaxReportDays + 1 },
		"a zone of quarters": func(a *report.Ask) { a.Zone = kathmandu },
		"two dimensions":     func(a *report.Ask) { a.Agent = "amy" },
	} {
		a := good
		change(&a)
		_, err := f.Report(ctx, f.c, a)
		wantKind(t, what, err, fault.Invalid)
	}
	if out := must(f.Report(ctx, f.c, good)); len(out.Rows) != 0 {
		t.Errorf("%+v", out.Rows)
	}
}

// TestReportsOfDaysThatAreNot24HoursLong: a call an hour over the days on which a clock is put
// on or back is counted on the day it has there, by the day and by the hour.
func TestReportsOfDaysThatAreNot24HoursLong(t *testing.T) {
	b, ctx := newBooks(t), context.Background()
	c := b.company("One")
	b.at("2026-11-03 12:00:00")
	zone := must(timex.LoadZone("America/New_York"))
	for _, on := range []struct {
		day   string
		hours int64
	}{{"2026-03-08", 23}, {"2026-11-01", 25}} {
		day := timex.MustDate(on.day)
		var calls []usage.Fact
		for at := (day - 1).Start(zone); at < (day + 2).Start(zone); at = at.Add(time.Hour) {
			calls = append(calls, &usage.Call{ID: at.String(), Source: "pbx", Direction: usage.Outbound, Result: usage.NoAnswer, To: "+13055550100", Campaign: "spring", Start: at.Add(time.Minute), End: at.Add(2 * time.Minute)})
		}
		must(b.Ingest(ctx, c, calls))
		ask := report.Ask{Kind: report.Trunks, First: day - 1, After: day + 2, Zone: zone, Split: report.ByDay}
		days := must(b.Report(ctx, c, ask))
		for i, want := range []int64{24, on.hours, 24} {
			if r := days.Rows[i]; r.Value != (day-1+timex.Date(i)).String() || r.Sums[report.Calls] != want {
				t.Errorf("%s: %s has %d calls, want %d", on.day, r.Value, r.Sums[report.Calls], want)
			}
		}
		ask.First, ask.After, ask.Split = day, day+1, report.ByHour
		hours, sum := must(b.Report(ctx, c, ask)), int64(0)
		for _, r := range hours.Rows {
			sum += r.Sums[report.Calls]
		}
		if sum != on.hours {
			t.Errorf("%s: the hours have %d calls", on.day, sum)
		}
	}
}
