package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/leadfile"
	"waihu/internal/phone"
	"waihu/internal/sheet"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Bounds of an import. A lot is one transaction: each touches nearly every page of
// the index of numbers, so that large ones are written sooner; the first are small,
// so that something is seen soon. At some 1.5 KB a lead, the three lots that are
// read, wait and are kept at once take 180 MB.
const (
	firstLot   = 5_000
	importLot  = 40_000
	importLots = 1               // made ready while one is kept
	importHold = 2 * time.Minute // how long a list is one import's, if it says nothing
	maxRows    = 10_000_000      // of a file: the numbers seen in it are kept in memory, some 400 MB of them
)

// ImportProgress is how far an import has come.
type ImportProgress struct {
	ImportCounts
	Bytes int64 // of the file
}

// importing is one run of an import.
type importing struct {
	s       *System
	company id.Company
	list    LeadList
	kept    *LeadImport // as it was last kept
	reader  *leadfile.Reader
	aside   *leadfile.Aside
	at      timex.Instant // of identifiers
	seen    map[phone.Number]struct{}
	skip    int64 // rows that were kept before this run
	read    int64 // rows of the file that the run has read
	size    int64 // of the next lot
	bytes   *atomic.Int64
}

// importedLot is rows that are ready to be kept.
type importedLot struct {
	lot    *store.LeadLot
	rows   int64 // of the file, those in no lot included
	inFile int64
	flawed []bool // of each lead
	wrong  []leadfile.Row
	flaws  []*fault.Problem
	bytes  int64
	err    error // the file is damaged behind these
}

// ImportLeads reads a file into its list: an import that was begun, from its first
// row that is not kept. Rows that are wrong go to the file asidePath. What progress
// was last told of is on disk. A second run of an import, and a second import of
// its list, at the same time are Conflicts.
func (s *System) ImportLeads(ctx context.Context, c id.Company, i id.ID, src sheet.Source, asidePath string, progress func(ImportProgress)) (out LeadImport, err error) {
	defer fault.Wrap(&err, "import leads")
	m := &importing{s: s, company: c, size: firstLot, seen: map[phone.Number]struct{}{}, bytes: &atomic.Int64{}}
	if err := m.open(ctx, i, src, asidePath); err != nil {
		return out, err
	}
	defer m.reader.Close()
	defer func() { err = errors.Join(err, m.aside.Close(m.kept.Bad)) }()
	if m.kept.Done {
		return *m.kept, nil
	}
	ctx, stop := context.WithCancel(ctx)
	lots := make(chan importedLot, importLots)
	go m.feed(ctx, lots)
	defer func() {
		stop()
		for range lots { // the reading ends before its file is closed
		}
	}()
	for lot := range lots {
		if err := m.keep(ctx, &lot); err != nil {
			return *m.kept, err
		}
		if progress != nil {
			progress(ImportProgress{m.kept.ImportCounts, lot.bytes})
		}
		if lot.err != nil {
			return *m.kept, lot.err
		}
	}
	if err := ctx.Err(); err != nil {
		return *m.kept, err
	}
	return *m.kept, m.finish(ctx)
}

// open reads what is kept of the import and opens its files.
func (m *importing) open(ctx context.Context, i id.ID, src sheet.Source, asidePath string) error {
	err := m.s.DB.View(ctx, func(tx store.Tx) error {
		kept, _, err := get[LeadImport](tx, m.company, KindLeadImport, i)
		if err != nil {
			return err
		}
		m.kept, m.skip, m.at = &kept, kept.Read, tx.Now()
		m.list, _, err = get[LeadList](tx, m.company, KindLeadList, kept.List)
		return err
	})
	if err != nil {
		return err
	}
	opt := leadfile.Options{Consent: m.list.Consent}
	if m.list.Zone != "" {
		if opt.Zone, err = timex.LoadZone(m.list.Zone); err != nil {
			return err
		}
	}
	counted := sheet.Source{Name: src.Name, Open: func() (io.ReadCloser, error) {
		f, err := src.Open()
		return &counting{f, m.bytes}, err
	}}
	if m.reader, err = leadfile.Open(counted, m.kept.Mapping, opt); err != nil {
		return err
	}
	if m.aside, err = leadfile.NewAside(asidePath, m.reader.Header(), m.kept.Aside); err != nil {
		m.reader.Close()
	}
	return err
}

// counting tells how far a file was read.
type counting struct {
	io.ReadCloser
	n *atomic.Int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// feed makes lots ready until the file or the context ends.
func (m *importing) feed(ctx context.Context, out chan<- importedLot) {
	defer close(out)
	for { // ends with the file, of at most maxRows
		lot := m.next()
		if lot.rows == 0 && lot.err == nil {
			return
		}
		select {
		case out <- lot:
		case <-ctx.Done():
			return
		}
		if lot.err != nil {
			return
		}
	}
}

// next reads one lot. Rows that are kept already are read, so that numbers in them
// are known, and left out.
func (m *importing) next() (out importedLot) {
	out.lot = &store.LeadLot{}
	size := m.size
	m.size = min(2*m.size, importLot)
	for out.rows < size {
		row, err := m.reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			out.err = err
			break
		}
		again := row.Why == nil && m.isSeen(&row.Lead)
		if m.read++; m.read <= m.skip {
			continue
		}
		if m.read > maxRows {
			out.err = fault.New(fault.Invalid, "the file has more than %d rows: split it", maxRows)
			break
		}
		out.rows++
		switch {
		case row.Why != nil:
			out.wrong = append(out.wrong, row)
		case again:
			out.inFile++
		default:
			if out.err = m.add(&out, &row); out.err != nil {
				out.rows = 0
				return out
			}
		}
	}
	out.bytes = m.bytes.Load()
	return out
}

// add makes the lead of a row ready. One that cannot be kept is set aside.
func (m *importing) add(out *importedLot, row *leadfile.Row) (err error) {
	row.Lead.List = m.list.ID
	if row.Lead.ID, err = m.s.IDs.At(m.at); err != nil {
		return err
	}
	if err := out.lot.Add(row.Lead); err != nil {
		row.Why = &fault.Problem{Line: row.Line, What: "the row is too long", Expected: fmt.Sprintf("at most %d bytes in all", lead.MaxLeadSize)}
		out.wrong = append(out.wrong, *row)
		return nil
	}
	out.flawed = append(out.flawed, row.Flaw != nil)
	if row.Flaw != nil {
		out.flaws = append(out.flaws, row.Flaw)
	}
	return nil
}

// isSeen tells whether a lead's first number came before in the file, and
// remembers it.
func (m *importing) isSeen(l *lead.Lead) bool {
	n := l.Numbers[0].Number
	if _, seen := m.seen[n]; seen {
		return true
	}
	m.seen[n] = struct{}{}
	return false
}

// keep puts a lot on disk: first the rows that are wrong, then the leads with the
// place up to which the file is read.
func (m *importing) keep(ctx context.Context, lot *importedLot) error {
	if lot.rows == 0 {
		return nil
	}
	next := m.kept.clone()
	next.Read += lot.rows
	next.Bad += int64(len(lot.wrong))
	next.InFile += lot.inFile
	for i := range lot.wrong {
		next.tell(lot.wrong[i].Why)
		if err := m.aside.Add(lot.wrong[i].Cells, lot.wrong[i].Why); err != nil {
			return err
		}
	}
	for _, p := range lot.flaws {
		next.tell(p)
	}
	if len(lot.wrong) > 0 {
		var err error
		if next.Aside, err = m.aside.Sync(); err != nil {
			return err
		}
	}
	var kept *LeadImport
	err := m.s.DB.Update(store.For(ctx, m.company), func(tx store.Tx) error {
		kept = next.clone()
		return m.keepIn(tx, kept, lot)
	})
	if err == nil {
		m.kept = kept
	}
	return err
}

// keepIn does it within a transaction, which may be run again.
func (m *importing) keepIn(tx store.Tx, kept *LeadImport, lot *importedLot) error {
	if _, err := tx.Leases().Take(m.lease(), m.node(), importHold); err != nil {
		return err
	}
	now, r, err := get[LeadImport](tx, m.company, KindLeadImport, kept.ID)
	if err != nil {
		return err
	}
	if now.Read != m.kept.Read || now.Done {
		return fault.New(fault.Conflict, "import %s is at row %d, not %d: another run of it goes on", kept.ID.Named("imp"), now.Read, m.kept.Read)
	}
	fresh, err := m.fresh(tx, kept, lot)
	if err != nil {
		return err
	}
	forbidden, err := barLot(tx, m.company, fresh)
	if err != nil {
		return err
	}
	kept.Forbidden += forbidden
	if err := tx.Leads().Add(m.company, fresh); err != nil {
		return err
	}
	kept.Added += int64(len(fresh.Leads))
	refused, err := m.refused(tx, fresh)
	if err != nil {
		return err
	}
	kept.Forbidden += refused
	return putLeadImport(tx, r, kept)
}

// fresh is the lot without the leads that are there, by the rule of the list.
func (m *importing) fresh(tx store.Tx, kept *LeadImport, lot *importedLot) (*store.LeadLot, error) {
	there := map[phone.Number]bool{} // true: in this list
	ask, err := m.mayBeThere(tx, kept)
	if err != nil {
		return nil, err
	}
	if ask {
		numbers := make([]phone.Number, len(lot.lot.Leads))
		for i := range lot.lot.Leads {
			numbers[i] = lot.lot.Leads[i].Numbers[0].Number
		}
		list := m.list.ID
		if m.list.Same == InCompany {
			list = id.ID{}
		}
		found, err := tx.Leads().Numbers(m.company, list, numbers)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			there[f.Number] = there[f.Number] || f.List == m.list.ID
		}
	}
	return lot.lot.Only(func(i int) bool {
		inList, is := there[lot.lot.Leads[i].Numbers[0].Number]
		switch {
		case !is:
			if lot.flawed[i] {
				kept.Flawed++
			}
			return true
		case inList:
			kept.InList++
		default:
			kept.InCompany++
		}
		return false
	}), nil
}

// mayBeThere tells whether a number can be there, by the list's rule, that was not
// seen in the file: not where all leads of the list came from this file.
func (m *importing) mayBeThere(tx store.Tx, kept *LeadImport) (bool, error) {
	if m.list.Same == InFile || m.list.Same == InCompany {
		return m.list.Same == InCompany, nil
	}
	counts, err := tx.Leads().Counts(m.company, m.list.ID)
	all := ListedLeads{Counts: counts}
	return all.Total() != kept.Added, err
}

// refused puts numbers of leads that refused in another system on the list, for
// every campaign, and tells how many leads those are.
func (m *importing) refused(tx store.Tx, lot *store.LeadLot) (n int64, err error) {
	var list []store.Barred
	for i := range lot.Leads {
		l := &lot.Leads[i]
		if l.State != lead.Forbidden || l.Rule != lead.Refused || l.Numbers[0].Forbidden != "" {
			continue
		}
		n++
		for _, x := range l.Numbers {
			list = append(list, store.Barred{Number: x.Number, Rule: lead.Refused, Source: "list " + m.list.Name, By: m.kept.By})
		}
	}
	for len(list) > 0 && err == nil {
		now := list[:min(len(list), MaxBarred)]
		list = list[len(now):]
		_, err = bar(tx, m.company, now)
	}
	return n, err
}

func (m *importing) lease() string { return fmt.Sprintf("import/%s/%s", m.company, m.list.ID) }

// node names the run: two of one process are two.
func (m *importing) node() string { return m.s.Node + "/" + m.kept.ID.String() }

// finish notes that the file was read to its end.
func (m *importing) finish(ctx context.Context) error {
	next := m.kept.clone()
	err := m.s.DB.Update(store.For(ctx, m.company), func(tx store.Tx) error {
		now, r, err := get[LeadImport](tx, m.company, KindLeadImport, m.kept.ID)
		if err != nil {
			return err
		}
		if now.Read != m.kept.Read {
			return fault.New(fault.Conflict, "import %s is at row %d, not %d: another run of it goes on", m.kept.ID.Named("imp"), now.Read, m.kept.Read)
		}
		next.Done, next.Ended = true, tx.Now()
		if err := tx.Leases().Release(m.lease(), m.node()); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		return putLeadImport(tx, r, next)
	})
	if err == nil {
		m.kept = next
	}
	return err
}
