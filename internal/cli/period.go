package cli

import (
	"fmt"

	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/timex"
)

// periodFlags say for which period, and what is stated beside plan and contract.
type periodFlags struct {
	Period string `required:"" help:"Period: 2026-03, 2026, 2026-03-01 or 2026-03-01..2026-04-01 (last day not included)."`

	Since    string   `help:"First day of service, for one-off fees and shares of a first month; a contract says it itself."`
	Set      []string `help:"Quantity of a component: seats=30. Can be repeated." placeholder:"COMPONENT=N" sep:"none"`
	Module   []string `help:"A module that is on: recording, or recording=2026-03-05..2026-03-12. Can be repeated." sep:"none"`
	Previous string   `help:"Invoice (JSON) of the period before, for what it carries over." type:"existingfile"`
	Reached  []string `help:"How far a commitment of the contract had come before this period, where there is no invoice before: minutes=120000. Can be repeated." placeholder:"COMMITMENT=N" sep:"none"`
	Level    []string `help:"What was measured of a service level of the contract: availability=99.5%. Can be repeated." placeholder:"METRIC=N" sep:"none"`
}

// terms reads a plan or contract and makes the terms of the period.
func (f *periodFlags) terms(e *env, path string) (*agreed, *contract.Terms, invoice.Inputs, error) {
	var inputs invoice.Inputs
	first, after, err := timex.ParsePeriod(f.Period)
	if err != nil {
		return nil, nil, inputs, coded{exitUsage, fmt.Errorf("--period: %w", err)}
	}
	a, err := readAgreement(e, path)
	if err != nil {
		return nil, nil, inputs, err
	}
	if inputs, err = stated(f.Since, f.Set, f.Module); err != nil {
		return nil, nil, inputs, err
	}
	if err := f.before(a, first, &inputs); err != nil {
		return nil, nil, inputs, err
	}
	terms, err := a.terms(e, first, after, inputs)
	return a, terms, inputs, err
}
