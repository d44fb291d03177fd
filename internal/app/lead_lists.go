package app

import (
	"context"
	"slices"
	"unicode/utf8"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// KindLeadList holds a LeadList; unique "name", index "campaign".
const KindLeadList store.Kind = "lead_list"

// LeadList is leads that were brought in together. It is in one campaign at most.
type LeadList struct {
	ID       id.ID        `json:"id"`
	Name     string       `json:"name"`
	Campaign id.ID        `json:"campaign,omitzero"`
	Country  string       `json:"country,omitempty"`   // of numbers that are written without a country code
	Zone     string       `json:"time_zone,omitempty"` // of dates in its files that name none
	Consent  lead.Consent `json:"consent,omitzero"`    // of leads whose row says nothing
	Same     SameNumber   `json:"same,omitempty"`      // when a number makes a row a duplicate; empty: InList
	Revision int64        `json:"revision"`
}

// SameNumber is where a number that is there already makes a row a duplicate.
type SameNumber string

const (
	InFile    SameNumber = "file"    // twice in one file
	InList    SameNumber = "list"    // or in the list before
	InCompany SameNumber = "company" // or in any list of the company
)

// Choices lists them.
func (SameNumber) Choices() []string { return []string{"file", "list", "company"} }

func (l *LeadList) check() error {
	var ps fault.Problems
	if l.Name == "" || utf8.RuneCountInString(l.Name) > maxName {
		ps = append(ps, fault.Problem{Path: "name", Value: l.Name, What: "a name is missing or long", Expected: "1 to 200 characters"})
	}
	if l.Country != "" && phone.ZonesIn(l.Country) == nil {
		ps = append(ps, fault.Problem{Path: "country", Value: l.Country, What: "no such country is known", Expected: "two letters of ISO 3166, such as CN"})
	}
	if l.Zone != "" {
		if _, err := timex.LoadZone(l.Zone); err != nil {
			ps = append(ps, fault.Problem{Path: "time_zone", Value: l.Zone, What: "no such time zone", Expected: "Asia/Shanghai"})
		}
	}
	if l.Same != "" && !slices.Contains(l.Same.Choices(), string(l.Same)) {
		ps = append(ps, fault.Problem{Path: "same", Value: string(l.Same), What: "there is no such rule", Expected: "file, list or company"})
	}
	if b := l.Consent.Basis; b != lead.NoBasis && !slices.Contains(b.Choices(), string(b)) {
		ps = append(ps, fault.Problem{Path: "consent.basis", Value: string(b), What: "this is no basis for calling", Expected: "consent, written, customer, requested or published"})
	}
	return ps.Err()
}

// SetLeadList keeps a list: a new one where its identifier is zero, else in place
// of the revision it names. Which campaign has it is the campaign's to say.
func (s *System) SetLeadList(ctx context.Context, c id.Company, in LeadList) (out LeadList, err error) {
	defer fault.Wrap(&err, "lead list")
	if err := in.check(); err != nil {
		return out, err
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		out = in
		r := &store.Record{Company: c, Kind: KindLeadList, ID: in.ID, Revision: in.Revision}
		if in.ID.IsZero() {
			out.Campaign, r.Revision = id.ID{}, 0
			if out.ID, err = s.newID(tx); err != nil {
				return err
			}
			r.ID = out.ID
			return putLeadList(tx, r, &out)
		}
		before, _, err := get[LeadList](tx, c, KindLeadList, in.ID)
		if err != nil {
			return err
		}
		out.Campaign = before.Campaign
		return putLeadList(tx, r, &out)
	})
	return out, err
}

func putLeadList(tx store.Tx, r *store.Record, l *LeadList) error {
	r.Unique = []store.Key{{Name: "name", Value: l.Name}}
	r.Index = nil
	if !l.Campaign.IsZero() {
		r.Index = []store.Key{{Name: "campaign", Value: l.Campaign.String()}}
	}
	l.Revision = r.Revision + 1
	return save(tx, r, l)
}

// ListedLeads is a list with how many of its leads are in which state.
type ListedLeads struct {
	LeadList
	Counts []store.LeadCount
}

// Total is how many leads the list has.
func (l *ListedLeads) Total() (n int64) {
	for _, c := range l.Counts {
		n += c.Count
	}
	return n
}

// GetLeadList reads a list by its identifier.
func (s *System) GetLeadList(ctx context.Context, c id.Company, i id.ID) (out ListedLeads, err error) {
	defer fault.Wrap(&err, "lead list")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		if out.LeadList, _, err = get[LeadList](tx, c, KindLeadList, i); err != nil {
			return err
		}
		out.Counts, err = tx.Leads().Counts(c, i)
		return err
	})
	return out, err
}

// LeadListNamed finds a list by its name.
func (s *System) LeadListNamed(ctx context.Context, c id.Company, name string) (out LeadList, err error) {
	defer fault.Wrap(&err, "lead list %q", fault.Shorten(name, 60))
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = find[LeadList](tx, c, KindLeadList, "name", name)
		return err
	})
	return out, err
}

// LeadLists lists them with their counts, those of one campaign if it is not zero.
func (s *System) LeadLists(ctx context.Context, c id.Company, of id.ID, p store.Page) (out []ListedLeads, err error) {
	defer fault.Wrap(&err, "lead lists")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		key := store.Key{}
		if !of.IsZero() {
			key = store.Key{Name: "campaign", Value: of.String()}
		}
		list, err := tx.Records().List(c, KindLeadList, key, p)
		if err != nil {
			return err
		}
		out = make([]ListedLeads, len(list))
		for i := range list {
			if out[i].LeadList, _, err = load[LeadList](&list[i], nil); err != nil {
				return err
			}
			if out[i].Counts, err = tx.Leads().Counts(c, out[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// takeLists gives a campaign the lists of its plan and frees those it had and has
// no more. A list that another campaign has is a Conflict.
func (s *System) takeLists(tx store.Tx, c id.Company, of id.ID, before, after []campaign.Share) error {
	has := func(list []campaign.Share, i id.ID) bool {
		return slices.ContainsFunc(list, func(s campaign.Share) bool { return s.List == i })
	}
	for _, share := range before {
		if has(after, share.List) {
			continue
		}
		l, r, err := get[LeadList](tx, c, KindLeadList, share.List)
		if err != nil {
			return err
		}
		l.Campaign = id.ID{}
		if err := putLeadList(tx, r, &l); err != nil {
			return err
		}
	}
	for _, share := range after {
		if has(before, share.List) {
			continue
		}
		l, r, err := get[LeadList](tx, c, KindLeadList, share.List)
		if err != nil {
			return err
		}
		if !l.Campaign.IsZero() && l.Campaign != of {
			return fault.New(fault.Conflict, "list %q is in campaign %s already: a list is in one campaign at a time", l.Name, l.Campaign.Named("cmp"))
		}
		l.Campaign = of
		if err := putLeadList(tx, r, &l); err != nil {
			return err
		}
	}
	return nil
}
