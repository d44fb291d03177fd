package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waihu/internal/charging/clause"
	"waihu/internal/document"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// contractCmd groups what can be done with a contract.
type contractCmd struct {
	Check contractCheck `cmd:"" help:"Hold a contract against the checklist of clauses that cost money."`
}

type contractCheck struct {
	File string `arg:"" help:"Contract file; its plan lies beside it." type:"existingfile"`
	Lang string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
	Date string `help:"Day of the check; today if absent." placeholder:"DATE"`
	JSON bool   `help:"Write the findings as JSON."`
}

// Run prints the findings, and ends with exit code 3 where one is of high
// severity.
func (c *contractCheck) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	on := timex.DateOf(time.Now())
	if c.Date != "" {
		if on, err = timex.ParseDate(c.Date); err != nil {
			return coded{exitUsage, fmt.Errorf("--date: %w", err)}
		}
	}
	a, err := readAgreement(e, c.File)
	if err != nil {
		return err
	}
	if a.Contract == nil {
		return fmt.Errorf("%s is a plan, not a contract: a contract has the key contract and names its plan; see docs/audit.md", c.File)
	}
	holidays, err := holiday.Calendars()
	if err != nil {
		return err
	}
	checked, err := clause.Check(clause.Inputs{Contract: a.Contract, Plan: a.Plan, Decks: a.Decks, Holidays: holidays, AsOf: on})
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(e.Out)
		enc.SetIndent("", "  ")
		err = enc.Encode(checked)
	} else {
		err = document.ClausesText(e.Out, checked, document.TextOptions{Tag: tag, Colour: isTerminal(e.Out)})
	}
	if err == nil && checked.Worst() == clause.High {
		err = coded{exitDecide, errors.New("")}
	}
	return err
}
