package meter

import (
	"slices"
	"strings"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/contract"
	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// CountRentals is how many items are charged for the whole period, exactly:
// each rented thing for its own days, by the rules of CountModules, but that
// none charges every thing rented at all whole. Facts with one source and
// identifier are one thing. A quantity the contract fixes takes the place of
// the facts; what it gives back is charged until the day before, or to that
// day where the off day is charged.
//
// Parts are the things of one kind with one share. Rentals that end before
// they start are Problems.
func CountRentals(c *catalog.Component, rentals []usage.Rental, terms *contract.Terms) (_ Quantity, err error) {
	defer fault.Wrap(&err, "component %s", c.ID)
	if isFixed(c, terms) {
		return fixedRentals(c, terms)
	}
	q := Quantity{Unit: "item"}
	things, err := gatherRentals(c, rentals)
	served := Served(c, terms)
	if err != nil || served.Days() == 0 {
		return q, err
	}
	days := newStay(c, served, terms)
	for _, t := range things {
		if part, in := days.part(t.stretches); in {
			part.Key = t.item
			q.Parts = append(q.Parts, part)
			q.Count += part.Count
		}
	}
	q.Parts = gather(q.Parts)
	q.Steps = append(q.Steps, days.step())
	q.Raw = total(q.Parts)
	return q, nil
}

// thing is one rented thing.
type thing struct {
	item      string
	stretches []between[timex.Instant]
}

func gatherRentals(c *catalog.Component, rentals []usage.Rental) (map[string]*thing, error) {
	out := map[string]*thing{}
	var problems fault.Problems
	for i := range rentals {
		r := &rentals[i]
		if !anyFold(c.Where.Item, r.Item) {
			continue
		}
		if found, bad := endsEarly("rental", r.Source, r.ID, r.From, r.To); bad {
			problems = append(problems, found)
			continue
		}
		item := strings.ToLower(r.Item)
		key := item + "\x00" + factKey(r.Source, r.ID, i)
		if out[key] == nil {
			out[key] = &thing{item: item}
		}
		out[key].stretches = append(out[key].stretches, between[timex.Instant]{r.From, r.To})
	}
	return out, problems.Err()
}

// gather adds up parts of one kind with one share: kinds by name, within a kind
// the largest share first.
func gather(parts []Part) []Part {
	slices.SortFunc(parts, func(a, b Part) int {
		if a.Key != b.Key {
			return order(a.Key, b.Key)
		}
		return b.Share.Num.Cmp(a.Share.Num)
	})
	out := parts[:0]
	for _, p := range parts {
		last := len(out) - 1
		if last < 0 || out[last].Key != p.Key || !out[last].Share.Num.Equal(p.Share.Num) {
			out = append(out, p)
			continue
		}
		o := &out[last]
		o.Quantity, o.Count = o.Quantity.Add(p.Quantity), o.Count+p.Count
		o.First, o.After = min(o.First, p.First), max(o.After, p.After)
	}
	return out
}

// fixedRentals charges the contract's own quantity, day by day.
func fixedRentals(c *catalog.Component, terms *contract.Terms) (Quantity, error) {
	q := Quantity{Unit: "item"}
	served := Served(c, terms)
	if served.Days() == 0 {
		return q, nil
	}
	marks, err := fixedMarks(c, terms, served)
	if err != nil {
		return q, err
	}
	q.Steps = append(q.Steps, fixedStep(c, terms))
	rules := catalog.Component{SameDay: catalog.EndOfDay, Proration: c.Proration}
	for _, r := range settle(&rules, marks, served, terms) {
		q.Runs = join(q.Runs, r)
	}
	if c.OffDay == catalog.OffDayCharged {
		q.Runs = keepOffDays(q.Runs, terms)
	}
	q.Parts = layers(newBasis(c.Proration, Dates{terms.First, terms.After}, terms.Loc), q.Runs)
	q.Raw = total(q.Parts)
	return q, nil
}

// keepOffDays makes each fall of a level a day later.
func keepOffDays(runs []Run, terms *contract.Terms) []Run {
	var out []Run
	for i, r := range runs {
		if i > 0 && r.Level.Less(runs[i-1].Level) {
			day := Dates{r.First, r.First + 1}
			out = join(out, Run{Dates: day, Time: day.in(terms.Loc), Level: runs[i-1].Level})
			r.First, r.Time.From = day.After, day.in(terms.Loc).To
		}
		if r.First < r.After {
			out = join(out, r)
		}
	}
	return out
}
