package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/charging/forecast"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// profileCmd groups what can be done with profiles of usage.
type profileCmd struct {
	Expand   profileExpand   `cmd:"" default:"withargs" help:"Tell a profile and make usage facts of it: sales, service, survey, or a file."`
	Show     profileShow     `cmd:"" help:"Write a profile that comes with the program as a file to change."`
	From     profileFrom     `cmd:"" help:"Describe real usage as a profile file."`
	Check    profileCheck    `cmd:"" help:"Say everything that is wrong with profile files."`
	Forecast profileForecast `cmd:"" help:"Forecast the next months of real usage, with ranges, and price them."`
	Schema   profileSchema   `cmd:"" help:"Print the JSON Schema of profiles."`
}

// readProfile finds a profile that comes with the program, or reads a file.
func readProfile(e *env, name string) (*forecast.Profile, error) {
	if p := forecast.ReadyProfile(name); p != nil {
		return p, nil
	}
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, fault.New(fault.NotFound, "%s is neither a profile that comes with the program (%s) nor a file", name, strings.Join(forecast.Ready(), ", "))
	}
	defer root.Close()
	p, problems := planfile.LoadProfile(root.FS(), filepath.Base(name))
	problems = inFolder(problems, name)
	for _, w := range problems.Warnings() {
		fmt.Fprintf(e.Err, "warning: %v\n", w)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// monthsFlags say which months of a profile are made.
type monthsFlags struct {
	Months int    `default:"12" help:"How many months."`
	From   string `help:"First month, for example 2026-01; the profile's if absent." placeholder:"MONTH"`
	Seed   uint64 `default:"1" help:"Seed of what is left to chance: who calls when, and which calls are long."`
	Nice   bool   `help:"Modules that are nice to have are on as well."`
}

func (f *monthsFlags) plan() (forecast.Plan, error) {
	out := forecast.Plan{Months: f.Months, Seed: f.Seed, Nice: f.Nice}
	var err error
	if f.From != "" {
		if out.From, err = forecast.ParseMonth(f.From); err != nil {
			return out, coded{exitUsage, fmt.Errorf("--from: %w", err)}
		}
	}
	out.Cal, err = holiday.Calendars()
	return out, err
}

type profileExpand struct {
	Profile string `arg:"" help:"sales, service, survey (made for the last whole months before today, unless --from names one), or a profile file."`
	monthsFlags
	Out  string `help:"Write the usage facts here, for waihu bill and compare." placeholder:"FILE"`
	Lang string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	JSON bool   `help:"Write the months' totals as JSON."`
}

// Run makes the facts and tells what they come to.
func (c *profileExpand) Run(e *env) (err error) {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	p, err := readProfile(e, c.Profile)
	if err != nil {
		return err
	}
	plan, err := c.plan()
	if err != nil {
		return err
	}
	today := timex.DateOf(time.Now())
	if plan.From == 0 && forecast.ReadyProfile(c.Profile) != nil {
		plan.From = lastWhole(plan.Months, today)
	}
	made := &forecast.Made{Source: "profile/" + p.ID, Seed: c.Seed}
	if c.Out == "" {
		made.Months, err = p.Plan(plan)
	} else {
		made, err = c.write(p, plan)
	}
	if err != nil {
		return err
	}
	if last := made.Months[len(made.Months)-1].Month; c.Out != "" && last >= forecast.MonthOf(today) {
		fmt.Fprintf(e.Err, "note: %s is written up to %s; waihu bill and facts refuse usage of days to come: --from %s ends before today\n", c.Out, last, lastWhole(plan.Months, today))
	}
	if c.JSON {
		return asJSON(e.Out, made)
	}
	_, err = fmt.Fprint(e.Out, explain.Profile(p, made, plan.Cal, tag).Text())
	return err
}

// lastWhole is the first of so many whole months, the last of which is over. The
// profiles that come with the program name no year of anybody: made for these
// months, nothing of them lies ahead, where a bill takes it for a wrong clock.
func lastWhole(months int, today timex.Date) forecast.Month {
	return forecast.MonthOf(today) - forecast.Month(months)
}

func (c *profileExpand) write(p *forecast.Profile, plan forecast.Plan) (_ *forecast.Made, err error) {
	if err := apart([]string{c.Out}, []string{c.Profile}); err != nil {
		return nil, err
	}
	f, fail := createFile(c.Out)
	if fail != nil {
		return nil, fail
	}
	defer func() { err = f.end(err) }()
	return app.WriteFacts(f, p, plan)
}

func asJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

type profileShow struct {
	Profile string `arg:"" help:"sales, service or survey, or a profile file."`
}

// Run writes the profile as YAML.
func (c *profileShow) Run(e *env) error {
	p, err := readProfile(e, c.Profile)
	if err != nil {
		return err
	}
	data, err := planfile.Write(p)
	if err != nil {
		return err
	}
	_, err = e.Out.Write(data)
	return err
}

type profileCheck struct {
	Files []string `arg:"" help:"Profile files." type:"existingfile"`
	JSON  bool     `help:"Write the findings as JSON."`
}

// Run checks each file, and that a year of it can be made.
func (c *profileCheck) Run(e *env) error {
	calendars, err := holiday.Calendars()
	if err != nil {
		return err
	}
	all := fault.Problems{}
	for _, path := range c.Files {
		root, err := os.OpenRoot(filepath.Dir(path))
		if err != nil {
			return err
		}
		p, problems := planfile.LoadProfile(root.FS(), filepath.Base(path))
		root.Close()
		if p != nil {
			from := p.From
			if from == 0 {
				from = forecast.MustMonth("2026-01")
			}
			if _, err := p.Plan(forecast.Plan{From: from, Months: 12, Cal: calendars}); err != nil {
				problems = append(problems, fault.Problem{File: filepath.Base(path), What: err.Error()})
			}
		}
		problems = inFolder(problems, path)
		all = append(all, problems...)
		if !c.JSON {
			printFindings(e.Out, path, problems)
		}
	}
	if c.JSON {
		if err := asJSON(e.Out, all); err != nil {
			return err
		}
	}
	if len(all.Errors()) > 0 {
		return coded{exitFailed, errors.New("")}
	}
	return nil
}

// printFindings lists findings about a file and counts them.
func printFindings(w io.Writer, path string, problems fault.Problems) {
	for _, p := range problems {
		kind := "error"
		if p.Warning {
			kind = "warning"
		}
		fmt.Fprintf(w, "%s: %v\n", kind, p)
	}
	errs, warnings := len(problems.Errors()), len(problems.Warnings())
	fmt.Fprintf(w, "%s: %d %s, %d %s\n", path, errs, plural(errs, "error", "errors"), warnings, plural(warnings, "warning", "warnings"))
}

type profileSchema struct{}

// Run prints the schema.
func (profileSchema) Run(e *env) error {
	_, err := e.Out.Write(planfile.Schema(forecast.Profile{}, "profile.schema.json"))
	return err
}
