package wallet

import (
	"cmp"
	"slices"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// Lot is balance that came in at once: a top-up or a grant.
type Lot struct {
	ID      string        `json:"id"` // reference of the entry that brought it
	Bought  bool          `json:"bought"`
	Left    money.Amount  `json:"left"`
	Expires timex.Instant `json:"expires,omitzero"` // zero: never
}

// alive tells whether the lot can be used at a moment.
func (l *Lot) alive(now timex.Instant) bool {
	return l.Left.Sign() > 0 && (l.Expires == 0 || now < l.Expires)
}

// order is the order of use: granted before bought, then the soonest expiry,
// what never expires last, then the oldest.
func order(a, b *Lot) int {
	if a.Bought != b.Bought {
		if b.Bought {
			return -1
		}
		return 1
	}
	if a.Expires != b.Expires {
		switch {
		case a.Expires == 0:
			return 1
		case b.Expires == 0:
			return -1
		}
		return cmp.Compare(a.Expires, b.Expires)
	}
	return cmp.Compare(a.ID, b.ID)
}

// maxLots bounds the lots a purse keeps at a time.
const maxLots = 10_000

// Purse is the lots of one wallet, in the order of use, and what was spent
// beyond them.
type Purse struct {
	Currency money.Currency `json:"currency"`
	Lots     []Lot          `json:"lots,omitempty"`
	Short    money.Amount   `json:"short"` // spent beyond the lots; the next lot makes it up
}

// NewPurse has nothing in it.
func NewPurse(c money.Currency) Purse { return Purse{Currency: c, Short: money.Zero(c)} }

// Balance is what can be used at a moment, less what is short.
func (p *Purse) Balance(now timex.Instant) (money.Amount, error) {
	sum := p.Short.Neg()
	for i := range p.Lots {
		if !p.Lots[i].alive(now) {
			continue
		}
		var err error
		if sum, err = sum.Add(p.Lots[i].Left); err != nil {
			return sum, fault.New(fault.Overflow, "the balance: %v", err)
		}
	}
	return sum, nil
}

// Add puts a lot in. It makes up first for what is short. A lot that is there
// already is a Conflict.
func (p *Purse) Add(l Lot) error {
	if l.Left.Currency() != p.Currency || l.Left.Sign() <= 0 {
		return fault.New(fault.Invalid, "%s cannot be put into a wallet in %s: an amount above zero in that currency was expected", l.Left, p.Currency)
	}
	if slices.ContainsFunc(p.Lots, func(x Lot) bool { return x.ID == l.ID }) {
		return fault.New(fault.Conflict, "balance %s is in the wallet already", l.ID)
	}
	if len(p.Lots) == maxLots {
		return fault.New(fault.Conflict, "the wallet holds %d amounts that are not used up: let some be used or expire first", maxLots)
	}
	makes := min(l.Left.Micros(), p.Short.Micros())
	p.Short = money.Micros(p.Short.Micros()-makes, p.Currency)
	if l.Left = money.Micros(l.Left.Micros()-makes, p.Currency); l.Left.IsZero() {
		return nil
	}
	at, _ := slices.BinarySearchFunc(p.Lots, &l, func(x Lot, target *Lot) int { return order(&x, target) })
	p.Lots = slices.Insert(p.Lots, at, l)
	return nil
}

// Take spends an amount in the order of use. What the lots do not cover becomes
// short: the call was made.
func (p *Purse) Take(amount money.Amount, now timex.Instant) error {
	if amount.Currency() != p.Currency || amount.Sign() < 0 {
		return fault.New(fault.Invalid, "%s cannot be taken from a wallet in %s", amount, p.Currency)
	}
	left := amount.Micros()
	for i := range p.Lots {
		l := &p.Lots[i]
		if left == 0 || !l.alive(now) {
			continue
		}
		n := min(left, l.Left.Micros())
		l.Left, left = money.Micros(l.Left.Micros()-n, p.Currency), left-n
	}
	p.Lots = slices.DeleteFunc(p.Lots, func(l Lot) bool { return l.Left.IsZero() })
	short, err := p.Short.Add(money.Micros(left, p.Currency))
	if err != nil {
		return fault.New(fault.Overflow, "what is short: %v", err)
	}
	p.Short = short
	return nil
}

// Expire takes out what ran out of time by a moment, for the books.
func (p *Purse) Expire(now timex.Instant) []Lot {
	var out []Lot
	p.Lots = slices.DeleteFunc(p.Lots, func(l Lot) bool {
		gone := l.Expires != 0 && l.Expires <= now
		if gone {
			out = append(out, l)
		}
		return gone
	})
	return out
}

// drop takes one lot out.
func (p *Purse) drop(id string) {
	p.Lots = slices.DeleteFunc(p.Lots, func(l Lot) bool { return l.ID == id })
}

// Replay books the entries of a journal on the purse of a wallet, as they were:
// what is stored beside the journal must be what all of them make of a new purse.
// Notes of top-ups and grants hold when they expire. Entries must be in order;
// those of other wallets are passed over.
func (p *Purse) Replay(name string, entries []ledger.Entry) error {
	account := ledger.Wallet(name)
	for i := range entries {
		e := &entries[i]
		for _, post := range e.Postings {
			if post.Account != account || post.Amount.Currency() != p.Currency {
				continue
			}
			if err := p.book(e, post.Amount); err != nil {
				return fault.New(fault.Mismatch, "entry %d: %v", e.Seq, err)
			}
		}
	}
	return nil
}

// book is one posting on the wallet: credits come in, debits go out.
func (p *Purse) book(e *ledger.Entry, amount money.Amount) error {
	switch {
	case e.Kind == ledger.KindExpiry:
		p.drop(e.Ref)
		return nil
	case amount.Sign() > 0:
		return p.Take(amount, e.At)
	}
	l := Lot{ID: e.Ref, Bought: e.Kind != ledger.KindGrant, Left: amount.Neg()}
	if err := l.Expires.UnmarshalText([]byte(e.Note)); err != nil {
		return err
	}
	return p.Add(l)
}
