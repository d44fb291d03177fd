package app

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// maxName bounds names and addresses that people write.
const maxName = 200

// AddCompany opens the books of a customer. Name is taken once.
func (s *System) AddCompany(ctx context.Context, in Company) (out Company, err error) {
	defer fault.Wrap(&err, "add company %q", fault.Shorten(in.Name, 40))
	if err := in.check(); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		out = in
		var err error
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		r := &store.Record{Company: id.Platform, Kind: KindCompany, ID: out.ID, Unique: []store.Key{{Name: "name", Value: in.Name}}, Index: in.Orders()}
		out.Revision = 1
		return save(tx, r, &out)
	})
	return out, err
}

// SetCompany changes what is kept of a customer. Revision must be what was read.
func (s *System) SetCompany(ctx context.Context, in Company) (out Company, err error) {
	defer fault.Wrap(&err, "set company %s", in.ID)
	if err := in.check(); err != nil {
		return out, err
	}
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		before, r, err := get[Company](tx, id.Platform, KindCompany, in.ID)
		if err != nil {
			return err
		}
		out = in
		out.Suspended, out.Held = before.Suspended, before.Held // dunning and hands change these
		out.Foreign = before.Foreign
		r.Revision, out.Revision = in.Revision, in.Revision+1
		r.Unique, r.Index = []store.Key{{Name: "name", Value: in.Name}}, in.Orders()
		return save(tx, r, &out)
	})
	return out, err
}

// GetCompany reads what is kept of a customer.
func (s *System) GetCompany(ctx context.Context, c id.Company) (out Company, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = get[Company](tx, id.Platform, KindCompany, c.ID)
		return err
	})
	return out, err
}

// oneLine tells a text with something to read in it and nothing that breaks a line:
// names stand in headings, documents and the subjects of letters.
func oneLine(s string) bool {
	return strings.TrimSpace(s) != "" && !strings.ContainsFunc(s, unicode.IsControl)
}

func (c *Company) check() error {
	if !oneLine(c.Name) || utf8.RuneCountInString(c.Name) > maxName || len(c.Email) > maxName || len(c.Series) > 20 {
		return fault.New(fault.Invalid, "a company needs a name on one line; name and email have at most %d characters, series 20", maxName)
	}
	if _, err := lang.ParseTag(c.Lang); err != nil && c.Lang != "" {
		return fault.New(fault.Invalid, "lang: %v", err)
	}
	return c.Dunning.Check()
}
