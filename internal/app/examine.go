package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"waihu/internal/charging/invoice"
	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Finding is something that must hold in the books and does not.
type Finding struct {
	Rule    string `json:"rule"` // I1 ...
	Company string `json:"company,omitempty"`
	What    string `json:"what"`
}

// Examined is what was looked at, and what was found.
type Examined struct {
	Companies int       `json:"companies"`
	Entries   int64     `json:"entries"`
	Documents int64     `json:"documents"`
	Audit     int64     `json:"audit_entries"`
	Findings  []Finding `json:"findings"`
}

// maxFindings bounds what is told.
const maxFindings = 1_000

// Rules of the books, as Examine and docs/adr/0022-access-and-api.md name them.
const (
	ruleBalanced  = "I1" // every entry of the journal sums to zero in each currency
	ruleTotal     = "I3" // an invoice is the sum of its lines and taxes, and the index says the same
	ruleSeal      = "I4" // what was issued was not changed, and numbers have no gaps
	ruleOverlap   = "I5" // no day of a contract is billed twice
	ruleBalance   = "I6" // a balance is the sum of its entries
	ruleBelonging = "I8" // whatever belongs to a contract belongs to one of its company
	ruleChain     = "I9" // chains of hashes are whole
)

// Examine looks at all books, one company at a time, each as of one moment.
func (s *System) Examine(ctx context.Context) (_ *Examined, err error) {
	defer fault.Wrap(&err, "examine")
	out := &Examined{Findings: []Finding{}}
	numbers := map[string][]int64{}
	one := func(c id.Company) error {
		return s.DB.View(ctx, func(tx store.Tx) error {
			x := &examination{out: out, tx: tx, c: c, numbers: numbers}
			return x.all()
		})
	}
	if err := one(id.Platform); err != nil {
		return nil, err
	}
	if err := s.EachCompany(ctx, func(c Company) error { out.Companies++; return one(id.Company{ID: c.ID}) }); err != nil {
		return nil, err
	}
	return out, s.DB.View(ctx, func(tx store.Tx) error { return gaps(tx, out, numbers) })
}

type examination struct {
	out     *Examined
	tx      store.Tx
	c       id.Company
	numbers map[string][]int64 // of documents, by series
}

func (x *examination) found(rule, format string, args ...any) {
	if len(x.out.Findings) < maxFindings {
		name := ""
		if x.c != id.Platform {
			name = x.c.Named("co")
		}
		x.out.Findings = append(x.out.Findings, Finding{rule, name, fmt.Sprintf(format, args...)})
	}
}

func (x *examination) all() error {
	for _, f := range []func() error{x.journal, x.audit, x.documents} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// journal looks at entries, their chain and the balances they come to.
func (x *examination) journal() error {
	type place struct {
		account ledger.Account
		cur     money.Currency
	}
	sums := map[place]int64{}
	var seq int64
	var prev ledger.Hash
	for { // bounded: seq rises with every page
		list, err := x.tx.Journal().Entries(x.c, "", seq, pageSize)
		if err != nil {
			return err
		}
		for i := range list {
			e := &list[i]
			x.out.Entries++
			if !e.Follows(seq, prev) {
				x.found(ruleChain, "entry %d of the journal does not follow the one before: it or that one was changed", e.Seq)
			}
			if err := e.Check(); err != nil {
				x.found(ruleBalanced, "entry %d: %v", e.Seq, err)
			}
			for _, p := range e.Postings {
				sums[place{p.Account, p.Amount.Currency()}] += p.Amount.Micros()
			}
			seq, prev = e.Seq, e.Hash
		}
		if len(list) < pageSize {
			break
		}
	}
	if head, hash, err := x.tx.Journal().Head(x.c); err != nil || head != seq || hash != prev {
		x.found(ruleChain, "the journal ends at entry %d, its head says %d", seq, head)
		if err != nil {
			return err
		}
	}
	balances, err := x.tx.Journal().Balances(x.c)
	if err != nil {
		return err
	}
	for _, b := range balances {
		at := place{b.Account, b.Amount.Currency()}
		if sums[at] != b.Amount.Micros() {
			x.found(ruleBalance, "account %s stands at %s, its entries come to %s", b.Account, b.Amount, money.Micros(sums[at], at.cur))
		}
		delete(sums, at)
	}
	for at, sum := range sums {
		if sum != 0 {
			x.found(ruleBalance, "account %s has no balance, its entries come to %s", at.account, money.Micros(sum, at.cur))
		}
	}
	return nil
}

func (x *examination) audit() error {
	broken, length, err := chainOf(x.tx, x.c)
	x.out.Audit += length
	switch {
	case err != nil:
	case broken > length:
		x.found(ruleChain, "the audit log ends at entry %d, its head says %d", length, broken-1)
	case broken != 0:
		x.found(ruleChain, "entry %d of the audit log does not follow the one before: it or that one was changed", broken)
	}
	return err
}

// documents looks at invoices and credit notes.
func (x *examination) documents() error {
	billed := map[id.ID][]store.Document{}
	err := eachDocument(x.tx, x.c, store.DocumentQuery{}, func(d *store.Document) error {
		x.out.Documents++
		if d.Number != "" {
			x.number(d)
		}
		if !d.Contract.IsZero() {
			_, err := x.tx.Records().Get(x.c, KindContract, d.Contract)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
			if err != nil {
				x.found(ruleBelonging, "%s is of contract %s, which the company does not have", d.Number, d.Contract.Named("con"))
			}
		}
		if d.Bills() {
			for _, o := range billed[d.Contract] {
				if d.First < o.After && o.First < d.After {
					x.found(ruleOverlap, "%s and %s bill the same days of contract %s", o.Number, d.Number, d.Contract.Named("con"))
				}
			}
			billed[d.Contract] = append(billed[d.Contract], store.Document{Number: d.Number, First: d.First, After: d.After})
		}
		if d.Status == store.Draft {
			return nil
		}
		return x.sealed(d)
	})
	return err
}

// number notes the number of a document in its series.
func (x *examination) number(d *store.Document) {
	at := strings.LastIndexByte(d.Number, '-')
	n, err := strconv.ParseInt(d.Number[at+1:], 10, 64)
	if err != nil || d.Number[:max(at, 0)] != d.Series {
		x.found(ruleSeal, "document %s is not numbered in its series %s", d.Number, d.Series)
		return
	}
	x.numbers[d.Series] = append(x.numbers[d.Series], n)
}

// sealed looks whether the text of a document is the one that was issued.
func (x *examination) sealed(d *store.Document) error {
	var seal, again string
	var total money.Amount
	var err error
	if d.Kind == store.CreditNote {
		n := &invoice.CreditNote{}
		if err = json.Unmarshal(d.Body, n); err == nil {
			again, err = n.Digest()
			seal, total = n.Seal, n.Total
		}
	} else {
		inv := &invoice.Invoice{}
		if err = json.Unmarshal(d.Body, inv); err == nil {
			again, err = inv.Digest()
			seal, total = inv.Seal, inv.Total
			x.sum(d, inv)
		}
	}
	switch {
	case err != nil:
		x.found(ruleSeal, "%s cannot be read: %v", d.Number, err)
	case seal != again || seal != d.Seal:
		x.found(ruleSeal, "the seal of %s is broken: it was changed after it was issued", d.Number)
	case total != d.Total:
		x.found(ruleTotal, "%s is over %s, the books say %s", d.Number, total, d.Total)
	}
	return nil
}

// sum adds an invoice up again.
func (x *examination) sum(d *store.Document, inv *invoice.Invoice) {
	sum := money.Zero(inv.Currency)
	var err error
	for i := range inv.Lines {
		if sum, err = sum.Add(inv.Lines[i].Amount); err != nil {
			x.found(ruleTotal, "%s: %v", d.Number, err)
			return
		}
	}
	if sum != inv.Subtotal {
		x.found(ruleTotal, "%s: its lines come to %s, it says %s", d.Number, sum, inv.Subtotal)
	}
}

// gaps looks whether every number of a series is there once.
func gaps(tx store.Tx, out *Examined, numbers map[string][]int64) error {
	x := &examination{out: out, tx: tx, c: id.Platform}
	for series, list := range numbers {
		seen := map[int64]bool{}
		var last int64
		for _, n := range list {
			if seen[n] {
				x.found(ruleSeal, "number %d of series %s was given twice", n, series)
			}
			seen[n], last = true, max(last, n)
		}
		for n := int64(1); n <= last; n++ {
			if !seen[n] {
				x.found(ruleSeal, "number %d of series %s is missing", n, series)
			}
		}
	}
	return nil
}

// Moment is the instant the database stands at.
func (s *System) Moment(ctx context.Context) (now timex.Instant, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error { now = tx.Now(); return nil })
	return now, err
}
