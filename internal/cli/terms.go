package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

// agreed is a plan or contract read.
type agreed struct {
	planfile.Bundle
	loc *time.Location
}

// readAgreement reads a plan or contract file and prints its warnings.
func readAgreement(e *env, path string) (*agreed, error) {
	b, problems, err := loadPlan(path)
	if err != nil {
		return nil, err
	}
	for _, w := range problems.Warnings() {
		fmt.Fprintf(e.Err, "warning: %v\n", w)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	zone := b.Plan.Zone
	if b.Contract != nil && b.Contract.Zone != "" {
		zone = b.Contract.Zone
	}
	loc, err := timex.LoadZone(zone)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	return &agreed{b, loc}, nil
}

// loadPlan reads a plan or contract and what it names in its own folder; links
// out of the folder are not followed.
func loadPlan(path string) (planfile.Bundle, fault.Problems, error) {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return planfile.Bundle{}, nil, fault.New(fault.NotFound, "%s: %v", path, err)
	}
	defer root.Close()
	b, problems := planfile.Load(root.FS(), filepath.Base(path))
	return b, inFolder(problems, path), nil
}

// inFolder gives problems the path a person typed, not the bare file name.
func inFolder(problems fault.Problems, path string) fault.Problems {
	dir := filepath.Dir(path)
	if dir == "." {
		return problems
	}
	for i := range problems {
		if problems[i].File != "" {
			problems[i].File = filepath.Join(dir, problems[i].File)
		}
	}
	return problems
}

// heading is what an invoice says about the parties.
func (a *agreed) heading() invoice.Heading {
	if a.Contract == nil {
		return invoice.Heading{}
	}
	return invoice.Heading{Contract: a.Contract.ID, Seller: invoice.Party(a.Contract.Seller), Buyer: invoice.Party(a.Contract.Buyer)}
}

// paymentDays is how long the buyer has to pay.
func (a *agreed) paymentDays() int {
	if a.Contract == nil {
		return 0
	}
	return a.Contract.PaymentTermsDays
}

// terms makes the terms of a period from what was agreed and the inputs stated
// beside it, which an invoice keeps so that verify can state them again.
func (a *agreed) terms(e *env, first, after timex.Date, in invoice.Inputs) (*contract.Terms, error) {
	holidays, err := holiday.Calendars()
	if err != nil {
		return nil, err
	}
	st := contract.Stated{Start: in.Start, End: in.End, Quantities: map[string]exact.Number{}, Levels: in.Levels}
	for id, value := range in.Quantities {
		if st.Quantities[id], err = exact.Parse(value); err != nil {
			return nil, fault.New(fault.Invalid, "quantity of %s: %v", id, err)
		}
	}
	for _, m := range in.Modules {
		term := contract.ModuleTerm{}
		id, dates, ranged := strings.Cut(m, "=")
		term.Module = id
		if ranged {
			if term.From, term.To, err = timex.ParsePeriod(dates); err != nil {
				return nil, fault.New(fault.Invalid, "module %s: %v", m, err)
			}
		}
		st.Modules = append(st.Modules, term)
	}
	t, problems := contract.TermsFor(contract.Inputs{Plan: a.Plan, Decks: a.Decks, Contract: a.Contract, Loc: a.loc, First: first, After: after,
		Holidays: holidays, Opening: openings(in.Opening), Before: in.Standing, Stated: st})
	problems = a.Locate(problems)
	for _, w := range problems.Warnings() {
		fmt.Fprintf(e.Err, "warning: %v\n", w)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a.warnUndated(e, t)
	return t, nil
}

// warnUndated says what a bill leaves out because nobody said when service
// began, or what came before.
func (a *agreed) warnUndated(e *env, t *contract.Terms) {
	for _, pk := range t.Plan.AllPackages() {
		if past := t.Start == 0 || t.Start < t.First; past && len(t.Opening) == 0 && (pk.Rollover != nil || pk.From != 0 && pk.From < t.First) {
			fmt.Fprintf(e.Err, "note: %s can have something left over from before; say --previous INVOICE.json if there is a bill before this one\n", pk.ID)
		}
	}
	for i := range t.Plan.Components {
		if c := &t.Plan.Components[i]; c.Measure == catalog.OneOff && c.On == 0 && t.Start == 0 {
			fmt.Fprintf(e.Err, "warning: %s is due when service begins, and that is not known: say --since DATE if it began in this period\n", c.ID)
		}
	}
}

// stated reads --set seats=30 and --module recording=2026-03-05..2026-03-12.
func stated(since string, set, modules []string) (in invoice.Inputs, err error) {
	if since != "" {
		if in.Start, err = timex.ParseDate(since); err != nil {
			return in, coded{exitUsage, fmt.Errorf("--since: %w", err)}
		}
	}
	for _, s := range set {
		id, value, ok := strings.Cut(s, "=")
		if n, err := exact.Parse(value); !ok || err != nil || n.Sign() < 0 {
			return in, coded{exitUsage, fmt.Errorf("--set %s: write component=quantity, such as seats=30", s)}
		}
		if in.Quantities == nil {
			in.Quantities = map[string]string{}
		}
		in.Quantities[id] = value
	}
	in.Modules = modules
	return in, nil
}

// carriedOver takes what the invoice before left, which must end where the
// period begins.
func (a *agreed) carriedOver(path string, first timex.Date) ([]invoice.Carry, *contract.Standing, error) {
	before, err := readInvoice(path)
	if err != nil {
		return nil, nil, err
	}
	if seal, err := before.Digest(); err != nil || seal != before.Seal {
		return nil, nil, fault.New(fault.Mismatch, "--previous %s: its seal is broken, so what it carries over cannot be trusted; give the invoice as it was made", path)
	}
	if contract := a.heading().Contract; before.Plan.ID != a.Plan.ID || before.Contract != contract || before.Currency != a.Plan.Currency {
		return nil, nil, fault.New(fault.Conflict, "--previous %s: it is of plan %s, contract %q, in %s; this bill is of plan %s, contract %q, in %s", path,
			before.Plan.ID, before.Contract, before.Currency, a.Plan.ID, contract, a.Plan.Currency)
	}
	if before.After != first {
		return nil, nil, fault.New(fault.Invalid, "--previous %s: that invoice ends before %s, this period begins on %s; give the invoice just before", path, before.After, first)
	}
	standing := before.Standing
	if standing == nil && a.Contract != nil && a.Contract.RunsOn() {
		standing = &contract.Standing{} // known to be nothing
	}
	return before.Carry, standing, nil
}

func openings(carry []invoice.Carry) []contract.Opening {
	var out []contract.Opening
	for _, c := range carry {
		out = append(out, contract.Opening{Package: c.Package, Seat: c.Seat, Granted: c.Granted, Expires: c.Expires, Left: c.Left})
	}
	return out
}
