// Package serve is the running service: it opens the database, puts the rooms
// together, serves the interface and does what has to be done by itself.
//
// It owns the configuration and where each value came from, the first start from
// an empty folder, the workers and their leases, metrics, and the order of
// starting and stopping. It does not own what any of them does.
//
// What always holds: whoever starts a worker waits for its end; a stop lets
// requests and running work come to their end, within a bound; nothing secret is
// logged or shown.
//
// Its times: the day's work is done for the UTC date; pauses between rounds of a
// worker count from the end of the round before.
package serve
