package console

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/planfile"
	"waihu/internal/timex"
)

// amendKinds are what an amendment can be about; text is anything else.
var amendKinds = []string{"quantity", "module_on", "module_off", "price", "text"}

// amendBlank is what stands in the form of an amendment at first.
func (v *visit) amendBlank(f *form, c *app.ContractView) {
	f.Values.Set("amendment", "A"+itoa(len(c.Contract.Amendments)+1))
	from := c.Today
	if c.Period != nil {
		from = c.Period.After
	}
	f.Values.Set("from", max(from, c.Agreement.BilledTo).String())
	f.Values.Set("file", c.Agreement.File)
}

// amendChoices are what the form offers.
func (v *visit) amendChoices(b *stepBody) {
	if !slices.Contains(amendKinds, b.Kind) {
		b.Kind = amendKinds[0]
	}
	for _, kind := range amendKinds {
		b.Kinds = append(b.Kinds, Link{v.say("contract.amend_" + kind), "?kind=" + kind})
	}
	c := b.View
	names := priceNames{v.Tag, c.Plan}
	for i := range c.Plan.Components {
		k := &c.Plan.Components[i]
		o := option{"value": k.ID, "label": names.component(k.ID)}
		if k.Measure == catalog.Recurring || k.Measure == catalog.OneOff || k.Measure == catalog.Rentals || k.Measure.OfPlaces() {
			b.Quantities = append(b.Quantities, o)
		}
		if k.UnitPrice.Set || len(k.Rates) > 0 || k.Tiers != nil {
			b.Prices = append(b.Prices, o)
		}
	}
	for i := range c.Plan.Modules {
		b.Modules = append(b.Modules, option{"value": c.Plan.Modules[i].ID, "label": v.moduleName(c, c.Plan.Modules[i].ID)})
	}
}

// readAmend makes the text with the amendment in it.
func readAmend(s *Server, v *visit, f *form, c *app.ContractView) (doStep, timex.Date) {
	kind := f.choice("kind", amendKinds...)
	id := f.word("amendment")
	day := f.date("from")
	file := ""
	if kind == "text" {
		file = f.text("file", formBytes/2)
	} else {
		item := amendmentHead(f, id, day) + v.amendmentOf(f, c, kind, day)
		file = f.amended(c.Agreement.File, item)
	}
	return v.amend(s, c, id, file, f.dayOr("on")), day
}

func (v *visit) amend(s *Server, c *app.ContractView, id, file string, on timex.Date) doStep {
	return func(ctx context.Context) (app.Agreement, error) {
		return s.d.System.Amend(ctx, v.company, app.Amend{Contract: c.Agreement.ID, Amendment: id, File: file, On: on})
	}
}

// readRenew is an amendment that gives the contract a later end.
func readRenew(s *Server, v *visit, f *form, c *app.ContractView) (doStep, timex.Date) {
	end := f.date("end")
	if f.OK() && end <= max(c.Agreement.Life.TermTo, c.Today) {
		f.wrong("end", "contract.later", "date", max(c.Agreement.Life.TermTo, c.Today).String())
	}
	id := "R" + itoa(len(c.Contract.Amendments)+1)
	day := cmp.Or(c.Agreement.Life.TermTo, c.Today)
	file := f.amended(c.Agreement.File, amendmentHead(f, id, max(c.Today, c.Agreement.BilledTo))+"end: "+end.String()+"\n")
	return v.amend(s, c, id, file, f.dayOr("on")), day
}

// amendmentHead is what every amendment begins with.
func amendmentHead(f *form, id string, from timex.Date) string {
	out := "id: " + yamlText(id) + "\non: " + from.String() + "\n"
	if on := f.dayOr("on"); on != 0 {
		out += "signed_on: " + on.String() + "\n"
	}
	if note := f.optional("note", 500); note != "" {
		out += "note: " + yamlText(note) + "\n"
	}
	return out
}

// amendmentOf is what it changes.
func (v *visit) amendmentOf(f *form, c *app.ContractView, kind string, from timex.Date) string {
	switch kind {
	case "quantity":
		return "quantities:\n  " + yamlText(f.text("component", 64)) + ": " + f.number("quantity").String() + "\n"
	case "module_on":
		return "modules:\n  - " + yamlText(f.text("module", 64)) + "\n"
	case "module_off":
		return "modules:\n  - {module: " + yamlText(f.text("module", 64)) + ", from: " + c.Contract.Start.String() + ", to: " + from.String() + "}\n"
	case "price":
		return "prices:\n  " + yamlText(f.text("priced", 64)) + ": {unit_price: " + f.number("price").String() + "}\n"
	}
	return ""
}

// amended is the text of a contract with an amendment behind the others.
func (f *form) amended(file, item string) string {
	list, err := planfile.OpenList(file, "amendments")
	if err != nil {
		f.wrong("file", "contract.by_hand")
		return file
	}
	return list.Append(item)
}

// number is an exact number of nought or more.
func (f *form) number(name string) exact.Number {
	n, err := exact.Parse(strings.ReplaceAll(strings.TrimSpace(f.Values.Get(name)), ",", ""))
	if err != nil || n.Sign() < 0 {
		f.wrong(name, "form.number")
		return exact.Int(0)
	}
	return n
}

// yamlText is a text as YAML: JSON's quotes are YAML's too.
func yamlText(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a string cannot fail
		return `""`
	}
	return string(b)
}

// tellAmend names a fault in the text before amounts are believed.
func tellAmend(_ *Server, v *visit, f *form, c *app.ContractView) ([]string, error) {
	if f.Value("kind") == "text" && f.Value("file") == c.Agreement.File {
		return nil, fault.New(fault.Invalid, "the text is as it was")
	}
	return []string{v.say("contract.c_from", "date", f.date("from").String())}, nil
}

func sortOptions(list []option) {
	slices.SortFunc(list, func(a, b option) int {
		return cmp.Or(cmp.Compare(a["label"].(string), b["label"].(string)), cmp.Compare(a["value"].(string), b["value"].(string)))
	})
}
