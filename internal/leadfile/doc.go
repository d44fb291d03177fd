// Package leadfile reads lists of leads: separated values in any encoding,
// workbooks, and the layout VICIdial loads and lists.
//
// It owns which column means what: how that is guessed, said and checked; how a
// row becomes a lead; and the file of rows that are wrong, each with why, which
// can be mended and read again. It does not own lists, duplicates or what is kept
// (package app).
//
// What always holds: each row below the header comes out once, as a lead or with
// its problem; the same file, mapping and options give the same rows, so that
// reading can go on where it stopped; memory does not grow with the file; a number
// is E.164, or its row has a problem.
//
// Its times: a date without a zone is of the zone the options name.
package leadfile
