package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/staffing"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// seatsCmd recommends seats.
type seatsCmd struct {
	Of []string `arg:"" name:"profile-or-usage" help:"sales, service, survey, a profile file, or files of real usage."`
	monthsFlags
	usageFlags
	Level    string `help:"Share of incoming calls answered in time; 80%% if nothing says otherwise." placeholder:"PERCENT"`
	Within   string `help:"In time is within this; 20s if nothing says otherwise." placeholder:"TIME"`
	Busy     string `help:"Most of their time agents may be busy; 85%% if nothing says otherwise." placeholder:"PERCENT"`
	Abandons string `help:"Most calls that may be lost; 3%% if nothing says otherwise." placeholder:"PERCENT"`
	Patience string `help:"How long callers wait on average before they leave." placeholder:"TIME"`
	Absence  string `help:"Share of paid time people are away." placeholder:"PERCENT"`
	Paid     int    `help:"Seats that are paid for, to tell what is idle."`
	Lang     string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	JSON     bool   `help:"Write the recommendation as JSON."`
}

// Run recommends.
func (c *seatsCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	z := &explain.Sizing{Name: strings.Join(c.Of, ", ")}
	o, service, err := c.load(e, tag, z)
	if err != nil {
		return err
	}
	z.Manner = app.Manner(service)
	if err := c.goals(&z.Manner); err != nil {
		return err
	}
	if z.Months, err = app.Seats(o, z.Manner); err != nil {
		return err
	}
	paid := c.Paid
	if paid == 0 {
		paid = o.Seats
	}
	for i := range o.Months {
		if u := o.Months[i].Seats; paid > 0 {
			z.Waste = append(z.Waste, staffing.Idle(paid, u.Peak, u.Open, u.LoggedIn))
		}
	}
	if c.JSON {
		return writeJSON(e.Out, struct {
			Months []staffing.Sized `json:"months"`
			Waste  []staffing.Waste `json:"waste,omitempty"`
		}{z.Months, z.Waste})
	}
	_, err = fmt.Fprint(e.Out, explain.Seats(z, tag).Text())
	return err
}

// load observes the usage, or the facts made of a profile.
func (c *seatsCmd) load(e *env, tag lang.Tag, z *explain.Sizing) (*forecast.Observed, *forecast.Service, error) {
	if len(c.Of) == 1 && isProfile(c.Of[0]) {
		p, err := readProfile(e, c.Of[0])
		if err != nil {
			return nil, nil, err
		}
		plan, err := c.plan()
		if err != nil {
			return nil, nil, err
		}
		if z.Loc, err = timex.LoadZone(p.Zone); err != nil {
			return nil, nil, err
		}
		z.WrapUp, z.Told = time.Duration(p.Service.WrapUp), p.Service.WrapUp > 0
		o, _, err := app.Observe(e.ctx, &app.Source{Profile: p, Plan: plan}, z.Loc, p.Home)
		return o, &p.Service, err
	}
	o, loc, err := c.observe(e, tag, c.Of)
	if err != nil {
		return nil, nil, err
	}
	z.Loc, z.WrapUp, z.Told = loc, o.AfterCall(), o.WrapUp > 0
	return o, nil, nil
}

// isProfile tells whether a word is a profile that comes with the program or a
// file of YAML or JSON that says it is one.
func isProfile(name string) bool {
	if slices.Contains(forecast.Ready(), name) {
		return true
	}
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// goals reads the goals of the command line over those of the profile.
func (c *seatsCmd) goals(m *staffing.Manner) error {
	for _, f := range []struct {
		name, value string
		share       *float64
		time        *time.Duration
	}{{"level", c.Level, &m.Goal.Level, nil}, {"within", c.Within, nil, &m.Goal.Within}, {"busy", c.Busy, &m.Goal.Occupancy, nil}, {"abandons", c.Abandons, &m.Goal.Abandons, nil},
		{"patience", c.Patience, nil, &m.Patience}, {"absence", c.Absence, &m.Absence, nil}} {
		if f.value == "" {
			continue
		}
		if f.share != nil {
			p, err := catalog.ParsePercent(f.value)
			if err != nil {
				return coded{exitUsage, fmt.Errorf("--%s: %w", f.name, err)}
			}
			*f.share = p.Float()
			continue
		}
		d, err := catalog.ParseDuration(f.value)
		if err != nil {
			return coded{exitUsage, fmt.Errorf("--%s: %w", f.name, err)}
		}
		*f.time = time.Duration(d)
	}
	return nil
}
