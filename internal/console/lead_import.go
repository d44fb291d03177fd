package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/leadfile"
	"waihu/internal/receive"
	source "waihu/internal/sheet"
	"waihu/internal/store"
)

// Lists takes files of leads, and of numbers nobody calls, in and reads them after
// the request: the interface does that work.
type Lists interface {
	AddLeadFile(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, list id.ID, f *receive.File, name string) (late func(), err error)
	ReadLeadFile(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, i id.ID, m leadfile.Mapping) (late func(), err error)
	AddNumberFile(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, f *receive.File, in receive.NumberFile) (late func(), err error)
	ListFile(tx store.Tx, c id.Company, i id.ID) (*receive.ListFile, error)
	ListFiles(tx store.Tx, c id.Company, list id.ID, limit int) ([]receive.ListFile, error)
	ListSource(f *receive.ListFile) source.Source
}

// takeLeads takes a file of leads in.
func (s *Server) takeLeads(w http.ResponseWriter, r *http.Request, v *visit) error {
	l, err := s.listOf(v)
	if err != nil {
		return err
	}
	f, file, err := s.receiveImport(w, r, v)
	if err != nil {
		return again(err, new(string), func(status int) error { return s.listPage(w, v, status, l, fillList(v, &l.LeadList), err.Error()) })
	}
	if file == nil {
		shown := fillList(v, &l.LeadList)
		shown.Wrong = f.Wrong
		shown.wrong("file", "import.no_file")
		return s.listPage(w, v, http.StatusUnprocessableEntity, l, shown, "")
	}
	late := func() {}
	to, repeated, err := s.once(v, f, func(ctx context.Context, tx store.Tx) (_ access.Deed, _ string, err error) {
		late, err = s.d.Lists.AddLeadFile(ctx, tx, v.actor, v.company, l.ID, file, f.Value("name"))
		return access.Deed{Action: "lead.upload", Target: l.ID.Named("lst"), After: map[string]string{"file": f.Value("name"), "job": file.ID.Named("job")}}, v.listAt(l.ID, "/imports/"+file.ID.Named("job")), err
	})
	if err != nil || repeated {
		err = errors.Join(err, file.Remove())
	}
	shown := fillList(v, &l.LeadList)
	if shown.aboutFile(err) {
		return s.listPage(w, v, http.StatusUnprocessableEntity, l, shown, "")
	}
	if err == nil {
		late()
		v.redirect(w, to)
		return nil
	}
	return again(err, new(string), func(status int) error { return s.listPage(w, v, status, l, shown, err.Error()) })
}

// leadImportBody is a file of leads and what became of it.
type leadImportBody struct {
	Row     listFileRow
	Base    string
	List    *app.ListedLeads
	For     *Link // the campaign of the list
	Rejects bool
	Why     []option // rows set aside, by what is wrong
	Map     *leadMapping
}

// leadMapping is the form in which the columns of a list are chosen.
type leadMapping struct {
	Form      *form
	Rows      [][]string
	Columns   []leadColumn
	Fields    []option
	Countries []option
	Layout    string
	NoHeader  bool
	First     []leadfile.Row // the first leads as they would be kept
	Wrong     fault.Problems
}

// leadColumn is a column and what it is taken for.
type leadColumn struct {
	Of, Field, Own string // Own: the name of a field of one's own
	At             string // of the form
	Unsure         bool
	Wrong          string
	Sample         []string
}

func (s *Server) listFileOf(v *visit) (*receive.ListFile, error) {
	i, err := id.ParseNamed("job", v.r.PathValue("job"))
	if err != nil || s.d.Lists == nil {
		return nil, fault.New(fault.NotFound, "there is no such file")
	}
	var out *receive.ListFile
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		out, err = s.d.Lists.ListFile(tx, v.company, i)
		return err
	})
	if err == nil && v.r.PathValue("list") != given(!out.List.IsZero(), out.List.Named("lst")) {
		return nil, fault.New(fault.NotFound, "there is no such file")
	}
	return out, err
}

// leadImport shows how far a file of leads is and what became of its rows, and asks
// for its columns where nobody knows them. It can be left and come back to.
func (s *Server) leadImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := s.listFileOf(v)
	if err != nil {
		return err
	}
	if s.over(w, v, u) {
		return nil
	}
	var m *leadMapping
	if u.State == receive.UploadAsking {
		if m, err = s.leadMappingForm(v, u, nil); err != nil {
			return err
		}
	}
	return s.showLeadImport(w, v, http.StatusOK, u, m)
}

// over sends a page that waited for a file to the whole page once that is read.
func (s *Server) over(w http.ResponseWriter, v *visit, u *receive.ListFile) bool {
	if v.r.Header.Get("HX-Target") != "work" || u.State == receive.UploadQueued || u.State == receive.UploadRunning {
		return false
	}
	v.redirect(w, v.r.URL.Path)
	return true
}

func (s *Server) showLeadImport(w http.ResponseWriter, v *visit, status int, u *receive.ListFile, m *leadMapping) error {
	b := leadImportBody{Row: v.listFileRow(u), Base: v.listAt(u.List, "/imports/"+u.ID.Named("job")), Map: m}
	l, err := s.d.System.GetLeadList(v.r.Context(), v.company, u.List)
	if err != nil {
		return err
	}
	b.List = &l
	if !l.LeadList.Campaign.IsZero() {
		c, err := s.d.System.GetCampaign(v.r.Context(), v.company, l.LeadList.Campaign)
		if err != nil {
			return err
		}
		b.For = &Link{c.Name, v.campaignAt(&c, "/lists")}
	}
	if !u.Import.IsZero() {
		kept, err := s.d.System.GetLeadImport(v.r.Context(), v.company, u.Import)
		if err != nil {
			return err
		}
		b.Row.Import = &kept
		b.Why = whyRows(&kept)
		if kept.Bad > 0 {
			f, _, err := s.d.Uploads.Rejected(u.ID, false)
			if b.Rejects = err == nil; b.Rejects {
				if err := f.Close(); err != nil {
					return err
				}
			}
		}
	}
	s.render(w, v, status, "lead-import", &Page{Title: u.Name, Lead: v.say("import.s_" + string(u.State)), Here: v.at("/lists"), Crumbs: v.crumbs(Link{v.say("nav.lists"), v.at("/lists")}, Link{l.Name, v.listAt(l.ID, "")}), Body: b})
	return nil
}

// whyRows are the reasons rows were set aside, the most frequent first.
func whyRows(m *app.LeadImport) (out []option) {
	for what, n := range m.Why {
		path, why, found := strings.Cut(what, ": ")
		if !found {
			path, why = "", what
		}
		out = append(out, option{"path": path, "why": why, "n": n})
	}
	slices.SortFunc(out, func(a, b option) int {
		if d := b["n"].(int64) - a["n"].(int64); d != 0 {
			return int(d)
		}
		return strings.Compare(a["why"].(string), b["why"].(string))
	})
	return out
}

// leadRejects gives the rows that were set aside, to be mended and handed in again.
func (s *Server) leadRejects(w http.ResponseWriter, _ *http.Request, v *visit) error {
	u, err := s.listFileOf(v)
	if err != nil {
		return err
	}
	f, name, err := s.d.Uploads.Rejected(u.ID, false)
	if err != nil {
		return err
	}
	defer f.Close()
	download(w, "text/csv; charset=utf-8", "set-aside-"+name)
	_, _ = io.Copy(w, f) // the client went away
	return nil
}
