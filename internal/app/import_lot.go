package app

import (
	"context"
	"fmt"

	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

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
