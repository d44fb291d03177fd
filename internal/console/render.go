package console

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"waihu/internal/lang"
	"waihu/internal/store"
)

//go:embed templates
var templateFiles embed.FS

// pages are the parsed templates by language and name of the page.
type pages map[lang.Tag]map[string]*template.Template

// loadPages parses every page with the layout and the parts, once a language:
// functions of a template know what they speak.
func loadPages(a *assets) (pages, error) {
	names, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	out := pages{}
	for _, tag := range lang.Tags() {
		base, err := template.New("").Funcs(functions(tag, a)).ParseFS(templateFiles, "templates/*.html", "templates/parts/*.html")
		if err != nil {
			return nil, err
		}
		out[tag] = map[string]*template.Template{}
		for _, file := range names {
			t, err := base.Clone()
			if err != nil {
				return nil, err
			}
			if t, err = t.ParseFS(templateFiles, file); err != nil {
				return nil, err
			}
			out[tag][strings.TrimSuffix(path.Base(file), ".html")] = t
		}
	}
	return out, nil
}

// Page is what the layout shows around the body of a page.
type Page struct {
	Title  string
	Lead   string
	Crumbs []Link
	Here   string // address of the entry of the side bar that is lit
	Bare   bool   // no side bar: log-in, first run, shared reports
	Chart  bool   // the page draws charts
	Island string // a module of its own in assets/js; empty: none
	Body   any    // for the template of the page

	view view // who looks, and how; set when rendered
}

// Link is a text with an address.
type Link struct {
	Text string
	Href string
}

// view is who looks at a page, and how.
type view struct {
	Tag   lang.Tag
	Theme string // light, dark, or empty: as the system
	Path  string
	Query string
	User  string
	Brand *brandView // how the operator looks; nil: as Waihu
	Nav   []navGroup
	Tour  *tourView // nil: there is none
	In    string    // company that is looked at, for searching; empty: none
}

// View gives the layout what it needs.
func (p *Page) View() view { return p.view }

// render writes a page. It is made whole before the first byte goes out, so
// that a fault in a template is an error page and not half a page. A request
// by htmx for a named part of a page gets that part alone.
func (s *Server) render(w http.ResponseWriter, v *visit, status int, name string, p *Page) {
	t := s.pages[v.Tag][name]
	if t == nil {
		s.fail(w, v.r, fmt.Errorf("console: no page %q", name))
		return
	}
	s.dress(v)
	p.view = v.view
	p.view.Nav, p.view.Tour = navigation(v, p.Here), s.tourOf(v)
	if !v.company.IsZero() {
		p.view.In = v.company.Named("co")
	}
	block := "layout"
	if part := v.r.Header.Get("HX-Target"); v.r.Header.Get("HX-Request") == "true" && part != "" && t.Lookup("part-"+part) != nil {
		block = "part-" + part
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, block, p); err != nil {
		s.fail(w, v.r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(v.Tag))
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Cookie, Accept-Language, HX-Request, HX-Target")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client went away
}

// fail answers with what can be said when a page cannot be made.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return // who asked has left
	}
	s.d.Log.ErrorContext(r.Context(), "page", "path", r.URL.Path, "error", err)
	if gone := (*store.Unavailable)(nil); errors.As(err, &gone) {
		http.Error(w, phrase(viewOf(r).Tag, "console.unavailable"), http.StatusServiceUnavailable)
		return
	}
	http.Error(w, phrase(viewOf(r).Tag, "console.broken"), http.StatusInternalServerError)
}
