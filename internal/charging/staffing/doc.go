// Package staffing works out how many seats a load of calls needs: for calls
// that come in (Erlang C, and Erlang A where callers lose patience), for calls
// that are dialled (pacing), half hour by half hour and for a month as a whole.
//
// It owns the queueing formulas, the figures of pacing and the recommendation
// with its reasons. It does not own the load (package forecast gathers it) nor
// what seats cost (the ordinary engine prices them).
//
// What always holds: figures here are floats, because they are statistics, and
// none of them is money. More seats never serve worse. A load without calls
// needs no seats. Every sum and search has a bound.
//
// Its times: Handle is talk and wrap-up of one answered call; Within is from
// the moment a caller would have an agent if one were free; a half hour begins
// at From and ends 30 minutes later.
package staffing
