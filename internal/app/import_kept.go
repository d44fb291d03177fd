package app

import (
	"context"
	"fmt"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/leadfile"
	"waihu/internal/sheet"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Kinds of records that imports of leads keep.
const (
	KindLeadImport  store.Kind = "lead_import"  // LeadImport; index "list", unique "file" while it is not done
	KindLeadMapping store.Kind = "lead_mapping" // leadfile.Mapping; unique "name"
)

// maxLeadMappings bounds the mappings a company keeps for its lists.
const maxLeadMappings = 100

// LeadImport is one file on its way into a list, and what became of its rows.
type LeadImport struct {
	ID      id.ID            `json:"id"`
	List    id.ID            `json:"list"`
	File    string           `json:"file"`   // its name
	Digest  string           `json:"digest"` // of its beginning and its length: which file goes on where it stopped
	Mapping leadfile.Mapping `json:"mapping"`
	By      string           `json:"by,omitempty"`
	Done    bool             `json:"done"`
	Began   timex.Instant    `json:"began"`
	Ended   timex.Instant    `json:"ended,omitzero"`
	ImportCounts
	Aside   int64            `json:"aside,omitempty"`   // bytes of the file of rows that were set aside
	Why     map[string]int64 `json:"why,omitempty"`     // rows set aside, by what is wrong
	Samples fault.Problems   `json:"samples,omitempty"` // the first of each
}

// ImportCounts is what became of rows: Read is the sum of Added, Bad and the three
// kinds of duplicates.
type ImportCounts struct {
	Read      int64 `json:"read"`
	Added     int64 `json:"added"`
	Bad       int64 `json:"bad"` // set aside
	InFile    int64 `json:"duplicates_in_file"`
	InList    int64 `json:"duplicates_in_list"`
	InCompany int64 `json:"duplicates_in_company"`
	Flawed    int64 `json:"flawed"`    // of Added: a number or field was left out
	Forbidden int64 `json:"forbidden"` // of Added: on the do-not-call list, or refused before
}

// Bounds of what an import tells of rows that are wrong.
const (
	maxWhy     = 50
	maxSamples = 5 // of each
)

// tell notes a row that is wrong. Beyond maxWhy kinds of mistakes it is counted
// among others.
func (m *LeadImport) tell(p *fault.Problem) {
	what := p.Path + ": " + p.What
	if m.Why == nil {
		m.Why = map[string]int64{}
	}
	if _, known := m.Why[what]; !known && len(m.Why) >= maxWhy {
		what = "others"
	}
	if m.Why[what]++; m.Why[what] <= maxSamples {
		m.Samples = append(m.Samples, *p)
	}
}

// clone is a copy that can be added to.
func (m *LeadImport) clone() *LeadImport {
	out := *m
	out.Samples = append(fault.Problems(nil), m.Samples...)
	out.Why = make(map[string]int64, len(m.Why))
	for k, v := range m.Why {
		out.Why[k] = v
	}
	return &out
}

// GuessLeads tells what a file's columns seem to be, by a mapping the company keeps
// where one fits, which remembered then names.
func (s *System) GuessLeads(ctx context.Context, c id.Company, src sheet.Source, sheetName, country string) (g *leadfile.Guess, remembered string, err error) {
	defer fault.Wrap(&err, "look at leads")
	if g, err = leadfile.Look(src, sheetName, country); err != nil {
		return nil, "", err
	}
	kept, err := s.LeadMappings(ctx, c)
	if err != nil {
		return nil, "", err
	}
	for _, m := range kept {
		if m.Fits(g.Header) {
			g.Mapping, g.Unsure = m, nil
			return g, m.Name, nil
		}
	}
	return g, "", nil
}

// KeepLeadMapping remembers how lists of a source are read, under its name.
func (s *System) KeepLeadMapping(ctx context.Context, c id.Company, m leadfile.Mapping) (err error) {
	defer fault.Wrap(&err, "keep mapping")
	if m.Name == "" {
		return fault.Problem{Path: "name", What: "a mapping that is kept has a name", Expected: "the source of the lists"}
	}
	if err := m.Problems().Err(); err != nil {
		return err
	}
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		_, r, err := find[leadfile.Mapping](tx, c, KindLeadMapping, "name", m.Name)
		if err != nil && fault.KindOf(err) == fault.NotFound {
			there, err := all[leadfile.Mapping](tx, c, KindLeadMapping, store.Key{})
			if err != nil {
				return err
			}
			if len(there) >= maxLeadMappings {
				return fault.New(fault.Conflict, "there are %d mappings already: keep this one under the name of one that is not used any more", maxLeadMappings)
			}
			r = &store.Record{Company: c, Kind: KindLeadMapping, Unique: []store.Key{{Name: "name", Value: m.Name}}}
			if r.ID, err = s.newID(tx); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		return save(tx, r, m)
	})
}

// LeadMappings are those of a company.
func (s *System) LeadMappings(ctx context.Context, c id.Company) (out []leadfile.Mapping, err error) {
	defer fault.Wrap(&err, "mappings of lists")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[leadfile.Mapping](tx, c, KindLeadMapping, store.Key{})
		return err
	})
	return out, err
}

// BeginLeadImport is a file that is to be read into a list.
type BeginLeadImport struct {
	List    id.ID
	File    string
	Digest  string
	Mapping leadfile.Mapping
	By      string
}

// BeginLeadImport keeps the import of a file. The same file and list again, while
// the first is not done, is that import: it goes on where it stopped, with the
// mapping it began with.
func (s *System) BeginLeadImport(ctx context.Context, c id.Company, in BeginLeadImport) (out LeadImport, err error) {
	defer fault.Wrap(&err, "import leads")
	if err := in.Mapping.Problems().Err(); err != nil {
		return out, err
	}
	if len(in.File) > maxName || in.Digest == "" || len(in.Digest) > maxName {
		return out, fault.New(fault.Invalid, "a file's name of at most %d bytes and its digest were expected", maxName)
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		if err := here(tx, c); err != nil {
			return err
		}
		if _, _, err := get[LeadList](tx, c, KindLeadList, in.List); err != nil {
			return err
		}
		out, _, err = find[LeadImport](tx, c, KindLeadImport, "file", fileKey(in.List, in.Digest))
		if err == nil || fault.KindOf(err) != fault.NotFound {
			return err
		}
		out = LeadImport{List: in.List, File: in.File, Digest: in.Digest, Mapping: in.Mapping, By: in.By, Began: tx.Now()}
		if out.ID, err = s.newID(tx); err != nil {
			return err
		}
		return putLeadImport(tx, &store.Record{Company: c, Kind: KindLeadImport, ID: out.ID}, &out)
	})
	return out, err
}

func fileKey(list id.ID, digest string) string { return fmt.Sprint(list, "/", digest) }

func putLeadImport(tx store.Tx, r *store.Record, m *LeadImport) error {
	r.Index = []store.Key{{Name: "list", Value: m.List.String()}}
	r.Unique = nil
	if !m.Done {
		r.Unique = []store.Key{{Name: "file", Value: fileKey(m.List, m.Digest)}}
	}
	return save(tx, r, m)
}

// GetLeadImport reads one.
func (s *System) GetLeadImport(ctx context.Context, c id.Company, i id.ID) (out LeadImport, err error) {
	defer fault.Wrap(&err, "import of leads")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, _, err = get[LeadImport](tx, c, KindLeadImport, i)
		return err
	})
	return out, err
}

// LeadImports lists those of a list.
func (s *System) LeadImports(ctx context.Context, c id.Company, list id.ID, p store.Page) (out []LeadImport, err error) {
	defer fault.Wrap(&err, "imports of leads")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		recs, err := tx.Records().List(c, KindLeadImport, store.Key{Name: "list", Value: list.String()}, p)
		if err != nil {
			return err
		}
		out = make([]LeadImport, len(recs))
		for i := range recs {
			if out[i], _, err = load[LeadImport](&recs[i], nil); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Duplicates is how many rows were left out because their number was there already.
func (n *ImportCounts) Duplicates() int64 { return n.InFile + n.InList + n.InCompany }
