package cli

import (
	"errors"
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/deck"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
)

// planCmd groups what can be done with a plan.
type planCmd struct {
	Check   planCheck   `cmd:"" help:"Say everything that is wrong with plans or contracts, and what to look at."`
	Explain planExplain `cmd:"" help:"Tell a plan in words."`
	Schema  planSchema  `cmd:"" help:"Print the JSON Schema of the plan language."`
	Diff    planDiff    `cmd:"" help:"Compare two versions of a plan."`
}

type planCheck struct {
	Files []string `arg:"" help:"Plan or contract files." type:"existingfile"`
	JSON  bool     `help:"Write the findings as JSON."`
}

// Run checks each file and counts.
func (c *planCheck) Run(e *env) error {
	var all fault.Problems
	for _, path := range c.Files {
		_, problems, err := loadPlan(path)
		if err != nil {
			return err
		}
		all = append(all, problems...)
		if c.JSON {
			continue
		}
		printFindings(e.Out, path, problems)
	}
	if c.JSON {
		if all == nil {
			all = fault.Problems{}
		}
		if err := writeJSON(e.Out, all); err != nil {
			return err
		}
	}
	if len(all.Errors()) > 0 {
		return coded{exitFailed, errors.New("")}
	}
	return nil
}

type planExplain struct {
	File string `arg:"" help:"Plan or contract file." type:"existingfile"`
	dayFlag
	Lang string `default:"en" help:"Language: en, zh-Hant, zh-Hans."`
}

// dayFlag is the day a contract is looked at.
type dayFlag struct {
	On string `help:"For a contract: the day its prices are those of; its first day of service if absent." placeholder:"DATE"`
}

// plan is the plan as it was agreed: a contract changes prices, discounts, limits
// and packages. What else a contract says is no part of a plan: explain tells it
// before the plan.
func (f *dayFlag) plan(e *env, path string, a *agreed) (*catalog.Plan, error) {
	if a.Contract == nil {
		return a.Plan, nil
	}
	day, _ := a.Contract.Service()
	if f.On != "" {
		var err error
		if day, err = timex.ParseDate(f.On); err != nil {
			return nil, coded{exitUsage, fmt.Errorf("--on: %w", err)}
		}
	}
	fmt.Fprintf(e.Err, "note: %s: the plan as the contract has it on %s; what its clauses can cost: waihu contract check\n", path, day)
	return a.Contract.PlanOn(a.Plan, day), nil
}

// Run prints the plan in words.
func (c *planExplain) Run(e *env) error {
	tag, err := lang.ParseTag(c.Lang)
	if err != nil {
		return coded{exitUsage, err}
	}
	a, err := readAgreement(e, c.File)
	if err != nil {
		return err
	}
	plan, err := c.plan(e, c.File, a)
	if err != nil {
		return err
	}
	text := explain.Plan(plan, tag).Text()
	if a.Contract != nil {
		text = explain.Contract(a.Contract, a.Plan, tag).Text() + "\n" + text
	}
	_, err = fmt.Fprint(e.Out, text)
	return err
}

type planSchema struct {
	Contract bool `help:"The schema of contracts instead."`
}

// Run prints the schema.
func (c *planSchema) Run(e *env) error {
	schema := planfile.Schema(catalog.Plan{}, "plan.schema.json")
	if c.Contract {
		schema = planfile.Schema(contract.Contract{}, "contract.schema.json")
	}
	_, err := e.Out.Write(schema)
	return err
}

type planDiff struct {
	Old string `arg:"" help:"Older version." type:"existingfile"`
	New string `arg:"" help:"Newer version." type:"existingfile"`
	dayFlag
	JSON     bool `help:"Write the changes as JSON."`
	ExitCode bool `help:"Exit 4 if there is any difference."`
}

// Run lists what changed.
func (c *planDiff) Run(e *env) error {
	older, err := readAgreement(e, c.Old)
	if err != nil {
		return err
	}
	newer, err := readAgreement(e, c.New)
	if err != nil {
		return err
	}
	before, err := c.plan(e, c.Old, older)
	if err != nil {
		return err
	}
	now, err := c.plan(e, c.New, newer)
	if err != nil {
		return err
	}
	changes := append(catalog.Diff(before, now), deckChanges(older, newer)...)
	if c.JSON {
		if changes == nil {
			changes = []catalog.Difference{}
		}
		if err := writeJSON(e.Out, changes); err != nil {
			return err
		}
	} else {
		for _, ch := range changes {
			fmt.Fprintln(e.Out, describe(ch))
		}
		fmt.Fprintf(e.Out, "%d %s\n", len(changes), plural(len(changes), "change", "changes"))
	}
	if c.ExitCode && len(changes) > 0 {
		return coded{exitMismatch, errors.New("")}
	}
	return nil
}

// deckChanges tells which rate decks of two plans have other rows; what a deck
// file holds is no part of the plan's own text.
func deckChanges(older, newer *agreed) []catalog.Difference {
	var out []catalog.Difference
	for _, d := range newer.Plan.Decks {
		a, b := older.Decks[d.ID], newer.Decks[d.ID]
		if a == nil || b == nil {
			continue // added or removed: the plan itself says so
		}
		if n := rowsApart(a, b); n > 0 {
			out = append(out, catalog.Difference{Path: "decks[" + d.ID + "].rows", Kind: catalog.Changed,
				Old: fmt.Sprintf("%d rows", a.Len()), New: fmt.Sprintf("%d rows, %d of them new or other", b.Len(), n)})
		}
	}
	return out
}

// rowsApart counts rows of b that a does not have just so, and is not 0 if a has
// more.
func rowsApart(a, b *deck.Deck) int {
	type row struct {
		prefix string
		from   timex.Date
		rate   deck.Rate
	}
	have := make(map[row]bool, a.Len())
	for i := range a.Len() {
		ix := deck.Index(i)
		have[row{a.Prefix(ix), a.From(ix), *a.Rate(ix)}] = true
	}
	n := max(a.Len()-b.Len(), 0)
	for i := range b.Len() {
		ix := deck.Index(i)
		if !have[row{b.Prefix(ix), b.From(ix), *b.Rate(ix)}] {
			n++
		}
	}
	return n
}

// describe writes one difference as a sentence: what, from, to, and what it
// does to bills where that can be told.
func describe(d catalog.Difference) string {
	s := string(d.Kind) + " " + d.Path
	switch d.Kind {
	case catalog.Added:
		s += ": " + d.New
	case catalog.Removed:
		s += ": " + d.Old
	case catalog.Changed:
		s += ": " + d.Old + " -> " + d.New
	}
	if d.Effect != catalog.Unsure {
		s += " (" + string(d.Effect) + " the bill)"
	}
	return s
}
