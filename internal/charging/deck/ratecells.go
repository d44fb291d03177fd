package deck

import (
	"fmt"
	"strings"

	"waihu/internal/timex"
)

// rate is what the record says over the defaults; what is wrong is reported.
func (f *file) rate() Rate {
	r := f.defaults
	f.price(&r)
	f.increments(&r)
	for _, m := range []struct {
		of field
		to *int64
	}{{fieldConnect, &r.Connect}, {fieldMinCost, &r.MinCost}, {fieldMaxCost, &r.MaxCost}} {
		if s := f.cell(m.of); s != "" {
			n, w := parseNano(s)
			f.refuse(m.of, w)
			*m.to = n
			if m.of == fieldConnect {
				r.ConnectFree = n == 0
			}
		}
	}
	for _, d := range []struct {
		of     field
		to     *int32
		lowest int32
	}{{fieldPer, &r.Per, 1}, {fieldMinimum, &r.Minimum, 0}, {fieldGrace, &r.Grace, 0}} {
		if s := f.cell(d.of); s != "" {
			n, w := parseSeconds(s, d.lowest)
			f.refuse(d.of, w)
			*d.to = n
		}
	}
	return r
}

// price reads price and status: blocked or unknown in either place holds. The
// price of such a row means nothing and is kept as 0.
func (f *file) price(r *Rate) {
	if named := f.layout.per; named > 0 {
		r.Per = named
		if s := f.cell(fieldPer); s != "" {
			if n, _ := parseSeconds(s, 1); n != named {
				f.refuse(fieldPer, wrong{"contradicts the header of the price", fmt.Sprintf("%d seconds", named), "name the price column just price"})
			}
		}
	}
	price, status, w := parsePrice(f.cell(fieldPrice))
	f.refuse(fieldPrice, w)
	said, w := parseStatus(f.cell(fieldStatus))
	f.refuse(fieldStatus, w)
	if said != Priced {
		price, status = 0, said
	}
	r.Price, r.Status = price, status
}

// increments reads the first and the next increment, from one column or two.
func (f *file) increments(r *Rate) {
	if s := f.cell(fieldIncrement); s != "" {
		first, next, w := parseIncrements(s)
		f.refuse(fieldIncrement, w)
		r.First, r.Next = first, next
	}
	for _, c := range []struct {
		of field
		to *int32
	}{{fieldFirst, &r.First}, {fieldNext, &r.Next}} {
		if s := f.cell(c.of); s != "" {
			n, w := parseSeconds(s, 1)
			f.refuse(c.of, w)
			*c.to = n
		}
	}
}

// from reads the first day of the row. Most rows of a deck have the same, so the
// last one is kept.
func (f *file) from() (timex.Date, wrong) {
	s := f.cell(fieldFrom)
	if s == "" {
		return 0, wrong{}
	}
	if s == f.day.text {
		return f.day.date, wrong{}
	}
	d, w := parseFrom(s)
	if !w.is() {
		f.day = day{strings.Clone(s), d}
	}
	return d, w
}

// day is a date and how it is written.
type day struct {
	text string
	date timex.Date
}
