package cases

import (
	"fmt"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/invoice"
	"waihu/internal/exact"
)

// side is one of two ways to be billed for minutes.
type side func(minutes exact.Number) (*invoice.Invoice, error)

// cheaper is -1 where a costs less, 1 where b does, 0 where both cost the same.
func cheaper(a, b side, minutes exact.Number) (int, error) {
	left, err := a(minutes)
	if err != nil {
		return 0, err
	}
	right, err := b(minutes)
	if err != nil {
		return 0, err
	}
	return left.Total.Cmp(right.Total), nil
}

// bySeconds is a fee and talk time by the second beyond what it includes.
func bySeconds(p minutePackage) side {
	return func(minutes exact.Number) (*invoice.Invoice, error) {
		comp := p.component()
		if p.Included.IsZero() {
			comp.Included = nil
		}
		w := newWorld(comp, fee("fee", p.Fee.price()))
		if err := w.talked("agent", minutes, 0); err != nil {
			return nil, err
		}
		return w.draft()
	}
}

// flips checks that who is cheaper changes at each point: another a minute before
// than a minute after, and nobody at the point itself.
func flips(a, b side, points []num) error {
	for _, p := range points {
		var who [3]int
		for i, minutes := range []exact.Number{p.Sub(exact.One), p.Number, p.Add(exact.One)} {
			var err error
			if who[i], err = cheaper(a, b, minutes); err != nil {
				return err
			}
		}
		if who[0] == 0 || who[1] != 0 || who[2] != -who[0] {
			return fmt.Errorf("at %s minutes nothing flips: %v", p, who)
		}
	}
	return nil
}

// breakEvenMinutes compares a seat with a fixed fee to minutes.
func breakEvenMinutes(c *charge) (answer, error) {
	var price struct {
		Kind  string `json:"kind"`
		Fixed num    `json:"fixed"`
		Rate  num    `json:"rate"`
	}
	if err := c.read(&price, nil, nil); err != nil {
		return nil, err
	}
	var point num
	if err := point.UnmarshalJSON(c.Expected["minutes"]); err != nil {
		return nil, err
	}
	byMinute := bySeconds(minutePackage{Fee: num{given: true}, Overage: price.Rate})
	bySeat := func(exact.Number) (*invoice.Invoice, error) {
		return newWorld(fee("seat", price.Fixed.price())).draft()
	}
	return answer{"minutes": point.Number}, flips(byMinute, bySeat, []num{point})
}

// breakEvenPackages also looks for flips nobody expects, every 250 minutes.
func breakEvenPackages(c *charge) (answer, error) {
	var price struct {
		Kind string        `json:"kind"`
		A    minutePackage `json:"a"`
		B    minutePackage `json:"b"`
	}
	if err := c.read(&price, nil, nil); err != nil {
		return nil, err
	}
	var points []num
	if err := strictly(c.Expected["minutes"], &points); err != nil {
		return nil, err
	}
	a, b := bySeconds(price.A), bySeconds(price.B)
	if err := flips(a, b, points); err != nil {
		return nil, err
	}
	last, found := 0, 0
	for minutes := int64(0); minutes <= 12_000; minutes += 250 {
		who, err := cheaper(a, b, exact.Int(minutes))
		if err != nil {
			return nil, err
		}
		if who != 0 && last == -who {
			found++
		}
		if who != 0 {
			last = who
		}
	}
	if found != len(points) {
		return nil, fmt.Errorf("who is cheaper changes %d times", found)
	}
	list := []exact.Number{}
	for _, p := range points {
		list = append(list, p.Number)
	}
	return answer{"minutes": list}, nil
}

// breakEvenDuration finds the first length of a call at which a costs no more
// than b.
func breakEvenDuration(c *charge) (answer, error) {
	type callRate struct {
		Rate  num   `json:"rate"`
		First int32 `json:"first_s"`
		Next  int32 `json:"next_s"`
	}
	var price struct {
		Kind string   `json:"kind"`
		A    callRate `json:"a"`
		B    callRate `json:"b"`
	}
	if err := c.read(&price, nil, nil); err != nil {
		return nil, err
	}
	cost := func(r callRate, s int64) (exact.Number, error) {
		w := newWorld(catalog.Component{ID: "call", Measure: catalog.TalkTime, UnitPrice: r.Rate.price(), Increment: catalog.Increment{First: r.First, Next: r.Next}})
		w.call(talk(s), 1)
		l, _, err := w.lineOf("call")
		if err != nil {
			return exact.Zero, err
		}
		return l.Exact, nil
	}
	for s := int64(1); s <= 3600; s++ {
		a, err := cost(price.A, s)
		if err != nil {
			return nil, err
		}
		b, err := cost(price.B, s)
		if err != nil {
			return nil, err
		}
		if a.Cmp(b) <= 0 {
			return answer{"first_duration_s": s}, nil
		}
	}
	return nil, fmt.Errorf("a is dearer for an hour")
}
