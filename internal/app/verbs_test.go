package app_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/budget"
	"waihu/internal/charging/fx"
	"waihu/internal/charging/life"
	"waihu/internal/charging/service"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// state is what failing must not change: journal, documents and messages.
func (b *books) state(c id.Company) string {
	out := ""
	b.view(func(tx store.Tx) error {
		seq, hash, err := tx.Journal().Head(c)
		if err != nil {
			return err
		}
		list, err := tx.Outbox().List(c, "", store.Page{Limit: 1000})
		out = fmt.Sprint(seq, hash, len(list))
		return err
	})
	for _, d := range b.documents(c) {
		out += fmt.Sprint(d.Number, d.Status, d.Paid, d.Credited, d.Revision)
	}
	return out
}

// TestEveryVerbFailsWhole runs every use case again and again, letting each call
// of the store that it makes fail once: it says so, changes nothing, and works
// the next time.
func TestEveryVerbFailsWhole(t *testing.T) {
	b := newBooks(t)
	b.publish(planText)
	b.publish(prepaidPlan)
	ctx := context.Background()
	c := b.company("one")
	var contract, prepaid, outage id.ID
	var seat app.Stretch
	var ticket app.TicketClocks
	start := day("2026-03-10").Start(shanghai)
	invoiceAt := func(i int) id.ID { return b.documents(c)[i].ID }
	text := "contract: pre\nplan: pre@1\nstart: 2026-03-01\nseller: {name: Seller}\nbuyer: {name: Buyer}\n"
	levels := fiveSeats + "service_levels: [{metric: availability, target: 99.9%, credit: 10%, components: [seats]}]\n"
	first := contractText("post", levels)
	amended := contractText("post", levels+"amendments: [{id: a1, on: 2026-04-01, quantities: {seats: 7}}]\n")
	open := func(s *app.System, file, wallet string) (i id.ID, err error) {
		q, err := s.Quote(ctx, c, app.Quote{File: file, Wallet: wallet, On: day("2026-02-20")})
		return q.ID, err
	}
	verbs := []struct {
		name string
		do   func(s *app.System) error
	}{
		{"add company", func(s *app.System) error { _, err := s.AddCompany(ctx, app.Company{Name: "two"}); return err }},
		{"set company", func(s *app.System) error {
			was, err := s.GetCompany(ctx, c)
			if err != nil {
				return err
			}
			was.Email = "pay@example.com"
			_, err = s.SetCompany(ctx, was)
			return err
		}},
		{"publish", func(s *app.System) error {
			_, err := s.PublishPlan(ctx, app.PublishPlan{File: strings.Replace(planText, "version: 1", "version: 2", 1), Effective: day("2027-01-01")})
			return err
		}},
		{"plans", func(s *app.System) error { _, err := s.Plans(ctx, "p"); return err }},
		{"rate", func(s *app.System) error {
			return s.AddRate(ctx, fx.Rate{From: usd, To: cny, On: day("2026-03-01"), Rate: exact.Int(7), Source: "bank"})
		}},
		{"wallet", func(s *app.System) error {
			_, err := s.OpenWallet(ctx, c, app.OpenWallet{Name: "main", Currency: cny, Levels: []money.Amount{yuan("5")}})
			return err
		}},
		{"quote", func(s *app.System) (err error) { contract, err = open(s, first, ""); return err }},
		{"quote prepaid", func(s *app.System) (err error) { prepaid, err = open(s, text, "main"); return err }},
		{"sign", func(s *app.System) error {
			_, err := s.Sign(ctx, c, app.Sign{Contract: contract, Document: sha("x"), On: day("2026-02-21")})
			return err
		}},
		{"sign prepaid", func(s *app.System) error {
			_, err := s.Sign(ctx, c, app.Sign{Contract: prepaid, Document: sha("y"), On: day("2026-02-21")})
			return err
		}},
		{"start", func(s *app.System) error { _, err := s.Start(ctx, c, contract, day("2026-03-01")); return err }},
		{"start prepaid", func(s *app.System) error { _, err := s.Start(ctx, c, prepaid, day("2026-03-01")); return err }},
		{"quote and withdraw", func(s *app.System) error {
			q, err := open(s, strings.Replace(first, "contract: post", "contract: not", 1), "")
			if fault.KindOf(err) == fault.Conflict { // it is there from the time before
				list, err := b.Contracts(ctx, c, life.Quoted)
				if err != nil {
					return err
				}
				q = list[0].ID
			} else if err != nil {
				return err
			}
			_, err = s.Withdraw(ctx, c, q, day("2026-02-22"))
			return err
		}},
		{"top up", func(s *app.System) error {
			_, err := s.TopUp(ctx, c, app.Fund{Key: "t", Wallet: "main", Amount: yuan("20")})
			return err
		}},
		{"grant", func(s *app.System) error {
			_, err := s.Grant(ctx, c, app.Fund{Key: "g", Wallet: "main", Amount: yuan("1"), Expires: start})
			return err
		}},
		{"seat", func(s *app.System) (err error) {
			seat, err = s.Begin(ctx, c, app.Begin{Contract: contract, What: app.SeatStretch, Of: "ann", At: day("2026-03-02").Start(shanghai)})
			return err
		}},
		{"open stretches", func(s *app.System) error { _, err := s.Open(ctx, c, contract); return err }},
		{"end of a seat", func(s *app.System) error {
			_, err := s.End(ctx, c, seat.ID, day("2026-03-20").Start(shanghai))
			return err
		}},
		{"budget", func(s *app.System) error {
			_, err := s.SetBudget(ctx, c, app.Budget{Name: "all", Contract: contract, Budget: budget.Budget{Amount: yuan("100000"), HardStop: true}})
			return err
		}},
		{"budgets", func(s *app.System) error { _, err := s.Budgets(ctx, c, contract); return err }},
		{"may call", func(s *app.System) error { return s.MayCall(ctx, c, contract) }},
		{"tick", func(*app.System) error { b.clock.Store(int64(start)); return nil }},
		{"reserve", func(s *app.System) error {
			_, err := s.Reserve(ctx, c, app.Reserve{Contract: prepaid, Call: "a", To: mobile})
			return err
		}},
		{"extend", func(s *app.System) error {
			_, err := s.Extend(ctx, c, app.Reserve{Contract: prepaid, Call: "a", To: mobile, Start: start, Seconds: 200})
			return err
		}},
		{"settle", func(s *app.System) error {
			_, err := s.Settle(ctx, c, app.Settle{Contract: prepaid, Call: "a", To: mobile, Start: start, Seconds: 100})
			return err
		}},
		{"reserve and release", func(s *app.System) error {
			if _, err := s.Reserve(ctx, c, app.Reserve{Contract: prepaid, Call: "b", To: mobile}); err != nil {
				return err
			}
			return s.Release(ctx, c, "main", "b")
		}},
		{"call limits", func(s *app.System) error { return s.SetCallLimits(ctx, c, app.CallLimits{Calls: 5, Spend: yuan("10")}) }},
		{"limits of calls", func(s *app.System) error { _, err := s.CallLimitsOf(ctx, c); return err }},
		{"begin call", func(s *app.System) error {
			_, err := s.BeginCall(ctx, c, app.BeginCall{Contract: prepaid, Call: "own", To: mobile, Class: "mobile", Owner: "me"})
			return err
		}},
		{"go on calling", func(s *app.System) error {
			_, err := s.GoOnCalling(ctx, c, app.GoingOn{Call: "own", Answered: start.Add(time.Second), Seconds: 120})
			return err
		}},
		{"open calls", func(s *app.System) error { _, err := s.OpenCalls(ctx, c); return err }},
		{"end call and forget it", func(s *app.System) error {
			_, err := s.EndCall(ctx, c, talkedFor(app.Attempt{Call: "own", To: mobile, Begun: start}, 100*time.Second))
			return err
		}},
		{"begin call and cut it off", func(s *app.System) error {
			_, err := s.BeginCall(ctx, c, app.BeginCall{Contract: prepaid, Call: "lost", To: mobile, Class: "mobile", Owner: "me"})
			if refused := (*app.CallRefused)(nil); err != nil && !errors.As(err, &refused) { // it is there from the time before
				return err
			}
			_, err = s.CutOffCalls(ctx, c, "me")
			return err
		}},
		{"lost calls", func(s *app.System) error { _, err := s.CutOffLostCalls(ctx); return err }},
		{"ingest", func(s *app.System) error {
			var facts []usage.Fact
			for _, x := range answered("i", start, 600, 600) {
				x.Account, x.Cost = "post", money.Micros(50_000, usd)
				y := *x
				y.ID, y.Account = "p"+x.ID, "pre"
				facts = append(facts, x, &y)
			}
			_, err := s.Ingest(ctx, c, facts)
			return err
		}},
		{"check budgets", func(s *app.System) error { _, err := s.CheckBudgets(ctx, c); return err }},
		{"balance", func(s *app.System) error { _, err := s.Balance(ctx, c, "main"); return err }},
		{"sweep", func(s *app.System) error { _, _, err := s.SweepWallets(ctx, c); return err }},
		{"outage", func(s *app.System) (err error) {
			outage, err = s.ReportOutage(ctx, id.ID{}, service.Outage{From: start})
			return err
		}},
		{"end of the outage", func(s *app.System) error {
			_, err := s.ReportOutage(ctx, outage, service.Outage{From: start, To: start + 60_000_000})
			return err
		}},
		{"sample", func(s *app.System) error {
			return s.AddSample(ctx, c, service.Sample{Metric: "mos", At: start, Value: exact.Int(4), Weight: 1})
		}},
		{"levels", func(s *app.System) error {
			_, err := s.ServiceLevels(ctx, c, contract, day("2026-03-01"), day("2026-04-01"))
			return err
		}},
		{"support", func(s *app.System) error {
			_, err := s.SetSupport(ctx, app.Support{Name: "basic", First: 30})
			return err
		}},
		{"ticket", func(s *app.System) (err error) {
			ticket, err = s.OpenTicket(ctx, c, app.OpenTicket{Subject: "help", Plan: "basic"})
			return err
		}},
		{"ticket resolved", func(s *app.System) error { _, err := s.MoveTicket(ctx, c, ticket.ID, app.ResolveTicket); return err }},
		{"tickets", func(s *app.System) error { _, err := s.Tickets(ctx, c, ""); return err }},
		{"forecast", func(s *app.System) error { _, err := s.Forecast(ctx, c, contract); return err }},
		{"draft", func(s *app.System) error { _, err := s.DraftInvoice(ctx, c, contract, 0); return err }},
		{"tick", func(*app.System) error { b.at("2026-04-01 03:00:00"); return nil }},
		{"close", func(s *app.System) error {
			s.Node = "n1"
			_, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: day("2026-04-01"), Issue: day("2026-04-01"), Workers: 1})
			return err
		}},
		{"pay", func(s *app.System) error {
			_, err := s.Pay(ctx, c, app.Pay{Key: "p", Invoice: invoiceAt(0), Amount: money.Micros(money.Micro, usd), On: day("2026-03-02")})
			return err
		}},
		{"pay ahead", func(s *app.System) error {
			_, err := s.PayAhead(ctx, c, app.PayAhead{Key: "ahead", Amount: yuan("3"), On: day("2026-04-01")})
			return err
		}},
		{"credit", func(s *app.System) error {
			_, err := s.Credit(ctx, c, app.Credit{Key: "c", Invoice: invoiceAt(0), On: day("2026-04-02"), Reason: "x", Items: []app.CreditItem{{Line: "seats", Amount: yuan("10")}}})
			return err
		}},
		{"overdue", func(s *app.System) error { _, err := s.MarkOverdue(ctx, c, day("2026-06-01")); return err }},
		{"write off", func(s *app.System) error {
			_, err := s.WriteOff(ctx, c, app.WriteOff{Key: "w", Invoice: invoiceAt(0), Reason: "x"})
			return err
		}},
		{"statement", func(s *app.System) error {
			_, err := s.Statement(ctx, c, cny, day("2026-01-01"), day("2027-01-01"), "")
			return err
		}},
		{"margin", func(s *app.System) error { _, err := s.Margin(ctx, c, contract, day("2026-03-05")); return err }},
		{"advice", func(s *app.System) error { _, err := s.Advice(ctx, c, contract, id.Platform); return err }},
		{"what if", func(s *app.System) error {
			_, err := s.WhatIf(ctx, c, app.WhatIf{Contract: contract, Want: life.Switch, To: "pre@1", On: day("2026-12-10")})
			return err
		}},
		{"amend", func(s *app.System) error {
			_, err := s.Amend(ctx, c, app.Amend{Contract: contract, Amendment: "a1", File: amended, On: day("2026-04-02")})
			return err
		}},
		{"late usage", func(s *app.System) error {
			var facts []usage.Fact
			for _, x := range answered("late", start+3600_000_000, 900) {
				x.Account = "post"
				facts = append(facts, x)
			}
			_, err := s.Ingest(ctx, c, facts)
			return err
		}},
		{"stray usage", func(s *app.System) error {
			var facts []usage.Fact
			for _, x := range answered("stray", start+7200_000_000, 900, 60) {
				facts = append(facts, x)
			}
			_, err := s.Ingest(ctx, c, facts)
			return err
		}},
		{"strays", func(s *app.System) error { _, err := s.Strays(ctx, c, app.Choice{}); return err }},
		{"stray facts", func(s *app.System) error { _, err := s.StrayFacts(ctx, c, app.Choice{}, 0, 10); return err }},
		{"waive", func(s *app.System) error {
			_, err := s.Waive(ctx, c, app.Waive{Key: "waive", Choice: app.Choice{IDs: []string{"stray/1"}}, Why: "x"})
			return err
		}},
		{"waivers", func(s *app.System) error { _, err := s.Waivers(ctx, c, store.Page{Limit: 10}); return err }},
		{"assign in thought", func(s *app.System) error {
			_, err := s.Assign(ctx, c, app.Assign{Contract: contract, Note: "x", Preview: true})
			return err
		}},
		{"assign", func(s *app.System) error {
			_, err := s.Assign(ctx, c, app.Assign{Key: "assign", Contract: contract, Choice: app.Choice{IDs: []string{"stray/0"}}, Note: "x"})
			return err
		}},
		{"assign to a wallet", func(s *app.System) error {
			_, err := s.Assign(ctx, c, app.Assign{Key: "assign more", Contract: prepaid, Choice: app.Choice{Waived: true}, Note: "x"})
			return err
		}},
		{"assignments", func(s *app.System) error {
			_, err := s.Assignments(ctx, c, contract, store.Page{Limit: 10})
			return err
		}},
		{"tick", func(*app.System) error { b.at("2026-05-01 03:00:00"); return nil }},
		{"close with late usage", func(s *app.System) error {
			_, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: day("2026-05-01"), Issue: day("2026-05-01"), Company: c.ID, Workers: 1})
			return err
		}},
		{"draft again", func(s *app.System) error { _, err := s.DraftInvoice(ctx, c, contract, day("2026-03-05")); return err }},
		{"tick", func(*app.System) error { b.at("2026-06-01 03:00:00"); return nil }},
		{"close June", func(s *app.System) error {
			_, err := s.ClosePeriod(ctx, app.ClosePeriod{Until: day("2026-06-01"), Issue: day("2026-06-01"), Workers: 1})
			return err
		}},
		{"void", func(s *app.System) error {
			list := b.documents(c)
			for i := len(list) - 1; i >= 0; i-- {
				if list[i].Contract == contract && list[i].Kind == store.Invoice {
					_, err := s.Void(ctx, c, app.Void{Key: "v", Invoice: list[i].ID, Reason: "x"})
					return err
				}
			}
			return errCrash
		}},
		{"notice", func(s *app.System) error { _, err := s.GiveNotice(ctx, c, contract, day("2026-06-02"), 0); return err }},
		{"cancel", func(s *app.System) error {
			_, err := s.Cancel(ctx, c, prepaid, day("2026-06-02"), day("2026-07-01"))
			return err
		}},
		{"daily", func(s *app.System) error { _, err := s.Daily(ctx, day("2027-03-01")); return err }},
	}
	for _, verb := range verbs {
		var steps int64
		for at := int64(1); ; at++ {
			before := b.state(c)
			p := &probe{DB: b.DB, at: at}
			err := verb.do(&app.System{DB: p, IDs: b.IDs, Node: "n1"})
			if err == nil {
				if steps = p.calls.Load(); steps >= at && !strings.HasPrefix(verb.name, "close") { // a draft made ahead is made again in its turn
					t.Errorf("%s says nothing of call %d of the store, which failed", verb.name, at)
				}
				break
			}
			if !strings.Contains(err.Error(), errCrash.Error()) {
				t.Fatalf("%s, call %d of the store failed: %v", verb.name, at, err)
			}
			if whole := !strings.HasPrefix(verb.name, "close") && verb.name != "daily" && !strings.Contains(verb.name, " and "); whole && b.state(c) != before {
				t.Errorf("%s failed at call %d of the store and changed something", verb.name, at)
			}
			if at > 2_000 {
				t.Fatalf("%s never works", verb.name)
			}
		}
		if steps == 0 && verb.name != "tick" {
			t.Errorf("%s asked the store for nothing", verb.name)
		}
	}
	b.sound()
	b.replays(c)
}
