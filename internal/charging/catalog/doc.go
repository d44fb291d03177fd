// Package catalog holds plans: what is charged, in which components, at which
// prices, under which named rules.
//
// It owns the plan language as Go types and the checks that a plan makes sense.
// It does not own reading plans from files (package planfile), who bought which
// plan (package contract) or what usage costs (packages meter and rating).
//
// What always holds: a published version never changes; seat, time, module,
// call-volume and call-type charging are the same Component with other
// sources; a price that is not known is Unknown, never zero.
//
// Every component is one pipeline, in this order, each step optional:
//
//	measure -> where -> increment (each event) -> aggregate over the period
//	  -> included -> tiers / rates / deck / unit price -> discount
//	  -> minimum / maximum -> tax class -> rounding of the line
//
// Its times: Effective is the first local day contracts can buy the version;
// schedules and periods are wall-clock time in the plan's zone, unless the
// contract names another.
//
// The `plan` tag is the key in a plan file, `doc` the sentence the schema
// publishes for it.
package catalog
