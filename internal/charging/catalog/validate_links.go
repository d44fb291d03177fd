package catalog

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/fault"
)

// modules checks what modules need and what they exclude.
func (c *check) modules() {
	seen := map[string]string{}
	for i := range c.p.Modules {
		m, path := &c.p.Modules[i], index("modules", i)
		c.id(path+".id", m.ID, seen)
		for j, id := range m.Requires {
			c.module(index(path+".requires", j), id)
		}
		for j, id := range m.Excludes {
			c.module(index(path+".excludes", j), id)
			if other := c.findModule(id); other != nil && other.Class == Base {
				c.put(fault.Problem{Path: index(path+".excludes", j), Value: id, What: "a base module is always on: " + m.ID + " could never be", Expected: "a value-added module"})
			}
		}
		needs, circle := c.needs(m.ID)
		if circle {
			c.bad(path+".requires", "modules that need each other in a circle: "+strings.Join(needs, ", "), "an order in which they can be switched on")
		}
		for _, id := range needs {
			if id != m.ID && c.excludes(m.ID, id) {
				c.bad(path, fmt.Sprintf("%s needs %s, and the two exclude each other", m.ID, id), "one or the other")
			}
		}
	}
	c.schedules()
}

func (c *check) findModule(id string) *Module {
	for i := range c.p.Modules {
		if strings.EqualFold(c.p.Modules[i].ID, id) {
			return &c.p.Modules[i]
		}
	}
	return nil
}

// module checks a reference to a module. A plan that lists no modules may name
// any.
func (c *check) module(path, id string) {
	if len(c.p.Modules) == 0 || c.findModule(id) != nil {
		return
	}
	known := make([]string, len(c.p.Modules))
	for i := range c.p.Modules {
		known[i] = c.p.Modules[i].ID
	}
	c.missing(path, "module", id, known)
}

// needs lists the modules one needs, directly or not; circle tells whether it
// is among them.
func (c *check) needs(id string) (all []string, circle bool) {
	open := []string{id}
	for len(open) > 0 { // bounded: a module is opened once
		m := c.findModule(open[0])
		open = open[1:]
		if m == nil {
			continue
		}
		for _, next := range m.Requires {
			if !slices.Contains(all, next) {
				all, open = append(all, next), append(open, next)
			}
		}
	}
	return all, slices.Contains(all, id)
}

func (c *check) excludes(a, b string) bool {
	x, y := c.findModule(a), c.findModule(b)
	return x != nil && slices.Contains(x.Excludes, b) || y != nil && slices.Contains(y.Excludes, a)
}

// deck checks a reference to a rate deck.
func (c *check) deck(path, id string) {
	known := make([]string, len(c.p.Decks))
	for i, d := range c.p.Decks {
		if known[i] = d.ID; d.ID == id {
			c.used["deck "+id] = true
			return
		}
	}
	c.missing(path, "deck", id, known)
}

// decks checks the list of decks; their rows are checked when they are built.
func (c *check) decks() {
	seen := map[string]string{}
	for i := range c.p.Decks {
		d, path := &c.p.Decks[i], index("decks", i)
		c.id(path+".id", d.ID, seen)
		if (d.File == "") == (len(d.Rows) == 0) {
			c.bad(path, "a deck needs rows, in a file or here", "file or rows, one of the two")
		}
		for j := range d.Rows {
			r, at := &d.Rows[j], index(path+".rows", j)
			c.known(at+".unit_price", r.UnitPrice, TalkTime)
			c.known(at+".connect_fee", r.ConnectFee, TalkTime)
			if r.UnitPrice.Set == r.Blocked {
				c.bad(at, "a row needs a price, or is blocked", "unit_price, unit_price: unknown, or blocked: true; one of them")
			}
		}
	}
}

// shares checks components that are a share of others.
func (c *check) shares() {
	for i := range c.p.Components {
		comp, path := &c.p.Components[i], index("components", i)
		if comp.Measure != PercentOf {
			continue
		}
		if comp.Percent == nil {
			c.bad(path+".percent", "no share", "a percentage such as 15%")
		}
		c.percent(path+".percent", comp.Percent, maxShare)
		if len(comp.Of) == 0 {
			c.bad(path+".of", "a share of nothing", "the components it is a share of")
		}
		c.references(path+".of", comp.Of)
		if circle := c.circle(comp.ID); circle != "" {
			c.bad(path+".of", "components that are shares of each other in a circle: "+circle, "shares of components that have an amount of their own")
		}
		c.shareOfChoice(path, comp)
	}
}

// circle follows shares from a component back to itself.
func (c *check) circle(id string) string {
	var all []string
	open := []string{id}
	for len(open) > 0 { // bounded: a component is opened once
		comp, ok := c.p.Component(open[0])
		open = open[1:]
		if !ok || comp.Measure != PercentOf {
			continue
		}
		for _, next := range comp.Of {
			if next == id {
				return strings.Join(append(all, id), ", ")
			}
			if !slices.Contains(all, next) {
				all, open = append(all, next), append(open, next)
			}
		}
	}
	return ""
}

// shareOfChoice warns where a share is taken of something that may not be
// charged in the end.
func (c *check) shareOfChoice(path string, comp *Component) {
	for _, g := range c.p.Cheapest {
		for _, o := range g.Options {
			for i, id := range comp.Of {
				if slices.Contains(o.Components, id) && !slices.Contains(o.Components, comp.ID) {
					c.warn(index(path+".of", i), fmt.Sprintf("a share of %s is charged also when %s does not choose it", id, g.ID), "put the share into the same option")
				}
			}
		}
	}
}

// unused warns about parts that nothing names.
func (c *check) unused() {
	for i, d := range c.p.Decks {
		if !c.used["deck "+d.ID] {
			c.warn(index("decks", i), "no component uses the deck", "remove it, or name it in a component")
		}
	}
	for i, s := range c.p.Schedules {
		if !c.used["schedule "+s.ID] {
			c.warn(index("schedules", i), "no filter names the schedule", "remove it, or name it in a rate row")
		}
	}
	for i, t := range c.p.Tax.Classes {
		if t.ID != c.p.Tax.Default && !c.taxUsed(t.ID) {
			c.warn(index("tax.classes", i), "nothing is of this tax class", "remove it, or name it")
		}
	}
}

func (c *check) taxUsed(id string) bool {
	limit := func(l Limit) bool { return l.TaxClass == id }
	return slices.ContainsFunc(c.p.Components, func(x Component) bool { return x.TaxClass == id }) ||
		slices.ContainsFunc(c.p.Minimums, limit) || slices.ContainsFunc(c.p.Maximums, limit) ||
		c.p.Termination != nil && c.p.Termination.Tax == id
}
