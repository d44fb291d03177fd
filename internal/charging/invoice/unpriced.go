package invoice

import (
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/charging/meter"
	"waihu/internal/charging/rating"
)

// examplesKept is how many examples of one reason an invoice shows.
const examplesKept = 5

// unpriced is what nothing that is charged has a price for, by reason. What only
// a way that "the cheaper of" did not choose cannot price is priced: by the way
// that was chosen, or beside it.
func unpriced(list []meter.Unpriced, p *catalog.Plan, groups []rating.Group) []Unpriced {
	gone := notCharged(p, groups)
	var out []Unpriced
	for _, u := range list {
		kept := func(id string) bool { return !gone[id] }
		if len(u.Refused) > 0 && !slices.ContainsFunc(u.Refused, kept) && slices.ContainsFunc(u.Priced, kept) {
			continue
		}
		i := slices.IndexFunc(out, func(o Unpriced) bool { return o.Facts == u.Facts && o.Reason == u.Reason })
		if i < 0 {
			out = append(out, Unpriced{Facts: u.Facts, Reason: u.Reason, Count: u.Count, Seconds: u.Seconds, Examples: u.Examples})
			continue
		}
		o := &out[i]
		o.Count, o.Seconds = o.Count+u.Count, o.Seconds+u.Seconds
		all := slices.Concat(o.Examples, u.Examples)
		slices.Sort(all)
		all = slices.Compact(all)
		o.Examples = all[:min(len(all), examplesKept)]
	}
	return out
}

// notCharged are the components of ways that were not chosen.
func notCharged(p *catalog.Plan, groups []rating.Group) map[string]bool {
	out := map[string]bool{}
	each := func(chosen bool, do func(id string)) {
		for gi := range groups {
			for oi := range groups[gi].Options {
				if groups[gi].Options[oi].Chosen == chosen {
					for _, id := range p.Cheapest[gi].Options[oi].Components {
						do(id)
					}
				}
			}
		}
	}
	each(false, func(id string) { out[id] = true })
	each(true, func(id string) { delete(out, id) })
	return out
}
