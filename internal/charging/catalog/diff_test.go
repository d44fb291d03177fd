package catalog_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

func price(s string) catalog.Price { return catalog.PriceOf(exact.MustParse(s)) }

func num(s string) *exact.Number { n := exact.MustParse(s); return &n }

func percent(s string) *catalog.Percent {
	p, err := catalog.ParsePercent(s)
	if err != nil {
		panic(err)
	}
	return &p
}

func plan() *catalog.Plan {
	return &catalog.Plan{ID: "p", Version: 1, Currency: money.MustCurrency("CNY"), Zone: "Asia/Shanghai",
		Tax: catalog.Tax{Classes: []catalog.TaxClass{{ID: "t", Rates: []catalog.TaxRate{{Rate: *percent("6%")}}}}, Default: "t"},
		Components: []catalog.Component{
			{ID: "seats", Name: lang.Text{En: "Seats"}, Measure: catalog.SeatsAssigned, Tiers: &catalog.Tiers{Mode: catalog.Volume, Rows: []catalog.Tier{{UpTo: num("5"), UnitPrice: price("100")}, {UnitPrice: price("80")}}}},
			{ID: "talk", Measure: catalog.TalkTime, Increment: catalog.Increment{First: 6, Next: 6}, UnitPrice: price("0.1"), Included: &catalog.Included{Quantity: exact.Int(100)}},
		},
		Discounts: []catalog.Discount{{ID: "d", Percent: percent("10%")}},
		Maximums:  []catalog.Limit{{ID: "m", Amount: exact.Int(900)}},
	}
}

func TestDiff(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(*catalog.Plan)
		want string // path kind old new effect
	}{
		{"nothing", func(p *catalog.Plan) {}, ""},
		{"price", func(p *catalog.Plan) { p.Components[1].UnitPrice = price("0.12") }, "components[talk].unit_price changed 0.1 0.12 raises"},
		{"unknown price", func(p *catalog.Plan) { p.Components[1].UnitPrice = catalog.Price{Set: true, Unknown: true} }, "components[talk].unit_price changed 0.1 unknown "},
		{"tier", func(p *catalog.Plan) { p.Components[0].Tiers.Rows[1].UnitPrice = price("70") }, "components[seats].tiers.rows[1].unit_price changed 80 70 lowers"},
		{"bound", func(p *catalog.Plan) { p.Components[0].Tiers.Rows[0].UpTo = num("6") }, "components[seats].tiers.rows[0].up_to changed 5 6 "},
		{"increment", func(p *catalog.Plan) { p.Components[1].Increment = catalog.Increment{} }, "components[talk].increment removed 6/6  raises"},
		{"included", func(p *catalog.Plan) { p.Components[1].Included = nil }, "components[talk].included removed {\"quantity\":\"100\"}  "},
		{"more included", func(p *catalog.Plan) { p.Components[1].Included = &catalog.Included{Quantity: exact.Int(120)} }, "components[talk].included.quantity changed 100 120 lowers"},
		{"discount", func(p *catalog.Plan) { p.Discounts[0].Percent = percent("5%") }, "discounts[d].percent changed 10% 5% raises"},
		{"no discount", func(p *catalog.Plan) { p.Discounts = nil }, "discounts[d] removed {\"id\":\"d\",\"percent\":\"10%\"}  raises"},
		{"maximum", func(p *catalog.Plan) { p.Components[1].Maximum = exact.Int(50) }, "components[talk].maximum added  50 lowers"},
		{"tax", func(p *catalog.Plan) { p.Tax.Classes[0].Rates[0].Rate = *percent("9%") }, "tax.classes[t].rates[1970-01-01].rate changed 6% 9% raises"},
		{"name", func(p *catalog.Plan) { p.Components[0].Name = lang.Text{En: "Places", Hant: "座席"} }, "components[seats].name.en changed Seats Places \ncomponents[seats].name.zh-Hant added  座席 "},
		{"rule", func(p *catalog.Plan) { p.Components[0].SeatDecrease = catalog.CreditDays }, "components[seats].seat_decrease added  credit lowers"},
		{"order", func(p *catalog.Plan) {
			p.Components[0], p.Components[1] = p.Components[1], p.Components[0]
		}, "components reordered seats, talk talk, seats "},
		{"component", func(p *catalog.Plan) {
			p.Components = append(p.Components, catalog.Component{ID: "fee", Measure: catalog.Recurring, UnitPrice: price("0")})
		}, "components[fee] added  {\"id\":\"fee\",\"measure\":\"recurring\",\"unit_price\":\"0\"} raises"},
	} {
		was, is := plan(), plan()
		c.do(is)
		var got []string
		for _, d := range catalog.Diff(was, is) {
			got = append(got, fmt.Sprint(d.Path, " ", d.Kind, " ", d.Old, " ", d.New, " ", d.Effect))
		}
		if s := strings.Join(got, "\n"); s != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, s, c.want)
		}
	}
}

// TestDiffFindsWhatCanonicalFinds: after random changes there is a difference
// exactly where the canonical forms differ.
func TestDiffFindsWhatCanonicalFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		was, is := plan(), plan()
		for range r.IntN(3) {
			change(r, reflect.ValueOf(is).Elem(), 0)
		}
		differ := !bytes.Equal(catalog.Canonical(was), catalog.Canonical(is))
		if d := catalog.Diff(was, is); differ != (len(d) > 0) {
			t.Fatalf("%s\n%s\n%+v", catalog.Canonical(was), catalog.Canonical(is), d)
		}
	}
}

// change sets one random value that has a plan tag.
func change(r *rand.Rand, v reflect.Value, depth int) {
	keys := catalog.KeysOf(v.Type())
	f := v.FieldByIndex(keys[r.IntN(len(keys))].Index)
	switch x := f.Addr().Interface().(type) {
	case *exact.Number:
		*x = exact.Int(r.Int64N(3))
		return
	case *catalog.Price:
		*x = catalog.PriceOf(exact.Int(r.Int64N(3)))
		return
	case *timex.Date:
		*x = timex.Date(r.Int32N(3))
		return
	case *lang.Text:
		x.En = []string{"", "a", "b"}[r.IntN(3)]
		return
	}
	switch f.Kind() {
	case reflect.Struct:
		if depth < 5 && len(catalog.KeysOf(f.Type())) > 0 {
			change(r, f, depth+1)
		}
	case reflect.Slice:
		if f.Len() > 0 && f.Type().Elem().Kind() == reflect.Struct && len(catalog.KeysOf(f.Type().Elem())) > 0 && depth < 5 {
			change(r, f.Index(r.IntN(f.Len())), depth+1)
		} else if f.Type().Elem().Kind() == reflect.String {
			f.Set(reflect.Append(f, reflect.ValueOf("x").Convert(f.Type().Elem())))
		}
	case reflect.Pointer:
		f.Set(reflect.New(f.Type().Elem()))
	case reflect.String:
		f.SetString([]string{"", "x", "y"}[r.IntN(3)])
	case reflect.Bool:
		f.SetBool(!f.Bool())
	case reflect.Int:
		f.SetInt(r.Int64N(3))
	}
}

// TestEffectOfIncrements: where a new increment is said to raise bills, no call
// costs less by it, and the other way round.
func TestEffectOfIncrements(t *testing.T) {
	steps := []int32{1, 6, 10, 15, 30, 60}
	billed := func(i catalog.Increment, seconds int64) int64 {
		r := deck.Rate{Price: 1, Per: 1, First: i.First, Next: i.Next}
		return r.Billed(seconds, deck.Count{})
	}
	for _, a := range steps {
		for _, b := range steps {
			for _, c := range steps {
				for _, d := range steps {
					was, is := plan(), plan()
					was.Components[1].Increment, is.Components[1].Increment = catalog.Increment{First: a, Next: b}, catalog.Increment{First: c, Next: d}
					dearer, cheaper := false, false
					for s := int64(1); s < 400; s++ {
						x, y := billed(was.Components[1].Increment, s), billed(is.Components[1].Increment, s)
						dearer, cheaper = dearer || y > x, cheaper || y < x
					}
					for _, x := range catalog.Diff(was, is) {
						if x.Effect == catalog.Raises && cheaper || x.Effect == catalog.Lowers && dearer {
							t.Errorf("%+v", x)
						}
					}
				}
			}
		}
	}
}
