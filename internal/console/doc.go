// Package console is the web console: pages rendered by the server, made live
// by htmx and a few small modules, in three languages, light and dark.
//
// It owns how things look and what is asked in which order. It does not own
// what is true: every figure comes from a use case, and no page reads a
// database.
//
// What always holds: pages have a strict content policy, no inline script or
// style and no eval; every sentence comes from the catalogue of package lang;
// every list is a real table and every action a real form, so that all of it
// works without a script.
package console
