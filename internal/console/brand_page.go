package console

import (
	"context"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/store"
)

func (s *Server) brandPages() {
	s.public("GET /brand/{brand}/{revision}/{file}", s.brandFile)
	s.public("GET /portal/{portal}", s.portal)
	s.page("GET /brand/preview.css", access.BrandWrite, s.previewStyle)
	s.page("GET /brands", access.BrandWrite, s.brands)
	s.exports("/brands", access.BrandWrite, "brands", "nav.brands", s.brandsFile)
	s.page("GET /brands/new", access.BrandWrite, s.newBrand)
	s.page("POST /brands/new", access.BrandWrite, s.takeBrand)
	s.page("GET /brands/{brand}", access.BrandWrite, s.brand)
	s.page("POST /brands/{brand}", access.BrandWrite, s.takeBrand)
}

// brandRow is a brand in the list.
type brandRow struct {
	app.Brand
	View   *brandView
	Href   string
	Portal string
}

// findBrands are all brands in the order the address asks for.
func (s *Server) findBrands(v *visit) (rows []brandRow, o *order, err error) {
	list, err := s.d.System.Brands(v.r.Context())
	for i := range list {
		b := &list[i]
		rows = append(rows, brandRow{*b, brandShown(b), "/brands/" + b.Word, s.portalAddress(b)})
	}
	o = v.order(nil, "name", column{"name", "brand.name", false}, column{"portal", "brand.portal", false}, column{"host", "brand.host", false}, column{"support", "brand.support", false})
	rows = arranged(o, rows, len(rows), func(b *brandRow) string { return b.Word }, keys[brandRow]{
		"name":    func(b *brandRow) string { return store.OrderText(b.Name) },
		"portal":  func(b *brandRow) string { return store.OrderText(b.Portal) },
		"host":    func(b *brandRow) string { return store.OrderText(b.Host) },
		"support": func(b *brandRow) string { return store.OrderText(b.Support) },
	})
	return rows, o, err
}

// brands lists them.
func (s *Server) brands(w http.ResponseWriter, _ *http.Request, v *visit) error {
	rows, o, err := s.findBrands(v)
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "brands", &Page{Title: v.say("nav.brands"), Lead: v.say("brand.lead"), Here: "/brands", Body: map[string]any{"Rows": rows, "Order": o, "Files": o.files("/brands")}})
	return nil
}

// brandsFile gives the list as a file.
func (s *Server) brandsFile(v *visit) (*sheet, error) {
	rows, _, err := s.findBrands(v)
	t := v.sheet("brand.name", "brand.word", "brand.standard", "brand.portal", "brand.host", "brand.support", "brand.accent", "brand.dark")
	for i := range rows {
		b := &rows[i]
		t.add(b.Name, b.Word, given(b.Standard, v.say("brand.is_standard")), b.Portal, b.Host, b.Support, b.Accent, b.Dark)
	}
	return t, err
}

// brandBody is the form of a brand, and how it looks.
type brandBody struct {
	Form    *form
	Brand   *app.Brand // nil: a new one
	Preview string     // address of the colours as they are filled in
	Picture template.URL
	Portal  string
	Stale   bool
}

func (s *Server) newBrand(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.brandForm(w, v, http.StatusOK, v.blank("accent", "#0b5c66"), nil, nil, false)
}

func (s *Server) brand(w http.ResponseWriter, r *http.Request, v *visit) error {
	b, err := s.brandOf(r)
	if err != nil {
		return err
	}
	f := v.blank("word", b.Word, "name", b.Name, "host", b.Host, "support", b.Support, "accent", b.Accent, "dark", b.Dark, "standard", given(b.Standard, "yes"), "revision", itoa(int(b.Revision)))
	return s.brandForm(w, v, http.StatusOK, f, b, nil, false)
}

// brandForm shows the form with a preview in both themes; logo is a picture that
// was just chosen and is not kept yet.
func (s *Server) brandForm(w http.ResponseWriter, v *visit, status int, f *form, b *app.Brand, logo []byte, stale bool) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	body := brandBody{Form: f, Brand: b, Stale: stale, Preview: "/brand/preview.css?" + url.Values{"accent": {f.Value("accent")}, "dark": {f.Value("dark")}}.Encode()}
	p := &Page{Title: v.say("brand.new"), Lead: v.say("brand.new_why"), Here: "/brands", Crumbs: []Link{{v.say("nav.brands"), "/brands"}}}
	if b != nil {
		p.Title, p.Lead, body.Portal = b.Name, s.portalAddress(b), s.portalAddress(b)
		if b.Logo != "" {
			body.Picture = template.URL(brandShown(b).Logo)
		}
	}
	if len(logo) > 0 {
		body.Picture = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(logo))
	}
	p.Body = body
	s.render(w, v, status, "brand", p)
	return nil
}

// formWithLogo reads the form and the picture in it; nil: none was chosen.
func (v *visit) formWithLogo(w http.ResponseWriter) (*form, []byte, error) {
	f, logo, _, err := v.formAndFile(w, "logo", app.LogoBytes)
	return f, logo, err
}

// brandFields are the fields that problems of a brand stand beside, with what is
// said there.
var brandFields = map[string]string{"word": "brand.word_wrong", "name": "form.needed", "host": "brand.host_wrong", "support": "people.no_address", "accent": "brand.accent_wrong", "dark": "brand.dark_wrong", "logo": "brand.logo_wrong"}

// brandWrong puts problems of a brand beside its fields.
func (f *form) brandWrong(err error) error {
	ps, ok := problemsOf(err)
	if !ok {
		return err
	}
	for _, p := range ps {
		f.wrong(p.Path, brandFields[p.Path], "ratio", p.Value)
	}
	return nil
}

// takeBrand shows how a brand would look, or keeps it.
func (s *Server) takeBrand(w http.ResponseWriter, r *http.Request, v *visit) error {
	var b *app.Brand
	var err error
	if r.PathValue("brand") != "" {
		if b, err = s.brandOf(r); err != nil {
			return err
		}
	}
	f, logo, err := v.formWithLogo(w)
	if err != nil {
		return err
	}
	in := app.Brand{Word: f.Value("word"), Name: f.line("name", 200), Host: f.optional("host", 253), Support: f.optional("support", 200), Accent: f.Value("accent"), Dark: f.Value("dark"), Standard: f.Value("standard") == "yes"}
	if b != nil {
		in.ID, in.Word = b.ID, b.Word
		in.Revision = int64(f.between("revision", 1, 1<<31-1))
	}
	if f.Value("remove") == "yes" && logo == nil {
		logo = []byte{}
	}
	_, err = app.TryBrand(in, logo)
	if err := f.brandWrong(err); err != nil {
		return err
	}
	if !f.OK() || f.Value("do") == "preview" {
		status := http.StatusOK
		if !f.OK() {
			status = http.StatusUnprocessableEntity
		}
		if f.Error("logo") != "" {
			logo = nil // not shown as a picture what is none
		}
		return s.brandForm(w, v, status, f, b, logo, false)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		after, err := s.d.System.SetBrand(ctx, in, logo)
		d := access.Deed{Action: "brand.set", Target: in.Word, After: after}
		if b != nil {
			d.Before = *b
		}
		return d, "/brands/" + in.Word, err
	})
	if _, ok := problemsOf(err); ok {
		if err := f.brandWrong(err); err != nil {
			return err
		}
		return s.brandForm(w, v, http.StatusUnprocessableEntity, f, b, nil, false)
	}
	if fault.KindOf(err) == fault.Conflict {
		return s.brandForm(w, v, http.StatusConflict, f, b, nil, true)
	}
	return err
}
