package tables

import (
	"fmt"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Kept is a table as an archive has it: its columns, each with what it holds, in
// the order of its key. Leases and clocks belong to running processes and are
// not kept.
type Kept struct {
	Name    string
	Columns []string // "i name" a whole number, "t name" a text, "b name" bytes
	Order   string
	many    func(l *Loader, row []any) int64 // number of a row's company, where it stands for it
}

func kept(name, columns, order string) Kept {
	return Kept{Name: name, Columns: strings.Split(columns, ", "), Order: order}
}

// of is a table whose rows have the number of their company, or what leads to it.
func (k Kept) of(many func(*Loader, []any) int64) Kept {
	k.many = many
	return k
}

// How rows of companies that are numbers tell whose they are.
func byPK(_ *Loader, row []any) int64       { return row[0].(int64) >> positionBits }
func byContract(l *Loader, row []any) int64 { return l.contracts[row[0].(int64)] }
func firstOf(_ *Loader, row []any) int64    { return row[0].(int64) }
func secondOf(_ *Loader, row []any) int64   { return row[1].(int64) }

// KeptTables lists them in the order in which they can be filled; those of calls
// come behind, one a month.
func KeptTables() []Kept {
	return []Kept{
		kept("companies", "i key, b id, i position", "key"),
		kept("names", "i key, i company, i kind, b text", "key").of(secondOf),
		kept("records", "b company, t kind, b id, i revision, b body, b keys, i created, i updated", "company, kind, id"),
		kept("record_unique", "b company, t kind, t name, t value, b id", "company, kind, name, value"),
		kept("record_index", "b company, t kind, t name, t value, b id", "company, kind, name, value, id"),
		kept("stretches", "i pk, i source, i kind, b id, i contract, i ended, i start, i stop, b fact", "pk").of(byPK),
		kept("stretch_months", "i company, i month, i pk", "company, month, pk").of(firstOf),
		kept("usage_months", "i contract, i month, i position", "contract, month").of(byContract),
		kept("tallies", "i contract, i first, i price, i calls, i raw, i billed, i cost", "contract, first, price").of(byContract),
		kept("strays", "i pk, i kind, b source, b id, b account, t reason, i start, i stop, i seconds, b waiver", "pk").of(byPK),
		kept("entries", "b company, i seq, b id, i at, t kind, t ref, t note, b prev, b hash, i value", "company, seq"),
		kept("postings", "b company, i seq, i n, t account, t currency, i micros", "company, seq, n"),
		kept("balances", "b company, t account, t currency, i micros", "company, account, currency"),
		kept("documents", "b company, b id, t kind, b contract, b of, i first, i after, t status, t series, t number, t currency, i total, i paid, i credited, i issued_on, i due_on, i dunned, i position, i revision, b body, t seal, i created, i updated", "company, id"),
		kept("series", "b company, t series, i last", "company, series"),
		kept("holds", "b company, t wallet, t call, t currency, i micros, i seconds, i until", "company, wallet, call"),
		kept("once", "b company, t key, b request, i status, b body, i at", "company, key"),
		kept("outbox", "b company, b id, t channel, t recipient, t topic, b body, i due, i attempts, t error, t state, i created", "company, id"),
		kept("audit", "b company, i seq, i at, t actor, t action, t target, t client, t reason, b before, b after, b prev, b hash", "company, seq"),
		kept("leads", "b company, b id, b list, i state, i due, t key, i revision, b body", "company, id"),
		kept("lead_numbers", "b company, i number, b lead, b list", "company, number, lead"),
		kept("lead_counts", "b company, b list, i state, t rule, i n", "company, list, state, rule"),
		kept("dnc", "b company, i number, t rule, t source, t reason, t actor, i at, i added", "company, number"),
		kept("attempts", "b company, b id, b campaign, b lead, i number, i decided, i state, b body", "company, id"),
		kept("report_sums", "b company, t dim, i span, i slot, t campaign, t value, b body", "company, dim, span, slot, campaign, value"),
	}
}

// CallsOf is the table of a month's calls.
func CallsOf(month timex.Date) Kept {
	return kept(Table(month), "i pk, b key, i contract, i start, b body", "pk").of(byPK)
}

func (k *Kept) names() string {
	out := make([]string, len(k.Columns))
	for i, c := range k.Columns {
		out[i] = c[2:]
	}
	return strings.Join(out, ", ")
}

// own is the transaction of one of our databases.
func own(tx store.Tx) (*Tx, error) {
	t, ok := tx.(*Tx)
	if !ok {
		return nil, fault.New(fault.Internal, "this database cannot be put into an archive")
	}
	return t, nil
}

// CallMonths are the months that have calls.
func CallMonths(tx store.Tx) (out []timex.Date, err error) {
	t, err := own(tx)
	if err != nil {
		return nil, err
	}
	err = t.query("SELECT month FROM call_months ORDER BY month", nil, func(r Row) error { out = append(out, r.Date(0)); return nil })
	return out, err
}

// Dump hands out the rows of a table, values as int64, string or []byte, which
// are only good until each returns.
func Dump(tx store.Tx, k Kept, each func([]any) error) error {
	t, err := own(tx)
	if err != nil {
		return err
	}
	values := make([]any, len(k.Columns))
	return t.scan("SELECT "+k.names()+" FROM "+k.Name+" ORDER BY "+k.Order, nil, func(r Row) error {
		k.read(r, values)
		return each(values)
	})
}

// read takes the values out of a row.
func (k *Kept) read(r Row, values []any) {
	for i, c := range k.Columns {
		switch c[0] {
		case 'i':
			values[i] = r.Int(i)
		case 't':
			values[i] = r.Text(i)
		default:
			b := r.Bytes(i)
			if b == nil {
				b = []byte{} // one database tells none from empty, the other does not
			}
			values[i] = b
		}
	}
}

// IsEmpty tells whether nothing was ever kept.
func IsEmpty(tx store.Tx) (bool, error) {
	t, err := own(tx)
	if err != nil {
		return false, err
	}
	for _, table := range []string{"companies", "records", "entries", "audit"} {
		some := false
		if err := t.query("SELECT 1 FROM "+table+" LIMIT 1", nil, func(Row) error { some = true; return nil }); err != nil || some {
			return false, err
		}
	}
	return true, nil
}

// MakeMonth makes the table of a month's calls. It is to be a transaction of its
// own.
func MakeMonth(tx store.Tx, m timex.Date) error {
	t, err := own(tx)
	if err != nil {
		return err
	}
	return t.noted(t.engine.Month(m))
}

// Loader fills empty tables, in the order of KeptTables.
type Loader struct {
	tx        *Tx
	companies map[int64]id.Company // by number
	contracts map[int64]int64      // number of the company by that of the contract
}

// NewLoader begins to fill a database.
func NewLoader(tx store.Tx) (*Loader, error) {
	t, err := own(tx)
	if err != nil {
		return nil, err
	}
	return &Loader{t, map[int64]id.Company{}, map[int64]int64{}}, nil
}

// Load puts a row into its table.
func (l *Loader) Load(k Kept, values []any) error {
	l.learn(k, values)
	numbered, o := "", Tenancy{}
	if k.Name == "companies" || k.Name == "names" {
		numbered = l.tx.engine.Numbered()
	}
	args := values
	if k.many != nil {
		n := k.many(l, values)
		c, known := l.companies[n]
		if !known {
			return fault.New(fault.Invalid, "a row of %s is of company %d, which is not in the archive", k.Name, n)
		}
		o = l.tx.own
		args = o.args(firm{c, n}, values...)
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	return l.tx.later(fmt.Sprintf("INSERT INTO %s (%s)%s VALUES (%s)", k.Name, o.column+k.names(), numbered, o.mark+marks), args...)
}

// learn remembers what later rows point at.
func (l *Loader) learn(k Kept, values []any) {
	switch k.Name {
	case "companies":
		var c id.Company
		copy(c.ID[:], values[1].([]byte))
		l.companies[values[0].(int64)] = c
	case "names":
		if values[2].(int64) == contractName {
			l.contracts[values[0].(int64)] = values[1].(int64)
		}
	}
}

// Loaded sets the counters of a database that was filled.
func Loaded(tx store.Tx) error {
	t, err := own(tx)
	if err != nil {
		return err
	}
	for _, table := range []string{"companies", "names"} {
		if err := t.noted(t.engine.Renumber(table)); err != nil {
			return err
		}
	}
	return nil
}
