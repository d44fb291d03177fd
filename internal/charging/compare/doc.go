// Package compare answers a buyer's question: given how we really call, which
// charging method and which vendor's offer costs least, why, for how long, and
// what is hidden in it?
//
// It owns the compact form of usage (Usage), the same usage under many offers
// (Run) and every answer made from it (Result). It does not own what anything
// costs: every figure is the total of a bill made by meter, rating and
// invoice.Draft, or a sum of such totals. It does not own words: it names
// phrases of package lang, with their arguments.
//
// What always holds: a cost equals what waihu bill says of the same usage, plan
// and period, to the last digit; the order of facts never shows; an unknown
// price makes a range or a total that cannot be told, never a zero; one seed
// gives one answer.
//
// Its times: usage is cut into the billing periods of each plan, in the plan's
// zone; only periods that the usage covers whole are compared. A horizon of
// more months than there are repeats the real ones in their order, and the age
// of the contract goes on. "Today", for notice and downsizing, is the day after
// the last period of the usage.
package compare
