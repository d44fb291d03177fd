package console

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"unicode/utf8"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/voice/trunk"
	"waihu/internal/workspace"
)

// Deps are what the console works on.
type Deps struct {
	System *app.System
	Gate   *access.Gate
	Log    *slog.Logger
	Client func(*http.Request) access.Client // where a request comes from, proxies seen through; nil: its peer
	Open   bool                              // anybody may compare offers and audit a bill, without an account
	Shelf  *workspace.Shelf                  // of what is uploaded to be compared or audited
	Tour   *Tour                             // of a demonstration; nil: none

	Post    *notify.Post // webhooks and what was sent
	Address string       // what people open, also in letters; empty: what a request names
	Uploads Uploads      // files of usage and what became of them
	Decider Decider      // does what a second person approves

	Lists       Lists                // files of leads and of numbers nobody calls
	Telephone   Telephone            // of agents; nil: nobody calls here
	Trunks      func() []trunk.State // of this node; nil likewise
	Seated      Seated               // nil: nobody is
	Runs        Runs                 // bill runs, as work that goes on when the page is left
	AdjustLimit string               // balance that is given above it needs a second person, in any currency; empty: all does
}

// Seated gives the log-in of a user on the floor that counts; empty: there is none.
type Seated func(ctx context.Context, c id.Company, user string) (session string, err error)

// Server answers for the pages of the console.
type Server struct {
	d      Deps
	mux    *http.ServeMux
	guard  http.Handler
	assets *assets
	pages  pages
	routes []route

	samples app.Samples // example usage for plans that are being built

	ending context.Context // over once streams are to end
	end    context.CancelFunc
}

// EndStreams ends the answers that go on by themselves: the server stops.
func (s *Server) EndStreams() { s.end() }

// loaded are assets and templates, which come with the program: they are read once.
var loaded = sync.OnceValues(func() (*looks, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	p, err := loadPages(a)
	return &looks{a, p}, err
})

// looks are what pages are made of.
type looks struct {
	assets *assets
	pages  pages
}

// New reads templates and assets and knows every address.
func New(d Deps) (*Server, error) {
	l, err := loaded()
	if err != nil {
		return nil, err
	}
	s := &Server{d: d, mux: http.NewServeMux(), assets: l.assets, pages: l.pages}
	s.ending, s.end = context.WithCancel(context.Background())
	s.mux.Handle("GET /assets/", l.assets)
	s.mux.HandleFunc("POST /view", s.choose)
	s.public("GET /styleguide", s.styleguide)
	s.public("GET /", s.missing)
	s.loginPages()
	s.homePages()
	s.companyPages()
	s.peoplePages()
	s.approvalPages()
	s.accountPages()
	s.keyPages()
	s.webhookPages()
	s.auditLogPages()
	s.importPages()
	s.campaignPages()
	s.listPages()
	s.dispositionPages()
	s.doNotCallPages()
	s.callbackPages()
	s.scriptPages()
	s.promptPages()
	s.resultPages()
	s.livePages()
	s.ticketPages()
	s.servicePages()
	s.brandPages()
	s.invoicePages()
	s.paymentPages()
	s.statementPages()
	s.disputePages()
	s.walletPages()
	s.budgetPages()
	s.boardPages()
	s.marginPages()
	s.comparePages()
	s.auditPages()
	s.usagePages()
	s.reportPages()
	s.leadPages()
	s.telephonePages()
	s.recordingPages()
	s.qualityPages()
	s.floorPages()
	s.planPages()
	s.seatPages()
	s.contractPages()
	s.tourPages()
	s.searchPages()
	s.docsPages()
	s.beginPages()
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, phrase(viewOf(r).Tag, "console.cross_origin"), http.StatusForbidden)
	}))
	s.guard = cross.Handler(s.mux)
	return s, nil
}

// policy allows what the console itself serves and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// ServeHTTP answers with the headers every page has.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler:
			panic(v) // the server breaks the connection off: what went out is no whole file
		default:
			s.fail(w, r, fmt.Errorf("console: panic: %v\n%s", v, debug.Stack()))
		}
	}()
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)")
	if query, err := url.QueryUnescape(r.URL.RawQuery); err != nil || !storable(r.URL.Path) || !storable(query) {
		s.unreadable(w, r)
		return
	}
	s.guard.ServeHTTP(w, r)
}

// unreadable is the page for an address with characters no database can look for.
func (s *Server) unreadable(w http.ResponseWriter, r *http.Request) {
	clean := r.Clone(r.Context())
	clean.URL = &url.URL{Path: "/"}
	v, err := s.visit(clean)
	if err == nil {
		err = s.missing(w, clean, v)
	}
	s.answer(w, v, err)
}

// storable tells whether a text can be looked for in every database.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// missing is the page for an address that is none.
func (s *Server) missing(w http.ResponseWriter, r *http.Request, v *visit) error {
	s.render(w, v, http.StatusNotFound, "missing", &Page{Title: v.say("console.missing"), Bare: v.actor == nil})
	return nil
}
