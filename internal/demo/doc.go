// Package demo makes a living company to look at: a year of three firms' calling
// on three charging methods, closed month by month, invoices paid and unpaid, and
// usage that goes on while one watches.
//
// It owns made-up firms, their plans and contracts, and the order in which their
// year is told. It does not own any rule: everything goes through the use cases
// of package app, with a clock that walks through the year.
//
// What always holds: the same seed and moment give the same history; nothing of it
// is about a real company.
package demo
