package ledger

import (
	"waihu/internal/fault"
	"waihu/internal/money"
)

// Kinds of entries.
const (
	KindUsage      = "usage"       // used, not yet invoiced
	KindInvoice    = "invoice"     // an invoice was issued
	KindEarned     = "earned"      // what was invoiced ahead has been served
	KindPayment    = "payment"     // money came in
	KindApplied    = "applied"     // what was paid too much pays another invoice
	KindCreditNote = "credit_note" // part of an invoice was given back
	KindVoid       = "void"        // an invoice was taken back whole
	KindTopUp      = "top_up"      // balance was bought
	KindGrant      = "grant"       // balance was given
	KindExpiry     = "expiry"      // balance ran out of time
	KindCall       = "call"        // a prepaid call
	KindDrawn      = "drawn"       // prepaid money paid an invoice
	KindReturned   = "returned"    // prepaid calls took more than their invoice
	KindAhead      = "paid_ahead"  // money for invoices to come
	KindRefund     = "refund"      // money was paid back
	KindCarrier    = "carrier"     // what a carrier asks for calls
	KindWriteOff   = "write_off"   // an invoice nobody will pay
	KindFx         = "fx"          // what the rates won or lost
)

// Part is an amount of one category.
type Part struct {
	Category string
	Amount   money.Amount // before tax
}

// writer puts postings of an entry down; the first error stays.
type writer struct {
	entry Entry
	err   error
}

func write(kind, ref string) *writer { return &writer{entry: Entry{Kind: kind, Ref: ref}} }

// debit puts an amount on an account; nothing is not put down, and what an
// account has in the entry already is added to.
func (w *writer) debit(a Account, m money.Amount) *writer {
	if w.err != nil || m.IsZero() {
		return w
	}
	for i := range w.entry.Postings {
		p := &w.entry.Postings[i]
		if p.Account == a && p.Amount.Currency() == m.Currency() {
			sum, err := p.Amount.Add(m)
			if err != nil {
				w.err = fault.New(fault.Overflow, "%s on %s: %v", m, a, err)
				return w
			}
			p.Amount = sum
			return w
		}
	}
	w.entry.Postings = append(w.entry.Postings, Posting{a, m})
	return w
}

func (w *writer) credit(a Account, m money.Amount) *writer { return w.debit(a, m.Neg()) }

// done drops what came to nothing. An entry with no postings is about nothing:
// there is nothing to book.
func (w *writer) done() (Entry, error) {
	kept := w.entry.Postings[:0]
	for _, p := range w.entry.Postings {
		if !p.Amount.IsZero() {
			kept = append(kept, p)
		}
	}
	w.entry.Postings = kept
	if w.err == nil && len(kept) > 0 {
		w.err = w.entry.Check()
	}
	return w.entry, w.err
}

// IsEmpty tells whether the entry moves nothing and need not be booked.
func (e *Entry) IsEmpty() bool { return len(e.Postings) == 0 }

// Reverse is the entry that takes another one back.
func (e *Entry) Reverse(kind, ref string) Entry {
	out := Entry{Kind: kind, Ref: ref, Note: "takes back " + e.Kind + " " + e.Ref}
	for _, p := range e.Postings {
		out.Postings = append(out.Postings, Posting{p.Account, p.Amount.Neg()})
	}
	return out
}

// Invoiced is an invoice in the words of the books. Amounts may be negative: an
// adjustment can outweigh a month.
type Invoiced struct {
	Ref    string
	Earned []Part // for service up to the end of the period
	Ahead  []Part // for service behind it
	Tax    money.Amount
}

// Entry asks the customer for the whole. What had accrued is taken back by a
// Release of its own.
func (x Invoiced) Entry() (Entry, error) {
	w := write(KindInvoice, x.Ref)
	for _, p := range x.Earned {
		w.debit(Receivable, p.Amount).credit(Revenue(p.Category), p.Amount)
	}
	for _, p := range x.Ahead {
		w.debit(Receivable, p.Amount).credit(Deferred(p.Category), p.Amount)
	}
	return w.debit(Receivable, x.Tax).credit(Tax, x.Tax).done()
}

// ServedAhead moves what was invoiced ahead to what is earned.
func ServedAhead(ref string, served []Part) (Entry, error) {
	w := write(KindEarned, ref)
	for _, p := range served {
		w.debit(Deferred(p.Category), p.Amount).credit(Revenue(p.Category), p.Amount)
	}
	return w.done()
}

// Paid is money that came in for an invoice of which so much was open: what is
// beyond that is the customer's.
func Paid(ref string, amount, open money.Amount) (Entry, error) {
	pays, over, err := upTo(amount, open)
	if err != nil {
		return Entry{}, err
	}
	return write(KindPayment, ref).debit(Cash, amount).credit(Receivable, pays).credit(Unapplied, over).done()
}

// PaidIn is money that came in in another currency than the invoice's, and
// what it is worth in that one. Each currency balances over Exchange.
func PaidIn(ref string, came, worth, open money.Amount) (Entry, error) {
	pays, over, err := upTo(worth, open)
	if err != nil {
		return Entry{}, err
	}
	return write(KindPayment, ref).debit(Cash, came).credit(Exchange, came).debit(Exchange, worth).credit(Receivable, pays).credit(Unapplied, over).done()
}

// upTo splits an amount in what is open and what is beyond.
func upTo(amount, open money.Amount) (within, beyond money.Amount, err error) {
	if amount.Currency() != open.Currency() || amount.Sign() < 0 {
		return amount, amount, fault.New(fault.Invalid, "%s for what is open, %s: an amount above zero in that currency was expected", amount, open)
	}
	if open.Sign() < 0 {
		open = money.Zero(open.Currency())
	}
	if amount.Cmp(open) <= 0 {
		return amount, money.Zero(open.Currency()), nil
	}
	beyond, err = amount.Sub(open)
	return open, beyond, err
}

// Applied pays an invoice with what the customer paid too much before.
func Applied(ref string, amount money.Amount) (Entry, error) {
	return write(KindApplied, ref).debit(Unapplied, amount).credit(Receivable, amount).done()
}

// Credited is a credit note. What of it is beyond the open part of the invoice
// was paid already, and is the customer's.
func Credited(ref string, parts []Part, tax, open money.Amount) (Entry, error) {
	w, total := write(KindCreditNote, ref), tax
	for _, p := range parts {
		w.debit(Revenue(p.Category), p.Amount)
		var err error
		if total, err = total.Add(p.Amount); err != nil {
			return Entry{}, fault.New(fault.Overflow, "credit note %s: %v", ref, err)
		}
	}
	pays, over, err := upTo(total, open)
	if err != nil {
		return Entry{}, err
	}
	return w.debit(Tax, tax).credit(Receivable, pays).credit(Unapplied, over).done()
}

// ToppedUp is balance bought.
func ToppedUp(ref, wallet string, amount money.Amount) (Entry, error) {
	return write(KindTopUp, ref).debit(Cash, amount).credit(Wallet(wallet), amount).done()
}

// Given is balance granted.
func Given(ref, wallet string, amount money.Amount) (Entry, error) {
	return write(KindGrant, ref).debit(Granted, amount).credit(Wallet(wallet), amount).done()
}

// Expired is balance that ran out of time: bought balance is breakage, granted
// balance was never spent.
func Expired(ref, wallet string, amount money.Amount, bought bool) (Entry, error) {
	to := Granted
	if bought {
		to = Breakage
	}
	return write(KindExpiry, ref).debit(Wallet(wallet), amount).credit(to, amount).done()
}

// Called is a prepaid call: what it took from the wallet, tax included, and
// what the carrier asks for it, in any currency; zero for not known. What it took
// is a payment on the contract's next invoice, which says what was earned.
func Called(ref, wallet, contract string, gross, carrier money.Amount) (Entry, error) {
	return write(KindCall, ref).debit(Wallet(wallet), gross).credit(Consumed(contract), gross).debit(CarrierCost, carrier).credit(CarrierOwed, carrier).done()
}

// Drawn pays an invoice from prepaid money: from what its calls took already,
// then from the wallet.
func Drawn(ref, wallet, contract string, consumed, more money.Amount) (Entry, error) {
	w := write(KindDrawn, ref).debit(Consumed(contract), consumed).debit(Wallet(wallet), more)
	return w.credit(Receivable, consumed).credit(Receivable, more).done()
}

// Returned gives back to a wallet what calls took beyond what their invoice came
// to: included minutes, tiers and discounts are known when a period is over.
func Returned(ref, wallet, contract string, amount money.Amount) (Entry, error) {
	return write(KindReturned, ref).debit(Consumed(contract), amount).credit(Wallet(wallet), amount).done()
}

// PaidAhead is money that came in for invoices to come.
func PaidAhead(ref string, amount money.Amount) (Entry, error) {
	return write(KindAhead, ref).debit(Cash, amount).credit(Unapplied, amount).done()
}

// Refunded pays back what is the customer's.
func Refunded(ref string, amount money.Amount) (Entry, error) {
	return write(KindRefund, ref).debit(Unapplied, amount).credit(Cash, amount).done()
}

// CarrierAsked is what carriers ask for a period's calls.
func CarrierAsked(ref string, cost money.Amount) (Entry, error) {
	return write(KindCarrier, ref).debit(CarrierCost, cost).credit(CarrierOwed, cost).done()
}

// WrittenOff gives an open amount up.
func WrittenOff(ref string, open money.Amount) (Entry, error) {
	return write(KindWriteOff, ref).debit(BadDebt, open).credit(Receivable, open).done()
}

// FxDifference settles what stays open of an invoice because the rate moved
// between invoice and payment: above zero was lost, below zero won.
func FxDifference(ref string, open money.Amount) (Entry, error) {
	return write(KindFx, ref).debit(FxResult, open).credit(Receivable, open).done()
}
