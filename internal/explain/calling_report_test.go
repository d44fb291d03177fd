package explain

import (
	"strings"
	"testing"
	"time"

	"waihu/internal/calling/report"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// TestEveryReportIsTold in three languages: titles, figures and what each counts; one
// without anything says what would fill it.
func TestEveryReportIsTold(t *testing.T) {
	row := report.Row{Campaign: "cmp_x", Value: "sip486@gw1", Costs: []report.CostOf{{Calls: 4, Total: money.Micros(3_000_000, money.MustCurrency("CNY"))}}, Leads: report.Leads{All: 9, Waiting: 9}, Health: report.Health{Verdict: report.Worse}}
	for m := range report.Measures {
		row.Sums[m] = int64(100 - m)
	}
	for _, kind := range (report.Kind("")).Choices() {
		for _, tag := range lang.Tags() {
			a := report.Answer{Ask: report.Ask{Kind: report.Kind(kind), First: timex.MustDate("2026-03-01"), After: timex.MustDate("2026-03-08"), Zone: time.UTC}, Names: map[string]string{"cmp_x": "Spring"}}
			if text := CallingReport(&a, tag).Text(); strings.Contains(text, "calling_report.") || !strings.Contains(text, lang.Phrase(tag, "calling_report.empty."+kind, nil)) {
				t.Errorf("%s %s, empty:\n%s", kind, tag, text)
			}
			a.Rows = []report.Row{row, row}
			a.Total = report.Total(a.Rows)
			week, _ := report.WeekOf(nil)
			week[34] = report.Hour{Dialed: 1000, Answered: 250, Level: 3}
			a.Week, a.Best = &week, []int{34}
			d := CallingReport(&a, tag)
			text := d.Text()
			if strings.Contains(text, "calling_report.") || strings.Contains(text, "{") {
				t.Errorf("%s %s:\n%s", kind, tag, text)
			}
			for i := range d.Sections {
				if x := d.Sections[i].Table; x != nil && d.Sections[i].Path == "rows" && (len(x.Rows) != 3 || len(x.Head) != len(a.Kind.Columns())+1) {
					t.Errorf("%s: %d rows under %d heads", kind, len(x.Rows), len(x.Head))
				}
			}
		}
	}
}

// TestFiguresAsTheyAreRead: what is not known is a dash and never nought.
func TestFiguresAsTheyAreRead(t *testing.T) {
	cny := money.MustCurrency("CNY")
	for want, f := range map[string]report.Figure{
		"–":                  {Unit: report.Share},
		"25.0%":              {Unit: report.Share, Part: 1, Whole: 4},
		"1,200":              {Unit: report.Count, Part: 1200, Whole: 1},
		"0:02:00":            {Unit: report.Seconds, Part: 240_000, Whole: 2},
		"1.5 seconds":        {Unit: report.Moment, Part: 3000, Whole: 2},
		"4.12":               {Unit: report.Score, Part: 824, Whole: 2},
		"CNY 1.50":           {Unit: report.Amount, Money: []money.Amount{money.Micros(1_500_000, cny)}},
		"too little to tell": {Unit: report.Word, Word: string(report.TooFew)},
	} {
		if got := FigureText(lang.English, &f); got != want {
			t.Errorf("%+v is %q, want %q", f, got, want)
		}
	}
}
