package console

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"sync"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/workspace"
)

// shelf opens the shelf of workspaces when the first is asked for: a console that
// nobody compares with leaves no folder.
type shelf struct {
	system *app.System
	limits workspace.Limits

	mu   sync.Mutex
	open *workspace.Shelf
}

func (s *shelf) get() (*workspace.Shelf, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open != nil {
		return s.open, nil
	}
	opened, err := workspace.Open("", s.limits, s.system, time.Now)
	s.open = opened
	return opened, err
}

// Close takes away what was uploaded to be compared.
func (s *Server) Close() error {
	s.shelf.mu.Lock()
	defer s.shelf.mu.Unlock()
	if s.shelf.open == nil {
		return nil
	}
	err := s.shelf.open.Close()
	s.shelf.open = nil
	return err
}

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
	shelf, err := s.shelf.get()
	if err != nil {
		return nil, err
	}
	token := v.r.PathValue("space")
	sp, may, err := shelf.Find(token)
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

// uploadOverhead is what a form with files may take beside the files: names and
// the lines between parts.
const uploadOverhead = 1 << 20

// receive takes the files of a form as they come in, without keeping them in
// memory; fields beside them are returned.
func (s *Server) receive(w http.ResponseWriter, v *visit, take func(field, name string, part *multipart.Part) error) (url.Values, error) {
	shelf, err := s.shelf.get()
	if err != nil {
		return nil, err
	}
	v.r.Body = http.MaxBytesReader(w, v.r.Body, shelf.Limits().SpaceBytes+uploadOverhead)
	parts, err := v.r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "this is no form with files: %v", err)
	}
	fields := url.Values{}
	for range 2 * shelf.Limits().Files {
		part, err := parts.NextPart()
		if err != nil {
			return fields, endOfForm(err)
		}
		name := part.FormName()
		if part.FileName() == "" {
			text, err := workspace.ReadText(name, part)
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
	return fields, fault.New(fault.Overflow, "more than %d parts in one form", 2*shelf.Limits().Files)
}

// endOfForm is nil where the form ended as it should.
func endOfForm(err error) error {
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return fault.New(fault.Invalid, "the form did not come to its end: %v; send it again", err)
}
