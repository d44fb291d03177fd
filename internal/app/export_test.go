package app

// FindWithin is FindRecordings with a bound that a test can reach.
var FindWithin = (*System).findWithin
