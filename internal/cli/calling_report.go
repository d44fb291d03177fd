package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"waihu/internal/app"
	figures "waihu/internal/calling/report"
	"waihu/internal/document"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	pages "waihu/internal/report"
	"waihu/internal/serve"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// reportCmd tells a report of a company's calling.
type reportCmd struct {
	configFlags
	Report   figures.Kind  `arg:"" help:"campaigns, agents, conversion, lists, hours, numbers, trunks, quality, causes, ledger." enum:"campaigns,agents,conversion,lists,hours,numbers,trunks,quality,causes,ledger"`
	Company  string        `required:"" help:"Whose calls: co_..." placeholder:"CO"`
	First    string        `help:"First day: 2026-11-01; 30 days back if absent." placeholder:"DAY"`
	Last     string        `help:"Last day; today if absent." placeholder:"DAY"`
	Zone     string        `help:"Time zone of the days: Asia/Shanghai; UTC if absent." placeholder:"ZONE"`
	Campaign string        `help:"Of this campaign alone, by its name or as cmp_..." placeholder:"NAME"`
	Agent    string        `help:"Of this agent alone." placeholder:"USER"`
	Trunk    string        `help:"Of this trunk alone." placeholder:"NAME"`
	Number   string        `help:"Of this calling number alone." placeholder:"NUMBER"`
	By       figures.Split `help:"A row for each day, or hour of the day: day, hour." enum:"day,hour," default:""`
	Sort     string        `help:"A column to sort by, or name." placeholder:"COLUMN"`
	Up       bool          `help:"The smallest first."`
	Lang     string        `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	JSON     bool          `help:"Write the report as JSON."`
	CSV      string        `name:"csv" help:"Write the figures as CSV here; - is the terminal." placeholder:"FILE"`
	XLSX     string        `name:"xlsx" help:"Write the report as a workbook here." placeholder:"FILE"`
	Record   string        `help:"With the ledger: write the legal record here, each campaign day by day with its window of 30 days; CSV, or JSON lines where the name ends in .jsonl." placeholder:"FILE"`
	HTML     string        `name:"html" help:"Write the report as a page here." placeholder:"FILE"`
}

// Help is what the short help leaves out.
func (reportCmd) Help() string {
	return "Every figure is defined in docs/reports.md, and in the report itself. The ledger is of the 30 days before the last day, lists are of all time."
}

// Run makes the report and writes it.
func (c *reportCmd) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	of, err := companyOf(c.Company)
	if err != nil {
		return err
	}
	return c.withBooks(e, func(_ *serve.Config, b *serve.Books) error {
		ask, err := c.ask(e, b, of)
		if err != nil {
			return err
		}
		if c.Record != "" {
			return c.record(e, b, of, &ask)
		}
		a, err := b.System.Report(e.ctx, of, ask)
		if err != nil {
			return err
		}
		return c.write(e, &a, explain.CallingReport(&a, tag))
	})
}

// record writes the legal record of abandoned calls.
func (c *reportCmd) record(e *env, b *serve.Books, of id.Company, ask *figures.Ask) error {
	if c.Report != figures.Ledger {
		return coded{exitUsage, fmt.Errorf("--record is of the ledger: waihu report ledger")}
	}
	list, err := b.System.LedgerRecord(e.ctx, of, ask.Campaign, ask.First, ask.After, ask.Zone)
	if err != nil {
		return err
	}
	write := figures.RecordCSV
	if strings.HasSuffix(c.Record, ".jsonl") {
		write = figures.RecordJSON
	}
	if err := toFile(c.Record, func(w io.Writer) error { return write(w, list) }); err != nil {
		return err
	}
	fmt.Fprintf(e.Err, "%s: %d days of campaigns\n", c.Record, len(list))
	return nil
}

// ask is the question on the command line.
func (c *reportCmd) ask(e *env, b *serve.Books, of id.Company) (ask figures.Ask, err error) {
	zone := time.UTC
	if c.Zone != "" {
		if zone, err = timex.LoadZone(c.Zone); err != nil {
			return ask, coded{exitUsage, fmt.Errorf("--zone: %w", err)}
		}
	}
	now, err := b.System.Moment(e.ctx)
	if err != nil {
		return ask, err
	}
	ask = figures.Ask{Kind: c.Report, After: now.DateIn(zone) + 1, Zone: zone, Split: c.By, Agent: c.Agent, Trunk: c.Trunk, Number: c.Number, Sort: c.Sort, Up: c.Up}
	if c.Last != "" {
		if ask.After, err = timex.ParseDate(c.Last); err != nil {
			return ask, coded{exitUsage, fmt.Errorf("--last: %w", err)}
		}
		ask.After++
	}
	ask.First = ask.After - 30
	if c.First != "" {
		if ask.First, err = timex.ParseDate(c.First); err != nil {
			return ask, coded{exitUsage, fmt.Errorf("--first: %w", err)}
		}
	}
	ask.Campaign, err = campaignNamed(e, b, of, c.Campaign)
	return ask, err
}

// campaignNamed finds a campaign by its name; what is none of ours is a word that
// records of other systems use.
func campaignNamed(e *env, b *serve.Books, of id.Company, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	for page := (store.Page{Limit: store.MaxPage}); ; {
		list, err := b.System.Campaigns(e.ctx, of, "", page)
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(list, func(x app.Campaign) bool { return x.Name == name }); i >= 0 {
			return list[i].ID.Named("cmp"), nil
		}
		if len(list) < store.MaxPage {
			return name, nil
		}
		page.After = list[len(list)-1].ID
	}
}

// write writes every form asked for; without one the report is told on the terminal.
func (c *reportCmd) write(e *env, a *figures.Answer, d *explain.Document) error {
	told := false
	for _, form := range []struct {
		file string
		to   func(io.Writer, *explain.Document) error
	}{{c.CSV, reportCSV}, {c.XLSX, document.ReportXLSX}, {c.HTML, pages.HTML}} {
		switch form.file {
		case "":
			continue
		case "-":
			told = true
			if err := form.to(e.Out, d); err != nil {
				return err
			}
		default:
			if err := toFile(form.file, func(w io.Writer) error { return form.to(w, d) }); err != nil {
				return err
			}
			fmt.Fprintln(e.Err, form.file)
			told = true
		}
	}
	switch {
	case c.JSON:
		return writeJSON(e.Out, d)
	case told:
		return nil
	}
	_, err := io.WriteString(e.Out, d.Text())
	return err
}

// reportCSV is the rows of a report.
func reportCSV(w io.Writer, d *explain.Document) error {
	for i := range d.Sections {
		if s := &d.Sections[i]; s.Path == "rows" && s.Table != nil {
			return document.TableCSV(w, s.Table)
		}
	}
	return fault.New(fault.Internal, "the report has no rows")
}
