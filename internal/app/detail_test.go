package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
	"waihu/internal/usage/cdr"
)

// told is what the detail says of one component.
type told struct {
	cost, included exact.Number
	open           bool // a call without a cost of its own
}

// TestDetailSumsToTheLine: in every script, what the list of calls says is
// included is what the line says, and the costs sum to the parts of the line
// wherever the price of a call does not hang on the whole period.
func TestDetailSumsToTheLine(t *testing.T) {
	files, err := filepath.Glob("testdata/*.bill")
	if err != nil {
		t.Fatal(err)
	}
	lines, covered := 0, 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		input, _, _ := strings.Cut(string(data), dashes+"\n")
		s := parseScript(t, input)
		billed, detail := billDetailed(t, s)
		if billed == nil {
			continue
		}
		for i := range billed.Invoice.Lines {
			l := &billed.Invoice.Lines[i]
			if !l.Measure.OfCalls() {
				continue
			}
			lines++
			covered += l.Included.Sign()
			checkTold(t, path, l, detail[l.Component])
		}
	}
	if lines < 50 || covered < 10 {
		t.Errorf("only %d lines, %d of them with something included", lines, covered)
	}
}

func checkTold(t *testing.T, path string, l *rating.Line, d told) {
	unit := exact.One
	if l.Measure == catalog.TalkTime {
		unit = exact.Int(catalog.UnitOf(l.Unit).Seconds())
	}
	if !d.included.Equal(l.Included.Mul(unit)) {
		t.Errorf("%s: %s: the calls say %s included, the line %s %s", path, l.ID, d.included, l.Included, l.Unit)
	}
	ofPeriod := d.open || l.Unknown
	for _, r := range l.Rules {
		ofPeriod = ofPeriod || r.Key == "commitment" || r.Key == "round_total" || r.Key == "overage"
	}
	if !ofPeriod && !d.cost.Equal(l.Gross) {
		t.Errorf("%s: %s: the calls cost %s, the parts of the line %s", path, l.ID, d.cost, l.Gross)
	}
}

// billDetailed bills the first period of a script and adds up its detail; nil
// where the script is about a mistake.
func billDetailed(t *testing.T, s script) (*app.Billed, map[string]told) {
	bundle, problems := planfile.Load(s.files, mainOf(s))
	if problems.Err() != nil {
		return nil, nil
	}
	first, after, err := timex.ParsePeriod(s.periods[0])
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := holiday.Calendars()
	if err != nil {
		t.Fatal(err)
	}
	in := contract.Inputs{Plan: bundle.Plan, Decks: bundle.Decks, Contract: bundle.Contract, First: first, After: after, Holidays: holidays}
	if s.since != "" {
		in.Stated.Start = timex.MustDate(s.since)
	}
	terms, problems := contract.TermsFor(in)
	if problems.Err() != nil {
		return nil, nil
	}
	detail := map[string]told{}
	billed, err := app.Bill(context.Background(), app.Billing{Terms: terms, Files: writeFacts(t, s), Intake: cdr.Options{Zone: terms.Loc}, Detail: func(c *meter.Charged) {
		d := detail[c.Component]
		d.cost, d.included, d.open = d.cost.Add(c.Cost), d.included.Add(c.Included), d.open || c.Reason == "" && !c.HasCost
		detail[c.Component] = d
	}})
	if err != nil {
		return nil, nil
	}
	return billed, detail
}

func mainOf(s script) string {
	if s.files["contract.yaml"] != nil {
		return "contract.yaml"
	}
	return "plan.yaml"
}

func writeFacts(t *testing.T, s script) []string {
	dir := t.TempDir()
	var files []string
	for _, name := range s.facts {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, s.files[name].Data, 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	return files
}

// TestDetailOfAPipe: a list of calls that needs a second reading says so.
func TestDetailOfAPipe(t *testing.T) {
	s := parseScript(t, "period: 2026-03\n== plan.yaml\nplan: p\nversion: 1\ncurrency: CNY\ntime_zone: UTC\ncomponents: [{id: talk, measure: talk_time, unit_price: 1, included: {quantity: 5}}]\n")
	bundle, _ := planfile.Load(s.files, "plan.yaml")
	terms, _ := contract.TermsFor(contract.Inputs{Plan: bundle.Plan, First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-04-01")})
	b := app.Billing{Terms: terms, Files: []string{os.DevNull}, Detail: func(*meter.Charged) {}}
	if _, err := app.Bill(context.Background(), b); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "twice") {
		t.Errorf("%v", err)
	}
}

// TestDetailOfAlikeCallsFarApart: calls that a package cannot tell apart are all
// told what it covers of them, however far apart they stand in the file. The
// texts of a call are gone when the reader goes on; nothing may hang on them.
func TestDetailOfAlikeCallsFarApart(t *testing.T) {
	const apart = 1_500 // rows between two of them: more than a block
	row := func(agent, number, id string) string {
		return fmt.Sprintf(`"","%s","%s","c","c","PJSIP/%s-0000000a","PJSIP/carrier-a-0000000b","Dial","x","2026-03-02 09:30:00","2026-03-02 09:30:08","2026-03-02 09:31:08",68,60,"ANSWERED","DOCUMENTATION","%s",""`+"\n",
			agent, number, agent, id)
	}
	var file strings.Builder
	for i := range 3*apart + 1 {
		agent := fmt.Sprint(8000 + i%7)
		if i%apart == 0 {
			agent = "9001"
		}
		file.WriteString(row(agent, "13800138000", fmt.Sprintf("1772415000.%d", i)))
	}
	s := parseScript(t, "period: 2026-03\n== plan.yaml\nplan: p\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\ncomponents: [{id: talk, measure: talk_time, unit_price: 1, included: {quantity: 10000, scope: per_seat}}]\n"+
		"== Master.csv\n"+file.String())
	billed, detail := billDetailed(t, s)
	if billed == nil {
		t.Fatal("no bill")
	}
	checkTold(t, "alike", &billed.Invoice.Lines[0], detail["talk"])
}
