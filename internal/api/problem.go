package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/floor"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// Problem is an error as RFC 9457 writes it. Codes are stable; titles are in the
// language that was asked for; details are for developers and are English.
type Problem struct {
	Type      string         `json:"type" doc:"A URI that names the kind of problem: urn:waihu:problem:CODE."`
	Title     string         `json:"title" doc:"What is wrong, in the language of Accept-Language."`
	Status    int            `json:"status" doc:"The HTTP status."`
	Detail    string         `json:"detail,omitempty" doc:"What is wrong this time, and what to do."`
	Code      string         `json:"code" doc:"A stable name for the kind of problem."`
	RequestID string         `json:"request_id" doc:"Name it when you ask for help."`
	Errors    []FieldProblem `json:"errors,omitempty" doc:"Every field that is wrong."`
	wait      time.Duration
}

// FieldProblem is one field that is wrong. The value is not repeated.
type FieldProblem struct {
	Field    string `json:"field" doc:"Where it is: body.lines[2].amount, query.limit."`
	What     string `json:"what" doc:"What is wrong."`
	Expected string `json:"expected,omitempty" doc:"What would be right."`
	Fix      string `json:"fix,omitempty" doc:"What to do."`
	File     string `json:"file,omitempty" doc:"Of several files that were sent."`
	Line     int    `json:"line,omitempty" doc:"Of a text that was sent, from 1."`
}

func (p *Problem) Error() string  { return p.Detail }
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders gives the headers that go with it.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.wait+time.Second-1)/time.Second)))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="waihu"`)
	}
	return h
}

// ContentType makes it a problem and not any JSON.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// refused is an error with its own status and code.
type refused struct {
	status int
	code   string
	msg    string
}

func (r *refused) Error() string { return r.msg }

// Unwrap tells those who know no statuses, such as pages, that what was sent is wrong.
func (r *refused) Unwrap() error { return fault.New(fault.Invalid, "%s", r.msg) }

// problem turns an error into what a client is told; what is ours to mend goes
// into the log and not to the client.
func (a *API) problem(ctx context.Context, err error) error {
	c := callerOf(ctx)
	p := problemFor(err)
	if p.Status >= 500 && ctx.Err() == nil {
		a.d.Log.Error("a request failed", "request_id", c.request, "error", err)
	}
	return p.named(c)
}

func (p *Problem) named(c *caller) *Problem {
	p.Type, p.RequestID = "urn:waihu:problem:"+p.Code, c.request
	p.Title = lang.Phrase(c.tag, "problem."+p.Code, nil)
	return p
}

func problemFor(err error) *Problem {
	var already *Problem
	var r *access.Refusal
	var own *refused
	var gone *store.Unavailable
	var call *app.CallRefused
	var floor *floor.Refusal
	var ps fault.Problems
	var one fault.Problem
	switch {
	case errors.As(err, &already):
		return already
	case errors.As(err, &r):
		return &Problem{Status: refusalStatus(r.Code), Code: r.Code, Detail: r.Msg, wait: r.Wait}
	case errors.As(err, &own):
		return &Problem{Status: own.status, Code: own.code, Detail: own.msg}
	case errors.As(err, &gone):
		return &Problem{Status: 503, Code: "unavailable", Detail: "the books cannot be written or reached now: send it again later, under the same identifiers and keys; nothing is done twice", wait: 30 * time.Second}
	case errors.As(err, &floor):
		return &Problem{Status: 409, Code: "floor_" + floor.Code, Detail: floor.Error()}
	case errors.As(err, &call) && fault.KindOf(err) == fault.Invalid:
		return &Problem{Status: 422, Code: "call_" + string(call.Reason), Detail: call.Error()}
	case errors.As(err, &ps):
		return &Problem{Status: 422, Code: "invalid", Detail: "some fields are wrong", Errors: fields(ps)}
	case errors.As(err, &one):
		return &Problem{Status: 422, Code: "invalid", Detail: "a field is wrong", Errors: fields(fault.Problems{one})}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Problem{Status: 503, Code: "busy", Detail: "this took too long: try again", wait: 5 * time.Second}
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return &Problem{Status: 422, Code: "invalid", Detail: err.Error()}
	case fault.NotFound:
		return &Problem{Status: 404, Code: "not_found", Detail: "it does not exist"}
	case fault.Conflict:
		return &Problem{Status: 409, Code: "conflict", Detail: err.Error()}
	case fault.Unpriced:
		return &Problem{Status: 422, Code: "unpriced", Detail: err.Error()}
	case fault.Unknown:
		return &Problem{Status: 422, Code: "price_unknown", Detail: err.Error()}
	case fault.Mismatch:
		return &Problem{Status: 409, Code: "mismatch", Detail: err.Error()}
	case fault.Overflow:
		return &Problem{Status: 422, Code: "out_of_range", Detail: err.Error()}
	}
	return &Problem{Status: 500, Code: "internal", Detail: "something went wrong on our side; name the request_id when you ask for help"}
}

// inOne is what is wrong in one line, for those who see no list of fields.
func (p *Problem) inOne() string {
	if len(p.Errors) == 0 {
		return p.Detail
	}
	out := make([]string, len(p.Errors))
	for i, f := range p.Errors {
		out[i] = f.What
		if f.Expected != "" {
			out[i] += "; expected " + f.Expected
		}
		if f.Fix != "" {
			out[i] += "; " + f.Fix
		}
	}
	return strings.Join(out, " · ")
}

func refusalStatus(code string) int {
	switch code {
	case access.BadCredentials, access.NoCredentials:
		return http.StatusUnauthorized
	case access.TooMany, "rate_limited":
		return http.StatusTooManyRequests
	case access.ProviderDown:
		return http.StatusServiceUnavailable
	}
	return http.StatusForbidden
}

func fields(ps fault.Problems) []FieldProblem {
	out := make([]FieldProblem, len(ps))
	for i, p := range ps {
		out[i] = FieldProblem{Field: "body." + p.Path, What: p.What, Expected: p.Expected, Fix: p.Fix, File: p.File, Line: p.Line}
		if p.Path == "" {
			out[i].Field = "body"
		}
	}
	return out
}

// problemOf puts our problems in place of huma's own, without the values that
// were sent.
func (a *API) problemOf(h huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := &Problem{Status: e.Status, Code: statusCode(e.Status), Detail: e.Detail}
	for _, d := range e.Errors {
		p.Errors = append(p.Errors, FieldProblem{Field: d.Location, What: d.Message})
	}
	if len(p.Errors) > 0 && p.Status == 400 {
		p.Detail = "the body is not JSON that can be read"
	}
	return p.named(callerOf(h.Context())), nil
}

// statusCode is the code of what huma refuses itself.
func statusCode(status int) string {
	switch status {
	case http.StatusUnprocessableEntity:
		return "invalid"
	case http.StatusBadRequest:
		return "malformed"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusUnsupportedMediaType:
		return "media_type"
	case http.StatusRequestTimeout:
		return "too_slow"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusMethodNotAllowed:
		return "method_not_allowed"
	case http.StatusRequestHeaderFieldsTooLarge:
		return "too_large"
	}
	return "internal"
}

// writeProblem answers with a problem from a middleware.
func (a *API) writeProblem(h huma.Context, c *caller, err error) {
	p := problemFor(err).named(c)
	for name, values := range p.GetHeaders() {
		for _, v := range values {
			h.SetHeader(name, v)
		}
	}
	if p.Status >= 500 {
		a.d.Log.Error("a request failed", "request_id", c.request, "error", err)
	}
	h.SetHeader("Content-Type", p.ContentType(""))
	h.SetStatus(p.Status)
	if err := json.NewEncoder(h.BodyWriter()).Encode(p); err != nil {
		a.d.Log.Debug("an answer could not be written", "error", err)
	}
}

// httpProblem answers with a problem outside of any route.
func httpProblem(w http.ResponseWriter, r *http.Request, status int, code, detail string) {
	p := (&Problem{Status: status, Code: code, Detail: detail}).named(&caller{request: requestID(r.Context()), tag: language(r.Header.Get("Accept-Language"))})
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone: nothing is left to do
}
