// Package workspace keeps what somebody is comparing or auditing: uploaded files
// in a temporary folder, the offers picked, the usage in its compact form, and
// the answers made of it.
//
// It owns the life of these things: where files lie, how many and how large they
// may be, when they are swept, what is read in which order and how far that is.
// It does not own what a record means (package usage/cdr), what an offer costs
// (package compare) or what is wrong with a bill (package audit).
//
// What always holds: read = accepted + rejected + duplicate + ignored, for every
// file; a file that is not what it claims is refused whole, with its line, and
// nothing of it counts; the same content twice is one file; whoever has the
// token to read cannot change anything; nothing outlives its age or the process.
//
// Its times: Made and Used are the clock's, for sweeping alone; zones are those
// of the records and of the plans.
package workspace
