package app_test

import (
	"context"
	"sync"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/dispute"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func TestDisputes(t *testing.T) { disputes(t, newBooks(t)) }

// disputes walks through the life of objections to the invoice of March: seats
// 500, support 1,200, set-up 50, and 6 % tax.
func disputes(t *testing.T, empty *books) {
	b, who, doc := billedIn(t, empty)
	ctx := context.Background()
	ask := app.RaiseDispute{Key: "seats", Invoice: doc.ID, Lines: []dispute.Line{{Line: "seats", Amount: yuan("300")}}, Reason: dispute.Seats, Words: "three seats, not five"}
	var group sync.WaitGroup
	for range 8 { // the same form from many sides
		group.Go(func() {
			if got, err := b.RaiseDispute(ctx, who.company, ask); err != nil || got.Worth != yuan("318") || got.Whole {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	group.Wait()
	list := must(b.Disputes(ctx, who.company, app.DisputeQuery{State: dispute.Open, Page: store.Page{Limit: 10}}))
	if len(list) != 1 || list[0].AnswerBy != day("2026-04-16") || list[0].Number != doc.Number {
		t.Fatalf("%+v", list)
	}
	for what, c := range map[string]struct {
		lines []dispute.Line
		kind  fault.Kind
	}{
		"a line that is disputed": {[]dispute.Line{{Line: "seats", Amount: yuan("1")}}, fault.Conflict},
		"more than was billed":    {[]dispute.Line{{Line: "setup", Amount: yuan("50.01")}}, fault.Conflict},
		"no such line":            {[]dispute.Line{{Line: "nothing", Amount: yuan("1")}}, fault.NotFound},
		"finer than a coin":       {[]dispute.Line{{Line: "setup", Amount: yuan("0.001")}}, fault.Invalid},
		"nothing":                 {nil, fault.Invalid},
	} {
		_, err := b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: what, Invoice: doc.ID, Lines: c.lines, Reason: dispute.Rate, Words: "x"})
		wantKind(t, what, err, c.kind)
	}

	part := app.AnswerDispute{Key: "part", Dispute: list[0].ID, Granted: []dispute.Line{{Line: "seats", Amount: yuan("200")}}, Answer: "two were empty", On: day("2026-04-05")}
	over := part
	over.Key, over.Granted = "over", []dispute.Line{{Line: "seats", Amount: yuan("300.01")}}
	_, err := b.AnswerDispute(ctx, who.company, over)
	wantKind(t, "more than was disputed", err, fault.Conflict)
	got := must(b.AnswerDispute(ctx, who.company, part))
	if got.State != dispute.Partly || got.NoteNumber != "CN-INV-000001" || got.Given != yuan("200") {
		t.Errorf("%+v", got)
	}
	if again := must(b.AnswerDispute(ctx, who.company, part)); again.Note != got.Note {
		t.Errorf("the same answer twice: %+v", again)
	}
	if open := b.documents(who.company)[0].Credited; open != yuan("212") {
		t.Errorf("credited %s", open)
	}
	_, err = b.AnswerDispute(ctx, who.company, app.AnswerDispute{Key: "late", Dispute: got.ID, Answer: "no", On: day("2026-04-06")})
	wantKind(t, "an answer to what is answered", err, fault.Conflict)
	_, err = b.WithdrawDispute(ctx, who.company, got.ID)
	wantKind(t, "withdrawn after the answer", err, fault.Conflict)
	for topic, want := range map[string]int{"webhook dispute.raised": 1, "mail dispute.raised": 1, "webhook dispute.answered": 1, "mail dispute.answered": 1} {
		if got := b.messages(who.company)[topic]; got != want {
			t.Errorf("%s: %d messages, want %d", topic, got, want)
		}
	}

	// What was credited cannot be disputed again; what was refused can.
	_, err = b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: "more", Invoice: doc.ID, Lines: []dispute.Line{{Line: "seats", Amount: yuan("301")}}, Reason: dispute.Seats, Words: "x"})
	wantKind(t, "more than is left", err, fault.Conflict)
	again := must(b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: "rest", Invoice: doc.ID, Lines: []dispute.Line{{Line: "seats", Amount: yuan("300")}}, Reason: dispute.Seats, Words: "x"}))
	if d := must(b.WithdrawDispute(ctx, who.company, again.ID)); d.State != dispute.Withdrawn {
		t.Errorf("%+v", d)
	}
	if d := must(b.GetDispute(ctx, who.company, again.ID)); d.State != dispute.Withdrawn || d.Revision != 2 {
		t.Errorf("%+v", d)
	}
	_, err = b.GetDispute(ctx, b.company("two"), again.ID)
	wantKind(t, "a dispute of another company", err, fault.NotFound)
	b.sound()
}

// TestDunningWaitsForTheAnswer: nobody is reminded of what is disputed whole; the
// days that took are given back; the rest of a part is reminded of as ever.
func TestDunningWaitsForTheAnswer(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	lines := []dispute.Line{{Line: "seats", Amount: yuan("500")}, {Line: "support@2026-03-01", Amount: yuan("1200")}, {Line: "setup", Amount: yuan("50")}}
	d := must(b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: "all", Invoice: doc.ID, Lines: lines, Reason: dispute.NotInContract, Words: "no such contract"}))
	if held := must(b.Contested(ctx, who.company, doc.ID)); !d.Whole || held != yuan("1855") {
		t.Fatalf("%+v, %s held", d, held)
	}
	if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+30)); got.Overdue != 0 || got.Steps != 0 {
		t.Errorf("reminded while it is disputed: %+v", got)
	}
	b.at("2026-04-21 03:00:00")                                                                                                                  // nine days behind the due day
	must(b.AnswerDispute(ctx, who.company, app.AnswerDispute{Key: "no", Dispute: d.ID, Answer: "it is in the contract", On: day("2026-04-02")})) // reminders waited until today, whatever day it is dated
	for after, want := range map[int]int{9: 0, 10: 1} {
		if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+timex.Date(after))); got.Steps != want {
			t.Errorf("%d days behind the due day: %+v, want %d steps", after, got, want)
		}
	}
	if got := must(b.GetDispute(ctx, who.company, d.ID)); got.AnsweredOn != day("2026-04-21") {
		t.Errorf("answered on %s", got.AnsweredOn)
	}
	part := must(b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: "part", Invoice: doc.ID, Lines: lines[2:], Reason: dispute.Rate, Words: "dear"}))
	if part.Whole {
		t.Errorf("%+v", part)
	}
	if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+17)); got.Steps != 1 {
		t.Errorf("the rest is not reminded of: %+v", got)
	}
}

// TestDaysOfTwoDisputes: a day on which two disputes held reminders back is given
// back once.
func TestDaysOfTwoDisputes(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	must(b.Pay(ctx, who.company, app.Pay{Key: "p", Invoice: doc.ID, Amount: yuan("53"), On: day("2026-04-01")}))
	var raised []id.ID
	for i, lines := range [][]dispute.Line{{{Line: "seats", Amount: yuan("500")}, {Line: "support@2026-03-01", Amount: yuan("1200")}}, {{Line: "setup", Amount: yuan("50")}}} {
		d := must(b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: []string{"a", "b"}[i], Invoice: doc.ID, Lines: lines, Reason: dispute.Rate, Words: "dear"}))
		if !d.Whole {
			t.Fatalf("%+v", d)
		}
		raised = append(raised, d.ID)
	}
	b.at("2026-04-18 03:00:00")
	must(b.AnswerDispute(ctx, who.company, app.AnswerDispute{Key: "c", Dispute: raised[1], Answer: "no", On: day("2026-04-18")}))
	b.at("2026-04-21 03:00:00") // nine days behind the due day
	must(b.AnswerDispute(ctx, who.company, app.AnswerDispute{Key: "d", Dispute: raised[0], Answer: "no", On: day("2026-04-21")}))
	for after, want := range map[int]int{9: 0, 10: 1} {
		if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+timex.Date(after))); got.Steps != want {
			t.Errorf("%d days behind the due day: %+v, want %d steps", after, got, want)
		}
	}
}

// TestDaysThatAPaymentMadeWhole: a payment of what is not disputed stops reminders,
// as a dispute of all does; the days from it to the answer are given back.
func TestDaysThatAPaymentMadeWhole(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	d := must(b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: "a", Invoice: doc.ID, Lines: []dispute.Line{{Line: "setup", Amount: yuan("50")}}, Reason: dispute.Rate, Words: "dear"}))
	if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+1)); d.Whole || got.Steps != 1 {
		t.Errorf("the rest is not reminded of: %+v, %+v", d, got)
	}
	b.at("2026-04-15 03:00:00") // three days behind the due day
	must(b.Pay(ctx, who.company, app.Pay{Key: "p", Invoice: doc.ID, Amount: yuan("1802"), On: day("2026-04-15")}))
	if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+12)); got.Steps != 0 {
		t.Errorf("reminded of what is disputed: %+v", got)
	}
	b.at("2026-04-25 03:00:00") // ten days later
	must(b.AnswerDispute(ctx, who.company, app.AnswerDispute{Key: "no", Dispute: d.ID, Answer: "it is in the contract", On: day("2026-04-25")}))
	for after := timex.Date(13); after <= 17; after++ {
		if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+after)); got.Steps != int(after)/17 {
			t.Errorf("%d days behind the due day: %+v", after, got)
		}
	}
}

// TestDaysBesideADispute: once one of two disputes is answered and what is open is
// not all disputed any more, reminders go on, and no day of the other is given back.
func TestDaysBesideADispute(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	all := []dispute.Line{{Line: "seats", Amount: yuan("500")}, {Line: "support@2026-03-01", Amount: yuan("1200")}, {Line: "setup", Amount: yuan("50")}}
	var raised []id.ID
	for i, lines := range [][]dispute.Line{all[:2], all[2:]} {
		d := must(b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: []string{"a", "b"}[i], Invoice: doc.ID, Lines: lines, Reason: dispute.Rate, Words: "dear"}))
		raised = append(raised, d.ID)
	}
	b.at("2026-04-18 03:00:00") // six days behind the due day
	must(b.AnswerDispute(ctx, who.company, app.AnswerDispute{Key: "c", Dispute: raised[0], Answer: "no", On: day("2026-04-18")}))
	b.at("2026-04-25 03:00:00")
	must(b.AnswerDispute(ctx, who.company, app.AnswerDispute{Key: "d", Dispute: raised[1], Answer: "no", On: day("2026-04-25")}))
	if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+6)); got.Steps != 0 {
		t.Errorf("reminded of days that were given back: %+v", got)
	}
	if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+12)); got.Steps != 1 {
		t.Errorf("the first reminder: %+v", got)
	}
	if got := must(b.MarkOverdue(ctx, who.company, doc.DueOn+13)); got.Steps != 1 {
		t.Errorf("seven days that count: %+v", got)
	}
}

// TestVoidEndsDisputes: an invoice that is taken back leaves nothing to dispute.
func TestVoidEndsDisputes(t *testing.T) {
	b, who, doc := billed(t)
	ctx := context.Background()
	d := must(b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: "a", Invoice: doc.ID, Lines: []dispute.Line{{Line: "setup", Amount: yuan("50")}}, Reason: dispute.Duplicate, Words: "twice"}))
	must(b.Void(ctx, who.company, app.Void{Key: "v", Invoice: doc.ID, Reason: "wrong month"}))
	if got := must(b.GetDispute(ctx, who.company, d.ID)); got.State != dispute.Accepted || !got.Note.IsZero() || got.Answer != "wrong month" {
		t.Errorf("%+v", got)
	}
	_, err := b.RaiseDispute(ctx, who.company, app.RaiseDispute{Key: "b", Invoice: doc.ID, Lines: []dispute.Line{{Line: "setup", Amount: yuan("50")}}, Reason: dispute.Duplicate, Words: "twice"})
	wantKind(t, "an invoice that is void", err, fault.Conflict)
}

// TestDaysToObject: a contract can say how long an invoice may be objected to.
func TestDaysToObject(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	who := b.customer("one", fiveSeats+"objection_days: 7\n")
	b.at("2026-04-01 03:00:00")
	b.close("2026-04-01")
	doc := b.documents(who.company)[0]
	ask := app.RaiseDispute{Key: "a", Invoice: doc.ID, Lines: []dispute.Line{{Line: "seats", Amount: yuan("1")}}, Reason: dispute.Rate, Words: "x"}
	b.at("2026-04-09 16:30:00") // the tenth in Shanghai
	_, err := b.RaiseDispute(context.Background(), who.company, ask)
	wantKind(t, "a day too late", err, fault.Conflict)
	b.at("2026-04-09 15:30:00")
	must(b.RaiseDispute(context.Background(), who.company, ask))
}

// TestMovements: what is listed as paid and paid back is what stands at the bank.
func TestMovements(t *testing.T) {
	b, who, doc := billed(t)
	b.at("2026-04-09 03:00:00")
	ctx := context.Background()
	must(b.Pay(ctx, who.company, app.Pay{Key: "a", Invoice: doc.ID, Amount: yuan("855"), On: day("2026-04-05"), Note: "transfer 1"}))
	must(b.Pay(ctx, who.company, app.Pay{Key: "b", Invoice: doc.ID, Amount: yuan("900"), On: day("2026-04-06")}))
	must(b.WriteOff(ctx, who.company, app.WriteOff{Key: "w", Invoice: doc.ID, Reason: "small"}))
	must(b.PayAhead(ctx, who.company, app.PayAhead{Key: "c", Amount: yuan("70"), On: day("2026-04-07")}))
	must(b.Refund(ctx, who.company, app.Refund{Key: "d", Amount: yuan("20"), On: day("2026-04-08"), Reason: "asked for"}))
	list := must(b.Movements(ctx, who.company, id.ID{}, store.Page{Limit: 10, Down: true}))
	sum := money.Zero(cny)
	for _, m := range list {
		switch m.What {
		case app.MovedIn, app.MovedAhead:
			sum = must(sum.Add(m.Amount))
		case app.MovedBack:
			sum = must(sum.Sub(m.Amount))
		}
	}
	if len(list) != 5 || list[0].What != app.MovedBack || list[4].Note != "transfer 1" || list[4].On != day("2026-04-05") || sum.Decimal() != b.balance(who.company, ledger.Cash) {
		t.Errorf("%s of %s at the bank: %+v", sum, b.balance(who.company, ledger.Cash), list)
	}
	if of := must(b.Movements(ctx, who.company, doc.ID, store.Page{Limit: 10, Down: true})); len(of) != 3 || of[0].What != app.MovedOff || of[0].Amount != yuan("100") {
		t.Errorf("of the invoice: %+v", of)
	}
	if theirs := must(b.Theirs(ctx, who.company)); len(theirs) != 1 || theirs[0] != yuan("50") {
		t.Errorf("the customer's: %v", theirs)
	}
}

// TestRehearse: what is only looked at leaves nothing behind.
func TestRehearse(t *testing.T) {
	b, who, doc := billed(t)
	b.System.DB = store.Joining(b.System.DB)
	ctx := context.Background()
	before := len(must(b.Movements(ctx, who.company, id.ID{}, store.Page{Limit: 10, Down: true})))
	var seen app.Paid
	pay := func(amount string) error {
		return b.Rehearse(ctx, func(ctx context.Context, _ store.Tx) (err error) {
			seen, err = b.Pay(ctx, who.company, app.Pay{Key: "k", Invoice: doc.ID, Amount: yuan(amount), On: day("2026-04-01")})
			return err
		})
	}
	if err := pay("1900"); err != nil || seen.Status != store.Paid || seen.Over != yuan("45") {
		t.Errorf("%+v, %v", seen, err)
	}
	wantKind(t, "what would be refused", pay("0"), fault.Invalid)
	if after := len(must(b.Movements(ctx, who.company, id.ID{}, store.Page{Limit: 10, Down: true}))); after != before || !b.documents(who.company)[0].Paid.IsZero() {
		t.Error("it was done")
	}
}
