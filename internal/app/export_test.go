package app

import (
	"waihu/internal/money"
	"waihu/internal/store"
)

// FindWithin is FindRecordings with a bound that a test can reach.
var FindWithin = (*System).findWithin

// Become makes a tally be in the currency of what is spent now.
func Become(t *Tally, tx store.Tx, cost money.Amount) error { return t.become(tx, cost) }
