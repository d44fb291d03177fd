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
	"text/template/parse"

	"waihu/internal/lang"
	"waihu/internal/store"
)

//go:embed templates
var templateFiles embed.FS

// pages are the parsed templates by language and name of the page.
type pages map[lang.Tag]map[string]*template.Template

// loadPages parses the layout, the parts and every page, once a language:
// functions of a template know what they speak.
func loadPages(a *assets) (pages, error) {
	names, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	out := pages{}
	for _, tag := range lang.Tags() {
		f := functions(tag, a)
		all, err := template.New("").Funcs(f).ParseFS(templateFiles, "templates/*.html", "templates/parts/*.html")
		if err != nil {
			return nil, err
		}
		layout := all.Lookup(layoutBlock).Tree
		out[tag] = map[string]*template.Template{}
		for _, file := range names {
			name := strings.TrimSuffix(path.Base(file), ".html")
			if out[tag][name], err = addPage(all, layout, f, file, name); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

const layoutBlock = "layout"

// addPage puts what a page defines into the set of all pages, under names that
// begin with the page's, with a layout of its own that calls them. The parts are
// shared: a set for each page, with a copy of every part, was 90 MB that the
// garbage collector went through each time, and calls waited meanwhile.
func addPage(all *template.Template, layout *parse.Tree, f template.FuncMap, file, name string) (*template.Template, error) {
	own, err := template.New(path.Base(file)).Funcs(f).ParseFS(templateFiles, file)
	if err != nil {
		return nil, err
	}
	trees := map[string]*parse.Tree{layoutBlock: layout.Copy()}
	for _, t := range own.Templates() {
		if t.Tree != nil && t.Name() != path.Base(file) {
			trees[t.Name()] = t.Tree
		}
	}
	for block, tree := range trees {
		callOwn(tree.Root, trees, name)
		if _, err := all.AddParseTree(ownName(name, block), tree); err != nil {
			return nil, err
		}
	}
	return all.Lookup(ownName(name, layoutBlock)), nil
}

// ownName is the name of a block of a page among those of all pages.
func ownName(page, block string) string { return page + ":" + block }

// callOwn lets a tree call what its page defines by the names it has there.
func callOwn(n parse.Node, own map[string]*parse.Tree, page string) {
	branch := func(b *parse.BranchNode) {
		callOwn(b.List, own, page)
		if b.ElseList != nil {
			callOwn(b.ElseList, own, page)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, x := range n.Nodes {
			callOwn(x, own, page)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.TemplateNode:
		if own[n.Name] != nil {
			n.Name = ownName(page, n.Name)
		}
	}
}

// Page is what the layout shows around the body of a page.
type Page struct {
	Title  string
	Lead   string
	Crumbs []Link
	Here   string // address of the entry of the side bar that is lit
	Bare   bool   // no side bar: log-in, first run, shared reports
	Full   bool   // nothing but the page: the desk, a board on the wall
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
	Clock string    // zone of the times on the page; empty: it has none, or they say theirs
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
		if v.zone != nil {
			p.view.Clock = v.zone.String()
		}
	}
	if part := v.r.Header.Get("HX-Target"); v.r.Header.Get("HX-Request") == "true" && part != "" {
		if block := t.Lookup(ownName(name, "part-"+part)); block != nil {
			t = block
		}
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
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
