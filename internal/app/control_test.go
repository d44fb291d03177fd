package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/budget"
	"waihu/internal/charging/ledger"
	"waihu/internal/charging/life"
	"waihu/internal/charging/service"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// TestOneUndraftedContractSilencesNoOther: its company's other budgets are told, the
// day's work goes on, and both say which contract it is.
func TestOneUndraftedContractSilencesNoOther(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	huge := b.contractIn(who.company, contractText("huge", "quantities: {seats: 99999999999}\n"), "")
	ctx := context.Background()
	b.at("2026-03-10 00:00:00")
	for _, of := range []id.ID{who.contract, huge} {
		must(b.SetBudget(ctx, who.company, app.Budget{Name: "all", Contract: of, Budget: budget.Budget{Amount: yuan("1000")}}))
	}
	got := must(b.CheckBudgets(ctx, who.company))
	if len(got.Alerts) != 1 || got.Alerts[0].Contract != who.contract || got.Alerts[0].Level != 100 {
		t.Errorf("told %+v", got.Alerts)
	}
	if len(got.Failed) != 1 || got.Failed[0].Contract != huge || got.Err() == nil || !strings.Contains(got.Err().Error(), huge.String()) {
		t.Errorf("failed %+v", got.Failed)
	}
	day, err := b.Daily(ctx, day("2026-03-10"))
	wantKind(t, "the day's work", err, fault.Overflow)
	if day.Companies != 1 || !strings.Contains(err.Error(), huge.String()) {
		t.Errorf("%+v: %v", day, err)
	}
}

// TestBudgets: a budget of everything watches fixed fees and calls, one of a
// component that component; levels are told once, and a hard stop refuses calls.
func TestBudgets(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	ctx := context.Background()
	b.at("2026-03-10 00:00:00")
	check := func(want string) {
		t.Helper()
		got := ""
		for _, a := range must(b.CheckBudgets(ctx, who.company)).Alerts {
			got += fmt.Sprintf("%s %d%% %s %v; ", a.Name, a.Level, a.Spent.Decimal(), a.HardStop)
		}
		if got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	may := func(what string, want bool) {
		t.Helper()
		err := b.MayCall(ctx, who.company, who.contract)
		if (err == nil) != want || err != nil && fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", what, err)
		}
	}
	// 100 for a seat, 1,200 for support, 50 to set up are known on the first day.
	all := must(b.SetBudget(ctx, who.company, app.Budget{Name: "all", Contract: who.contract, Budget: budget.Budget{Amount: yuan("1351"), HardStop: true}}))
	calls := must(b.SetBudget(ctx, who.company, app.Budget{Name: "calls", Contract: who.contract, Component: "talk", Budget: budget.Budget{Amount: yuan("4")}}))
	check("all 80% 1350.00 false; ")
	check("")
	may("fixed fees within the budget", true)
	b.ingest(who.company, aCall(1, "2026-03-09 02:00:00", 900))
	check("all 100% 1351.80 true; ") // 15 minutes at list price: ten are included, which the next draft tells
	may("a moment later", false)
	b.clock.Add(61e6)
	may("a minute later, by a new draft", true)
	b.ingest(who.company, aCall(2, "2026-03-09 03:00:00", 600))
	b.clock.Add(61e6)
	may("25 minutes, ten of them included", false)
	b.clock.Add(3600e6)
	check("")
	b.ingest(who.company, aCall(3, "2026-03-09 04:00:00", 100*60))
	check("calls 100% 13.80 false; ") // no hard stop
	if got := b.messages(who.company)["mail budget.reached"]; got != 3 {
		t.Errorf("%d mails", got)
	}
	b.at("2026-04-02 00:00:00")
	may("a new period begins with its fixed fees alone", true)
	all.Amount, all.Revision = yuan("200"), 0
	_, err := b.SetBudget(ctx, who.company, all)
	wantKind(t, "a change of what somebody else changed", err, fault.Conflict)
	calls.Component = "nothing"
	_, err = b.SetBudget(ctx, who.company, calls)
	wantKind(t, "a component that is not there", err, fault.NotFound)
}

// TestBudgetsFollow: what changes fixed costs is seen with the next question: a
// seat that is assigned here, and an amendment.
func TestBudgetsFollow(t *testing.T) {
	b := newBooks(t)
	b.publish(seatPlan)
	b.publish(planText)
	c := b.company("one")
	ctx := context.Background()
	seats := b.contractIn(c, "contract: seats\nplan: s@1\nstart: 2026-03-01\nseller: {name: S}\nbuyer: {name: B}\n", "")
	bought := b.contractIn(c, contractText("bought", ""), "")
	b.at("2026-03-10 00:00:00")
	for contract, amount := range map[id.ID]string{seats: "600", bought: "1400"} {
		must(b.SetBudget(ctx, c, app.Budget{Name: "all", Contract: contract, Budget: budget.Budget{Amount: yuan(amount), HardStop: true}}))
	}
	begin := func(user string) app.Stretch {
		t.Helper()
		return must(b.Begin(ctx, c, app.Begin{Contract: seats, What: app.SeatStretch, Of: user, At: day("2026-03-01").Start(shanghai)}))
	}
	first := begin("ann")
	if err := errors.Join(b.MayCall(ctx, c, seats), b.MayCall(ctx, c, bought)); err != nil {
		t.Error(err)
	}
	begin("bob")
	wantKind(t, "two seats of 310 each", b.MayCall(ctx, c, seats), fault.Conflict)
	must(b.End(ctx, c, first.ID, day("2026-03-02").Start(shanghai)))
	if err := b.MayCall(ctx, c, seats); err != nil {
		t.Errorf("one and a day of another: %v", err)
	}
	b.ingest(c, &usage.Seat{ID: "s", Source: "hr", User: "cy", From: day("2026-03-01").Start(shanghai), Account: "seats"})
	wantKind(t, "a seat by ingest", b.MayCall(ctx, c, seats), fault.Conflict)
	must(b.Amend(ctx, c, app.Amend{Contract: bought, Amendment: "a1", File: contractText("bought", "amendments: [{id: a1, on: 2026-03-01, quantities: {seats: 2}}]\n"), On: day("2026-03-10")}))
	wantKind(t, "two seats bought", b.MayCall(ctx, c, bought), fault.Conflict)
}

func TestForecastAndMargin(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	for d := 2; d < 16; d++ {
		b.calls(who, fmt.Sprintf("2026-03-%02d 02:00:00", d), 3000) // 50 minutes: 6.00
	}
	b.at("2026-03-16 00:30:00")
	f := must(b.Forecast(context.Background(), who.company, who.contract))
	// 100 seats, 1,200 support, 50 set-up, 690 minutes at 0.12, then 16 days of
	// which the first twelve are working days; each day of use was alike but the
	// first of March, a Sunday without calls.
	if f.Spent != yuan("1432.80") || f.Left != 16 || f.Method != budget.ByKindOfDay || f.Likely.Cmp(yuan("1520")) < 0 || f.Likely.Cmp(yuan("1535")) > 0 {
		t.Errorf("%+v", f)
	}
	var facts []usage.Fact
	for _, c := range answered("carrier", timex.Instant(b.clock.Load()), 60, 60) {
		c.Cost = money.Micros(30_000, cny)
		facts = append(facts, c)
	}
	for range 2 {
		must(b.Ingest(context.Background(), who.company, facts))
	}
	if got := b.balance(who.company, ledger.CarrierOwed); got != "-0.06" {
		t.Errorf("carriers ask %s", got)
	}
	m := must(b.Margin(context.Background(), who.company, who.contract, day("2026-03-05")))
	if m.Unknown != 14 || len(m.Destinations) != 1 || m.Destinations[0].Calls != 16 || m.Destinations[0].Earned != yuan("84.24") || m.Invoiced != yuan("1433.04") || m.Carrier != yuan("0.06") {
		t.Errorf("%+v", m)
	}
}

func TestSeatsAndModules(t *testing.T) {
	b := newBooks(t)
	b.publish(`plan: s
version: 1
currency: CNY
time_zone: Asia/Shanghai
modules: [{id: base}, {id: recording, requires: [base]}, {id: quality, excludes: [recording]}]
unmetered: [calls]
components:
  - {id: seats, measure: seats_assigned, unit_price: 310}
  - {id: modules, measure: module, unit_price: 62}
`)
	c := b.company("one")
	ctx := context.Background()
	contract := b.contractIn(c, "contract: one\nplan: s@1\nstart: 2026-03-01\nseller: {name: S}\nbuyer: {name: B}\n", "")
	begin := func(what, of, on string) app.Stretch {
		t.Helper()
		return must(b.Begin(ctx, c, app.Begin{Contract: contract, What: what, Of: of, At: day(on).Start(shanghai)}))
	}
	begin(app.SeatStretch, "ann", "2026-03-01")
	begin(app.SeatStretch, "bob", "2026-03-12")
	begin(app.ModuleStretch, "base", "2026-03-01")
	rec := begin(app.ModuleStretch, "recording", "2026-03-01")
	for what, in := range map[string]app.Begin{
		"a seat twice":      {Contract: contract, What: app.SeatStretch, Of: "ann"},
		"a module unknown":  {Contract: contract, What: app.ModuleStretch, Of: "fax"},
		"a module excluded": {Contract: contract, What: app.ModuleStretch, Of: "quality"},
		"a module twice":    {Contract: contract, What: app.ModuleStretch, Of: "base"},
	} {
		_, err := b.Begin(ctx, c, in)
		wantKind(t, what, err, fault.Conflict)
	}
	_, err := b.Begin(ctx, c, app.Begin{Contract: contract, What: "chair", Of: "x"})
	wantKind(t, "a chair", err, fault.Invalid)
	must(b.End(ctx, c, rec.ID, day("2026-03-16").Start(shanghai)))
	_, err = b.End(ctx, c, rec.ID, 0)
	wantKind(t, "an end twice", err, fault.NotFound)
	if open := must(b.Open(ctx, c, contract)); len(open) != 3 {
		t.Errorf("%+v", open)
	}
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	// Two seats, one of them for 20 of 31 days; one module whole, one 15 days.
	if got, want := short(b.invoice(&b.documents(c)[0])), "seats 510.00\nmodules 92.00\ntotal 602.00"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	adv := must(b.Advice(ctx, c, contract, c))
	words := ""
	for _, a := range adv {
		words += lang.Phrase(lang.English, "advice."+a.Key, a.Args) + "\n"
	}
	if want := "ann has a seat and was not logged in once.\nbob has a seat and was not logged in once.\n"; words != want {
		t.Errorf("advice\n%s", words)
	}
}

// TestCheaperPlan: the operator hears of every published plan, a customer of those
// of its contracts and quotes: what another one pays stays unsaid until it is offered.
func TestCheaperPlan(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	for name, price := range map[string]string{"small": "0.10", "dear": "9"} {
		b.publish("plan: " + name + "\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents:\n  - {id: talk, measure: talk_time, unit_price: " + price + "}\n")
	}
	b.publish("plan: silent\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents:\n  - {id: seats, measure: recurring, unit_price: 1}\n")
	who := b.customer("one", "")
	b.calls(who, "2026-03-10 02:00:00", 6000)
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	ctx := context.Background()
	hears := func(plans id.Company, want string) {
		t.Helper()
		got := ""
		for _, a := range must(b.Advice(ctx, who.company, who.contract, plans)) {
			got += a.Key + " " + a.Component + " " + a.Amount.Decimal() + "; "
		}
		g, _, err := b.Glance(ctx, who.company, who.contract, plans, true)
		if err != nil {
			t.Fatal(err)
		}
		if got != want || (len(g.Advice) > 0) != (want != "") {
			t.Errorf("hears %q and at a glance %+v, want %q", got, g.Advice, want)
		}
	}
	// 100 for a seat and 90 minutes at 0.12 against 100 at 0.10.
	const small = "cheaper_plan small@1 100.80; "
	hears(id.Platform, small)
	hears(who.company, "")
	offer := strings.Replace(contractText("offer", ""), "plan: p@1", "plan: small@1", 1)
	must(b.Quote(ctx, who.company, app.Quote{File: offer}))
	b.clock.Add(2 * 3600e6) // what was kept for a glance is an hour old
	hears(who.company, small)
}

// TestBudgetsStopAtTheirAmount: what is spent to the last cent is spent; a cent less
// is not.
func TestBudgetsStopAtTheirAmount(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	ctx := context.Background()
	b.at("2026-03-10 00:00:00")
	all := app.Budget{Name: "all", Contract: who.contract, Budget: budget.Budget{Amount: yuan("1350.01"), HardStop: true}}
	all = must(b.SetBudget(ctx, who.company, all)) // the fixed fees alone are 1,350.00
	if err := b.MayCall(ctx, who.company, who.contract); err != nil {
		t.Errorf("a cent is left: %v", err)
	}
	all.Amount = yuan("1350")
	must(b.SetBudget(ctx, who.company, all))
	wantKind(t, "nothing is left", b.MayCall(ctx, who.company, who.contract), fault.Conflict)
}

func TestWhatIfOverTheBooks(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	b.publish("plan: small\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\nunmetered: [seats]\ncomponents:\n  - {id: talk, measure: talk_time, unit_price: 0.10}\n")
	b.publish("plan: seated\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents:\n  - {id: seats, measure: recurring, unit_price: 80}\n  - {id: talk, measure: talk_time, unit_price: 0.10}\n")
	who := b.customer("one", fiveSeats+"early_termination: {share: 50%}\n")
	b.calls(who, "2026-03-10 02:00:00", 6000) // 90 minutes beyond those included: 10.80
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	ctx := context.Background()
	ask := func(in app.WhatIf) life.Answer {
		t.Helper()
		in.Contract, in.On = who.contract, day("2026-12-10")
		return must(b.WhatIf(ctx, who.company, in))
	}
	leave := ask(app.WhatIf{Want: life.Cancel})
	early, late := leave.Ways[0], leave.Ways[1]
	if leave.Now != yuan("510.80") || early.On != day("2027-01-01") || early.Fee != yuan("500.00") || early.Rest != yuan("1000.00") || early.Until != yuan("510.80") {
		t.Errorf("now %s, early %+v", leave.Now, early)
	}
	if late.On != day("2027-03-01") || late.NoticeBy != day("2027-01-30") || late.Until != yuan("1532.40") || !late.Fee.IsZero() {
		t.Errorf("at the end of the term: %+v", late)
	}
	move := ask(app.WhatIf{Want: life.Switch, To: "small@1"})
	if w := move.Ways[0]; w.After != yuan("10.00") || w.Total != yuan("1030.80") {
		t.Errorf("switching early: %+v", w)
	}
	if w := ask(app.WhatIf{Want: life.Switch, To: "seated@1"}).Ways[0]; w.After != yuan("410.00") {
		t.Errorf("five seats move with the contract, at 80, and 100 minutes at 0.10: %+v", w)
	}
	less := ask(app.WhatIf{Want: life.Downsize, Component: "seats", Quantity: exact.Int(2)})
	if w := less.Ways[0]; w.After != yuan("210.80") || len(w.Clauses) == 0 {
		t.Errorf("two seats: %+v", w)
	}
	_, err := b.Cancel(ctx, who.company, who.contract, day("2026-04-01"), day("2026-04-01"))
	wantKind(t, "ending with a day that is billed", err, fault.Conflict)
	// Asked again by really doing it: the last invoice has that fee.
	must(b.Cancel(ctx, who.company, who.contract, day("2026-12-10"), day("2027-01-01")))
	b.at("2027-01-02 00:00:00")
	b.close("2027-01-01")
	docs := b.documents(who.company)
	last := b.invoice(&docs[len(docs)-1])
	if last.First != day("2026-12-01") || last.Net != yuan("1000.00") {
		t.Errorf("the last invoice: %s from %s", last.Net, last.First)
	}
	run := must(b.ClosePeriod(ctx, app.ClosePeriod{Until: day("2027-03-01"), Issue: day("2027-03-01")}))
	if run.Counts.Issued != 0 {
		t.Errorf("a contract that has ended is billed: %+v", run.Counts)
	}
	b.sound()
}

func TestAmendments(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", fiveSeats)
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	ctx := context.Background()
	amend := func(more string) error {
		_, err := b.Amend(ctx, who.company, app.Amend{Contract: who.contract, Amendment: "a1", File: contractText("one", fiveSeats+more), On: day("2026-04-02")})
		return err
	}
	wantKind(t, "no amendment in the text", amend(""), fault.Invalid)
	wantKind(t, "March would be another", amend("amendments: [{id: a1, on: 2026-03-10, quantities: {seats: 7}}]\n"), fault.Conflict)
	if err := amend("amendments: [{id: a1, on: 2026-04-01, quantities: {seats: 7}}]\n"); err != nil {
		t.Fatal(err)
	}
	b.at("2026-05-01 03:00:00")
	b.close("2026-05-01")
	if got := short(b.invoice(&b.documents(who.company)[1])); got != "seats 700.00\ntalk 0.00\ntotal 742.00" {
		t.Errorf("%s", got)
	}
}

func TestRenewalAndNotice(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", "")
	ctx := context.Background()
	if got := must(b.AdvanceContracts(ctx, who.company, day("2027-03-01"))); got.Renewed != 1 || got.Ended != 0 {
		t.Errorf("%+v", got)
	}
	if got := must(b.AdvanceContracts(ctx, who.company, day("2027-03-01"))); got.Renewed != 0 {
		t.Errorf("again: %+v", got)
	}
	if _, err := b.GiveNotice(ctx, who.company, who.contract, day("9999-12-31"), 0); fault.KindOf(err) != fault.Overflow {
		t.Errorf("an end that could not be read again: %v", err)
	}
	a := must(b.GiveNotice(ctx, who.company, who.contract, day("2027-06-01"), 0))
	if a.Life.EndsOn != day("2028-03-01") {
		t.Errorf("ends on %s", a.Life.EndsOn)
	}
	if got := must(b.AdvanceContracts(ctx, who.company, day("2028-03-01"))); got.Ended != 1 {
		t.Errorf("%+v", got)
	}
	for topic, want := range map[string]int{"webhook contract.renewed": 1, "webhook contract.notice": 1, "webhook contract.ended": 1} {
		if got := b.messages(who.company)[topic]; got != want {
			t.Errorf("%s: %d", topic, got)
		}
	}
}

func TestPlansNeverChange(t *testing.T) {
	b := newBooks(t)
	ctx := context.Background()
	first := must(b.PublishPlan(ctx, app.PublishPlan{File: planText}))
	if again := must(b.PublishPlan(ctx, app.PublishPlan{File: planText})); again.ID != first.ID {
		t.Error("the same text made another version")
	}
	_, err := b.PublishPlan(ctx, app.PublishPlan{File: planText + "# more\n"})
	wantKind(t, "another text under one version", err, fault.Conflict)
	_, err = b.PublishPlan(ctx, app.PublishPlan{File: "plan: p\n"})
	wantKind(t, "half a plan", err, fault.Invalid)
	c := b.company("one")
	_, err = b.Quote(ctx, c, app.Quote{File: "contract: x\nplan: p@2\nstart: 2026-03-01\n"})
	wantKind(t, "a version nobody published", err, fault.NotFound)
	_, err = b.Quote(ctx, id.Company{}, app.Quote{File: contractText("x", "")})
	wantKind(t, "no company", err, fault.NotFound)
	q := must(b.Quote(ctx, c, app.Quote{File: contractText("x", "document_sha256: "+sha("signed")+"\n")}))
	_, err = b.Sign(ctx, c, app.Sign{Contract: q.ID, Document: sha("another")})
	wantKind(t, "another document", err, fault.Mismatch)
}

// TestServiceCredits: an outage is measured, misses the promise, and its credit
// is on the invoice.
func TestServiceCredits(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", fiveSeats+"service_levels: [{metric: availability, target: 99.9%, credit: 10%, components: [seats]}, {metric: first_response_minutes, target: \"30\", better: lower, credit_amount: 7}]\n")
	ctx := context.Background()
	from := day("2026-03-10").Start(shanghai)
	out := must(b.ReportOutage(ctx, id.ID{}, service.Outage{From: from}))
	must(b.ReportOutage(ctx, out, service.Outage{From: from, To: from + 3600_000_000}))
	_, err := b.ReportOutage(ctx, out, service.Outage{From: from, To: from + 7200_000_000})
	wantKind(t, "an end that is moved", err, fault.Conflict)

	must(b.SetSupport(ctx, app.Support{Name: "basic", Zone: "Asia/Shanghai", From: 540, To: 1080, First: 30, Resolution: 480}))
	_, err = b.SetSupport(ctx, app.Support{Name: "basic", First: 60})
	wantKind(t, "a plan that is there, taken for a new one", err, fault.Conflict)
	must(b.SetSupport(ctx, app.Support{Name: "basic", Zone: "Asia/Shanghai", From: 540, To: 1080, First: 30, Resolution: 480, Revision: 1}))
	_, err = b.SetSupport(ctx, app.Support{Name: "basic", First: 60, Revision: 1})
	wantKind(t, "a change of what somebody else changed", err, fault.Conflict)
	_, err = b.SetSupport(ctx, app.Support{Name: "gone", First: 60, Revision: 1})
	wantKind(t, "a change of what is not there", err, fault.NotFound)
	b.at("2026-03-09 02:00:00") // Monday, 10:00
	_, err = b.SetSupport(ctx, app.Support{Name: "hours", Zone: "Asia/Shanghai", From: 9, To: 18, First: 30})
	wantKind(t, "hours that were taken for minutes", err, fault.Invalid)
	for _, s := range []string{"", " ", "no sound\r\nBcc: x@example.com"} {
		_, err = b.OpenTicket(ctx, who.company, app.OpenTicket{Subject: s, Plan: "basic"})
		wantKind(t, "a subject that is no line", err, fault.Invalid)
	}
	ticket := must(b.OpenTicket(ctx, who.company, app.OpenTicket{Subject: "no sound", Plan: "basic"}))
	b.at("2026-03-09 02:45:00")
	answered := must(b.MoveTicket(ctx, who.company, ticket.ID, app.AnswerTicket))
	if !answered.First.Missed || answered.First.Runs || answered.First.Took.Round(1e9).Minutes() != 45 {
		t.Errorf("%+v", answered.First)
	}
	must(b.MoveTicket(ctx, who.company, ticket.ID, app.WaitTicket))
	b.at("2026-03-09 05:45:00")
	done := must(b.MoveTicket(ctx, who.company, ticket.ID, app.ResolveTicket))
	if done.Resolution.Missed || done.Resolution.Took.Round(1e9).Minutes() != 45 {
		t.Errorf("waiting for the customer does not count: %+v", done.Resolution)
	}
	_, err = b.MoveTicket(ctx, who.company, ticket.ID, app.AnswerTicket)
	wantKind(t, "answering what is resolved", err, fault.Conflict)

	got := must(b.ServiceLevels(ctx, who.company, who.contract, day("2026-03-01"), day("2026-04-01")))
	if len(got) != 2 || got[0].Met || got[0].Measured != "99.8655%" || got[1].Met || got[1].Measured != "45" {
		t.Errorf("%+v", got)
	}
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	inv := b.invoice(&b.documents(who.company)[0])
	credits := money.Zero(cny)
	for _, l := range inv.Lines {
		if l.Kind == "service_credit" {
			credits, _ = credits.Add(l.Amount)
		}
	}
	if credits != yuan("-57.00") {
		t.Errorf("credits of %s: 10 %% of 500, and 7\n%s", credits, short(inv))
	}
}

var shanghai, timexUTC = must(timex.LoadZone("Asia/Shanghai")), must(timex.LoadZone("UTC"))

// TestServiceCreditsThatComeLate: an outage that is reported after the invoice of
// its month gives its credit on the next one, once; a promise made later gives
// nothing back for the past, and what changes no amount is on no invoice.
func TestServiceCreditsThatComeLate(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	const promise = "service_levels: [{metric: availability, target: 99.9%, credit: 10%, components: [seats]}"
	who := b.customer("one", fiveSeats+promise+"]\n")
	ctx := context.Background()
	outage := func(on string, minutes int64) {
		t.Helper()
		from := day(on).Start(shanghai)
		must(b.ReportOutage(ctx, id.ID{}, service.Outage{From: from, To: from + timex.Instant(minutes*60e6)}))
	}
	bill := func(until string) string {
		t.Helper()
		b.at(until + " 03:00:00")
		b.close(until)
		docs := b.documents(who.company)
		return short(b.invoice(&docs[len(docs)-1]))
	}
	march := bill("2026-04-01")
	if strings.Contains(march, "credit") {
		t.Errorf("March without an outage: %s", march)
	}
	outage("2026-03-10", 60)
	file := contractText("one", fiveSeats+promise+", {metric: mos, target: \"4\", credit_amount: 7}]\namendments: [{id: a1, on: 2026-04-01}]\n")
	must(b.Amend(ctx, who.company, app.Amend{Contract: who.contract, Amendment: "a1", File: file, On: day("2026-04-01")}))
	must(0, b.AddSample(ctx, who.company, service.Sample{Metric: "mos", At: day("2026-03-10").Start(shanghai), Value: exact.Int(3), Weight: 1}))
	again := must(b.DraftInvoice(ctx, who.company, who.contract, day("2026-03-01")))
	if got := short(again); !strings.Contains(got, "service_credit:availability -50.00") {
		t.Errorf("March as it is known now: %s", got)
	}
	april := bill("2026-05-01")
	if strings.Count(april, "-50.00") != 1 || strings.Contains(april, "-7.00") {
		t.Errorf("April corrects March by 10 %% of 500: %s", april)
	}
	outage("2026-03-11", 60) // missed already: no amount changes
	if may := bill("2026-06-01"); strings.Contains(may, "-") {
		t.Errorf("May: %s", may)
	}
	b.sound()
}
