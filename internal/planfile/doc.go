// Package planfile turns plan, contract, profile and mapping files, written in
// YAML or JSON, into the Go types that carry `plan` tags, writes such types as
// YAML again, and publishes their JSON Schema.
//
// It owns the strict reading of files: every problem has file, line, column,
// path, value, expectation and remedy, and all of them come at once. It does
// not own what the values mean: package catalog and package contract check
// that, and Positions tells where their findings stand in the file.
//
// What always holds: a number is read from its digits, never through a float;
// an unknown or repeated key is an error; anchors, aliases, merge keys and tags
// are refused, so a small file cannot grow into a large one; no input makes the
// package panic.
package planfile
