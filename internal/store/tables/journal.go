package tables

import (
	"slices"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

type journal struct{ *Tx }

const entryColumns = "e.seq, e.id, e.at, e.kind, e.ref, e.note, e.prev, e.hash, e.value"

func (t journal) Append(c id.Company, e ledger.Entry) (ledger.Entry, error) {
	if err := e.Check(); err != nil {
		return e, err
	}
	if err := t.lock(c); err != nil {
		return e, err
	}
	seq, prev, err := t.Head(c)
	if err != nil {
		return e, err
	}
	e.At = t.now
	e.Chain(seq+1, prev)
	added, err := t.exec("INSERT INTO entries (company, seq, id, at, kind, ref, note, prev, hash, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (company, kind, ref) DO NOTHING",
		c, e.Seq, e.ID, e.At, e.Kind, e.Ref, e.Note, e.Prev[:], e.Hash[:], e.Value)
	if err != nil {
		return e, err
	}
	if added == 0 { // it is there already, or somebody else booked under its reference
		old, err := t.ByRef(c, e.Kind, e.Ref)
		if err != nil {
			return e, err
		}
		if !store.SamePostings(old.Postings, e.Postings) {
			return e, fault.New(fault.Conflict, "%s %s is booked already, as entry %d with other postings", e.Kind, e.Ref, old.Seq)
		}
		return *old, nil
	}
	n := 0
	for lot := range slices.Chunk(e.Postings, postingsAtOnce) {
		if err := t.post(c, e.Seq, n, lot); err != nil {
			return e, err
		}
		n += len(lot)
	}
	return e, nil
}

// postingsAtOnce is how many postings of an entry go in together.
const postingsAtOnce = 8

// The statements for so many postings, or accounts.
var (
	addPostings  = repeated(postingsAtOnce, "INSERT INTO postings (company, seq, n, account, currency, micros) VALUES ", "(?, ?, ?, ?, ?, ?)", ", ", "")
	readBalances = repeated(postingsAtOnce, "", "SELECT account, currency, micros FROM balances WHERE company = ? AND account = ? AND currency = ?", " UNION ALL ", "")
	keepBalances = repeated(postingsAtOnce, "INSERT INTO balances (company, account, currency, micros) VALUES ", "(?, ?, ?, ?)", ", ",
		" ON CONFLICT (company, account, currency) DO UPDATE SET micros = excluded.micros")
)

// post keeps at most postingsAtOnce postings, of which the first is the n-th of its
// entry, and what their accounts come to with them.
func (t journal) post(c id.Company, seq int64, n int, list []ledger.Posting) error {
	type purse struct {
		account ledger.Account
		cur     money.Currency
	}
	var args, of []any
	var order []purse
	sums := map[purse]money.Amount{}
	for i, p := range list {
		at := purse{p.Account, p.Amount.Currency()}
		args = append(args, c, seq, n+i, string(at.account), at.cur, p.Amount.Micros())
		if _, met := sums[at]; !met {
			sums[at] = money.Zero(at.cur)
			order, of = append(order, at), append(of, c, string(at.account), at.cur)
		}
	}
	if err := t.later(addPostings[len(list)], args...); err != nil {
		return err
	}
	err := t.query(readBalances[len(order)], of, func(r Row) error {
		a, err := r.Amount(2, 1)
		sums[purse{ledger.Account(r.Text(0)), a.Currency()}] = a
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range list {
		at := purse{p.Account, p.Amount.Currency()}
		if sums[at], err = sums[at].Add(p.Amount); err != nil {
			return fault.New(fault.Overflow, "account %s: %v", p.Account, err)
		}
	}
	args = args[:0]
	for _, at := range order {
		args = append(args, c, string(at.account), at.cur, sums[at].Micros())
	}
	return t.later(keepBalances[len(order)], args...)
}

func (t journal) ByRef(c id.Company, kind, ref string) (*ledger.Entry, error) {
	es, err := t.read(c, "SELECT "+entryColumns+" FROM entries e WHERE company = ? AND kind = ? AND ref = ?", c, kind, ref)
	if err == nil && len(es) == 0 {
		return nil, fault.New(fault.NotFound, "%s %s is not booked", kind, ref)
	}
	if err != nil {
		return nil, err
	}
	return &es[0], nil
}

func (t journal) Entries(c id.Company, account ledger.Account, after int64, limit int) ([]ledger.Entry, error) {
	if err := store.CheckLimit(limit); err != nil {
		return nil, err
	}
	if account == "" {
		return t.read(c, "SELECT "+entryColumns+" FROM entries e WHERE company = ? AND seq > ? ORDER BY seq LIMIT ?", c, after, limit)
	}
	return t.read(c, "SELECT "+entryColumns+` FROM entries e JOIN
		(SELECT DISTINCT seq FROM postings WHERE company = ? AND account = ? AND seq > ? ORDER BY seq LIMIT ?) p ON e.company = ? AND e.seq = p.seq ORDER BY e.seq`,
		c, string(account), after, limit, c)
}

// read gives entries with their postings.
func (t journal) read(c id.Company, sql string, args ...any) ([]ledger.Entry, error) {
	var out []ledger.Entry
	err := t.query(sql, args, func(r Row) error {
		out = append(out, ledger.Entry{Seq: r.Int(0), ID: r.ID(1), At: r.Instant(2), Kind: r.Text(3), Ref: r.Text(4), Note: r.Text(5), Prev: r.Hash(6), Hash: r.Hash(7), Value: r.Date(8)})
		return nil
	})
	for i := range out {
		if err != nil {
			break
		}
		e := &out[i]
		err = t.query("SELECT account, currency, micros FROM postings WHERE company = ? AND seq = ? ORDER BY n", []any{c, e.Seq}, func(r Row) error {
			a, err := r.Amount(2, 1)
			e.Postings = append(e.Postings, ledger.Posting{Account: ledger.Account(r.Text(0)), Amount: a})
			return err
		})
	}
	return out, err
}

func (t journal) Balance(c id.Company, a ledger.Account, cur money.Currency) (money.Amount, error) {
	out := money.Zero(cur)
	err := t.query("SELECT micros FROM balances WHERE company = ? AND account = ? AND currency = ?", []any{c, string(a), cur}, func(r Row) error {
		out = money.Micros(r.Int(0), cur)
		return nil
	})
	return out, err
}

func (t journal) Balances(c id.Company) ([]store.Balance, error) {
	var out []store.Balance
	err := t.query("SELECT account, currency, micros FROM balances WHERE company = ? ORDER BY account, currency", []any{c}, func(r Row) error {
		a, err := r.Amount(2, 1)
		out = append(out, store.Balance{Account: ledger.Account(r.Text(0)), Amount: a})
		return err
	})
	return out, err
}

func (t journal) Head(c id.Company) (seq int64, hash ledger.Hash, err error) {
	err = t.query("SELECT seq, hash FROM entries WHERE company = ? ORDER BY seq DESC LIMIT 1", []any{c}, func(r Row) error {
		seq, hash = r.Int(0), r.Hash(1)
		return nil
	})
	return seq, hash, err
}
