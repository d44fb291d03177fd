// Package receive takes in the records of the systems people run already: what
// FreeSWITCH posts, what Asterisk appends to its file or tells over its manager
// interface, the tables of VICIdial and Kamailio, and files that are uploaded.
//
// It owns how records are fetched and how far that has come. It does not own
// what they mean (package usage/cdr reads them) nor how usage is kept (package
// app).
//
// What always holds: how far a source was read is written in the transaction of
// the usage that was read, so that neither a crash nor a rotation loses or
// doubles a record; a record that cannot be read is counted and told, and never
// stops the others; reading again what was read changes nothing.
//
// Its times: stamps that name no zone are local to the zone the source is
// configured with.
package receive
