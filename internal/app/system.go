package app

import (
	"sync/atomic"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/life"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/voice/prompt"
	"waihu/internal/voice/vault"
)

// People knows the people of companies.
type People interface {
	// NameOf is what a person of a company is called; of others nothing is found.
	NameOf(tx store.Tx, c id.Company, user id.ID) (string, error)
}

// System is the books of a running service: use cases that need what was stored
// are its methods, one file a verb.
type System struct {
	DB   store.DB
	IDs  *id.Maker
	Node string // name of this process among its equals

	Reach Reach        // where the trunks go; nil: nobody calls here
	Vault *vault.Vault // where recordings lie; nil: nothing is recorded here
	Fraud FraudBound   // when calls of a company are held by themselves

	Prompts  *prompt.Set // the system's own, beside those of companies; nil: the generated ones
	KeepDays int         // that a prompt's sound is kept once another took its place, as recordings are; 0: DefaultKeepDays
	People   People      // what agents are called; nil: as their calls name them

	billing atomic.Bool // a bill run is done here: its lease is the node's, and tells nodes apart only

	refused refusals // calls to costly destinations

	read    reading // plans and contracts read from their texts
	priced  prices  // what calls of companies cost
	costs   costs   // what running periods come to
	glances glances // forecasts and advice of running periods

	others  keptFigures[life.Cost]        // periods billed with the use of others
	drafts  keptFigures[*invoice.Invoice] // drafts that are looked at
	margins keptFigures[costed]           // carrier costs of periods
	floors  keptFigures[*watch]           // people and modules seen in periods
	sights  keptFigures[*sight]           // the same with what seats came to
	checked checked                       // files of recordings
	heard   heardPrompts                  // prompts that were played
}
