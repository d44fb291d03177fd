package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
)

// Barred is a number no campaign of the company calls.
type Barred struct {
	Number phone.Number `json:"number"`
	Rule   string       `json:"rule" doc:"refused: the person said so; dnc.company: somebody put it on the list."`
	Source string       `json:"source" doc:"The call, the file or the letter it comes from."`
	Reason string       `json:"reason,omitempty"`
	By     string       `json:"by,omitempty"`
	At     Time         `json:"at" format:"date-time" doc:"Of the refusal, as far as the source tells."`
	Added  Time         `json:"added" format:"date-time"`
}

func barredOf(b *store.Barred) Barred {
	return Barred{b.Number, b.Rule, b.Source, b.Reason, b.By, timeOf(b.At), timeOf(b.Added)}
}

// BarredList is what is on the list of what was asked for.
type BarredList struct {
	Items []Barred `json:"items"`
}

// BarredCount is how many numbers are new on the list.
type BarredCount struct {
	Added int `json:"added"`
	There int `json:"there" doc:"They were on it, and keep their entry."`
}

func (a *API) dncRoutes() {
	read(a, op{id: "dnc-list", method: http.MethodGet, path: "/v1/dnc", what: "The do-not-call list, by number.", may: access.DNCRead},
		func(r *request, in *PageIn) (*List[Barred], error) {
			after, err := in.numbers(1)
			if err != nil {
				return nil, err
			}
			list, err := r.sys.DoNotCall(r.ctx, r.company, phone.Number(after[0]), in.Limit+1)
			if err != nil {
				return nil, err
			}
			return numbered(in, list, func(b store.Barred) int64 { return int64(b.Number) }, func(b store.Barred) Barred { return barredOf(&b) }), nil
		})
	read(a, op{id: "dnc-ask", method: http.MethodPost, path: "/v1/dnc/ask", what: "Which of some numbers are on the do-not-call list, and why.", may: access.DNCRead},
		func(r *request, in *bodyOf[dncAskBody]) (*BarredList, error) {
			list, err := r.sys.Barred(r.ctx, r.company, in.Body.Numbers)
			out := &BarredList{make([]Barred, len(list))}
			for i := range list {
				out.Items[i] = barredOf(&list[i])
			}
			return out, err
		})
	change(a, op{id: "dnc-add", method: http.MethodPost, path: "/v1/dnc", what: "Put numbers on the do-not-call list. It holds for every campaign of the company at once.", may: access.DNCWrite, once: true},
		func(r *request, in *bodyOf[dncAddBody]) (*BarredCount, error) {
			list := make([]store.Barred, len(in.Body.Numbers))
			for i, n := range in.Body.Numbers {
				list[i] = store.Barred{Number: n, Source: in.Body.Source, Reason: in.Body.Reason, By: r.actor.Name, At: instantOf(in.Body.At)}
			}
			n, err := r.sys.Bar(r.ctx, r.company, list)
			if err != nil {
				return nil, err
			}
			return &BarredCount{n, len(list) - n}, r.did(access.Deed{Action: "dnc.add", Target: "dnc", Reason: in.Body.Reason, After: in.Body})
		})
	type removeIn struct {
		Number string `path:"number" maxLength:"40"`
		Body   dncRemoveBody
	}
	change(a, op{id: "dnc-remove", method: http.MethodPost, path: "/v1/dnc/{number}/remove", what: "Take a number off the do-not-call list, with the reason.", may: access.DNCRemove, once: true},
		func(r *request, in *removeIn) (*Barred, error) {
			var n phone.Number
			if err := n.UnmarshalText([]byte(in.Number)); err != nil {
				return nil, fault.New(fault.NotFound, "there is no such number on the do-not-call list")
			}
			was, err := r.sys.Unbar(r.ctx, r.company, n)
			if err != nil {
				return nil, err
			}
			out := barredOf(&was)
			return &out, r.did(access.Deed{Action: "dnc.remove", Target: n.String(), Reason: in.Body.Reason, Before: out})
		})
	a.dncUploadRoutes()
}

type (
	dncAskBody struct {
		Numbers []phone.Number `json:"numbers" minItems:"1" maxItems:"1000"`
	}
	dncAddBody struct {
		Numbers []phone.Number `json:"numbers" minItems:"1" maxItems:"1000"`
		Source  string         `json:"source" minLength:"1" maxLength:"200"`
		Reason  string         `json:"reason,omitempty" maxLength:"2000"`
		At      Time           `json:"at,omitempty" format:"date-time"`
	}
	dncRemoveBody struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Such as a new consent and its evidence. The audit log keeps it."`
	}
)

// dncUploadIn takes the body as it comes.
type dncUploadIn struct {
	Name    string `query:"name" maxLength:"200"`
	Country string `query:"country" maxLength:"2" doc:"Of numbers that are written without a country code."`
	Source  string `query:"source" minLength:"1" maxLength:"200" required:"true"`

	body io.Reader
}

// Resolve takes hold of the body before anything reads it.
func (u *dncUploadIn) Resolve(h huma.Context) []error {
	r, w := humago.Unwrap(h)
	u.body = bodyAsItComes(r, w)
	return nil
}

// dncUpload is the input of a job that reads a list of numbers.
type dncUpload struct {
	Name    string `json:"name"`
	Country string `json:"country"`
	Source  string `json:"source"`
	By      string `json:"by"`
}

func (a *API) dncUploadRoutes() {
	a.jobs.workers["dnc_upload"] = a.readDNC
	type uploadOut struct {
		Status int
		Body   Job
	}
	o := op{id: "dnc-upload", method: http.MethodPost, path: "/v1/dnc/uploads", what: "Upload a do-not-call list: CSV or XLSX with a column of numbers.", may: access.DNCWrite, status: http.StatusAccepted}
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *dncUploadIn) (_ *uploadOut, err error) {
		f, err := a.ReceiveFile(ctx, in.body)
		if err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, f.Remove())
			}
		}()
		var out *Job
		var late func()
		err = a.d.System.DB.Update(ctx, func(tx store.Tx) error {
			r := a.in(ctx, tx, c, company)
			u := dncUpload{filepath.Base(in.Name), in.Country, in.Source, r.actor.Name}
			if out, err = a.enqueue(r, f.ID, "dnc_upload", u, f.Size); err != nil {
				return err
			}
			late = r.late
			return r.did(access.Deed{Action: "dnc.upload", Target: out.ID, After: u})
		})
		if err != nil {
			return nil, err
		}
		late()
		return &uploadOut{http.StatusAccepted, *out}, nil
	})
	a.takesFile(a.huma.OpenAPI().Paths["/v1/dnc/uploads"].Post, "The file as it is.")
}

// readDNC reads a list of numbers; what was read before it was stopped is found to
// be there.
func (a *API) readDNC(ctx context.Context, i id.ID, j *job, progress func(int64, int64)) (any, error) {
	var in dncUpload
	if err := json.Unmarshal(j.Input, &in); err != nil {
		return nil, err
	}
	path := a.uploaded(i)
	if err := os.MkdirAll(path+".rejects", 0o700); err != nil {
		return nil, err
	}
	out, err := a.d.System.BarFile(ctx, j.Company, fileAt(path, in.Name), app.BarFile{Country: in.Country, Source: in.Source, By: in.By, Aside: filepath.Join(path+".rejects", "numbers.csv")},
		func(n int64) { progress(min(n, j.Total), j.Total) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return out, errors.Join(err, os.Remove(path))
}
