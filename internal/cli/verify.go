package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"waihu/internal/app"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/lang"
)

// verifyCmd makes an invoice again.
type verifyCmd struct {
	Invoice string   `arg:"" help:"Invoice or credit note as JSON." type:"existingfile"`
	Facts   []string `arg:"" optional:"" help:"The exported facts, or the records themselves." type:"existingfile"`
	Plan    string   `help:"Plan or contract the invoice was made with." type:"existingfile"`
	Of      string   `help:"For a credit note: the invoice it is on." type:"existingfile"`
	Earlier []string `help:"For a credit note: a note made before it on the same invoice; name every one." placeholder:"FILE" type:"existingfile" sep:"none"`
	recordFlags
	JSON bool `help:"Write the result as JSON."`
}

// Run compares and says identical, or where the first difference is.
func (c *verifyCmd) Run(e *env) error {
	data, err := os.ReadFile(c.Invoice)
	if err != nil {
		return err
	}
	if document.IsNote(data) {
		return c.verifyNote(e)
	}
	if c.Plan == "" {
		return coded{exitUsage, errors.New("an invoice is checked with its plan or contract: say --plan FILE")}
	}
	given, err := readInvoice(c.Invoice)
	if err != nil {
		return err
	}
	a, err := readAgreement(e, c.Plan)
	if err != nil {
		return err
	}
	terms, err := a.terms(e, given.First, given.After, given.Inputs)
	if err != nil {
		return err
	}
	intake, err := c.options(e, a)
	if err != nil {
		return err
	}
	v, err := app.Verify(e.ctx, given, app.Billing{Terms: terms, Heading: a.heading(), Inputs: given.Inputs, Files: c.Facts, Intake: intake})
	if v != nil && v.Billed != nil && (v.Billed.Total.Rejected > 0 || conflicts(v.Billed.Reports) > 0) {
		reportIntake(e.Err, lang.English, v.Billed.Reports, v.Billed.Total)
	}
	if err != nil {
		return err
	}
	return c.report(e, v, "")
}

// report says what came out; what are the words for a credit note.
func (c *verifyCmd) report(e *env, v *app.Verified, what string) error {
	if c.JSON {
		enc := json.NewEncoder(e.Out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(struct {
			Identical   bool             `json:"identical"`
			Sealed      bool             `json:"sealed"`
			Differences []app.Difference `json:"differences"`
		}{v.Identical(), v.Sealed, v.Differences}); err != nil {
			return err
		}
		if v.Identical() {
			return nil
		}
		return coded{exitMismatch, errors.New("")}
	}
	given := "credit note"
	if inv := v.Recomputed; inv != nil {
		given = "invoice"
		if words := statedWords(inv); words != "" {
			fmt.Fprintf(e.Out, "stated by the issuer, in neither plan nor contract nor facts: %s\n", words)
		}
		what = fmt.Sprintf("%d %s, %s, from %d calls, %d sessions, %d seats, %d modules, %d rentals, %d events",
			len(inv.Lines), plural(len(inv.Lines), "line", "lines"), inv.Total, inv.Facts.Calls, inv.Facts.Sessions, inv.Facts.Seats, inv.Facts.Modules, inv.Facts.Rentals, inv.Facts.Events)
	}
	if v.Identical() {
		fmt.Fprintf(e.Out, "identical: %s\n", what)
		return nil
	}
	if !v.Sealed {
		fmt.Fprintf(e.Out, "the seal is broken: the %s was changed after it was made\n", given)
	}
	for i, d := range v.Differences {
		if i == differencesShown {
			fmt.Fprintf(e.Out, "... and %d more\n", len(v.Differences)-i)
			break
		}
		label := "then"
		if i == 0 {
			label = "first difference"
		}
		fmt.Fprintf(e.Out, "%s: %s\n  %-11s %s\n  recomputed  %s\n", label, d.Path, given, d.Invoice, d.Recomputed)
	}
	return coded{exitMismatch, errors.New("not identical")}
}

// statedWords lists the inputs an invoice states beside plan and facts.
func statedWords(inv *invoice.Invoice) string {
	var words []string
	for id, n := range inv.Inputs.Quantities {
		words = append(words, id+" = "+n)
	}
	slices.Sort(words)
	for _, m := range inv.Inputs.Modules {
		words = append(words, "module "+m)
	}
	if inv.Inputs.Start != 0 {
		words = append(words, "service since "+inv.Inputs.Start.String())
	}
	for _, metric := range slices.Sorted(maps.Keys(inv.Inputs.Levels)) {
		words = append(words, fmt.Sprintf("%s measured at %s", metric, inv.Inputs.Levels[metric]))
	}
	if s := inv.Inputs.Standing; s != nil {
		for _, t := range s.Toward {
			words = append(words, fmt.Sprintf("%s counted toward %s before", t.Reached, t.Commitment))
		}
		if s.Prepaid.Sign() > 0 {
			words = append(words, fmt.Sprintf("%s paid ahead and left", s.Prepaid))
		}
	}
	for _, c := range inv.Inputs.Opening {
		words = append(words, fmt.Sprintf("%s %s of %s carried over", c.Left, c.Unit, c.Package))
	}
	return strings.Join(words, ", ")
}

const differencesShown = 5
