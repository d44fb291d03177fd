// Package wallet says whether a prepaid call may be made and what it takes:
// included seconds first, then money.
//
// It owns the Balance of one account while calls run (what is there, what is
// held for them, what each took), the Purse of lots a balance is made of (what
// was granted is used before what was bought, what expires soonest first), and
// the rules of topping up. It does not own what a call costs (package deck) or
// what is booked (package ledger).
//
// What always holds: Available is what is there less what is held; a call is
// authorised once and settled once, however often its end is reported; a refused
// call changes nothing; what a call did not use goes back. A call that was made
// is always booked, even beyond the money there was. A purse is what its journal
// replays to.
//
//	(none) --Authorise--> held --Settle---> settled
//	                      held --Release--> released --Settle--> settled
//	(none) --Settle--> settled                (it turned out to have been made)
//
// A Balance has no times: what comes first is what is called first. It belongs
// to one goroutine; whoever shares it must put callers in a row, so that thirty
// calls started at once on credit for one place exactly one. A Lot ends at the
// instant it Expires; that instant is not in it.
package wallet
