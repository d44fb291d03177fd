package invoice

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"waihu/internal/charging/rating"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// NoteDocument is what a credit note says it is, so that its JSON is not taken
// for an invoice.
const NoteDocument = "credit_note"

// CreditNote gives back what an issued invoice asked for, all of it or a part.
// Amounts are positive: what is given back. The invoice itself never changes.
type CreditNote struct {
	Document string         `json:"document"` // NoteDocument
	Version  int            `json:"version"`
	Number   string         `json:"number"`
	IssuedOn timex.Date     `json:"issued_on"`
	Reason   string         `json:"reason"`
	Of       Original       `json:"of"`
	Earlier  []Original     `json:"earlier,omitempty"` // credit notes on the same invoice before this one
	Contract string         `json:"contract,omitempty"`
	Seller   Party          `json:"seller"`
	Buyer    Party          `json:"buyer"`
	Currency money.Currency `json:"currency"`
	Zone     string         `json:"time_zone"`
	First    timex.Date     `json:"first"` // local dates of the invoice's period
	After    timex.Date     `json:"after"`

	Lines        []NoteLine   `json:"lines"`
	TaxInclusive bool         `json:"tax_inclusive"`
	Subtotal     money.Amount `json:"subtotal"` // sum of the lines as they stand
	Taxes        []TaxTotal   `json:"taxes"`
	Net          money.Amount `json:"net"`
	Tax          money.Amount `json:"tax"`
	Total        money.Amount `json:"total"` // Net + Tax
	Seal         string       `json:"seal,omitempty"`
}

// Original names a document by what cannot be changed of it.
type Original struct {
	Number   string       `json:"number"`
	IssuedOn timex.Date   `json:"issued_on"`
	Seal     string       `json:"seal"`
	Total    money.Amount `json:"total"`
}

// NoteLine gives back a line of the invoice, or a part of it.
type NoteLine struct {
	Line     string       `json:"line"` // ID on the invoice
	Name     lang.Text    `json:"name"`
	Category string       `json:"category,omitempty"`
	First    timex.Date   `json:"first"`
	After    timex.Date   `json:"after"`
	Billed   money.Amount `json:"billed"`   // as the invoice has it
	Credited money.Amount `json:"credited"` // by earlier notes
	Amount   money.Amount `json:"amount"`   // by this one
	TaxClass string       `json:"tax_class,omitempty"`
	TaxRate  exact.Number `json:"tax_rate"`
}

// Item asks for a credit on a line: an amount as lines stand, with tax in it
// where prices contain tax. Whole asks for all that is left of the line.
type Item struct {
	Line   string
	Amount money.Amount
	Whole  bool
}

// NoteOn is what a credit note is to say. No items are all lines, whole.
type NoteOn struct {
	Number  string
	On      timex.Date
	Reason  string
	Items   []Item
	Earlier []*CreditNote // every credit note there is on the invoice, in their order
}

// NewCreditNote makes the sealed credit note on an issued invoice. Taxes are
// shares of those the invoice stored; the note that uses up the net of a rate
// takes all the tax that is left of it. An invoice that is not issued, a broken
// seal, or more than is left of a line or a rate is of kind Conflict; a line
// that is not there of kind NotFound; an amount finer than the currency, or a date
// before the invoice's, of kind Invalid.
func NewCreditNote(inv *Invoice, on NoteOn) (_ *CreditNote, err error) {
	defer fault.Wrap(&err, "credit note %s on invoice %s", on.Number, cmp.Or(inv.Number, "without a number"))
	if err := creditableInvoice(inv, &on); err != nil {
		return nil, err
	}
	n := &CreditNote{Document: NoteDocument, Version: Version, Number: on.Number, IssuedOn: on.On, Reason: on.Reason,
		Of:       Original{inv.Number, inv.IssuedOn, inv.Seal, inv.Total},
		Contract: inv.Contract, Seller: inv.Seller, Buyer: inv.Buyer, Currency: inv.Currency, Zone: inv.Zone, First: inv.First, After: inv.After, TaxInclusive: inv.TaxInclusive}
	for _, e := range on.Earlier {
		n.Earlier = append(n.Earlier, Original{e.Number, e.IssuedOn, e.Seal, e.Total})
	}
	items := on.Items
	if len(items) == 0 {
		for i := range inv.Lines {
			items = append(items, Item{Line: inv.Lines[i].ID, Whole: true})
		}
	}
	for i := range items {
		l, err := noteLine(inv, &items[i], on.Earlier)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(n.Lines, func(x NoteLine) bool { return x.Line == l.Line }) {
			return nil, fault.New(fault.Conflict, "line %s is asked for twice; name it once with the whole amount", l.Line)
		}
		if !l.Amount.IsZero() {
			n.Lines = append(n.Lines, l)
		}
	}
	if len(n.Lines) == 0 {
		return nil, fault.New(fault.Conflict, "nothing is left to credit")
	}
	if err := n.total(inv, on.Earlier); err != nil {
		return nil, err
	}
	return n, n.Close()
}

// creditableInvoice checks that the invoice and the notes on it can be built on.
func creditableInvoice(inv *Invoice, on *NoteOn) error {
	if inv.Status != Issued {
		return fault.New(fault.Conflict, "the invoice is a %s: change it, or leave it; only what was issued is credited", inv.Status)
	}
	if seal, err := inv.Digest(); err != nil || seal != inv.Seal {
		return fault.New(fault.Conflict, "the seal of the invoice is broken; credit the invoice as it was issued")
	}
	if on.Number == "" || on.Number == inv.Number || on.On == 0 || on.Reason == "" {
		return fault.New(fault.Invalid, "a credit note has a number of its own, a date and a reason")
	}
	if on.On < inv.IssuedOn {
		return fault.New(fault.Invalid, "its date %s is before that of the invoice, %s", on.On, inv.IssuedOn)
	}
	for _, e := range on.Earlier {
		seal, err := e.Digest()
		switch {
		case err != nil || seal != e.Seal:
			return fault.New(fault.Conflict, "the seal of credit note %s is broken", e.Number)
		case e.Of.Seal != inv.Seal:
			return fault.New(fault.Conflict, "credit note %s is on invoice %s, not on this one", e.Number, e.Of.Number)
		case e.Number == on.Number:
			return fault.New(fault.Conflict, "credit note %s was made already", e.Number)
		}
	}
	return nil
}

// noteLine is one line of a note. What is given back has the sign of the line
// and is no more than is left of it.
func noteLine(inv *Invoice, item *Item, earlier []*CreditNote) (out NoteLine, err error) {
	i := slices.IndexFunc(inv.Lines, func(l rating.Line) bool { return l.ID == item.Line })
	if i < 0 {
		return out, fault.New(fault.NotFound, "the invoice has no line %q", item.Line)
	}
	l := &inv.Lines[i]
	out = NoteLine{Line: l.ID, Name: l.Name, Category: l.Category, First: l.First, After: l.After, Billed: l.Amount, Credited: money.Zero(inv.Currency), TaxClass: l.TaxClass, TaxRate: l.TaxRate}
	credited := exact.Zero
	for _, e := range earlier {
		for j := range e.Lines {
			if e.Lines[j].Line == l.ID {
				credited = credited.Add(e.Lines[j].Amount.Exact())
			}
		}
	}
	sums := tills{currency: inv.Currency}
	out.Credited = sums.of(credited)
	left := sums.of(out.Billed.Exact().Sub(credited))
	if sums.err != nil {
		return out, sums.err
	}
	if out.Amount = item.Amount; item.Whole {
		out.Amount = left
		return out, nil
	}
	switch a := out.Amount; {
	case a.Currency() != inv.Currency:
		return out, fault.New(fault.Invalid, "line %s: %s on an invoice in %s", l.ID, a, inv.Currency)
	case sums.of(a.Exact()) != a: // or the subtotal is not the sum of the lines
		return out, fault.New(fault.Invalid, "line %s: %s is no amount that can be paid; write at most %d decimals", l.ID, a, inv.Currency.Exponent())
	case a.IsZero(), a.Sign() != left.Sign(), a.Exact().Abs().Cmp(left.Exact().Abs()) > 0:
		return out, fault.New(fault.Conflict, "line %s: %s was billed, %s is left to credit, %s is asked", l.ID, out.Billed, left, a)
	}
	return out, nil
}

// total sums the lines and takes the tax of each rate from the invoice's own.
func (n *CreditNote) total(inv *Invoice, earlier []*CreditNote) error {
	subtotal, net, tax := exact.Zero, exact.Zero, exact.Zero
	for i := range inv.Taxes {
		t, any, err := n.ofRate(&inv.Taxes[i], earlier)
		if err != nil {
			return err
		}
		if !any {
			continue
		}
		n.Taxes = append(n.Taxes, t)
		net, tax = net.Add(t.Net.Exact()), tax.Add(t.Tax.Exact())
	}
	for i := range n.Lines {
		subtotal = subtotal.Add(n.Lines[i].Amount.Exact())
	}
	sums := tills{currency: n.Currency}
	n.Subtotal, n.Net, n.Tax, n.Total = sums.of(subtotal), sums.of(net), sums.of(tax), sums.of(net.Add(tax))
	if n.Total.Sign() < 0 {
		return fault.New(fault.Conflict, "the note would ask for %s instead of giving back", n.Total.Neg())
	}
	return sums.err
}

// tills turns sums of amounts into amounts and keeps the first error.
type tills struct {
	currency money.Currency
	err      error
}

func (t *tills) of(n exact.Number) money.Amount {
	a, err := money.ToMinor(n, t.currency)
	if err != nil && t.err == nil {
		t.err = beyond(err)
	}
	return a
}

// ofRate is what the note gives back of one tax rate; any is false where it has
// no line of it.
func (n *CreditNote) ofRate(stored *TaxTotal, earlier []*CreditNote) (out TaxTotal, any bool, err error) {
	asked := exact.Zero
	for i := range n.Lines {
		if l := &n.Lines[i]; l.TaxRate.Equal(stored.Rate) {
			asked, any = asked.Add(l.Amount.Exact()), true
		}
	}
	whole, tax := stored.Net.Exact(), stored.Tax.Exact()
	leftNet, leftTax := whole, tax
	for _, e := range earlier {
		for _, t := range e.Taxes {
			if t.Rate.Equal(stored.Rate) {
				leftNet, leftTax = leftNet.Sub(t.Net.Exact()), leftTax.Sub(t.Tax.Exact())
			}
		}
	}
	left := leftNet
	if n.TaxInclusive {
		whole, left = whole.Add(tax), left.Add(leftTax)
	}
	if asked.Sign()*left.Sign() < 0 || left.Abs().Less(asked.Abs()) {
		return out, any, fault.New(fault.Conflict, "at a tax rate of %s%% %s is left to credit, %s is asked", stored.Rate.Mul(exact.Int(100)), left, asked)
	}
	share := leftTax
	if !asked.Equal(left) {
		share = exact.Min(tax.Mul(asked).Div(whole).Round(exact.HalfAway, n.Currency.Exponent()).Abs(), leftTax.Abs())
		if leftTax.Sign() < 0 {
			share = share.Neg()
		}
	}
	net := asked
	if n.TaxInclusive {
		net = asked.Sub(share)
	}
	sums := tills{currency: n.Currency}
	out = TaxTotal{Rate: stored.Rate, Net: sums.of(net), Tax: sums.of(share)}
	return out, any, sums.err
}

// Digest is the SHA-256 of the note as canonical JSON, its seal left out.
func (n *CreditNote) Digest() (string, error) {
	open := *n
	open.Seal = ""
	b, err := json.Marshal(&open)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Close seals the note.
func (n *CreditNote) Close() (err error) {
	n.Seal, err = n.Digest()
	return err
}

// Asked is what would make the note again: its own lines and amounts.
func (n *CreditNote) Asked(earlier []*CreditNote) NoteOn {
	on := NoteOn{Number: n.Number, On: n.IssuedOn, Reason: n.Reason, Earlier: earlier}
	for i := range n.Lines {
		on.Items = append(on.Items, Item{Line: n.Lines[i].Line, Amount: n.Lines[i].Amount})
	}
	return on
}
