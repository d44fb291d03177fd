package app

import (
	"context"
	"fmt"

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
	Calls     int64     `json:"calls"`
	Documents int64     `json:"documents"`
	Audit     int64     `json:"audit_entries"`
	Findings  []Finding `json:"findings"`
}

// maxFindings bounds what is told.
const maxFindings = 1_000

// Rules of the books, as Examine and docs/adr/0033-operating.md name
// them.
const (
	ruleBalanced  = "I1"  // every entry of the journal sums to zero in each currency
	ruleCharged   = "I2"  // running totals are the charges of the calls that are kept, each once
	ruleTotal     = "I3"  // an invoice is the sum of its lines and taxes, and the index says the same
	ruleSeal      = "I4"  // what was issued was not changed, and numbers have no gaps
	ruleOverlap   = "I5"  // no day of a contract is billed twice
	ruleBalance   = "I6"  // a balance is the sum of its entries, a wallet what its journal replays to
	ruleAgain     = "I7"  // a bill run done again finds everything done
	ruleBelonging = "I8"  // whatever belongs to a contract belongs to one of its company, and calls of none are listed
	ruleChain     = "I9"  // chains of hashes are whole
	ruleCarrier   = "I10" // what carriers ask is booked, and their minutes are charged to somebody
)

// Examine looks at all books, one company at a time, each as of one moment. Every
// call that is kept is read.
func (s *System) Examine(ctx context.Context) (_ *Examined, err error) {
	defer fault.Wrap(&err, "examine")
	out := &Examined{Findings: []Finding{}}
	all := &wholeBooks{numbers: map[string][]int64{}, runs: map[id.ID]RunCounts{}}
	one := func(c id.Company) error {
		return s.DB.View(ctx, func(tx store.Tx) error {
			x := &examination{out: out, tx: tx, c: c, all: all, contracts: map[id.ID]Agreement{}, open: map[money.Currency]int64{}}
			return x.company()
		})
	}
	if all.done, err = s.doneRuns(ctx); err != nil {
		return nil, err
	}
	if err := one(id.Platform); err != nil {
		return nil, err
	}
	if err := s.EachCompany(ctx, func(c Company) error { out.Companies++; return one(id.Company{ID: c.ID}) }); err != nil {
		return nil, err
	}
	return out, s.DB.View(ctx, func(tx store.Tx) error {
		x := &examination{out: out, tx: tx, c: id.Platform, all: all}
		x.gaps()
		return x.runs()
	})
}

// wholeBooks is what is gathered over all companies.
type wholeBooks struct {
	numbers map[string][]int64     // of documents, by series
	runs    map[id.ID]RunCounts    // what the steps of each bill run come to
	done    map[id.ID]store.Record // runs that were done before anything was looked at
}

// examination is that of one company.
type examination struct {
	out *Examined
	tx  store.Tx
	c   id.Company
	all *wholeBooks

	foreign   []string // series of another installation
	contracts map[id.ID]Agreement
	wallets   []*replayed
	balances  ledger.Balances          // what the entries come to
	open      map[money.Currency]int64 // what is open of invoices
	settled   map[money.Currency]int64 // what carriers ask by prepaid calls
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

// company looks at all there is of one.
func (x *examination) company() error {
	for _, f := range []func() error{x.agreements, x.purses, x.documents, x.journal, x.stored, x.replays, x.periods, x.steps, x.calls, x.audit} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// agreements reads the company and the contracts others must belong to.
func (x *examination) agreements() error {
	if x.c != id.Platform {
		company, _, err := get[Company](x.tx, id.Platform, KindCompany, x.c.ID)
		if err != nil {
			return err
		}
		x.foreign = company.Foreign
	}
	return each(x.tx, x.c, KindContract, store.Key{}, func(a Agreement, r *store.Record) error {
		a.ID = r.ID
		x.contracts[r.ID] = a
		return nil
	})
}

// belongs tells of something that is of a contract of nobody's or somebody
// else's.
func (x *examination) belongs(contract id.ID, format string, args ...any) {
	if _, own := x.contracts[contract]; !own && !contract.IsZero() {
		x.found(ruleBelonging, "%s is of contract %s, which the company does not have", fmt.Sprintf(format, args...), contract.Named("con"))
	}
}

// journal looks at entries and their chain, and adds them up.
func (x *examination) journal() error {
	var seq int64
	var prev ledger.Hash
	x.settled = map[money.Currency]int64{}
	for { // bounded: seq rises with every page
		list, err := x.tx.Journal().Entries(x.c, "", seq, pageSize)
		if err != nil {
			return err
		}
		x.chain(list, seq, prev)
		for i := range list {
			x.out.Entries++
			if err := x.balances.Book(&list[i]); err != nil {
				x.found(ruleBalanced, "entry %d: %v", list[i].Seq, err)
			}
			if list[i].Kind == ledger.KindCall {
				x.settle(&list[i])
			}
			seq, prev = list[i].Seq, list[i].Hash
		}
		for _, w := range x.wallets {
			w.follow(list)
		}
		if len(list) < pageSize {
			break
		}
	}
	head, hash, err := x.tx.Journal().Head(x.c)
	if err == nil && (head != seq || hash != prev) {
		x.found(ruleChain, "the journal ends at entry %d, its head says %d", seq, head)
	}
	return err
}

// chain looks at entries that must stand behind the one whose number and hash
// are given.
func (x *examination) chain(list []ledger.Entry, seq int64, prev ledger.Hash) {
	for len(list) > 0 {
		good, err := ledger.Verify(list, seq, prev)
		if err == nil {
			return
		}
		rule := ruleBalanced
		if fault.KindOf(err) == fault.Mismatch {
			rule = ruleChain
		}
		x.found(rule, "%v", err)
		seq, prev = list[good].Seq, list[good].Hash
		list = list[good+1:]
	}
}

// stored compares the balances that are kept with what the entries come to, and
// what customers owe with what is open of their invoices.
func (x *examination) stored() error {
	kept, err := x.tx.Journal().Balances(x.c)
	if err != nil {
		return err
	}
	known := map[store.Balance]bool{}
	for _, b := range kept {
		if sum := x.balances.Of(b.Account, b.Amount.Currency()); sum != b.Amount {
			x.found(ruleBalance, "account %s stands at %s, its entries come to %s", b.Account, b.Amount, sum)
		}
		known[store.Balance{Account: b.Account, Amount: money.Zero(b.Amount.Currency())}] = true
	}
	for account, sum := range x.balances.All() {
		if !sum.IsZero() && !known[store.Balance{Account: account, Amount: money.Zero(sum.Currency())}] {
			x.found(ruleBalance, "account %s has no balance, its entries come to %s", account, sum)
		}
		if account == ledger.Receivable {
			x.open[sum.Currency()] -= sum.Micros()
		}
	}
	for cur, left := range x.open {
		if left != 0 {
			x.found(ruleBalance, "what is open of invoices and account %s differ by %s", ledger.Receivable, money.Micros(left, cur))
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

// Moment is the instant the database stands at.
func (s *System) Moment(ctx context.Context) (now timex.Instant, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error { now = tx.Now(); return nil })
	return now, err
}
