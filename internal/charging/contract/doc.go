// Package contract holds who bought which plan, from when, on what terms, and
// works out the terms that are in force for one billing period.
//
// It owns the Contract as a file states it, and Terms: a plan as a contract
// changed it, with dates, fixed quantities and modules. It does not own plans
// (package catalog), files (package planfile) or money that was paid. What needs
// the past of an account comes in as a Standing, what was measured of service
// levels is stated. Notice and renewal are kept and checked here; they are
// charged nowhere.
//
// What always holds: the plan a contract names is never changed, Terms have a
// copy; changes of quantity hold from their very day, changes of price from the
// first period that begins on their day or later.
//
// Its times: Start is the first local day of service, End the day after the
// last; dates of ramps and amendments are the first day they hold; all are days
// on the wall calendar of the contract's zone.
package contract
