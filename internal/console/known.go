package console

import (
	"cmp"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/calling/attempt"
	"waihu/internal/id"
	"waihu/internal/store"
)

// A filter by somebody or something of the company is chosen by name, out of a list that
// the field offers. Addresses hold identifiers, as they always did; a name that is written
// is turned into one. What is not on the list is taken as it is: other phone systems have
// people and campaigns of their own.

// mostKnown bounds what a field offers.
const mostKnown = 1_000

// byName makes fields of a filter ones that are chosen by name.
func (s *Server) byName(v *visit, f *form, fields ...string) error {
	f.Known = map[string][]option{}
	for _, field := range fields {
		list, err := s.known(v, field)
		if err != nil {
			return err
		}
		twice := map[string]int{}
		for _, o := range list {
			twice[o["label"].(string)]++
		}
		for _, o := range list {
			if name := o["label"].(string); twice[name] > 1 { // two of one name are told apart
				o["label"] = name + " · " + o["value"].(string)
			}
		}
		slices.SortStableFunc(list, func(a, b option) int { return strings.Compare(a["label"].(string), b["label"].(string)) })
		f.Known[field] = list
		written := strings.TrimSpace(f.Value(field))
		if i := slices.IndexFunc(list, func(o option) bool { return o["label"] == written }); i >= 0 {
			f.Values.Set(field, list[i]["value"].(string))
		}
	}
	return nil
}

// Named is what a field that is chosen by name shows.
func (f *form) Named(field string) string {
	value := f.Value(field)
	for _, o := range f.Known[field] {
		if o["value"] == value {
			return o["label"].(string)
		}
	}
	return value
}

// known are the things that a field is about. Who may see the list that is filtered may see
// the names of what is the company's.
func (s *Server) known(v *visit, field string) (out []option, err error) {
	ctx, page := v.r.Context(), store.Page{Limit: store.MaxPage, Down: true}
	put := func(value, label string) { out = append(out, option{"value": value, "label": cmp.Or(label, value)}) }
	switch field {
	case "agent":
		err = s.d.System.DB.View(ctx, func(tx store.Tx) error {
			list, err := s.d.Gate.Users(tx, v.company, store.Page{Limit: mostKnown})
			for _, u := range list {
				put(u.ID.Named("user"), cmp.Or(u.Name, u.Email))
			}
			return err
		})
	case "campaign":
		list, err := s.d.System.Campaigns(ctx, v.company, "", page)
		for i := range list {
			put(list[i].ID.Named("cmp"), list[i].Name)
		}
		return out, err
	case "list":
		list, err := s.d.System.LeadLists(ctx, v.company, id.ID{}, page)
		for i := range list {
			put(list[i].ID.Named("lst"), list[i].Name)
		}
		return out, err
	case "disposition":
		list, err := s.d.System.Dispositions(ctx, v.company)
		for _, d := range attempt.Over(attempt.Builtin(), list) {
			put(d.Code, v.codeName(&d))
		}
		return out, err
	case "trunk":
		for _, name := range s.trunksNamed(v) {
			put(name, name)
		}
	}
	return out, err
}

// trunksNamed are the trunks whose names a visitor may know: an operator all, others those
// their own calls went over.
func (s *Server) trunksNamed(v *visit) (out []string) {
	if s.d.Trunks == nil {
		return nil
	}
	all := v.everywhere(access.Operate)
	var used map[string]bool
	if !all {
		used = s.trunksUsed(v)
	}
	for _, t := range s.d.Trunks() {
		if all || used[t.Name] {
			out = append(out, t.Name)
		}
	}
	return out
}
