package cli

import (
	"fmt"

	"waihu/internal/app"
	"waihu/internal/charging/cheapest"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// adviseCmd says what would have been cheaper.
type adviseCmd struct {
	Plan   string   `arg:"" help:"Plan or contract file (YAML or JSON)."`
	Usage  []string `arg:"" optional:"" help:"Files of call records, sessions and other usage, in any supported format."`
	Period string   `required:"" help:"Period: 2026-03, 2026, 2026-03-01 or 2026-03-01..2026-04-01 (last day not included)."`
	Since  string   `help:"First day of service, for a plan without contract."`
	Set    []string `help:"Quantity of a component: seats=30. Can be repeated." placeholder:"COMPONENT=N" sep:"none"`
	Module []string `help:"A module that is on. Can be repeated." sep:"none"`
	recordFlags
	Lang string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	JSON bool   `help:"Write the advice as JSON."`
}

// Run advises.
func (c *adviseCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	first, after, err := timex.ParsePeriod(c.Period)
	if err != nil {
		return coded{exitUsage, fmt.Errorf("--period: %w", err)}
	}
	a, err := readAgreement(e, c.Plan)
	if err != nil {
		return err
	}
	inputs, err := stated(c.Since, c.Set, c.Module)
	if err != nil {
		return err
	}
	terms, err := a.terms(e, first, after, inputs)
	if err != nil {
		return err
	}
	intake, err := c.options(e, a)
	if err != nil {
		return err
	}
	list, read, err := app.Advise(e.ctx, app.Billing{Terms: terms, Files: c.Usage, Intake: intake})
	if read != nil {
		reportIntake(e.Err, tag, read.Reports(), read.Total())
	}
	if err != nil {
		return err
	}
	if c.JSON {
		if list == nil {
			list = []cheapest.Advice{}
		}
		return writeJSON(e.Out, list)
	}
	_, err = fmt.Fprint(e.Out, explain.Advice(list, lang.Dates(tag, first, after), tag).Text())
	return err
}
