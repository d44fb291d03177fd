package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
)

// KindMapping holds a cdr.Mapping that a company's files are read with; unique
// "name".
const KindMapping store.Kind = "mapping"

// maxMappings bounds the mappings of a company.
const maxMappings = 50

// KeepMapping keeps a mapping of a company's files under its name, in place of
// the one that had it.
func (s *System) KeepMapping(ctx context.Context, c id.Company, m cdr.Mapping) (err error) {
	defer fault.Wrap(&err, "keep mapping")
	if m.Name == "" || len(m.Name) > 64 {
		return fault.Problem{Path: "name", What: "a mapping has a name of 1 to 64 characters"}
	}
	if _, err := cdr.Find(cdr.Formats(), m.Name); err == nil {
		return fault.Problem{Path: "name", Value: m.Name, What: "a format of ours has this name"}
	}
	if _, err := cdr.Mapped(m); err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx store.Tx) error {
		_, r, err := find[cdr.Mapping](tx, c, KindMapping, "name", m.Name)
		if err != nil && fault.KindOf(err) == fault.NotFound {
			there, err := all[cdr.Mapping](tx, c, KindMapping, store.Key{})
			if err != nil {
				return err
			}
			if len(there) >= maxMappings {
				return fault.New(fault.Conflict, "there are %d mappings already: keep this one under the name of one that is not used any more", maxMappings)
			}
			r = &store.Record{Company: c, Kind: KindMapping, Unique: []store.Key{{Name: "name", Value: m.Name}}}
			if r.ID, err = s.newID(tx); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		return save(tx, r, m)
	})
}

// Mappings are those of a company.
func (s *System) Mappings(ctx context.Context, c id.Company) (out []cdr.Mapping, err error) {
	defer fault.Wrap(&err, "mappings")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[cdr.Mapping](tx, c, KindMapping, store.Key{})
		return err
	})
	return out, err
}
