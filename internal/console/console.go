package console

import (
	"log/slog"
	"net/http"
)

// Server answers for the pages of the console.
type Server struct {
	mux    *http.ServeMux
	assets *assets
	pages  pages
	log    *slog.Logger
}

// New reads templates and assets and knows every address.
func New(log *slog.Logger) (*Server, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	p, err := loadPages(a)
	if err != nil {
		return nil, err
	}
	s := &Server{mux: http.NewServeMux(), assets: a, pages: p, log: log}
	s.mux.Handle("GET /assets/", a)
	s.mux.HandleFunc("POST /view", s.choose)
	s.mux.HandleFunc("GET /styleguide", s.styleguide)
	s.mux.HandleFunc("GET /", s.missing)
	return s, nil
}

// policy allows what the console itself serves and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// ServeHTTP answers with the headers every page has.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)")
	s.mux.ServeHTTP(w, r)
}

// missing is the page for an address that is none.
func (s *Server) missing(w http.ResponseWriter, r *http.Request) {
	tag := viewOf(r).Tag
	s.render(w, r, http.StatusNotFound, "missing", &Page{Title: phrase(tag, "console.missing")})
}
