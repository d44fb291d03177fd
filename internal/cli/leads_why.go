package cli

import (
	"fmt"
	"time"

	"waihu/internal/app"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/phone"
	"waihu/internal/serve"
	"waihu/internal/timex"
)

type leadsWhyCmd struct {
	configFlags
	Lead    string `arg:"" help:"The lead as lead_..., or one of its numbers."`
	Company string `required:"" help:"Whose lead: co_..." placeholder:"CO"`
	Zone    string `help:"Time zone of instants: Asia/Shanghai; UTC if absent." placeholder:"ZONE"`
	Lang    string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// leadsOfNumber is how many leads with one number are told.
const leadsOfNumber = 20

// Run tells the history of a lead and what holds it now.
func (c *leadsWhyCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	of, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	zone := time.UTC
	if c.Zone != "" {
		if zone, err = timex.LoadZone(c.Zone); err != nil {
			return coded{exitUsage, fmt.Errorf("--zone: %w", err)}
		}
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		list, err := c.leads(e, b, of)
		if err != nil {
			return err
		}
		for _, i := range list {
			k, err := b.System.ExplainLead(e.ctx, of, i)
			if err != nil {
				return err
			}
			fmt.Fprintf(e.Out, "%s  %s  %s\n", i.Named("lead"), k.Name, lang.Phrase(tag, "lead_case.state."+string(k.State), nil))
			told := k.Told(zone)
			for _, s := range explain.WhyLead(told, tag) {
				fmt.Fprintln(e.Out, "  - "+s)
			}
			called := explain.WhyCalled(told, tag)
			if len(called) == 0 {
				called = []string{lang.Phrase(tag, "lead_case.never", nil)}
			}
			for _, s := range called {
				fmt.Fprintln(e.Out, "  · "+s)
			}
		}
		return nil
	})
}

// leads are the one that is named, or those that have the number.
func (c *leadsWhyCmd) leads(e *env, b *serve.Books, of id.Company) ([]id.ID, error) {
	if i, err := id.ParseNamed("lead", c.Lead); err == nil {
		return []id.ID{i}, nil
	}
	n, ok := phone.Parse(c.Lead)
	if !ok {
		return nil, coded{exitUsage, fmt.Errorf("%q is no lead and no number: lead_... or +8613800138000 was expected", c.Lead)}
	}
	found, err := b.System.FindLeads(e.ctx, of, app.LeadQuery{Number: n, Limit: leadsOfNumber})
	if err == nil && len(found) == 0 {
		err = fault.New(fault.NotFound, "no lead has the number %s", n)
	}
	out := make([]id.ID, len(found))
	for j := range found {
		out[j] = found[j].ID
	}
	return out, err
}
