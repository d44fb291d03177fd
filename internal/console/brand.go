package console

import (
	"net"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
)

// brandView is how the operator looks on a page.
type brandView struct {
	Name    string
	Word    string
	Style   string // address of its colours
	Logo    string // address of its picture; empty: none
	Support string
}

// brandCookie keeps the brand somebody logs in under, so that the steps of a
// log-in look like its first page.
const brandCookie = "brand"

// dress gives a visit the brand its visitor sees: that of the company it is
// about or that the visitor belongs to, else that of the address, else the one
// of the log-in page, else the standard one. A page is shown without a brand
// rather than not at all.
func (s *Server) dress(v *visit) {
	word := v.about.Brand
	if v.company == id.Platform {
		word = s.brandOfVisitor(v)
	}
	if word == "" {
		if c, err := v.r.Cookie(brandCookie); err == nil {
			word = c.Value
		}
	}
	if at := v.r.PathValue("portal"); at != "" {
		word = at
	}
	b, err := s.d.System.BrandFor(v.r.Context(), word, hostOf(v.r))
	if err != nil {
		s.d.Log.ErrorContext(v.r.Context(), "brand", "error", err)
		return
	}
	if b != nil {
		v.Brand = brandShown(b)
	}
}

// brandOfVisitor is the brand of the first company somebody belongs to, unless
// they are the operator's own.
func (s *Server) brandOfVisitor(v *visit) string {
	if v.actor == nil {
		return ""
	}
	some, all := v.actor.Companies()
	if all || len(some) == 0 {
		return ""
	}
	c, err := s.d.System.GetCompany(v.r.Context(), some[0])
	if err != nil {
		return ""
	}
	return c.Brand
}

// hostOf is the name of the host a browser asked, without its port.
func hostOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		return host
	}
	return r.Host
}

func brandShown(b *app.Brand) *brandView {
	base := "/brand/" + b.Word + "/" + itoa(int(b.Revision))
	out := &brandView{Name: b.Name, Word: b.Word, Style: base + "/style.css", Support: b.Support}
	if b.Logo != "" {
		out.Logo = base + "/logo.png"
	}
	return out
}

// paint is the style sheet of a palette, for a selector.
func paint(selector string, p app.Palette) string {
	return selector + "{--brand:light-dark(" + p.Light + "," + p.Dark + ");--brand-strong:light-dark(" + p.LightStrong + "," + p.DarkStrong + ");--brand-soft:light-dark(" + p.LightSoft + "," + p.DarkSoft + ");--link:var(--brand)}\n"
}

// brandOf is the brand of an address.
func (s *Server) brandOf(r *http.Request) (*app.Brand, error) {
	word := r.PathValue("brand")
	b, err := s.d.System.BrandFor(r.Context(), word, "")
	if err == nil && (b == nil || b.Word != word) {
		err = fault.New(fault.NotFound, "there is no such brand")
	}
	return b, err
}

// brandFile gives the colours or the picture of a brand: what its log-in page
// shows to anybody.
func (s *Server) brandFile(w http.ResponseWriter, r *http.Request, _ *visit) error {
	b, err := s.brandOf(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("revision") == itoa(int(b.Revision)) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.PathValue("file") == "style.css" {
		h.Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write([]byte(paint(":root", b.Palette))) // the client went away
		return nil
	}
	logo, err := s.d.System.Logo(r.Context(), b)
	if err != nil {
		return err
	}
	if logo == nil || r.PathValue("file") != "logo.png" {
		return fault.New(fault.NotFound, "there is no such file")
	}
	h.Set("Content-Type", "image/png")
	_, _ = w.Write(logo) // the client went away
	return nil
}

// previewStyle is the style sheet of colours that are being chosen. What cannot
// be used gives an empty one: the page says why.
func (s *Server) previewStyle(w http.ResponseWriter, r *http.Request, _ *visit) error {
	q := r.URL.Query()
	p, err := app.TryBrand(app.Brand{Word: "x", Name: "x", Accent: q.Get("accent"), Dark: q.Get("dark")}, nil)
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if err == nil || p.Light != "" {
		_, _ = w.Write([]byte(paint(".preview", p))) // the client went away
	}
	return nil
}

// portal is the log-in page under a brand.
func (s *Server) portal(w http.ResponseWriter, r *http.Request, v *visit) error {
	b, err := s.d.System.BrandFor(r.Context(), r.PathValue("portal"), "")
	if err != nil {
		return err
	}
	if b == nil || b.Word != r.PathValue("portal") {
		return fault.New(fault.NotFound, "there is no such page")
	}
	http.SetCookie(w, &http.Cookie{Name: brandCookie, Value: b.Word, Path: "/", MaxAge: 365 * 86400, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if v.actor != nil && v.actor.Stage == access.Full {
		v.redirect(w, "/")
		return nil
	}
	return s.showLogin(w, r, v)
}

// brandOptions are the brands a company can have.
func (s *Server) brandOptions(v *visit) ([]option, error) {
	list, err := s.d.System.Brands(v.r.Context())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := []option{{"value": "", "label": v.say("brand.none")}}
	for i := range list {
		out = append(out, option{"value": list[i].Word, "label": list[i].Name})
	}
	return out, nil
}

// readBrandOf reads which brand a company has.
func (s *Server) readBrandOf(v *visit, f *form) (string, error) {
	options, err := s.brandOptions(v)
	return f.choice("brand", append(values(options), "")...), err
}

// portalAddress is where customers of a brand log in.
func (s *Server) portalAddress(b *app.Brand) string {
	return strings.TrimSuffix(s.d.Address, "/") + "/portal/" + b.Word
}
