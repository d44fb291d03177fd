// Package cases runs charging cases through the engine: prices, usage and
// periods whose amounts were worked out elsewhere, in exact arithmetic.
//
// It owns testdata/public.jsonl, one case a line (testdata/schema.md says what
// they mean), and the glue that makes a plan and facts of each. It owns no rule:
// every amount it compares comes out of meter, rating, invoice, deck, wallet,
// timex or money. It has no code outside its tests.
//
// What always holds: every case is run, or stands in a table with the reason
// why not; every key of what a case expects is compared; every rule option a
// case names is either passed to the engine or is the engine's only way, and
// then stands in a table too; a case that is said to fail and does not is an
// error.
package cases
