package tables

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Numbers of companies, sources, contracts and prices are those of the database
// they were made in. Where the rows of one company move into another, its names
// are put in an order of their own, and rows name their place in it.

// Mover reads or writes the rows of one company with such places.
type Mover struct {
	tx      *Tx
	company firm
	names   []moved
	placeOf map[int64]int64 // place of a number, from 1 on
}

// moved is one name.
type moved struct {
	key  int64
	kind byte
	text []byte
}

// NewMover begins to read a company, which must be there.
func NewMover(tx store.Tx, c id.Company) (*Mover, error) {
	t, err := own(tx)
	if err != nil {
		return nil, err
	}
	company, err := t.company(c, false)
	if isNone(err) { // it has no facts
		return &Mover{tx: t, company: firm{id: c}, placeOf: map[int64]int64{}}, nil
	}
	if err != nil {
		return nil, err
	}
	m := &Mover{tx: t, company: company, placeOf: map[int64]int64{}}
	err = t.query("SELECT key, kind, text FROM names WHERE "+t.own.is+"company = ?", t.own.args(company, company.n), func(r Row) error {
		m.names = append(m.names, moved{r.Int(0), byte(r.Int(1)), bytes.Clone(r.Bytes(2))})
		return nil
	})
	slices.SortFunc(m.names, func(a, b moved) int { return cmp.Or(cmp.Compare(a.kind, b.kind), bytes.Compare(a.text, b.text)) })
	for i := range m.names {
		m.placeOf[m.names[i].key] = int64(i + 1)
	}
	return m, err
}

// MovedTables are the tables that have rows of a company, in the order in which
// they can be filled; those of calls come behind.
func MovedTables() (out []Kept) {
	for _, k := range KeptTables() {
		switch k.Name {
		case "companies":
			k = kept("companies", "i position", "key")
		case "names":
			k = kept("names", "i kind, b text", "key")
		case "series":
			continue // of the installation
		}
		out = append(out, k)
	}
	return out
}

// Dump hands out the rows of a table that are the company's, as Dump of all does.
func (m *Mover) Dump(k Kept, each func([]any) error) error {
	switch k.Name {
	case "companies":
		head, err := (facts{m.tx}).head(m.company)
		if err != nil || head == 0 {
			return err
		}
		return each([]any{head})
	case "names":
		for i := range m.names {
			if err := each([]any{int64(m.names[i].kind), m.names[i].text}); err != nil {
				return err
			}
		}
		return nil
	case "usage_months", "tallies":
		return m.dumpOfContracts(k, each)
	}
	where, args := m.where(k)
	return m.dump(k, where, args, each)
}

// where asks for the rows of the company.
func (m *Mover) where(k Kept) (string, []any) {
	o := m.tx.own
	switch {
	case k.many == nil:
		return "company = ?", []any{m.company.id}
	case k.Name == "stretch_months":
		return o.is + "company = ?", o.args(m.company, m.company.n)
	}
	return o.is + "pk BETWEEN ? AND ?", o.args(m.company, m.company.pk(0), m.company.pk(positionMask))
}

// dumpOfContracts puts rows into the order of places, a contract at a time.
func (m *Mover) dumpOfContracts(k Kept, each func([]any) error) error {
	for i := range m.names {
		if m.names[i].kind != contractName {
			continue
		}
		var rows [][]any
		o := m.tx.own
		err := m.dump(k, o.is+"contract = ?", o.args(m.company, m.names[i].key), func(row []any) error { rows = append(rows, slices.Clone(row)); return nil })
		if err != nil {
			return err
		}
		slices.SortFunc(rows, func(a, b []any) int {
			return cmp.Or(cmp.Compare(a[1].(int64), b[1].(int64)), cmp.Compare(a[2].(int64), b[2].(int64)))
		})
		for _, r := range rows {
			if err := each(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Mover) dump(k Kept, where string, args []any, each func([]any) error) error {
	values := make([]any, len(k.Columns))
	return m.tx.scan("SELECT "+k.names()+" FROM "+k.Name+" WHERE "+where+" ORDER BY "+k.Order, args, func(r Row) error {
		k.read(r, values)
		if err := m.turn(k, values, m.place, func(pk int64) int64 { return pk & positionMask }); err != nil {
			return err
		}
		return each(values)
	})
}

// turn gives the numbers of a row another form.
func (m *Mover) turn(k Kept, row []any, number func(int64) (int64, error), pk func(int64) int64) error {
	var failed error
	swap := func(at int) {
		n, err := number(row[at].(int64))
		if err != nil && failed == nil {
			failed = err
		}
		row[at] = n
	}
	switch {
	case k.Name == "stretches":
		row[0] = pk(row[0].(int64))
		swap(1)
		swap(4)
	case k.Name == "stretch_months":
		row[0], row[2] = pk(row[0].(int64)<<positionBits)>>positionBits, pk(row[2].(int64))
	case k.Name == "usage_months":
		swap(0)
	case k.Name == "tallies":
		swap(0)
		swap(2)
	case strings.HasPrefix(k.Name, "calls_"):
		row[0] = pk(row[0].(int64))
		swap(2)
		key, body := row[1].([]byte), row[4].([]byte)
		if len(key) < 4 {
			return fault.New(fault.Invalid, "the key of a call has %d bytes", len(key))
		}
		source, err := number(int64(binary.BigEndian.Uint32(key)))
		if err != nil {
			return err
		}
		row[1] = append(binary.BigEndian.AppendUint32(nil, uint32(source)), key[4:]...)
		if row[4], err = turnBody(body, number); err != nil {
			return err
		}
	}
	return failed
}

// turnBody gives the prices of a call's charges other numbers.
func turnBody(body []byte, number func(int64) (int64, error)) ([]byte, error) {
	charges, fact, err := cutBody(body)
	if err != nil {
		return nil, err
	}
	var out []byte
	for len(charges) > 0 {
		price, c, cost, rest, err := store.ReadCharge(charges)
		if err != nil {
			return nil, err
		}
		if price, err = number(price); err != nil {
			return nil, err
		}
		c.Cost = money.Micros(cost, money.Currency{})
		out, charges = store.AppendCharge(out, price, &c), rest
	}
	return append(append(binary.AppendUvarint(nil, uint64(len(out))), out...), fact...), nil
}

func (m *Mover) place(number int64) (int64, error) {
	p, known := m.placeOf[number]
	if !known {
		return 0, fault.New(fault.Internal, "name %d of a stored row is not one of the company's", number)
	}
	return p, nil
}

// number is the number here of a place.
func (m *Mover) number(place int64) (int64, error) {
	if place < 1 || place > int64(len(m.names)) {
		return 0, fault.New(fault.Invalid, "a row has the name at place %d of %d", place, len(m.names))
	}
	return m.names[place-1].key, nil
}

// BeginMove makes a company that its rows are to be loaded for. One that has rows
// here is a Conflict.
func BeginMove(tx store.Tx, c id.Company) (*Mover, error) {
	t, err := own(tx)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"records", "entries", "documents", "audit"} {
		some := false
		if err := t.query("SELECT 1 FROM "+table+" WHERE company = ? LIMIT 1", []any{c}, func(Row) error { some = true; return nil }); err != nil {
			return nil, err
		}
		if some {
			return nil, fault.New(fault.Conflict, "company %s has %s here already", c.Named("co"), table)
		}
	}
	if there, err := t.company(c, false); err == nil {
		head, err := (facts{t}).head(there)
		if err != nil || head != 0 {
			return nil, errOr(err, fault.New(fault.Conflict, "company %s has usage here already", c.Named("co")))
		}
	} else if !isNone(err) {
		return nil, err
	}
	return &Mover{tx: t, company: firm{id: c}}, t.lock(c)
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// Load puts a row of the company into its table.
func (m *Mover) Load(k Kept, values []any) error {
	switch k.Name {
	case "companies":
		var err error
		if m.company, err = m.tx.writing(m.company.id); err != nil {
			return err
		}
		m.tx.heads[m.company.id] = values[0].(int64)
		return m.tx.later("UPDATE companies SET position = ? WHERE id = ?", values[0], m.company.id)
	case "names":
		of := name{m.company, byte(values[0].(int64)), string(values[1].([]byte))}
		key, err := m.tx.number(of, true)
		m.names = append(m.names, moved{key: key})
		return err
	}
	if k.many == nil {
		if c, ok := values[0].([]byte); !ok || !bytes.Equal(c, m.company.id.ID[:]) {
			return fault.New(fault.Invalid, "a row of %s is another company's", k.Name)
		}
		return m.insert(k, Tenancy{}, values)
	}
	err := m.turn(k, values, m.number, func(pk int64) int64 { return m.company.pk(pk & positionMask) })
	if err != nil {
		return err
	}
	return m.insert(k, m.tx.own, values)
}

func (m *Mover) insert(k Kept, o Tenancy, values []any) error {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
	return m.tx.later("INSERT INTO "+k.Name+" ("+o.column+k.names()+") VALUES ("+o.mark+marks+")", o.args(m.company, values...)...)
}

// MonthsOf are the months in which a company has calls.
func (m *Mover) MonthsOf() (out []timex.Date, err error) {
	all, err := CallMonths(m.tx)
	if err != nil || m.company.n == 0 {
		return nil, err
	}
	for _, month := range all {
		where, args := m.where(CallsOf(month))
		some := false
		if err := m.tx.query("SELECT 1 FROM "+Table(month)+" WHERE "+where+" LIMIT 1", args, func(Row) error { some = true; return nil }); err != nil {
			return nil, err
		}
		if some {
			out = append(out, month)
		}
	}
	return out, nil
}

// Series is the last number of a series of the installation; 0: it has none.
func (m *Mover) Series(name string) (last int64, err error) {
	err = m.tx.query("SELECT last FROM series WHERE company = ? AND series = ?", []any{id.Platform, name}, func(r Row) error { last = r.Int(0); return nil })
	return last, err
}

// GoOn lets a series, which has no number yet, go on behind a number.
func (m *Mover) GoOn(name string, last int64) error {
	return m.tx.later("INSERT INTO series (company, series, last) VALUES (?, ?, ?)", id.Platform, name, last)
}
