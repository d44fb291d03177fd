package app

import (
	"slices"

	"waihu/internal/charging/ledger"
	"waihu/internal/charging/wallet"
	"waihu/internal/money"
	"waihu/internal/store"
)

// replayed is a wallet as it is kept, and as its journal makes it again.
type replayed struct {
	kept   Purse
	again  wallet.Purse
	failed error // of the first entry that cannot be replayed
}

// follow replays the next entries of the journal.
func (w *replayed) follow(list []ledger.Entry) {
	if w.failed == nil {
		w.failed = w.again.Replay(w.kept.Name, list)
	}
}

// purses reads the wallets, before the journal is.
func (x *examination) purses() error {
	return each(x.tx, x.c, KindWallet, store.Key{}, func(p Purse, _ *store.Record) error {
		x.wallets = append(x.wallets, &replayed{kept: p, again: wallet.NewPurse(p.Purse.Currency)})
		return nil
	})
}

// replays compares each wallet with its journal: its lots, what it is short of,
// and what its calls took that no invoice has yet.
func (x *examination) replays() error {
	for _, w := range x.wallets {
		p := &w.kept
		switch {
		case w.failed != nil:
			x.found(ruleBalance, "wallet %s: %v", p.Name, w.failed)
			continue
		case w.again.Short != p.Purse.Short || !slices.Equal(w.again.Lots, p.Purse.Lots):
			x.found(ruleBalance, "wallet %s holds %d amounts and is short of %s, its journal says %d and %s, or they differ in what is left or when they expire", p.Name,
				len(p.Purse.Lots), p.Purse.Short, len(w.again.Lots), w.again.Short)
		}
		var taken, booked int64
		for _, t := range p.Taken {
			taken += t.Amount.Micros()
		}
		for i, a := range x.contracts {
			if a.Wallet == p.Name {
				booked -= x.balances.Of(ledger.Consumed(i.String()), p.Purse.Currency).Micros()
			}
		}
		if taken != booked {
			x.found(ruleBalance, "calls took %s from wallet %s that no invoice has, its journal says %s", money.Micros(taken, p.Purse.Currency), p.Name, money.Micros(booked, p.Purse.Currency))
		}
	}
	return nil
}
