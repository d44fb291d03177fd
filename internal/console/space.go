package console

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/workspace"
)

// free adds an address for everybody where comparing is open, and for people who
// have logged in where it is not.
func (s *Server) free(pattern string, h handler) {
	s.public(pattern, func(w http.ResponseWriter, r *http.Request, v *visit) error {
		if !s.welcome(v) {
			return errLogIn
		}
		return h(w, r, v)
	})
}

func (s *Server) welcome(v *visit) bool {
	return s.d.Open || v.actor != nil && v.actor.Stage == access.Full
}

// begins adds the pages on which a workspace is begun: everybody's, and a
// company's.
func (s *Server) begins(path string, start, begin handler) {
	s.free("GET "+path, start)
	s.free("POST "+path, begin)
	s.page("GET /c/{company}"+path, access.UsageRead, start)
	s.page("POST /c/{company}"+path, access.UsageRead, begin)
}

// begunAt is where on the platform or in a company the visit begins workspaces,
// with what leads back from there.
func (v *visit) begunAt(path string) (at string, crumbs []Link) {
	if v.company == (id.Company{}) {
		return path, nil
	}
	return v.at(path), v.crumbs()
}

// looks adds an address for whoever has a link to a workspace: the link is the
// right to look. What changes something needs the other word, and welcome.
func (s *Server) looks(pattern string, h spaceHandler) {
	s.public(pattern, func(w http.ResponseWriter, r *http.Request, v *visit) error {
		at, err := s.spaceOf(v)
		if err != nil {
			return err
		}
		return h(w, r, v, at)
	})
}

// changes adds an address for whoever may change a workspace.
func (s *Server) changes(pattern string, h spaceHandler) {
	s.looks(pattern, func(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
		if !at.May {
			return fault.New(fault.NotFound, "there is no such page")
		}
		return h(w, r, v, at)
	})
}

// spaceHandler makes the answer to a visit to a workspace.
type spaceHandler func(http.ResponseWriter, *http.Request, *visit, *spaceAt) error

// spaceAt is a workspace as a visitor sees it.
type spaceAt struct {
	*workspace.Space
	May   bool   // it may be changed
	token string // of the address
}

// Token is the word of the address, for templates.
func (a *spaceAt) Token() string { return a.token }

// spaceOf finds the workspace of an address. To somebody who may not see it, it
// does not exist.
func (s *Server) spaceOf(v *visit) (*spaceAt, error) {
	token := v.r.PathValue("space")
	sp, may, err := s.d.Shelf.Find(token)
	if err != nil {
		return nil, err
	}
	at := &spaceAt{Space: sp, May: may, token: token}
	if !may {
		return at, nil
	}
	if !s.welcome(v) {
		return nil, errLogIn
	}
	if sp.Company != (id.Company{}) {
		if v.actor == nil || v.actor.Stage != access.Full || !belongs(v.actor, sp.Company) || !access.Can(v.actor, access.UsageRead, sp.Company) {
			return nil, fault.New(fault.NotFound, "there is no such page")
		}
		v.company = sp.Company
		if v.about, err = s.d.System.GetCompany(v.r.Context(), v.company); err != nil {
			return nil, err
		}
	}
	return at, nil
}

// beginSpace makes a workspace of what came with the first form and goes to it. One
// that came to nothing is taken away again, and refused says why on the page it
// came from.
func (s *Server) beginSpace(w http.ResponseWriter, v *visit, base string, fill func(*workspace.Space) error, refused func(status int, why string)) error {
	sp, err := s.d.Shelf.New(v.company)
	if err != nil {
		refused(http.StatusTooManyRequests, err.Error())
		return nil
	}
	if err := fill(sp); err != nil {
		if gone := s.d.Shelf.Discard(sp); gone != nil || !isInput(err) {
			return errors.Join(err, gone)
		}
		refused(http.StatusUnprocessableEntity, err.Error())
		return nil
	}
	v.redirect(w, base+sp.Token)
	return nil
}

// removes takes a file of records away and goes back to the page of the
// workspace. One that is gone already is as good as gone now.
func removes(base string) spaceHandler {
	return func(w http.ResponseWriter, r *http.Request, v *visit, at *spaceAt) error {
		if err := at.Remove(r.PathValue("file")); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		v.redirect(w, base+at.token)
		return nil
	}
}

// waited tells whether a page was asked for by the notice of a job that has
// ended: the whole page is shown then.
func waited(w http.ResponseWriter, v *visit, work *workView) bool {
	if work != nil || v.r.Header.Get("HX-Target") != "work" {
		return false
	}
	w.Header().Set("HX-Refresh", "true")
	return true
}

// uploadOverhead is what a form with files may take beside the files: names and
// the lines between parts.
const uploadOverhead = 1 << 20

// receive takes the files of a form as they come in, without keeping them in
// memory; fields beside them are returned.
func (s *Server) receive(w http.ResponseWriter, v *visit, take func(field, name string, part *multipart.Part) error) (url.Values, error) {
	lim := s.d.Shelf.Limits()
	v.r.Body = http.MaxBytesReader(w, v.r.Body, lim.SpaceBytes+uploadOverhead)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "this is no form with files: %v", err)
	}
	fields, room := url.Values{}, workspace.TextBytes
	for range 2 * lim.Files {
		part, err := parts.NextPart()
		if err != nil {
			return fields, endOfForm(err)
		}
		name := part.FormName()
		if part.FileName() == "" {
			text, err := workspace.ReadText(name, part, &room)
			if err != nil {
				return fields, err
			}
			fields.Add(name, text.Text)
			continue
		}
		if err := take(name, part.FileName(), part); err != nil {
			return fields, err
		}
	}
	return fields, fault.New(fault.Overflow, "more than %d parts in one form", 2*lim.Files)
}

// endOfForm is nil where the form ended as it should.
func endOfForm(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return fault.New(fault.Invalid, "the form did not come to its end: %v; send it again", err)
}
