// Package compliance says whether a number may be called at an instant, and by
// which rules not.
//
// It owns the rules of places as dated data with their source (packs/*.json), the
// stricter rules a company adds, the switches that lift a rule for one campaign,
// the question "may this number be called now?", what the dialer must keep to
// while it calls, and the record of what was asked and answered. It does not own
// leads, attempts or lists (it is told them), nor what anybody does with the
// answer. It gives no legal advice: a rule is what its source was read to say on
// its day, and its confidence tells how good that reading is.
//
//	packs + a campaign's own rules and switches -- Packs.For --> Book
//	Book + one lead as it stands + an instant   -- Book.Ask  --> Answer
//
// What always holds: every rule of both places (that of the number and that of
// the address) is asked in every time zone of both, and one that holds the call
// back is enough; an answer names all that do, not the first; adding a rule never
// allows what was forbidden; what is not known (a place, a zone, a consent, a list
// nobody asked) holds back; a switch names its rule, its reason and who set it,
// and a refusal has no switch; Again is the first instant at which nothing holds
// back, to the microsecond, if nothing else changes until then.
//
// Its times: hours and days are on the wall clock of the called person's zones,
// also where clocks change; a window holds its first instant and not its last. The
// dates of a rule are days of its place: from the first instant of From in any of
// its zones until the last zone has reached To.
package compliance
