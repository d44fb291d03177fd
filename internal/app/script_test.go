package app_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"waihu/internal/app"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/invoice"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/usage/cdr"
)

var update = flag.Bool("update", false, "rewrite the expected invoices of testdata/*.bill")

// A .bill file is a specification: what it shows, a period, files under
// "== name" lines (plan.yaml, contract.yaml, decks, facts.csv or any record
// file), a line of dashes, and the invoice that must come out. Several periods
// in a row carry over what they leave.
const dashes = "----------"

func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bill")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d scripts found: %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".bill"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			input, want, found := strings.Cut(string(data), dashes+"\n")
			if !found {
				t.Fatalf("%s has no line %s", path, dashes)
			}
			got := runScript(t, input)
			if got == want {
				return
			}
			if *update {
				if err := os.WriteFile(path, []byte(input+dashes+"\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s\nwant\n%s\ngot\n%s", path, want, got)
		})
	}
}

// script is a parsed .bill file.
type script struct {
	periods []string
	levels  map[string]string // of the last period
	reached string            // toward the commitment, before the first period
	since   string
	files   fstest.MapFS
	facts   []string
}

func parseScript(t *testing.T, input string) script {
	s := script{files: fstest.MapFS{}, levels: map[string]string{}}
	head, rest, _ := strings.Cut(input, "== ")
	for _, line := range strings.Split(head, "\n") {
		key, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(key) {
		case "period":
			s.periods = append(s.periods, strings.TrimSpace(value))
		case "since":
			s.since = strings.TrimSpace(value)
		case "level":
			metric, measured, _ := strings.Cut(strings.TrimSpace(value), "=")
			s.levels[metric] = measured
		case "reached":
			s.reached = strings.TrimSpace(value)
		}
	}
	for _, part := range strings.Split("\n"+rest, "\n== ") {
		name, body, _ := strings.Cut(strings.TrimPrefix(part, "\n"), "\n")
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		s.files[name] = &fstest.MapFile{Data: []byte(body)}
		if !strings.HasSuffix(name, ".yaml") && !strings.HasPrefix(name, "deck") {
			s.facts = append(s.facts, name)
		}
	}
	if len(s.periods) == 0 {
		t.Fatal("the script names no period")
	}
	return s
}

func runScript(t *testing.T, input string) string {
	s := parseScript(t, input)
	var out bytes.Buffer
	bundle, problems := planfile.Load(s.files, mainOf(s))
	for _, p := range problems {
		fmt.Fprintln(&out, p)
	}
	if problems.Err() != nil {
		return out.String()
	}
	var carry []invoice.Carry
	var standing *contract.Standing
	if id, n, ok := strings.Cut(s.reached, "="); ok {
		standing = &contract.Standing{Toward: []contract.Toward{{Commitment: id, Reached: exact.MustParse(n)}}}
	}
	for i, period := range s.periods {
		if len(s.periods) > 1 {
			fmt.Fprintf(&out, "# %s\n", period)
		}
		levels := s.levels
		if i < len(s.periods)-1 {
			levels = nil
		}
		inv := billScript(t, &out, s, bundle, period, invoice.Inputs{Opening: carry, Standing: standing, Levels: levels})
		if inv == nil {
			return out.String()
		}
		show(&out, inv)
		carry, standing = inv.Carry, inv.Standing
		if standing == nil {
			standing = &contract.Standing{}
		}
		if i < len(s.periods)-1 {
			fmt.Fprintln(&out)
		}
	}
	return out.String()
}

func billScript(t *testing.T, out *bytes.Buffer, s script, bundle planfile.Bundle, period string, stated invoice.Inputs) *invoice.Invoice {
	first, after, err := timex.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	var opening []contract.Opening
	for _, c := range stated.Opening {
		opening = append(opening, contract.Opening{Package: c.Package, Seat: c.Seat, Granted: c.Granted, Expires: c.Expires, Left: c.Left})
	}
	in := contract.Inputs{Plan: bundle.Plan, Decks: bundle.Decks, Contract: bundle.Contract, First: first, After: after, Holidays: holidays, Opening: opening, Before: stated.Standing}
	in.Stated.Levels = stated.Levels
	if s.since != "" {
		in.Stated.Start = timex.MustDate(s.since)
	}
	terms, problems := contract.TermsFor(in)
	if problems.Err() != nil {
		fmt.Fprintln(out, bundle.Locate(problems))
		return nil
	}
	files := writeFacts(t, s)
	billed, err := app.Bill(context.Background(), app.Billing{Terms: terms, Files: files, Intake: cdr.Options{Zone: terms.Loc}})
	if billed != nil && (billed.Total.Rejected > 0 || billed.Total.Duplicate > 0) {
		fmt.Fprintln(out, "records", billed.Total)
	}
	if err != nil {
		fmt.Fprintln(out, err)
		return nil
	}
	return billed.Invoice
}

// show writes an invoice in short: a line, its parts, what decided it; totals.
func show(out *bytes.Buffer, inv *invoice.Invoice) {
	for i := range inv.Lines {
		showLine(out, &inv.Lines[i], "")
	}
	for _, a := range inv.Alternatives {
		chosen := "not charged"
		if a.Chosen {
			chosen = "chosen"
		}
		fmt.Fprintf(out, "%s %s: %s, %s\n", a.Group, a.Option, a.Total.Decimal(), chosen)
	}
	fmt.Fprintf(out, "subtotal %s\n", inv.Subtotal.Decimal())
	for _, x := range inv.Taxes {
		if !x.Rate.IsZero() {
			fmt.Fprintf(out, "tax %s of %s: %s\n", lang.Percent(lang.English, x.Rate), x.Net.Decimal(), x.Tax.Decimal())
		}
	}
	fmt.Fprintf(out, "total %s\n", inv.Total)
	for _, id := range inv.Unknown {
		fmt.Fprintf(out, "unknown: %s\n", id)
	}
	for _, u := range inv.Unpriced {
		fmt.Fprintf(out, "unpriced: %s, %s, %d, %d s, %s\n", u.Facts, u.Reason, u.Count, u.Seconds, strings.Join(u.Examples, " "))
	}
	for _, n := range inv.Notes {
		fmt.Fprintf(out, "note: %s\n", lang.Phrase(lang.English, "rule."+n.Key, n.Args))
	}
	if p := inv.Prepaid; p != nil {
		fmt.Fprintf(out, "paid ahead: %s before, used %s, left %s, to pay %s\n", p.Before.Decimal(), p.Used.Decimal(), p.Left.Decimal(), p.Payable.Decimal())
		for _, pay := range p.Payments {
			fmt.Fprintf(out, "paid ahead on %s: %s\n", pay.On, pay.Amount.Decimal())
		}
	}
	if inv.Standing != nil {
		for _, w := range inv.Standing.Toward {
			fmt.Fprintf(out, "toward %s from %s: %s\n", w.Commitment, w.First, w.Reached)
		}
	}
	for _, c := range inv.Carry {
		fmt.Fprintf(out, "carried: %s, %s %s until %s\n", c.Package, c.Left, c.Unit, c.Expires)
	}
}

func showLine(out *bytes.Buffer, l *rating.Line, indent string) {
	fmt.Fprintf(out, "%s%s: measured %s %s, billed %s, included %s, charged %s = %s\n", indent, l.ID, l.Raw, l.Unit, l.Billed, l.Included, l.Charged, l.Amount.Decimal())
	for _, p := range l.Parts {
		fmt.Fprintf(out, "%s  %s: %s x %s + %s = %s\n", indent, p.Key, p.Quantity, p.UnitPrice, p.Flat, p.Exact)
	}
	for _, r := range l.Rules {
		fmt.Fprintf(out, "%s  - %s\n", indent, lang.Phrase(lang.English, "rule."+r.Key, r.Args))
	}
}
