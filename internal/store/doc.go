// Package store says what the system needs kept, and how it may count on it. It
// has no code that keeps anything: package sqlite and package postgres below it
// do, and package storetest holds both to what is written here.
//
// What always holds: every key begins with the company; what Update did is on
// disk when it returns without error, all of it or, with an error, none;
// everything one transaction sees is of one moment, and Now is that moment;
// instants of a company's transactions never go back; facts, entries of the
// journal, issued documents and the audit log are only ever added to.
//
// Its times: all are UTC, in microseconds; dates are local to what they belong
// to. Positions count what was added to a company's usage, 1, 2, ...: "up to
// position n" is the usage as it was known when n was the last.
package store
