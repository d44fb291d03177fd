package planfile_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/planfile"
)

const sizesPlan = `plan: p
version: 1
currency: CNY
time_zone: UTC
components:
  - {id: fee, measure: recurring, unit_price: 100}
  - {id: talk, measure: talk_time, unit_price: 0.2}
packages:
  - id: minutes
    applies_to: [talk]
    quantity: 1000
    charged_by: fee
    sizes:
      - {id: small, quantity: 1000, price: 100}
      - {id: large, quantity: 5000, price: 400}
`

// A contract picks a size: its quantity is included and its price is charged.
func TestSizesInFiles(t *testing.T) {
	load := func(contract string) (planfile.Bundle, error) {
		b, problems := planfile.Load(fstest.MapFS{"plan.yaml": {Data: []byte(sizesPlan)}, "contract.yaml": {Data: []byte(contract)}}, "contract.yaml")
		return b, problems.Err()
	}
	const head = "contract: c\nplan: plan.yaml\nstart: 2026-01-01\n"
	b, err := load(head + "sizes: {minutes: large}\n")
	if err != nil {
		t.Fatal(err)
	}
	p := b.Contract.PlanOn(b.Plan, b.Contract.Start)
	fee, _ := p.Component("fee")
	if !p.Packages[0].Quantity.Equal(exact.Int(5000)) || !fee.UnitPrice.Number.Equal(exact.Int(400)) {
		t.Errorf("the large one is %s for %s", p.Packages[0].Quantity, fee.UnitPrice)
	}
	if own, _ := b.Plan.Component("fee"); !own.UnitPrice.Number.Equal(exact.Int(100)) {
		t.Error("the plan itself changed")
	}
	for text, says := range map[string]string{"sizes: {minutes: huge}\n": "no such size", "sizes: {hours: large}\n": "no package"} {
		if _, err := load(head + text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
	o, problems := planfile.LoadOffer(fstest.MapFS{"plan.yaml": {Data: []byte(sizesPlan)}, "o.offer.yaml": {Data: []byte("offer: o\nplan: plan.yaml\nsizes: {minutes: none}\n")}}, "o.offer.yaml")
	if problems.Err() == nil {
		t.Errorf("an offer of a size that is none: %+v", o.Offer.Sizes)
	}
}

// Sizes that contradict the package are refused, each with its place.
func TestSizesThatContradict(t *testing.T) {
	for from, c := range map[string]struct{ to, says string }{
		"quantity: 1000\n":        {"quantity: 2000\n", "none of its sizes"},
		"charged_by: fee":         {"charged_by: talk", "single price"},
		"charged_by: fee\n":       {"charged_by: gone\n", "no component"},
		"id: large":               {"id: small", "small"},
		"{id: large, quantity: 5": {"{id: large, quantity: 1", "two sizes"},
		"price: 400":              {"price: -1", "negative"},
		"    charged_by: fee\n    sizes:\n      - {id: small, quantity: 1000, price: 100}\n      - {id: large, quantity: 5000, price: 400}\n": {"    charged_by: fee\n", "no sizes"},
	} {
		text := strings.Replace(sizesPlan, from, c.to, 1)
		_, problems := planfile.Load(fstest.MapFS{"plan.yaml": {Data: []byte(text)}}, "plan.yaml")
		if err := problems.Err(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q for %q: %v, want %q", c.to, from, err, c.says)
		}
	}
	text := strings.Replace(sizesPlan, "unit_price: 100", "unit_price: 90", 1)
	if _, problems := planfile.Load(fstest.MapFS{"plan.yaml": {Data: []byte(text)}}, "plan.yaml"); problems.Err() != nil || len(problems.Warnings()) == 0 {
		t.Errorf("another price than the size's deserves a look: %v", problems)
	}
	many := catalog.Package{Sizes: make([]catalog.Size, 2)}
	if _, ok := many.Size("x"); ok {
		t.Error("a size nobody named")
	}
}
