package api

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"waihu/internal/access"
)

// Bounds of every request, whatever it asks for.
const (
	HeaderBytes   = 16 << 10         // of all headers
	HeaderTime    = 5 * time.Second  // to send them
	headersMost   = 64               // of one request
	addressLength = 4096             // of path and query
	requestTime   = 60 * time.Second // to be answered in; uploads and exports are longer
)

type frameKey int

const theFrame frameKey = iota

// frame is what is known of a request before its route is.
type frame struct {
	id     string
	client access.Client
	route  string
}

func frameOf(ctx context.Context) *frame {
	f, _ := ctx.Value(theFrame).(*frame)
	if f == nil {
		return &frame{}
	}
	return f
}

func requestID(ctx context.Context) string       { return frameOf(ctx).id }
func clientOf(ctx context.Context) access.Client { return frameOf(ctx).client }

// wrap puts what every request passes around the routes.
func (a *API) wrap(mux *http.ServeMux) (http.Handler, error) {
	cross := http.NewCrossOriginProtection()
	for _, o := range a.d.Config.Origins {
		if err := cross.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("http.origins: %w", err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpProblem(w, r, http.StatusForbidden, "cross_origin", "a page of another site sent this: it is refused")
	}))
	return a.framed(bounded(cross.Handler(a.matched(mux)))), nil
}

// matched answers what no route takes with a problem, and notes the route.
func (a *API) matched(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		if pattern == "" || path.Clean(r.URL.Path) != r.URL.Path { // no redirects to tidier addresses
			for _, other := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				probe := &http.Request{Method: other, URL: r.URL, Host: r.Host}
				if _, there := mux.Handler(probe); there != "" && other != r.Method {
					httpProblem(w, r, http.StatusMethodNotAllowed, "method_not_allowed", "this address does not take "+r.Method)
					return
				}
			}
			httpProblem(w, r, http.StatusNotFound, "not_found", "there is nothing at this address")
			return
		}
		frameOf(r.Context()).route = pattern
		mux.ServeHTTP(w, r)
	})
}

// bounded refuses what no honest client sends.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := 0
		for _, values := range r.Header {
			n += len(values)
		}
		switch {
		case n > headersMost:
			httpProblem(w, r, http.StatusRequestHeaderFieldsTooLarge, "too_large", "too many headers")
		case len(r.RequestURI) > addressLength:
			httpProblem(w, r, http.StatusRequestURITooLong, "too_large", "the address is too long")
		case len(r.Header.Values("Authorization")) > 1:
			httpProblem(w, r, http.StatusBadRequest, "malformed", "credentials are given twice")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Client is where a request comes from, seen through the proxies that are
// believed.
func (a *API) Client(r *http.Request) access.Client {
	return access.Client{Address: a.proxies.address(r), Agent: r.UserAgent()}
}

// framed names a request, sets the headers of every answer, stops panics and
// tells what became of it.
func (a *API) framed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		f := &frame{id: "req_" + strings.ToLower(rand.Text()), client: a.Client(r)}
		h := w.Header()
		h.Set("Request-Id", f.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !a.d.Config.Insecure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		out := &watched{ResponseWriter: w}
		ctx := context.WithValue(r.Context(), theFrame, f)
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				a.d.Log.Error("a request panicked", "request_id", f.id, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				if out.status == 0 {
					httpProblem(out, r.WithContext(ctx), http.StatusInternalServerError, "internal", "something went wrong on our side; name the request_id when you ask for help")
				}
			}
			took := time.Since(began)
			a.d.Log.Info("request", "request_id", f.id, "method", r.Method, "route", f.route, "status", out.status, "bytes", out.bytes, "took", took, "client", f.client.Address)
			if a.d.Seen != nil {
				a.d.Seen(f.route, out.status, took)
			}
		}()
		next.ServeHTTP(out, r.WithContext(ctx))
	})
}

// watched counts what is answered.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets deadlines reach the connection.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
