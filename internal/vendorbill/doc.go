// Package vendorbill reads what vendors send: bills as CSV or XLSX by a small
// mapping, lists of charged calls, and our own invoices as JSON.
//
// It owns the mapping, the two file formats as far as bills need them, and the
// reading of amounts, dates and durations as people write them. It does not own
// what a bill means (package audit) nor record formats of telephone systems
// (package usage/cdr, whose opening of files it uses).
//
// What always holds: figures are read exactly or refused with their cell;
// read = accepted + rejected + ignored; a file that is no bill is an error that
// says what it is, what was expected and what to do.
//
// Its times: dates are local dates as the bill writes them; starts of calls are
// wall clocks in the mapping's zone, which become UTC.
package vendorbill
