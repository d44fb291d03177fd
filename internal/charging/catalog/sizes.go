package catalog

import (
	"fmt"
	"slices"

	"waihu/internal/exact"
	"waihu/internal/lang"
)

// Size is one of the sizes a package is sold in.
type Size struct {
	ID       string       `plan:"id,required" doc:"Identifier."`
	Name     lang.Text    `plan:"name" doc:"Name for people."`
	Quantity exact.Number `plan:"quantity,required" doc:"How much is included."`
	Price    Price        `plan:"price,required" doc:"What it costs: the unit price of the component under charged_by. unknown if nobody knows."`
}

// maxSizes bounds the sizes of one package: each is billed where the cheapest is
// searched.
const maxSizes = 50

// Size finds a size of the package.
func (p *Package) Size(id string) (*Size, bool) {
	at := slices.IndexFunc(p.Sizes, func(s Size) bool { return s.ID == id })
	if at < 0 {
		return nil, false
	}
	return &p.Sizes[at], true
}

// Taken is the size the package has; nil: it is sold in one size alone.
func (p *Package) Taken() *Size {
	for i := range p.Sizes {
		if p.Sizes[i].Quantity.Equal(p.Quantity) {
			return &p.Sizes[i]
		}
	}
	return nil
}

// Take gives the packages of a plan the sizes that were picked, by package. What
// the plan does not have is left alone: checks tell it. Components and Packages
// must be the caller's own.
func (p *Plan) Take(picked map[string]string) {
	for i := range p.Packages {
		s, ok := p.Packages[i].Size(picked[p.Packages[i].ID])
		if !ok {
			continue
		}
		p.Packages[i].Quantity = s.Quantity
		if c, ok := p.Component(p.Packages[i].ChargedBy); ok {
			c.UnitPrice = s.Price
		}
	}
}

// Pickable says what is wrong with a size that was picked: what, and what was
// expected; empty: nothing.
func (p *Plan) Pickable(pack, size string) (what, expected string) {
	at := slices.IndexFunc(p.Packages, func(x Package) bool { return x.ID == pack })
	if at < 0 || len(p.Packages[at].Sizes) == 0 {
		return "the plan has no package of that name with sizes to choose from", "one of its packages with sizes"
	}
	if _, ok := p.Packages[at].Size(size); ok {
		return "", ""
	}
	expected = "one of"
	for _, s := range p.Packages[at].Sizes {
		expected += " " + s.ID
	}
	return "the package has no such size", expected
}

// sizes checks the sizes of a package against what it is by itself.
func (c *check) sizes(path string, pk *Package) {
	if len(pk.Sizes) == 0 {
		if pk.ChargedBy != "" {
			c.bad(path+".charged_by", "a component that is the price of sizes, and no sizes", "sizes, or no charged_by")
		}
		return
	}
	if len(pk.Sizes) > maxSizes {
		c.bad(path+".sizes", fmt.Sprintf("%d sizes", len(pk.Sizes)), fmt.Sprintf("at most %d", maxSizes))
	}
	comp, ok := c.p.Component(pk.ChargedBy)
	switch {
	case !ok:
		c.bad(path+".charged_by", "sizes have prices, and no component of the plan takes them", "the identifier of a component of measure recurring")
	case comp.Measure != Recurring || !comp.UnitPrice.Set || comp.Tiers != nil:
		c.bad(path+".charged_by", comp.ID+" has no single price that falls due each period", "a component of measure recurring with a unit_price")
	}
	ids, quantities := map[string]string{}, map[string]bool{}
	for i := range pk.Sizes {
		s, at := &pk.Sizes[i], index(path+".sizes", i)
		c.id(at+".id", s.ID, ids)
		c.quantity(at+".quantity", s.Quantity)
		c.price(at+".price", s.Price.Number)
		if n := s.Quantity.String(); quantities[n] {
			c.bad(at+".quantity", "two sizes of one quantity", "a quantity each")
		} else {
			quantities[n] = true
		}
	}
	switch taken := pk.Taken(); {
	case taken == nil:
		c.bad(path+".quantity", "the package has a quantity of none of its sizes", "the quantity of the size that holds unless another is picked")
	case ok && (taken.Price.Unknown != comp.UnitPrice.Unknown || !taken.Price.Number.Equal(comp.UnitPrice.Number)):
		c.warn(path+".charged_by", "the price of "+comp.ID+" is not that of the size "+taken.ID, "write one price for it, unless a contract has agreed another")
	}
}
