package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/leadfile"
	"waihu/internal/receive"
	"waihu/internal/store"
)

// Bounds of what a page of columns shows.
const (
	mappedRows  = 8
	mappedLeads = 8
	ownField    = "own" // a field of the list's own, whose name stands beside it
)

// leadMappingForm is the form as it was filled in, or (nil) as the file suggests it.
func (s *Server) leadMappingForm(v *visit, u *receive.ListFile, sent *form) (*leadMapping, error) {
	l, err := s.d.System.GetLeadList(v.r.Context(), v.company, u.List)
	if err != nil {
		return nil, err
	}
	g, _, err := s.d.System.GuessLeads(v.r.Context(), v.company, s.d.Lists.ListSource(u), "", l.Country)
	if err != nil {
		return nil, err
	}
	out := &leadMapping{Form: sent, Layout: g.Layout, NoHeader: g.Mapping.NoHeader, Countries: v.listChoices().Countries, Rows: g.Rows[:min(len(g.Rows), mappedRows)]}
	for _, f := range leadfile.Fields() {
		out.Fields = append(out.Fields, option{"value": f, "label": v.say("lists.f_" + strings.ReplaceAll(f, "-", "ignored"))})
	}
	out.Fields = append(out.Fields, option{"value": ownField, "label": v.say("lists.f_own")})
	if sent == nil {
		out.Form = v.blank("country", l.Country, "name", mappingName(u.Name))
	}
	if _, err := out.Form.Once(); err != nil {
		return nil, err
	}
	for i, of := range columnsOf(g) {
		at := fmt.Sprintf("columns[%d]", i)
		c := leadColumn{Of: of, At: at, Field: leadfile.Ignored, Wrong: out.Form.Error(at + ".field")}
		for _, m := range g.Mapping.Columns {
			if m.Of == of {
				c.Field = m.Field
			}
		}
		for _, u := range g.Unsure {
			c.Unsure = c.Unsure || u == of
		}
		if sent != nil {
			c.Field = sent.Value(at + ".field")
			c.Own = sent.Value(at + ".own")
		}
		if own, is := strings.CutPrefix(c.Field, leadfile.Custom("")); is {
			c.Field, c.Own = ownField, own
		}
		for _, row := range out.Rows[:min(len(out.Rows), 3)] {
			if i < len(row) && strings.TrimSpace(row[i]) != "" {
				c.Sample = append(c.Sample, fault.Shorten(row[i], 40))
			}
		}
		out.Columns = append(out.Columns, c)
	}
	return out, nil
}

// columnsOf are the columns of a file by their names, or by their places.
func columnsOf(g *leadfile.Guess) (out []string) {
	if len(g.Header) > 0 {
		return g.Header
	}
	width := 0
	for _, r := range g.Rows {
		width = max(width, len(r))
	}
	for i := range min(width, leadfile.MaxColumns) {
		out = append(out, fmt.Sprint("#", i+1))
	}
	return out
}

func mappingName(file string) string {
	if at := strings.LastIndexByte(file, '.'); at > 0 {
		file = file[:at]
	}
	return fault.Shorten(file, 60)
}

// readLeadMapping makes a mapping of the form.
func readLeadMapping(f *form, m *leadMapping) leadfile.Mapping {
	out := leadfile.Mapping{Name: f.line("name", leadfile.MaxName), NoHeader: m.NoHeader, Country: f.Value("country")}
	for _, c := range m.Columns {
		field := c.Field
		if field == ownField {
			own := strings.TrimSpace(c.Own)
			if own == "" {
				own = strings.TrimSpace(c.Of)
			}
			field = leadfile.Custom(own)
		}
		if c.Of != "" && (field != leadfile.Ignored || out.NoHeader) {
			out.Columns = append(out.Columns, leadfile.Column{Of: c.Of, Field: field})
		}
	}
	return out
}

// mapLeads shows what the first rows come to under the mapping, or remembers it and
// has the file read.
func (s *Server) mapLeads(w http.ResponseWriter, _ *http.Request, v *visit) error {
	u, f, err := sentAbout(w, v, s.listFileOf)
	if err != nil {
		return err
	}
	at := v.listAt(u.List, "/imports/"+u.ID.Named("job"))
	if u.State != receive.UploadAsking {
		v.redirect(w, at) // it was said before
		return nil
	}
	shown, err := s.leadMappingForm(v, u, f)
	if err != nil {
		return err
	}
	m := readLeadMapping(f, shown)
	shown.Wrong = m.Problems()
	if !f.OK() || len(shown.Wrong) > 0 {
		return s.showLeadImport(w, v, http.StatusUnprocessableEntity, u, shown)
	}
	if f.Value("do") != "read" {
		if shown.First, err = s.firstLeads(v, u, m); err != nil {
			return err
		}
		return s.showLeadImport(w, v, http.StatusOK, u, shown)
	}
	late := func() {}
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (_ access.Deed, _ string, err error) {
		if err = s.d.System.KeepLeadMapping(ctx, v.company, m); err == nil {
			late, err = s.d.Lists.ReadLeadFile(ctx, tx, v.actor, v.company, u.ID, m)
		}
		return access.Deed{Action: "lead_mapping.set", Target: u.ID.Named("job"), After: m}, at, err
	})
	if err == nil {
		late()
	}
	return err
}

// firstLeads are the first rows as they would be kept.
func (s *Server) firstLeads(v *visit, u *receive.ListFile, m leadfile.Mapping) (out []leadfile.Row, err error) {
	l, err := s.d.System.GetLeadList(v.r.Context(), v.company, u.List)
	if err != nil {
		return nil, err
	}
	r, err := leadfile.Open(s.d.Lists.ListSource(u), m, leadfile.Options{Consent: l.Consent})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for len(out) < mappedLeads {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}
