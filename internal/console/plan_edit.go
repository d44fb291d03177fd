package console

import (
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/fault"
	"waihu/internal/planfile"
)

// editPlan changes the text as a card asks. It tells whether cards can change
// this text: one that cannot be read, or that is JSON, is left to its writer.
func (f *form) editPlan(do, at string) bool {
	var p catalog.Plan
	text := f.Value("file")
	_, problems := planfile.Decode("plan.yaml", []byte(text), &p)
	list, err := planfile.OpenList(text, "components")
	if fault.KindOf(err) == fault.Conflict && problems.Err() == nil { // in one line: written anew, with dashes
		whole, err := planfile.Write(&p)
		if err != nil {
			return false
		}
		text = string(whole)
		if list, err = planfile.OpenList(text, "components"); err != nil {
			return false
		}
	} else if err != nil {
		return false
	}
	if do == "add" {
		text = list.Append(newComponent(f.Value("add_measure"), len(p.Components)))
		f.Values.Set("file", text)
		return true
	}
	i, err := strconv.Atoi(at)
	if err != nil || i < 0 || i >= list.Len() || i >= len(p.Components) {
		return true // somebody took the component away meanwhile: nothing is done
	}
	switch {
	case do == "remove":
		text = list.Remove(i)
	case do == "up" && i > 0:
		text = list.Swap(i - 1)
	case do == "down" && i+1 < list.Len():
		text = list.Swap(i)
	case do == "edit":
		c := p.Components[i]
		f.editComponent("c"+at+".", &c)
		if !f.OK() {
			return true
		}
		item, err := planfile.Write(&c)
		if err != nil {
			return false
		}
		text = list.Replace(i, string(item))
	}
	f.Values.Set("file", text)
	return true
}

// newComponent is the text of a component that is added.
func newComponent(measure string, n int) string {
	c := catalog.Component{ID: "item-" + strconv.Itoa(n+1), Measure: catalog.Recurring}
	if len(planfile.SetWord(&c, "measure", measure)) > 0 {
		c.Measure = catalog.Recurring
	}
	price := "unit_price: 0\n"
	switch {
	case c.Measure == catalog.PercentOf:
		price = "percent: 10%\n"
	case c.Measure == catalog.TalkTime:
		price = "increment: 60/60\n" + price
	}
	return "id: " + c.ID + "\nmeasure: " + string(c.Measure) + "\n" + price
}

// editComponent puts what was filled in into a component. Keys the measure does
// not take are taken away, so that another measure leaves nothing behind.
func (f *form) editComponent(at string, c *catalog.Component) {
	has := func(key string) bool { return len(f.Values[at+key]) > 0 }
	set := func(into any, key, field string) {
		if !has(field) {
			return
		}
		if ps := planfile.SetWord(into, key, f.Value(at+field)); len(ps) > 0 {
			f.wrong(at+field, "plans.not_so", "value", f.Value(at+field))
		}
	}
	set(c, "id", "id")
	for field, to := range map[string]*string{"name_en": &c.Name.En, "name_hant": &c.Name.Hant, "name_hans": &c.Name.Hans} {
		if has(field) {
			*to = f.optional(at+field, 200)
		}
	}
	before := c.Measure
	set(c, "measure", "measure")
	for _, key := range cardKeys {
		set(c, key, key)
	}
	for _, key := range cardFilters {
		set(&c.Where, key, "where_"+key)
	}
	f.editIncluded(at, c, set)
	for j := range c.Rates {
		set(&c.Rates[j], "unit_price", "rate_"+strconv.Itoa(j))
	}
	if has("tiers") {
		t, ok := parseTiers(f.Value(at+"tiers"), c.Tiers)
		if !ok {
			f.wrong(at+"tiers", "plans.tiers_wrong")
		}
		c.Tiers = t
	}
	if c.Measure != before {
		forget(c)
	}
}

func (f *form) editIncluded(at string, c *catalog.Component, set func(any, string, string)) {
	if len(f.Values[at+"included"]) == 0 {
		return
	}
	if strings.TrimSpace(f.Value(at+"included")) == "" {
		c.Included = nil
		return
	}
	in := catalog.Included{}
	if c.Included != nil {
		in = *c.Included
	}
	set(&in, "quantity", "included")
	if in.SeatsOf = f.Value(at + "included_per"); in.SeatsOf != "" {
		in.Per = catalog.PerSeatCount
	} else {
		in.Per = ""
	}
	c.Included = &in
}

// forget takes the keys away that the measure does not take.
func forget(c *catalog.Component) {
	for _, key := range catalog.ComponentKeys() {
		if !c.Measure.Takes(key) {
			planfile.SetWord(c, key, "")
		}
	}
	keep := c.Measure.Filters()
	kept := catalog.Filter{}
	for _, key := range keep {
		planfile.SetWord(&kept, key, planfile.Word(&c.Where, key))
	}
	c.Where = kept
}
