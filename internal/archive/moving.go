package archive

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/store"
	"waihu/internal/store/tables"
)

// Files of an archive with which one company moves, beside its tables.
const (
	sharedFile = "shared.jsonl" // records of the installation that the company's refer to
	seriesFile = "series.jsonl" // numbers its own series have come to
)

// shared is a record of the installation.
type shared struct {
	Kind   store.Kind      `json:"kind"`
	ID     id.ID           `json:"id"`
	Body   json.RawMessage `json:"body"`
	Unique []store.Key     `json:"unique"`
	Index  []store.Key     `json:"index"`
}

// counted is how far a series is.
type counted struct {
	Series string `json:"series"`
	Last   int64  `json:"last"`
}

// ExportMove writes a company into a new file, so that it can be read into books
// that others are in: its rows, with the numbers of this database taken out of
// them, and the plans, rates and support plans they refer to. The company must
// have left (app.Leave), or what is booked meanwhile would be lost.
func ExportMove(ctx context.Context, db store.DB, c id.Company, path string) (_ *Manifest, err error) {
	defer fault.Wrap(&err, "export %s", c.Named("co"))
	w, err := create(path, c.Named("co"))
	if err != nil {
		return nil, err
	}
	w.manifest.Moves = true
	err = w.finish(db.View(ctx, func(tx store.Tx) error {
		since, err := app.Left(tx, c)
		if err == nil && since == 0 {
			err = fault.New(fault.Conflict, "the books of the company are open: close them first with waihu company leave")
		}
		if err != nil {
			return err
		}
		m, err := tables.NewMover(tx, c)
		if err != nil {
			return err
		}
		months, err := m.MonthsOf()
		if err != nil {
			return err
		}
		list := tables.MovedTables()
		for _, month := range months {
			list = append(list, tables.CallsOf(month))
		}
		for _, k := range list {
			if err := w.file(tablesFolder+k.Name+".jsonl", func(to io.Writer) (int64, error) { return writeTable(ctx, own(m), k, to) }); err != nil {
				return fmt.Errorf("%s: %w", k.Name, err)
			}
		}
		return w.beside(tx, m, c)
	}))
	return &w.manifest, err
}

// own dumps the rows of one company. Webhooks stay behind: their secrets are
// sealed with the key of the installation.
func own(m *tables.Mover) dumper {
	return func(k tables.Kept, each func([]any) error) error {
		return m.Dump(k, func(row []any) error {
			switch k.Name {
			case "records", "record_unique", "record_index":
				if row[1] == string(notify.EndpointKind) {
					return nil
				}
			}
			return each(row)
		})
	}
}

// beside writes what belongs to the installation, and names what stays behind.
func (w *writer) beside(tx store.Tx, m *tables.Mover, c id.Company) error {
	list, err := sharedBy(tx, c)
	if err != nil {
		return err
	}
	if err := w.file(sharedFile, func(to io.Writer) (int64, error) { return lines(to, list) }); err != nil {
		return err
	}
	company, err := read[app.Company](tx.Records().Get(id.Platform, app.KindCompany, c.ID))
	if err != nil {
		return err
	}
	var series []counted
	for _, name := range seriesOf(company.Series) {
		last, err := m.Series(name)
		if err != nil {
			return err
		}
		series = append(series, counted{name, last})
	}
	if err := w.file(seriesFile, func(to io.Writer) (int64, error) { return lines(to, series) }); err != nil {
		return err
	}
	w.manifest.Left, err = leftBehind(tx, c)
	return err
}

// seriesOf are the series of a company that has one of its own.
func seriesOf(series string) []string {
	if series == "" {
		return nil
	}
	return []string{series, app.NoteSeries(series)}
}

// leftBehind names what does not come along.
func leftBehind(tx store.Tx, c id.Company) (out []string, err error) {
	hooks, err := tx.Records().List(c, notify.EndpointKind, store.Key{}, store.Page{Limit: store.MaxPage})
	if err != nil {
		return nil, err
	}
	if len(hooks) > 0 {
		out = append(out, fmt.Sprintf("%d webhooks: add them again, their secrets are sealed with the key of these books", len(hooks)))
	}
	gate := access.Gate{}
	people, err := gate.Users(tx, c, store.Page{Limit: store.MaxPage})
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		out = append(out, "a person: "+p.Email)
	}
	keys, err := gate.Keys(tx, c, store.Page{Limit: store.MaxPage})
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		out = append(out, "an API key: "+k.Name)
	}
	return out, nil
}

// sharedBy are the records of the installation a company refers to, itself the
// first: all versions of its plans with their decks, support plans of its
// tickets, and the rates of exchange.
func sharedBy(tx store.Tx, c id.Company) (out []shared, err error) {
	self, err := tx.Records().Get(id.Platform, app.KindCompany, c.ID)
	if err != nil {
		return nil, err
	}
	out = append(out, sharedRecord(self))
	plans, desks := map[string]bool{}, map[string]bool{}
	if err := each(tx, c, app.KindContract, func(r *store.Record) error {
		a, err := read[app.Agreement](r, nil)
		if err != nil {
			return err
		}
		plan, _, _ := strings.Cut(a.Plan, "@")
		plans[plan] = true
		return nil
	}); err != nil {
		return nil, err
	}
	if err := each(tx, c, app.KindTicket, func(r *store.Record) error {
		t, err := read[app.Ticket](r, nil)
		desks[t.Plan] = true
		return err
	}); err != nil {
		return nil, err
	}
	for _, k := range []struct {
		kind store.Kind
		ours func(*store.Record) bool
	}{
		{app.KindPlan, func(r *store.Record) bool { return has(r.Index, "plan", plans) }},
		{app.KindSupport, func(r *store.Record) bool { return has(r.Unique, "name", desks) }},
		{app.KindRate, func(*store.Record) bool { return true }},
	} {
		if err := each(tx, id.Platform, k.kind, func(r *store.Record) error {
			if k.ours(r) {
				out = append(out, sharedRecord(r))
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func has(keys []store.Key, name string, values map[string]bool) bool {
	return slices.ContainsFunc(keys, func(k store.Key) bool { return k.Name == name && values[k.Value] })
}

func sharedRecord(r *store.Record) shared {
	return shared{r.Kind, r.ID, json.RawMessage(r.Body), r.Unique, r.Index}
}

func each(tx store.Tx, c id.Company, k store.Kind, f func(*store.Record) error) error {
	page := store.Page{Limit: store.MaxPage}
	for { // bounded: After rises with every page
		list, err := tx.Records().List(c, k, store.Key{}, page)
		if err != nil {
			return err
		}
		for i := range list {
			if err := f(&list[i]); err != nil {
				return err
			}
		}
		if len(list) < page.Limit {
			return nil
		}
		page.After = list[len(list)-1].ID
	}
}

func read[T any](r *store.Record, err error) (body T, _ error) {
	if err != nil {
		return body, err
	}
	return body, json.Unmarshal(r.Body, &body)
}

func lines[T any](to io.Writer, list []T) (int64, error) {
	enc := json.NewEncoder(to)
	for i := range list {
		if err := enc.Encode(list[i]); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), nil
}

// readLines reads what lines wrote.
func readLines[T any](r *reader, name string) (out []T, err error) {
	f, err := r.Open(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the archive has no %s", name)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	dec := json.NewDecoder(bufio.NewReader(io.LimitReader(f, maxRow)))
	for { // ends with the file
		var x T
		if err := dec.Decode(&x); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
}

// ImportMove reads a company into books that others may be in. It is refused
// where the company, its name, its series or a plan of another content is there
// already. What was read is written out once more before it is kept, and must be
// the same. series is the one that its invoices are numbered in from now on; empty:
// its own goes on, if it has one.
func ImportMove(ctx context.Context, db store.DB, path, series string) (_ *Manifest, err error) {
	defer fault.Wrap(&err, "import")
	r, err := open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if !r.manifest.Moves {
		return nil, fault.New(fault.Invalid, "%s was not written to move a company: waihu export --company ID --move was expected", path)
	}
	i, err := id.ParseNamed("co", r.manifest.Company)
	if err != nil {
		return nil, err
	}
	list, months, err := r.tables(tables.MovedTables(), sharedFile, seriesFile)
	if err != nil {
		return nil, err
	}
	a := arriving{ctx: ctx, r: r, c: id.Company{ID: i}, series: series, list: list}
	if a.shared, err = readLines[shared](r, sharedFile); err != nil {
		return nil, err
	}
	if a.counted, err = readLines[counted](r, seriesFile); err != nil {
		return nil, err
	}
	for _, m := range months {
		if err := db.Update(ctx, func(tx store.Tx) error { return tables.MakeMonth(tx, m) }); err != nil {
			return nil, err
		}
	}
	return &r.manifest, db.Update(ctx, a.arrive)
}

// arriving is a company on its way into other books.
type arriving struct {
	ctx     context.Context
	r       *reader
	c       id.Company
	series  string
	list    []tables.Kept
	shared  []shared
	counted []counted
}

func (a *arriving) arrive(tx store.Tx) error {
	m, err := tables.BeginMove(tx, a.c)
	if err != nil {
		return err
	}
	for i := range a.shared {
		if err := a.share(tx, m, &a.shared[i]); err != nil {
			return err
		}
	}
	for _, k := range a.list {
		if err := a.r.readTable(a.ctx, k, m.Load); err != nil {
			return fmt.Errorf("%s: %w", k.Name, err)
		}
	}
	again, err := tables.NewMover(tx, a.c)
	if err != nil {
		return err
	}
	for _, k := range a.list {
		if err := a.r.mustBe(a.ctx, own(again), k); err != nil {
			return err
		}
	}
	return a.settleIn(tx)
}

// share keeps a record of the installation that is not here yet. One that is here
// must say the same.
func (a *arriving) share(tx store.Tx, m *tables.Mover, s *shared) error {
	if s.Kind == app.KindCompany {
		return a.self(tx, m, s)
	}
	rec := &store.Record{Company: id.Platform, Kind: s.Kind, ID: s.ID, Body: s.Body, Unique: s.Unique, Index: s.Index}
	for _, k := range s.Unique {
		there, err := tx.Records().ByKey(id.Platform, s.Kind, k)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		same, err := sameBut(there.Body, s.Body, "id", "revision")
		if err == nil && !same {
			err = fault.New(fault.Conflict, "%s %s is here with another content: the company's books refer to the one they came from", s.Kind, k.Value)
		}
		return err
	}
	return tx.Records().Put(rec)
}

// self keeps the company itself, with the series it goes on in.
func (a *arriving) self(tx store.Tx, m *tables.Mover, s *shared) error {
	if s.ID != a.c.ID {
		return fault.New(fault.Invalid, "the archive has another company than it says")
	}
	var company app.Company
	if err := json.Unmarshal(s.Body, &company); err != nil {
		return err
	}
	before := company.Series
	if a.series != "" {
		company.Series = a.series
		company.Foreign = append(company.Foreign, app.InvoiceSeries(before), app.NoteSeries(app.InvoiceSeries(before)))
	}
	if company.Series == "" {
		return fault.New(fault.Conflict, "the company's invoices are numbered in the series all companies share: name one of its own for the next with --series")
	}
	if err := free(tx, m, company.Series); err != nil {
		return err
	}
	if a.series == "" {
		for _, c := range a.counted {
			if c.Last == 0 {
				continue
			}
			if err := m.GoOn(c.Series, c.Last); err != nil {
				return err
			}
		}
	}
	company.Revision = 1
	body, err := json.Marshal(&company)
	if err != nil {
		return err
	}
	return tx.Records().Put(&store.Record{Company: id.Platform, Kind: app.KindCompany, ID: s.ID, Body: body, Unique: s.Unique, Index: company.Orders()})
}

// free tells whether nobody here numbers in a series.
func free(tx store.Tx, m *tables.Mover, series string) error {
	taken := series == app.InvoiceSeries("")
	for _, name := range seriesOf(series) {
		last, err := m.Series(name)
		if err != nil {
			return err
		}
		taken = taken || last > 0
	}
	err := each(tx, id.Platform, app.KindCompany, func(r *store.Record) error {
		c, err := read[app.Company](r, nil)
		taken = taken || c.Series == series || slices.Contains(c.Foreign, series)
		return err
	})
	if err == nil && taken {
		err = fault.New(fault.Conflict, "invoices are numbered in series %s here already: name another with --series", series)
	}
	return err
}

// settleIn opens the books of a company that arrived, and leaves messages that
// still wait to the books they came from.
func (a *arriving) settleIn(tx store.Tx) error {
	for { // ends: what was looked at waits no longer
		list, err := tx.Outbox().List(a.c, store.Waiting, store.Page{Limit: store.MaxPage})
		if err != nil {
			return err
		}
		for i := range list {
			list[i].State, list[i].Error = store.Dead, "the company moved: it was left to the books before"
			if err := tx.Outbox().Update(&list[i]); err != nil {
				return err
			}
		}
		if len(list) < store.MaxPage {
			break
		}
	}
	if err := app.Arrive(tx, a.c); err != nil {
		return err
	}
	return access.Record(tx, access.System("import"), access.Deed{Company: a.c, Action: "company.arrive", Target: a.c.Named("co"), Reason: "digest " + a.r.manifest.Digest()})
}

// sameBut compares two JSON objects, some fields left aside.
func sameBut(a, b []byte, fields ...string) (bool, error) {
	var x, y map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		return false, err
	}
	for _, f := range fields {
		delete(x, f)
		delete(y, f)
	}
	one, err1 := json.Marshal(x)
	two, err2 := json.Marshal(y)
	return string(one) == string(two), errors.Join(err1, err2)
}
