package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// op describes one operation where its route is added.
type op struct {
	id     string // invoice-issue
	method string
	path   string
	what   string // one line for the document
	may    access.Permission
	once   bool  // needs an Idempotency-Key
	keyed  bool  // looks at one where it is sent; change sets it
	raw    bool  // the body is read by the operation itself
	status int   // of success; 0: 200
	body   int64 // most bytes of the body; 0: 1 MiB
	wait   time.Duration

	// platform: it is about the installation, not about one company; the
	// permission is asked for over all companies.
	platform bool
	// either: as platform for who has the permission over all companies and
	// names none, else about one company.
	either bool
}

// answer is what an operation gives back.
type answer[T any] struct {
	Status   int
	Replayed string `header:"Idempotent-Replayed"`
	Body     T
}

// request is one request inside its transaction.
type request struct {
	ctx     context.Context // use cases given it join tx
	tx      store.Tx
	sys     *app.System
	key     string // for use cases that keep answers themselves
	actor   *access.Actor
	company id.Company
	deeds   int
	late    func() // to do once it is committed
}

// did writes into the audit log what a change did.
func (r *request) did(d access.Deed) error {
	if d.Company == id.Platform {
		d.Company = r.company
	}
	r.deeds++
	return access.Record(r.tx, r.actor, d)
}

func (a *API) in(ctx context.Context, tx store.Tx, c *caller, company id.Company) *request {
	return &request{ctx: store.Within(ctx, tx), tx: tx, sys: a.d.System, actor: c.actor, company: company, key: "in " + c.onceKey}
}

// read adds an operation that changes nothing.
func read[I, O any](a *API, o op, f func(*request, *I) (*O, error)) {
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *I) (*answer[O], error) {
		var out *O
		err := a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
			out, err = f(a.in(ctx, tx, c, company), in)
			return err
		})
		if err != nil {
			return nil, err
		}
		return &answer[O]{Status: http.StatusOK, Body: *out}, nil
	})
}

// change adds an operation that changes something: one transaction with its
// audit entry and, where there is an idempotency key, its answer. Every POST looks
// at a key that is sent; op.once tells which need one.
func change[I, O any](a *API, o op, f func(*request, *I) (*O, error)) {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	o.keyed = o.once || o.method == http.MethodPost
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *I) (*answer[O], error) {
		if o.once || o.keyed && c.onceKey != "" {
			return once(a, ctx, c, company, o, in, f)
		}
		var out *O
		var late func()
		err := a.d.System.DB.Update(ctx, func(tx store.Tx) (err error) {
			r := a.in(ctx, tx, c, company)
			out, err = effect(r, o, in, f)
			late = r.late
			return err
		})
		if err != nil {
			return nil, err
		}
		if late != nil {
			late()
		}
		return &answer[O]{Status: o.status, Body: *out}, nil
	})
}

// effect runs a change and insists that it told the audit log.
func effect[I, O any](r *request, o op, in *I, f func(*request, *I) (*O, error)) (*O, error) {
	out, err := f(r, in)
	if err == nil && r.deeds == 0 {
		err = fault.New(fault.Internal, "%s changed something without telling the audit log", o.id)
	}
	return out, err
}

// plain adds an operation that sees to its own transactions: what is done before
// somebody is let in, and what is done with a person's own log-in.
func plain[I, O any](a *API, o op, f func(context.Context, *caller, *I) (*O, error)) {
	allowed(a, o, func(ctx context.Context, c *caller, _ id.Company, in *I) (*O, error) { return f(ctx, c, in) })
}

// Permissions that are none: nobody is asked who they are, or it is about
// whoever asks.
const (
	anybody access.Permission = ""
	oneself access.Permission = "(oneself)"
	halfway access.Permission = "(logging in)" // a session that has not proved everything yet
)

// allowed adds an operation for callers who may do it, with the company it is
// about.
func allowed[I, O any](a *API, o op, f func(context.Context, *caller, id.Company, *I) (*O, error)) {
	add(a, o, func(ctx context.Context, in *I) (*O, error) {
		c := callerOf(ctx)
		company, err := c.allow(o)
		if err != nil {
			return nil, err
		}
		return f(ctx, c, company, in)
	})
}

func add[I, O any](a *API, o op, f func(context.Context, *I) (*O, error)) {
	huma.Register(a.huma, a.described(o), func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// described is what the document says of an operation. It knows no types: what does is
// compiled once for each operation.
func (a *API) described(o op) huma.Operation {
	if o.status == 0 {
		o.status = http.StatusOK
	}
	noun, _, _ := strings.Cut(strings.TrimPrefix(o.path, "/v1/"), "/")
	h := huma.Operation{OperationID: o.id, Method: o.method, Path: o.path, Summary: o.what, Tags: []string{noun}, DefaultStatus: o.status,
		MaxBodyBytes: o.body, BodyReadTimeout: o.wait, SkipValidateBody: o.raw, Errors: []int{http.StatusBadRequest}}
	if o.may != anybody {
		h.Security = []map[string][]string{{"key": {}}, {"session": {}}}
		h.Errors = append(h.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
	}
	if strings.Contains(o.path, "{") {
		h.Errors = append(h.Errors, http.StatusNotFound)
	}
	kind := Route{ID: o.id, Method: o.method, Path: o.path, Permission: o.may, Public: o.may == anybody, Self: o.may == oneself || o.may == halfway, Once: o.once, Platform: o.platform}
	if kind.Public || kind.Self {
		kind.Permission = ""
	} else {
		h.Extensions = map[string]any{"x-permission": string(o.may)}
		if !o.platform {
			h.Parameters = append(h.Parameters, &huma.Param{Name: companyHeader, In: "header", Schema: &huma.Schema{Type: "string"},
				Description: "Company it is about, co_...; needed where the credentials are not of one company."})
		}
	}
	if o.keyed {
		h.Errors = append(h.Errors, http.StatusConflict)
		h.Parameters = append(h.Parameters, &huma.Param{Name: onceHeader, In: "header", Required: o.once,
			Schema: &huma.Schema{Type: "string", MinLength: ptr(1), MaxLength: ptr(onceLongest)}, Description: "Names this one effect; the same key gives the same answer."})
	}
	slices.Sort(h.Errors)
	a.routes = append(a.routes, kind)
	return h
}

func ptr[T any](v T) *T { return &v }

// fileOut is a file as an answer.
type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// file adds an operation that gives a file.
func file[I any](a *API, o op, f func(*request, *I) (*fileOut, error)) {
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *I) (*fileOut, error) {
		var out *fileOut
		err := a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
			out, err = f(a.in(ctx, tx, c, company), in)
			return err
		})
		return out, err
	})
}
