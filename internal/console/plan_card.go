package console

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/planfile"
)

// card is a component as fields to fill in.
type card struct {
	No       int
	ID, Name string
	Measure  string
	Fields   []cardField
	More     string // what of it only the text can change, as YAML
	Problems fault.Problems
	Last     bool
	Open     bool   // its fields are shown
	Words    string // what it charges, in words
}

// cardField is one key of a component.
type cardField struct {
	Name, Label, Value string
	Options            []option // none: a word is written
	Wrong              string
	Area               bool
}

// cardKeys are the keys that cards show, in their order, for measures that take
// them.
var cardKeys = []string{"tax", "unit_price", "unit", "increment", "connect_fee", "minimum_duration", "ignore_below", "quantity", "per_seat_of", "of", "percent", "commitment", "every", "timing", "proration", "on", "minimum", "maximum", "category"}

// cardFilters are the keys under where that cards show.
var cardFilters = []string{"direction", "line", "result", "outcome", "seat_type", "state", "module", "item", "kind"}

// cards reads the text as far as it can be read, and puts each problem beside the
// component it is about.
func (b *buildBody) cards(v *visit, problems fault.Problems) {
	var p catalog.Plan
	planfile.Decode("plan.yaml", []byte(b.Form.Value("file")), &p)
	for _, m := range catalog.Measure("").Choices() {
		b.Measures = append(b.Measures, option{"value": m, "label": lang.Choice(v.Tag, "measure", m)})
	}
	for i := range p.Components {
		b.Cards = append(b.Cards, v.card(b.Form, &p, i, b.Measures))
	}
	for _, found := range problems {
		if i := componentOf(found.Path); i >= 0 && i < len(b.Cards) {
			b.Cards[i].Problems = append(b.Cards[i].Problems, found)
		} else {
			b.Problems = append(b.Problems, found)
		}
	}
}

// words says on each card what it charges; the text can be read.
func (b *buildBody) words(v *visit, p *catalog.Plan) {
	for _, section := range explain.Plan(p, v.Tag).Sections {
		if i := componentOf(section.Path); i >= 0 && i < len(b.Cards) {
			b.Cards[i].Words = strings.Join(section.Sentences[min(1, len(section.Sentences)):], " · ") // the first is the measure, which stands above
		}
	}
}

var componentPath = regexp.MustCompile(`^components\[(\d+)\]`)

// componentOf is the component a path is about; -1: none.
func componentOf(path string) int {
	if m := componentPath.FindStringSubmatch(path); m != nil {
		if i, err := strconv.Atoi(m[1]); err == nil {
			return i
		}
	}
	return -1
}

// card shows a component with the keys its measure takes.
func (v *visit) card(f *form, p *catalog.Plan, i int, measures []option) card {
	c := &p.Components[i]
	out := card{No: i, ID: c.ID, Name: c.Name.Or(c.ID).In(v.Tag), Measure: lang.Choice(v.Tag, "measure", string(c.Measure)), Last: i == len(p.Components)-1, Open: strings.HasSuffix(f.Value("do"), ":"+itoa(i))}
	at := "c" + itoa(i) + "."
	add := func(key, value string, options []option) {
		out.Fields = append(out.Fields, cardField{Name: at + key, Label: v.say("plans.k_" + key), Value: value, Options: options, Wrong: f.Error(at + key)})
	}
	add("id", c.ID, nil)
	add("name_en", c.Name.En, nil)
	add("name_hant", c.Name.Hant, nil)
	add("name_hans", c.Name.Hans, nil)
	add("measure", string(c.Measure), measures)
	for _, key := range cardKeys {
		if c.Measure.Takes(key) && !(key == "unit_price" && hasOtherPrice(c)) {
			add(key, planfile.Word(c, key), v.keyOptions(p, c, key))
		}
	}
	for _, key := range cardFilters {
		if slices.Contains(c.Measure.Filters(), key) {
			add("where_"+key, planfile.Word(&c.Where, key), nil)
		}
	}
	if c.Measure.Takes("included") {
		v.includedFields(c, p, add)
	}
	for j := range c.Rates {
		out.Fields = append(out.Fields, cardField{Name: at + "rate_" + itoa(j), Label: v.say("plans.k_rate", "row", c.Rates[j].Name.Or(rowName(&c.Rates[j])).In(v.Tag)), Value: planfile.Word(&c.Rates[j], "unit_price"), Wrong: f.Error(at + "rate_" + itoa(j))})
	}
	if c.Tiers != nil || c.Measure.Takes("tiers") && !c.UnitPrice.Set && len(c.Rates) == 0 && c.Deck == "" && c.Block == nil {
		out.Fields = append(out.Fields, cardField{Name: at + "tiers", Label: v.say("plans.k_tiers"), Value: tiersText(c.Tiers), Wrong: f.Error(at + "tiers"), Area: true})
	}
	for j := range out.Fields {
		if typed := f.Values[out.Fields[j].Name]; out.Fields[j].Wrong != "" && len(typed) > 0 {
			out.Fields[j].Value = typed[0]
		}
	}
	return out
}

func hasOtherPrice(c *catalog.Component) bool {
	return len(c.Rates) > 0 || c.Tiers != nil || c.Deck != "" || c.Block != nil
}

func rowName(r *catalog.RateRow) string {
	if r.ID != "" {
		return r.ID
	}
	return strings.Join(r.Match.Words(), " ")
}

// includedFields are quantity and whose seats count of what is free.
func (v *visit) includedFields(c *catalog.Component, p *catalog.Plan, add func(string, string, []option)) {
	in := c.Included
	if in == nil {
		in = &catalog.Included{}
	}
	add("included", planfile.Word(in, "quantity"), nil)
	add("included_per", in.SeatsOf, v.seatComponents(p, c))
}

// seatComponents are the components whose seats can be counted.
func (v *visit) seatComponents(p *catalog.Plan, not *catalog.Component) []option {
	out := []option{{"value": "", "label": v.say("plans.none")}}
	for i := range p.Components {
		if k := &p.Components[i]; k.ID != not.ID && (k.Measure.OfSeats() || k.Measure == catalog.Recurring) {
			out = append(out, option{"value": k.ID, "label": k.Name.Or(k.ID).In(v.Tag)})
		}
	}
	return out
}

// keyOptions are the words a key can have, the empty one first.
func (v *visit) keyOptions(p *catalog.Plan, c *catalog.Component, key string) []option {
	usual := option{"value": "", "label": v.say("plans.usual")}
	switch key {
	case "tax":
		out := []option{usual}
		for i := range p.Tax.Classes {
			t := &p.Tax.Classes[i]
			out = append(out, option{"value": t.ID, "label": t.Name.Or(t.ID).In(v.Tag)})
		}
		return out
	case "per_seat_of":
		return v.seatComponents(p, c)
	}
	words := planfile.Choices(c, key)
	if words == nil {
		return nil
	}
	out := []option{usual}
	for _, word := range words {
		out = append(out, option{"value": word, "label": lang.Choice(v.Tag, key, word)})
	}
	return out
}

// tiersText is tiers as lines: up to, price, fee; the last has * as its bound.
func tiersText(t *catalog.Tiers) string {
	if t == nil {
		return ""
	}
	out := string(t.Mode) + "\n"
	for i := range t.Rows {
		r := &t.Rows[i]
		bound := "*"
		if r.UpTo != nil {
			bound = r.UpTo.String()
		}
		out += strings.TrimRight(bound+" "+planfile.Word(r, "unit_price")+" "+planfile.Word(r, "flat"), " ") + "\n"
	}
	return out
}

// parseTiers reads the lines; those of rows with a block keep it.
func parseTiers(s string, old *catalog.Tiers) (*catalog.Tiers, bool) {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if strings.TrimSpace(s) == "" {
		return nil, true
	}
	out := &catalog.Tiers{}
	if old != nil {
		out.FlatAtZero = old.FlatAtZero
	}
	if len(planfile.SetWord(out, "mode", strings.TrimSpace(lines[0]))) > 0 {
		return nil, false
	}
	for i, line := range lines[1:] {
		words := strings.Fields(line)
		if len(words) < 2 || len(words) > 3 {
			return nil, false
		}
		row := catalog.Tier{}
		if old != nil && i < len(old.Rows) {
			row.Block = old.Rows[i].Block
		}
		if words[0] != "*" && len(planfile.SetWord(&row, "up_to", words[0])) > 0 || len(planfile.SetWord(&row, "unit_price", words[1])) > 0 {
			return nil, false
		}
		if len(words) == 3 && len(planfile.SetWord(&row, "flat", words[2])) > 0 {
			return nil, false
		}
		out.Rows = append(out.Rows, row)
	}
	return out, len(out.Rows) > 0
}
