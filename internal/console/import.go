package console

import (
	"io"
	"net/http"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
)

// importBody is one file and what became of it.
type importBody struct {
	Row     importRow
	Base    string
	Rejects bool
	Map     *mappingBody // its columns are to be chosen
}

func (s *Server) uploadOf(v *visit) (out *receive.Uploaded, err error) {
	i, err := id.ParseNamed("job", v.r.PathValue("job"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such file")
	}
	return out, s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		out, err = s.d.Uploads.UploadOf(tx, v.company, i)
		return err
	})
}

// importPage shows how far a file is, what was read and refused, and asks for
// its columns where nobody knows them.
func (s *Server) importPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := s.uploadOf(v)
	if err != nil {
		return err
	}
	if r.Header.Get("HX-Target") == "work" && u.State != receive.UploadQueued && u.State != receive.UploadRunning {
		v.redirect(w, r.URL.Path) // it is over: the whole page tells
		return nil
	}
	var m *mappingBody
	if u.State == receive.UploadAsking {
		if m, err = s.mappingForm(v, u, r.URL.Query(), false); err != nil {
			return err
		}
	}
	return s.showImport(w, v, http.StatusOK, u, m)
}

func (s *Server) showImport(w http.ResponseWriter, v *visit, status int, u *receive.Uploaded, m *mappingBody) error {
	b := importBody{Row: v.importRow(u), Base: v.at("/imports/" + u.ID.Named("job")), Map: m}
	if u.Result != nil && u.Result.Report.Counts.Rejected > 0 {
		if f, _, err := s.d.Uploads.Rejected(u.ID, false); err == nil {
			b.Rejects = true
			if err := f.Close(); err != nil {
				return err
			}
		}
	}
	s.render(w, v, status, "import", &Page{Title: u.Upload.Name, Lead: v.say("import.s_" + string(u.State)), Here: v.at("/imports"), Crumbs: v.crumbs(Link{v.say("nav.imports"), v.at("/imports")}), Body: b})
	return nil
}

// importRejects gives the refused records of a file, or why they were refused.
func (s *Server) importRejects(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, err := s.uploadOf(v)
	if err != nil {
		return err
	}
	f, name, err := s.d.Uploads.Rejected(u.ID, r.URL.Path == v.at("/imports/"+u.ID.Named("job")+"/reasons"))
	if err != nil {
		return err
	}
	defer f.Close()
	download(w, "application/octet-stream", "rejected-"+name)
	_, _ = io.Copy(w, f) // the client went away
	return nil
}
