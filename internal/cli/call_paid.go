package cli

import (
	"fmt"
	"os"

	"waihu/internal/app"
	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/outbound"
	"waihu/internal/serve"
	"waihu/internal/voice"
)

// pay places a call that a company pays for. What calls of before left behind is
// ended first.
func (c *callCmd) pay(e *env, lines *voice.Lines, o voice.Order) (out *placement, err error) {
	company, err := companyOf(c.Company)
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	owner := fmt.Sprintf("%s/call/%d", host, os.Getpid())
	err = c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		contract, err := c.contract(e, b, company)
		if err != nil {
			return err
		}
		if _, err := b.System.CutOffCalls(e.ctx, company, owner); err != nil {
			return err
		}
		desk := outbound.Desk{Books: b.System, Lines: lines, Owner: owner}
		done, err := desk.Place(e.ctx, outbound.Wish{Company: company, Contract: contract, Order: o})
		if done == nil {
			return err
		}
		out = &placement{Report: done.Report, Tries: done.Tries, Paid: done}
		if done.Report == nil && err == nil {
			err = &voice.NoWay{Number: o.Number, Tries: done.Tries}
		}
		return err
	})
	return out, err
}

// contract is the one that was named, or the only one that serves.
func (c *callCmd) contract(e *env, b *serve.Books, company id.Company) (id.ID, error) {
	var found []app.Agreement
	for _, state := range []life.State{life.Running, life.Notice} {
		list, err := b.System.Contracts(e.ctx, company, state)
		if err != nil {
			return id.ID{}, err
		}
		for _, a := range list {
			if c.Contract == "" || a.Contract == c.Contract {
				found = append(found, a)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0].ID, nil
	case c.Contract != "":
		return id.ID{}, fault.New(fault.NotFound, "no running contract of %s is called %q", c.Company, c.Contract)
	}
	return id.ID{}, coded{exitUsage, fmt.Errorf("--contract: %s has %d running contracts; name one", c.Company, len(found))}
}

// tellCharge is what a call came to, in words; nothing where nobody paid.
func tellCharge(tag lang.Tag, d *outbound.Done) string {
	if d == nil {
		return ""
	}
	args := map[string]string{"cost": lang.Money(tag, d.Ended.Cost)}
	if d.Spent {
		args["spent"] = "yes"
	}
	return lang.Phrase(tag, "voice.charged", args) + "\n"
}
