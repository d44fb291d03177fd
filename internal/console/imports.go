package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
	"waihu/internal/workspace"
)

// Uploads takes files of usage in and reads them after the request: the
// interface does that work.
type Uploads interface {
	ReceiveFile(ctx context.Context, body io.Reader) (*receive.File, error)
	AddUpload(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, f *receive.File, u receive.Upload) (late func(), err error)
	ReadUpload(ctx context.Context, tx store.Tx, c id.Company, i id.ID, mapping string) (late func(), err error)
	Uploads(tx store.Tx, c id.Company, p store.Page) ([]receive.Uploaded, id.ID, error)
	UploadOf(tx store.Tx, c id.Company, i id.ID) (*receive.Uploaded, error)
	OpenUpload(i id.ID) (io.ReadCloser, error)
	Rejected(i id.ID, why bool) (io.ReadCloser, string, error)
}

func (s *Server) importPages() {
	s.page("GET /c/{company}/imports", access.UsageUpload, s.imports)
	s.page("GET /c/{company}/imports.csv", access.UsageUpload, s.importsFile)
	s.page("POST /c/{company}/imports", access.UsageUpload, s.takeImport)
	s.page("GET /c/{company}/imports/{job}", access.UsageUpload, s.importPage)
	s.page("POST /c/{company}/imports/{job}/mapping", access.UsageUpload, s.takeMapping)
	s.page("GET /c/{company}/imports/{job}/rejects", access.UsageUpload, s.importRejects)
	s.page("GET /c/{company}/imports/{job}/reasons", access.UsageUpload, s.importRejects)
}

// importMost bounds a file that is handed in by a page; larger ones are handed
// in by the interface.
const importMost = 512 << 20

// importParts bounds the fields beside the file.
const importParts = 20

// importRow is a file in the list.
type importRow struct {
	receive.Uploaded
	Href    string
	Who     string
	Created string
	Percent int
}

func (v *visit) importRow(u *receive.Uploaded) importRow {
	row := importRow{Uploaded: *u, Who: actorShown(u.By), Href: v.at("/imports/" + u.ID.Named("job")), Created: stamp(u.Created)}
	if u.Total > 0 {
		row.Percent = int(min(u.Done, u.Total) * 100 / u.Total)
	}
	return row
}

// importsBody is the list of files and the form that hands one in.
type importsBody struct {
	Form      *form
	Rows      []importRow
	Next      string
	All, File string
	Zones     []option
	Formats   []option
	Wrong     string
	Most      int
}

func (s *Server) imports(w http.ResponseWriter, r *http.Request, v *visit) error {
	after, err := afterOf(r, "job")
	if err != nil {
		return err
	}
	return s.importsPage(w, v, http.StatusOK, v.blank(), "", after)
}

func (s *Server) importsPage(w http.ResponseWriter, v *visit, status int, f *form, wrong string, after id.ID) error {
	b := importsBody{Form: f, Wrong: wrong, All: v.at("/imports"), File: v.at("/imports.csv"), Most: importMost >> 20}
	if f.Values.Get("zone") == "" {
		f.Values.Set("zone", s.zoneOf(v))
	}
	for _, z := range zones(v.Tag) {
		b.Zones = append(b.Zones, option{"value": z, "label": z})
	}
	kept, err := s.d.System.Mappings(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	b.Formats = []option{{"value": "", "label": v.say("import.detect")}}
	for _, m := range kept {
		b.Formats = append(b.Formats, option{"value": m.Name, "label": v.say("import.mapping_of", "name", m.Name)})
	}
	for _, x := range cdr.Formats() {
		b.Formats = append(b.Formats, option{"value": x.Name, "label": x.Title})
	}
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, more, err := s.d.Uploads.Uploads(tx, v.company, store.Page{After: after, Limit: pageRows, Down: true})
		b.Rows, b.Next = nil, ""
		for i := range list {
			b.Rows = append(b.Rows, v.importRow(&list[i]))
		}
		if !more.IsZero() {
			b.Next = "?after=" + more.Named("job")
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "imports", &Page{Title: v.say("nav.imports"), Lead: v.say("import.lead"), Here: v.at("/imports"), Crumbs: v.crumbs(), Island: "compare", Body: b})
	return nil
}

// zoneOf is the time zone of the company's first contract.
func (s *Server) zoneOf(v *visit) string {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil || len(deals) == 0 {
		return "UTC"
	}
	return deals[0].Loc.String()
}

// importsFile gives the list as CSV.
func (s *Server) importsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows := [][]string{{v.say("import.file"), v.say("import.format"), v.say("companies.state"), v.say("import.read"), v.say("import.accepted"), v.say("import.rejected"), v.say("import.duplicate"), v.say("import.ignored"), v.say("import.by"), v.say("import.when")}}
	err := s.d.System.DB.View(r.Context(), func(tx store.Tx) error {
		list, _, err := s.d.Uploads.Uploads(tx, v.company, store.Page{Limit: store.MaxPage, Down: true})
		for i := range list {
			u, n, format := &list[i], cdr.Counts{}, list[i].Upload.Format
			if u.Result != nil {
				n, format = u.Result.Report.Counts, u.Result.Report.Format
			}
			row := []string{u.Upload.Name, format, v.say("import.s_" + string(u.State))}
			for _, x := range []int64{n.Read, n.Accepted, n.Rejected, n.Duplicate, n.Ignored} {
				row = append(row, strconv.FormatInt(x, 10))
			}
			rows = append(rows, append(row, u.By, stamp(u.Created)))
		}
		return err
	})
	if err != nil {
		return err
	}
	return sendCSV(w, "imports.csv", rows)
}

// takeImport takes a file in and has it read.
func (s *Server) takeImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, file, err := s.receiveImport(w, r, v)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.importsPage(w, v, http.StatusUnprocessableEntity, v.blank(), err.Error(), id.ID{})
	}
	if file == nil {
		f.wrong("file", "import.no_file")
		return s.importsPage(w, v, http.StatusUnprocessableEntity, f, "", id.ID{})
	}
	u := receive.Upload{Name: f.Value("name"), Format: f.Value("format"), Zone: f.Value("zone")}
	late := func() {}
	to, again, err := s.once(v, f, func(ctx context.Context, tx store.Tx) (_ access.Deed, _ string, err error) {
		late, err = s.d.Uploads.AddUpload(ctx, tx, v.actor, v.company, file, u)
		return access.Deed{Action: "usage.upload", Target: file.ID.Named("job"), After: u}, v.at("/imports/" + file.ID.Named("job")), err
	})
	if err != nil || again {
		err = errors.Join(err, file.Remove())
	}
	switch {
	case err == nil:
		late()
		v.redirect(w, to)
		return nil
	case fault.KindOf(err) == fault.Invalid:
		return s.importsPage(w, v, http.StatusUnprocessableEntity, f, err.Error(), id.ID{})
	}
	return err
}

// receiveImport reads the form with its file as it comes; file is nil where none
// was chosen. The fields stand before the file.
func (s *Server) receiveImport(w http.ResponseWriter, r *http.Request, v *visit) (*form, *receive.File, error) {
	r.Body = io.NopCloser(&receive.Steady{R: http.MaxBytesReader(w, r.Body, importMost+uploadOverhead), To: http.NewResponseController(w)})
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "this is no form with a file: %v", err)
	}
	f := v.blank()
	f.Values = url.Values{}
	room := formBytes
	for range importParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil, nil
		}
		if err != nil {
			return nil, nil, endOfForm(err)
		}
		if part.FileName() == "" {
			if err := field(f.Values, part, &room); err != nil {
				return nil, nil, err
			}
			continue
		}
		f.Values.Set("name", workspace.CleanName(part.FileName()))
		file, err := s.d.Uploads.ReceiveFile(r.Context(), part)
		if err != nil {
			return nil, nil, fault.New(fault.Invalid, "%s: %v", f.Value("name"), err)
		}
		return f, file, nil
	}
	return nil, nil, fault.New(fault.Invalid, "the form has too many parts")
}
