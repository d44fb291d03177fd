package ledger

import (
	"iter"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/money"
)

// The books of one company, seen from the seller. Debits are what the seller
// has or spent, credits what it owes or earned.
const (
	Receivable  Account = "receivable"      // invoices not yet paid
	Unbilled    Account = "unbilled"        // used, not yet invoiced: see Accruing
	Tax         Account = "tax"             // owed to the tax office
	Cash        Account = "cash"            // what came in
	Unapplied   Account = "unapplied"       // paid or credited beyond what was asked: owed to the customer
	Breakage    Account = "breakage"        // bought balance that expired unused
	Granted     Account = "granted"         // balance that was given, not bought
	BadDebt     Account = "bad_debt"        // invoices nobody will pay
	CarrierCost Account = "carrier_cost"    // what calls cost the seller
	CarrierOwed Account = "carrier_payable" // and whom that is owed to
	Exchange    Account = "exchange"        // where two currencies meet: one side in each
	FxResult    Account = "fx"              // won (credit) or lost (debit) on the rates
)

// Revenue is what was earned in a category: seats, voice, modules ...
func Revenue(category string) Account { return in("revenue", category) }

// Deferred is what was invoiced in a category and is earned later.
func Deferred(category string) Account { return in("deferred", category) }

// Wallet is the prepaid balance of a name.
func Wallet(name string) Account { return in("wallet", name) }

// Consumed is what prepaid calls of a contract took and no invoice has yet.
func Consumed(contract string) Account { return in("consumed", contract) }

// other is the category of what names none.
const other = "other"

func in(class, what string) Account {
	if what == "" {
		what = other
	}
	return Account(class + ":" + what)
}

// Class is the account without what it is for: "revenue" of "revenue:voice".
func (a Account) Class() string {
	class, _, _ := strings.Cut(string(a), ":")
	return class
}

// Of is what the account is for: "voice" of "revenue:voice"; empty if it is for
// all.
func (a Account) Of() string {
	_, of, _ := strings.Cut(string(a), ":")
	return of
}

// place is an account in one currency.
type place struct {
	account  Account
	currency money.Currency
}

// Balances is what stands in every account: the projection of a journal. The
// zero value is that of empty books.
type Balances struct{ at map[place]money.Amount }

// Book adds an entry. An error is of kind Overflow and leaves the balances as
// they were.
func (b *Balances) Book(e *Entry) error {
	next := map[place]money.Amount{}
	for _, p := range e.Postings {
		k := place{p.Account, p.Amount.Currency()}
		sum, known := next[k]
		if !known {
			sum = b.Of(k.account, k.currency)
		}
		sum, err := sum.Add(p.Amount)
		if err != nil {
			return fault.New(fault.Overflow, "account %s: %v", p.Account, err)
		}
		next[k] = sum
	}
	if b.at == nil {
		b.at = map[place]money.Amount{}
	}
	for k, sum := range next {
		b.at[k] = sum
	}
	return nil
}

// Of is what stands in an account in a currency, debits positive.
func (b *Balances) Of(a Account, c money.Currency) money.Amount {
	if sum, known := b.at[place{a, c}]; known {
		return sum
	}
	return money.Zero(c)
}

// All are the accounts that something was booked on, in no order.
func (b *Balances) All() iter.Seq2[Account, money.Amount] {
	return func(yield func(Account, money.Amount) bool) {
		for k, sum := range b.at {
			if !yield(k.account, sum) {
				return
			}
		}
	}
}

// Verify looks at a stretch of a journal behind number seq and hash prev, and
// tells how many entries are right from the first on. An error is of kind
// Mismatch where the chain breaks, of another kind where the entry itself is
// wrong; it names the entry.
func Verify(entries []Entry, seq int64, prev Hash) (good int, err error) {
	for i := range entries {
		e := &entries[i]
		if err := e.Check(); err != nil {
			return i, fault.New(fault.KindOf(err), "entry %d: %v", e.Seq, err)
		}
		if !e.Follows(seq, prev) {
			return i, fault.New(fault.Mismatch, "entry %d (%s %s) does not stand unchanged behind entry %d: it, or what was before it, was changed after it was booked", e.Seq, e.Kind, e.Ref, seq)
		}
		seq, prev = e.Seq, e.Hash
	}
	return len(entries), nil
}
