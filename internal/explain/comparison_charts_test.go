package explain_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"waihu/internal/charging/compare"
	"waihu/internal/exact"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
)

func charts(d *explain.Document) map[string]*explain.Chart {
	out := map[string]*explain.Chart{}
	for i := range d.Sections {
		for k := range d.Sections[i].Charts {
			c := &d.Sections[i].Charts[k]
			out[c.ID] = c
		}
	}
	return out
}

func near(a float64, b money.Amount) bool { return math.Abs(a-b.Exact().Float()) < 1e-6 }

// TestCostBars: every bar is its offer's total: parts sum to what is known, what
// is open has no end and a label that says so, and the table has the same
// figures exactly.
func TestCostBars(t *testing.T) {
	r := market(t)
	at := slices.Index(r.Basis.Months, r.Basis.Decides)
	for _, tag := range lang.Tags() {
		c := charts(explain.Comparison(r, tag))["costs"]
		if len(c.Bars.Rows) != len(r.Offers) || len(c.Twin.Rows) != len(r.Offers) {
			t.Fatalf("%d bars and %d rows of %d offers", len(c.Bars.Rows), len(c.Twin.Rows), len(r.Offers))
		}
		open := 0
		for i, bar := range c.Bars.Rows {
			total := r.Offers[i].Horizons[at].Total
			sum := 0.0
			for _, p := range bar.Parts {
				sum += p.Value
			}
			if math.Abs(sum-bar.Low) > 1e-6 || !near(bar.Low, total.Low) || !near(bar.High, total.High) || bar.Open != total.Open {
				t.Errorf("%s: bar %+v, total %+v", r.Offers[i].Offer, bar, total)
			}
			if total.Open {
				open++
				if !strings.HasPrefix(bar.Label, "≥ ") && bar.Label != lang.Phrase(tag, "report.unknown", nil) {
					t.Errorf("%s cannot be totalled and is labelled %q", r.Offers[i].Offer, bar.Label)
				}
			} else if !strings.Contains(bar.Label, lang.Decimal(tag, total.Low)) {
				t.Errorf("%s: label %q without %v", r.Offers[i].Offer, bar.Label, total.Low)
			}
			known := c.Twin.Value(i, len(c.Twin.Head)-3)
			if known == nil || !known.Number.Equal(total.Low.Exact()) {
				t.Errorf("%s: the table knows %+v, not %v", r.Offers[i].Offer, known, total.Low)
			}
			if high := c.Twin.Value(i, len(c.Twin.Head)-2); (high == nil) != total.Open || high != nil && !high.Number.Equal(total.High.Exact()) {
				t.Errorf("%s: up to %+v, not %+v", r.Offers[i].Offer, high, total)
			}
		}
		if open == 0 {
			t.Error("the market has an offer that cannot be totalled, the picture has none")
		}
	}
}

// TestCurves: curves are the points that were billed, as far as they are shown;
// each break-even point within the picture is marked with its value.
func TestCurves(t *testing.T) {
	r := market(t)
	all := charts(explain.Comparison(r, lang.English))
	drawn := 0
	for i := range r.BreakEvens {
		b := &r.BreakEvens[i]
		if b.Axis == compare.Utilisation || len(b.Points) == 0 {
			continue
		}
		drawn++
		c := all["break-even-"+exact.Int(int64(drawn)).String()]
		if c == nil {
			t.Fatalf("no picture of %s and %s", b.A, b.B)
		}
		if len(c.Curves.Marks) != len(b.Points) || len(c.Twin.Rows) != len(b.Curve) {
			t.Errorf("%s and %s: %d marks of %d points, %d rows of %d", b.A, b.B, len(c.Curves.Marks), len(b.Points), len(c.Twin.Rows), len(b.Curve))
		}
		for k, m := range c.Curves.Marks {
			if m.X != b.Points[k].At.Float() || m.Name == "" {
				t.Errorf("%s and %s: a point at %v is marked %+v", b.A, b.B, b.Points[k].At, m)
			}
		}
		for k := range c.Curves.Lines[0].Points[:len(c.Curves.Lines[0].Points)-1] { // the last may be cut
			if !near(c.Curves.Lines[0].Points[k].Y, b.Curve[k].A) || !near(c.Curves.Lines[1].Points[k].Y, b.Curve[k].B) {
				t.Errorf("%s and %s: point %d differs from the bills", b.A, b.B, k)
			}
		}
	}
	if drawn == 0 {
		t.Error("no offers of the market cost the same anywhere: the test sees nothing")
	}
}

// TestSpreadsAndSlopes: the table beside each picture has the figures of the
// result.
func TestSpreadsAndSlopes(t *testing.T) {
	r := market(t)
	all := charts(explain.Comparison(r, lang.Traditional))
	row := 0
	for _, o := range r.Volatility.Offers {
		if o.Open && o.Monthly.P95.IsZero() {
			continue
		}
		s := all["volatility"].Strips.Rows[row]
		for k, a := range []money.Amount{o.Monthly.P5, o.Monthly.P25, o.Monthly.P50, o.Monthly.P75, o.Monthly.P95} {
			if v := all["volatility"].Twin.Value(row, k+1); !near(s.At[k], a) || v == nil || !v.Number.Equal(a.Exact()) {
				t.Errorf("%s: %v in the picture, %+v in the table, %v", o.Offer, s.At[k], v, a)
			}
		}
		if s.Open != o.Open {
			t.Errorf("%s: open %v", o.Offer, s.Open)
		}
		row++
	}
	if l := all["volatility"].Strips.Limit; l == nil || *l != 500 {
		t.Errorf("budget %v", l)
	}
	slopes := all["what-if"]
	for _, l := range slopes.Curves.Lines {
		for i := range r.Offers {
			if name := r.Offers[i].Name.In(lang.Traditional); name == l.Name && r.Offers[i].Horizons[1].Total.Open {
				t.Errorf("%s cannot be totalled and is drawn", name)
			}
		}
		if len(l.Points) != len(slopes.Twin.Rows) {
			t.Errorf("%s: %d points, %d rows", l.Name, len(l.Points), len(slopes.Twin.Rows))
		}
	}
}
