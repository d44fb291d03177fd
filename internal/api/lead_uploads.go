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
	"waihu/internal/leadfile"
	"waihu/internal/receive"
	"waihu/internal/sheet"
	"waihu/internal/store"
)

// leadUploadIn takes the body as it comes, so that a large file is never in memory.
type leadUploadIn struct {
	LeadListIn
	Name    string `query:"name" maxLength:"200" doc:"Of the file."`
	Sheet   string `query:"sheet" maxLength:"120" doc:"Of a workbook; absent: the first."`
	Mapping string `query:"mapping" maxLength:"120" doc:"Name of a mapping that is remembered; absent: the one that fits, else it is guessed."`
	Guess   bool   `query:"guess" doc:"Take a guess that is not sure as it is."`

	body io.Reader
}

// Resolve takes hold of the body before anything reads it.
func (u *leadUploadIn) Resolve(h huma.Context) []error {
	r, w := humago.Unwrap(h)
	u.body = bodyAsItComes(r, w)
	return nil
}

// leadUpload is the input of a job that reads a list.
type leadUpload struct {
	List   id.ID  `json:"list,omitzero"`
	Import id.ID  `json:"import,omitzero"` // zero: its columns are asked for
	Name   string `json:"name"`
}

// LeadImport is what became of the rows of a list.
type LeadImport struct {
	List string `json:"list"`
	File string `json:"file"`
	app.ImportCounts
	Why     map[string]int64 `json:"why,omitempty" doc:"Rows set aside, by what is wrong."`
	Samples fault.Problems   `json:"samples,omitempty"`
}

func (a *API) leadUploadRoutes() {
	a.jobs.workers["lead_upload"] = a.readLeads
	type uploadOut struct {
		Status int
		Body   Job
	}
	o := op{id: "lead-upload", method: http.MethodPost, path: "/v1/lists/{list}/uploads", what: "Upload leads: CSV in any encoding, XLSX, or VICIdial's layout. The job tells how far it is, what was added, and which rows were set aside and why (GET /v1/uploads/{job}/rejects has them).",
		may: access.LeadWrite, status: http.StatusAccepted}
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *leadUploadIn) (*uploadOut, error) {
		out, err := a.takeLeads(ctx, c, company, in)
		if err != nil {
			return nil, err
		}
		return &uploadOut{http.StatusAccepted, *out}, nil
	})
	a.takesFile(a.huma.OpenAPI().Paths["/v1/lists/{list}/uploads"].Post, "The file as it is.")
	o = op{id: "lead-look", method: http.MethodPost, path: "/v1/lists/{list}/look", what: "What the columns of a file seem to be, with its first rows. Nothing is kept; the guess is confirmed by PUT /v1/lead-mappings.", may: access.LeadWrite}
	type lookOut struct {
		Status int
		Body   leadfile.Guess
	}
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *leadUploadIn) (_ *lookOut, err error) {
		f, err := a.ReceiveFile(ctx, in.body)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, f.Remove()) }()
		g, _, err := a.guessLeads(ctx, company, f, in)
		if err != nil {
			return nil, err
		}
		return &lookOut{http.StatusOK, *g}, nil
	})
	a.takesFile(a.huma.OpenAPI().Paths["/v1/lists/{list}/look"].Post, "The file as it is.")
}

// guessLeads reads the columns of a file for a list of the company.
func (a *API) guessLeads(ctx context.Context, company id.Company, f *receive.File, in *leadUploadIn) (*leadfile.Guess, *app.ListedLeads, error) {
	i, err := inPath("lst", in.List)
	if err != nil {
		return nil, nil, err
	}
	list, err := a.d.System.GetLeadList(ctx, company, i)
	if err != nil {
		return nil, nil, err
	}
	g, _, err := a.d.System.GuessLeads(ctx, company, fileAt(f.Path, in.Name), in.Sheet, list.Country)
	return g, &list, err
}

func fileAt(path, name string) sheet.Source {
	if name == "" {
		name = "upload"
	}
	return sheet.Source{Name: filepath.Base(name), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// takeLeads puts the body on disk and makes the job that reads it.
func (a *API) takeLeads(ctx context.Context, c *caller, company id.Company, in *leadUploadIn) (_ *Job, err error) {
	f, err := a.ReceiveFile(ctx, in.body)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Remove())
		}
	}()
	g, list, err := a.guessLeads(ctx, company, f, in)
	if err != nil {
		return nil, err
	}
	if in.Mapping != "" {
		if g.Mapping, err = a.leadMapping(ctx, company, in.Mapping); err != nil {
			return nil, err
		}
	} else if len(g.Unsure) > 0 && !in.Guess {
		return nil, fault.Problem{File: in.Name, Path: "columns", Value: shortList(g.Unsure), What: "nobody can be sure what these columns are", Expected: "a mapping that is remembered, or guess=true",
			Fix: "look at POST /v1/lists/{list}/look, then PUT /v1/lead-mappings"}
	}
	var out *Job
	var late func()
	err = a.d.System.DB.Update(ctx, func(tx store.Tx) error {
		r := a.in(ctx, tx, c, company)
		m, err := r.sys.BeginLeadImport(r.ctx, company, app.BeginLeadImport{List: list.ID, File: filepath.Base(in.Name), Digest: f.ID.Named("job"), Mapping: g.Mapping, By: r.actor.Name})
		if err != nil {
			return err
		}
		if out, err = a.enqueue(r, f.ID, "lead_upload", leadUpload{list.ID, m.ID, in.Name}, f.Size); err != nil {
			return err
		}
		late = r.late
		return r.did(access.Deed{Action: "lead.upload", Target: list.ID.Named("lst"), After: map[string]any{"job": out.ID, "file": m.File, "mapping": m.Mapping}})
	})
	if err == nil {
		late()
	}
	return out, err
}

// shortList is the first of some words, for a message.
func shortList(words []string) string {
	const shown = 5
	out := ""
	for i, w := range words {
		if i == shown {
			return out + " ..."
		}
		if i > 0 {
			out += ", "
		}
		out += fault.Shorten(w, 40)
	}
	return out
}

func (a *API) leadMapping(ctx context.Context, company id.Company, name string) (leadfile.Mapping, error) {
	kept, err := a.d.System.LeadMappings(ctx, company)
	if err != nil {
		return leadfile.Mapping{}, err
	}
	for _, m := range kept {
		if m.Name == name {
			return m, nil
		}
	}
	return leadfile.Mapping{}, fault.New(fault.NotFound, "no mapping of that name is remembered")
}

// readLeads reads a list that was uploaded, from where it was stopped.
func (a *API) readLeads(ctx context.Context, i id.ID, j *job, progress func(int64, int64)) (any, error) {
	var in leadUpload
	if err := json.Unmarshal(j.Input, &in); err != nil {
		return nil, err
	}
	path := a.uploaded(i)
	if err := os.MkdirAll(path+".rejects", 0o700); err != nil {
		return nil, err
	}
	out, err := a.d.System.ImportLeads(ctx, j.Company, in.Import, fileAt(path, in.Name), filepath.Join(path+".rejects", "leads.csv"),
		func(p app.ImportProgress) { progress(min(p.Bytes, j.Total), j.Total) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	told := LeadImport{out.List.Named("lst"), out.File, out.ImportCounts, out.Why, out.Samples}
	return told, errors.Join(err, os.Remove(path))
}
