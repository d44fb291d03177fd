package cli

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/forecast"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// usageFlags say how real usage is read for a profile, a forecast or seats.
type usageFlags struct {
	recordFlags
	Home     string `help:"ISO region whose numbers are written without country code, for example CN."`
	Calendar string `default:"none" enum:"none,cn,tw,hk,us" help:"Holiday calendar: cn, tw, hk, us or none."`
}

// observe reads usage and makes it small.
func (f *usageFlags) observe(e *env, tag lang.Tag, files []string) (*forecast.Observed, *time.Location, error) {
	opt, err := f.options(e, nil)
	if err != nil {
		return nil, nil, err
	}
	if f.Zone == "" {
		fmt.Fprintln(e.Err, "note: days and months are those of UTC; say --zone Asia/Shanghai, or where the calls were made")
	}
	o, intake, err := app.Observe(e.ctx, &app.Source{Files: files, Intake: opt}, opt.Zone, strings.ToUpper(f.Home))
	if intake != nil {
		reportIntake(e.Err, tag, intake.Reports(), intake.Total())
	}
	return o, opt.Zone, err
}

type profileFrom struct {
	Usage []string `arg:"" help:"Files of call records, sessions and other usage, in any supported format." type:"existingfile"`
	usageFlags
	ID   string `default:"usage" name:"id" help:"Identifier of the profile."`
	Out  string `help:"Write the profile here; standard output if absent." placeholder:"FILE"`
	Lang string `default:"en" help:"Language of the summary: en, zh-Hant, zh-Hans."`
	JSON bool   `help:"Write what was counted as JSON to standard output instead of the profile."`
}

// Run describes the usage.
func (c *profileFrom) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	if !catalog.ValidID(c.ID) {
		return coded{exitUsage, fmt.Errorf("--id: %q is not an identifier: letters, digits, - _ and dots", c.ID)}
	}
	o, _, err := c.observe(e, tag, c.Usage)
	if err != nil {
		return err
	}
	calendars, err := holiday.Calendars()
	if err != nil {
		return err
	}
	p, err := o.Describe(c.ID, c.Calendar, calendars)
	if err != nil {
		return err
	}
	data, err := planfile.Write(p)
	if err != nil {
		return err
	}
	fmt.Fprint(e.Err, explain.Observed(o, c.ID, tag).Text())
	if c.Out != "" {
		if err := apart([]string{c.Out}, c.Usage); err != nil {
			return err
		}
		if err := writeFile(c.Out, data); err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		return writeJSON(e.Out, o)
	case c.Out == "":
		_, err = e.Out.Write(data)
	}
	return err
}

type profileForecast struct {
	Usage []string `arg:"" help:"Files of call records, sessions and other usage, in any supported format." type:"existingfile"`
	usageFlags
	Months int    `default:"3" help:"How many months ahead, 1 to 36."`
	Plan   string `help:"Plan file: what the months ahead would cost under it." type:"existingfile"`
	Seed   uint64 `default:"1" help:"Seed of the facts that are made to be priced."`
	Lang   string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	JSON   bool   `help:"Write the forecast as JSON."`
}

// Run forecasts and prices.
func (c *profileForecast) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	o, _, err := c.observe(e, tag, c.Usage)
	if err != nil {
		return err
	}
	calendars, err := holiday.Calendars()
	if err != nil {
		return err
	}
	outlooks, err := o.Ahead(c.Months, calendars[c.Calendar])
	if err != nil {
		return err
	}
	var bills *explain.Priced
	if c.Plan != "" {
		if bills, err = c.price(e, o, outlooks, calendars); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeJSON(e.Out, struct {
			Outlooks []forecast.Outlook `json:"outlooks"`
			Bills    *explain.Priced    `json:"bills,omitempty"`
		}{outlooks, bills})
	}
	_, err = fmt.Fprint(e.Out, explain.Forecast(outlooks, bills, tag).Text())
	return err
}

// price bills the months ahead.
func (c *profileForecast) price(e *env, o *forecast.Observed, outlooks []forecast.Outlook, calendars map[string]*timex.Calendar) (*explain.Priced, error) {
	a, err := readAgreement(e, c.Plan)
	if err != nil {
		return nil, err
	}
	usual, err := o.Describe("usage", c.Calendar, calendars)
	if err != nil {
		return nil, err
	}
	usual.Zone = a.loc.String() // so that no made call falls into another month of the plan
	bills, err := app.PriceAhead(usual, outlooks, app.Outlay{Plan: a.Plan, Decks: a.Decks, Holidays: calendars, Seed: c.Seed})
	if err != nil {
		return nil, err
	}
	return &explain.Priced{Name: a.Plan.Name.Or(a.Plan.ID), Seed: c.Seed, Costs: bills}, nil
}
