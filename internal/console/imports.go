package console

import (
	"context"
	"errors"
	"io"
	"net/http"

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
	s.exports("/c/{company}/imports", access.UsageUpload, "imports", "nav.imports", s.importsFile)
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
	row := importRow{Uploaded: *u, Who: actorShown(u.By), Href: v.at("/imports/" + u.ID.Named("job")), Created: v.moment(u.Created)}
	if u.Total > 0 {
		row.Percent = int(min(u.Done, u.Total) * 100 / u.Total)
	}
	return row
}

// importsBody is the list of files and the form that hands one in.
type importsBody struct {
	Form    *form
	Rows    []importRow
	Order   *order
	Files   []Link
	All     string
	Zones   []option
	Formats []option
	Wrong   string
	Most    int
}

func (s *Server) imports(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.importsPage(w, v, http.StatusOK, v.blank(), "")
}

// findImports are a company's files in the order the address asks for, so many at most.
func (s *Server) findImports(v *visit, most int) (list []receive.Uploaded, o *order, err error) {
	o = v.order(nil, "-when", column{"when", "import.when", true})
	err = s.d.System.DB.View(v.r.Context(), func(tx store.Tx) error {
		list, err = stored(o, "job", nil, most, func(p store.Page) ([]receive.Uploaded, error) {
			part, _, err := s.d.Uploads.Uploads(tx, v.company, p)
			return part, err
		}, func(u *receive.Uploaded, _ string) (id.ID, string, error) { return u.ID, "", nil })
		return err
	})
	return list, o, err
}

func (s *Server) importsPage(w http.ResponseWriter, v *visit, status int, f *form, wrong string) error {
	list, o, err := s.findImports(v, pageRows)
	if err != nil {
		return err
	}
	b := importsBody{Form: f, Wrong: wrong, Order: o, Files: o.files(v.at("/imports")), All: v.at("/imports"), Most: importMost >> 20}
	for i := range list {
		b.Rows = append(b.Rows, v.importRow(&list[i]))
	}
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

// importsFile gives the list as a file.
func (s *Server) importsFile(v *visit) (*sheet, error) {
	list, o, err := s.findImports(v, exportRows)
	if err != nil {
		return nil, err
	}
	t := v.sheet("import.file", "import.format", "companies.state", "import.read", "import.accepted", "import.rejected", "import.duplicate", "import.ignored", "import.by", "import.when")
	for i := range list {
		u, n, format := &list[i], cdr.Counts{}, list[i].Upload.Format
		if u.Result != nil {
			n, format = u.Result.Report.Counts, u.Result.Report.Format
		}
		t.add(u.Upload.Name, format, v.say("import.s_"+string(u.State)), n.Read, n.Accepted, n.Rejected, n.Duplicate, n.Ignored, u.By, stamp(u.Created))
	}
	t.full(v, o.Next != "")
	return t, nil
}

// takeImport takes a file in and has it read.
func (s *Server) takeImport(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, file, err := s.receiveImport(w, r, v)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return err
		}
		return s.importsPage(w, v, http.StatusUnprocessableEntity, f, err.Error())
	}
	if file == nil {
		f.wrong("file", "import.no_file")
		return s.importsPage(w, v, http.StatusUnprocessableEntity, f, "")
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
		return s.importsPage(w, v, http.StatusUnprocessableEntity, f, err.Error())
	}
	return err
}

// receiveImport reads the form with its file as it comes; file is nil where none
// was chosen or it cannot be taken, which stands beside its field. The fields stand
// before the file; those that were read are given with an error too.
func (s *Server) receiveImport(w http.ResponseWriter, r *http.Request, v *visit) (*form, *receive.File, error) {
	r.Body = io.NopCloser(&receive.Steady{R: http.MaxBytesReader(w, r.Body, importMost+uploadOverhead), To: http.NewResponseController(w)})
	parts, err := r.MultipartReader()
	f := v.blank()
	if err != nil {
		return f, nil, fault.New(fault.Invalid, "this is no form with a file: %v", err)
	}
	room := formBytes
	for range importParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil, nil
		}
		if err != nil {
			return f, nil, endOfForm(err)
		}
		if part.FileName() == "" {
			if err := field(f.Values, part, &room); err != nil {
				return f, nil, err
			}
			continue
		}
		f.Values.Set("name", workspace.CleanName(part.FileName()))
		file, err := s.d.Uploads.ReceiveFile(r.Context(), part)
		if fault.KindOf(err) == fault.Invalid {
			f.tell("file", err.Error())
			err = nil
		}
		return f, file, err
	}
	return f, nil, fault.New(fault.Invalid, "the form has too many parts")
}
