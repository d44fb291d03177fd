package demo

import (
	"context"
	"net/url"

	"waihu/internal/console"
	"waihu/internal/fault"
	"waihu/internal/serve"
	"waihu/internal/store"
)

// market are the offers the comparison begins with: by user, by minute, by
// conversation, and three that leave a price open.
var market = []string{"amazon-connect", "callfire-payg", "cloudtalk-expert", "retell", "ringly", "tencent-voice-agent", "twilio-flex-user-usage", "ujet-pro"}

// question is what the comparison asks: in the firm's currency, at rates of a
// stated day, which are examples as the offers are.
func question() string {
	q := url.Values{"currency": {"HKD"}, "current": {"harbour-minutes"}}
	for code, rate := range map[string]string{"USD": "7.78", "EUR": "8.56"} {
		q.Set("rate."+code, rate)
		q.Set("rate."+code+".on", "2026-11-01")
	}
	return q.Encode()
}

// tour is the path through the demonstration, with the addresses its pages have
// in these books.
func tour(ctx context.Context, b *serve.Books, who []Customer) (*console.Tour, error) {
	floor, minutes := &who[0], &who[renewing]
	plan, err := minutes.plan()
	if err != nil {
		return nil, err
	}
	last, err := lastInvoice(ctx, b, floor)
	if err != nil {
		return nil, err
	}
	at := func(c *Customer) string { return "/c/" + c.Company.Named("co") }
	con := at(minutes) + "/contracts/" + minutes.Contract.Named("con")
	t := &console.Tour{
		Compare: console.Ready{Company: minutes.Company, Offers: market, Own: plan, Query: question()},
		Stops: []console.Stop{
			{Key: "compare", Href: console.CompareStop},
			{Key: "whatif", Href: console.CompareStop + "#s-sliders"},
			{Key: "invoice", Href: at(floor) + "/invoices/" + last.ID.Named("inv")},
			{Key: "plan", Href: "/plans/build?from=floor-seats@1&usage=" + floor.Company.Named("co") + "/" + floor.Contract.Named("con")},
			{Key: "leave_contract", Href: con + "/whatif?want=cancel"},
			{Key: "budget", Href: at(minutes)},
		},
	}
	for _, l := range logins(who) {
		t.People = append(t.People, console.Person{Role: l.role, Name: l.firm, Email: l.email, Password: Password})
	}
	return t, nil
}

// lastInvoice is a firm's newest invoice.
func lastInvoice(ctx context.Context, b *serve.Books, of *Customer) (doc store.Document, err error) {
	err = b.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Documents().List(of.Company, store.DocumentQuery{Kind: store.Invoice, Page: store.Page{Limit: 1, Down: true}})
		if err == nil && len(list) == 0 {
			err = fault.New(fault.Internal, "%s has no invoice", of.Key)
		}
		if err == nil {
			doc = list[0]
		}
		return err
	})
	return doc, err
}
