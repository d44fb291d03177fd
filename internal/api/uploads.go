package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
)

// Bounds of uploads.
const (
	uploadMost  = 4 << 30        // bytes as sent
	uploadKept  = 30 * 24 * hour // how long refused records are kept
	rejectsMost = 32 << 20       // bytes of refused records that are given out
)

// uploadIn takes the body as it comes, so that a large file is never in memory.
type uploadIn struct {
	Name    string   `query:"name" maxLength:"200" doc:"Of the file; helps to find out what it is."`
	Format  string   `query:"format" maxLength:"60" doc:"waihu formats lists them; absent: found out."`
	Zone    string   `query:"zone" maxLength:"60" doc:"Of stamps that name none; absent: UTC."`
	Source  string   `query:"source" maxLength:"100" doc:"Names the system the records are from."`
	Columns []string `query:"columns" maxItems:"200" doc:"Order of the columns, where a format lets it be set."`

	body io.Reader
}

// Resolve takes hold of the body before anything reads it.
func (u *uploadIn) Resolve(h huma.Context) []error {
	r, w := humago.Unwrap(h)
	u.body = bodyAsItComes(r, w)
	return nil
}

// bodyAsItComes reads a body for as long as it takes, as long as it goes on.
func bodyAsItComes(r *http.Request, w http.ResponseWriter) *receive.Steady {
	return &receive.Steady{R: http.MaxBytesReader(w, r.Body, uploadMost), To: http.NewResponseController(w)}
}

func (a *API) uploadRoutes() {
	a.jobs.workers["upload"] = a.readUpload
	type uploadOut struct {
		Status int
		Body   Job
	}
	o := op{id: "upload-add", method: http.MethodPost, path: "/v1/uploads", what: "Upload a file of call records in any supported format, also compressed. The job tells how far it is, what was read and what was refused.", may: access.UsageUpload, status: http.StatusAccepted}
	allowed(a, o, func(ctx context.Context, c *caller, company id.Company, in *uploadIn) (*uploadOut, error) {
		out, err := a.takeUpload(ctx, c, company, in)
		if err != nil {
			return nil, err
		}
		return &uploadOut{http.StatusAccepted, *out}, nil
	})
	a.takesFile(a.huma.OpenAPI().Paths["/v1/uploads"].Post, "The file as it is.")
	type rejectsIn struct {
		Job string `path:"job" maxLength:"40"`
	}
	file(a, op{id: "upload-rejects", method: http.MethodGet, path: "/v1/uploads/{job}/rejects", what: "The records that were refused, as they stood, to be mended and uploaded again. Kept for 30 days.", may: access.UsageUpload}, func(r *request, in *rejectsIn) (*fileOut, error) {
		rec, _, err := a.job(r, in.Job)
		if err != nil {
			return nil, err
		}
		return a.rejects(rec.ID)
	})
}

// takeUpload puts the body on disk and makes the job that reads it.
func (a *API) takeUpload(ctx context.Context, c *caller, company id.Company, in *uploadIn) (_ *Job, err error) {
	u := receive.Upload{Name: in.Name, Format: in.Format, Zone: in.Zone, Source: in.Source, Columns: in.Columns}
	if _, err := a.uploadOptions(ctx, company, &u); err != nil {
		return nil, err
	}
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
		if out, err = a.uploadJob(r, f, u, false); err != nil {
			return err
		}
		late = r.late
		return r.did(access.Deed{Action: "usage.upload", Target: out.ID, After: u})
	})
	if err == nil {
		late()
	}
	return out, err
}

func (a *API) uploaded(i id.ID) string { return filepath.Join(a.d.Config.Uploads, i.Named("job")) }

// writeFile puts a body on disk.
func writeFile(path string, r io.Reader) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if size, err = io.Copy(f, r); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return size, &refused{http.StatusRequestEntityTooLarge, "too_large", "the file is larger than can be handed in here: split it or compress it"}
		}
		if os.IsTimeout(err) || errors.Is(err, io.ErrUnexpectedEOF) {
			return size, &refused{http.StatusRequestTimeout, "too_slow", "the file did not come to its end: send it again"}
		}
		return size, err
	}
	return size, f.Sync()
}

// readUpload reads a file that was uploaded; what was read before it was stopped
// is found to be there.
func (a *API) readUpload(ctx context.Context, i id.ID, j *job, progress func(int64, int64)) (any, error) {
	var u receive.Upload
	if err := json.Unmarshal(j.Input, &u); err != nil {
		return nil, err
	}
	opt, err := a.uploadOptions(ctx, j.Company, &u)
	if err != nil {
		return nil, err
	}
	opt.Rejects = a.uploaded(i) + ".rejects"
	if err := os.MkdirAll(opt.Rejects, 0o700); err != nil {
		return nil, err
	}
	opt.Progress = func(p cdr.Progress) { progress(p.Done, p.Total) }
	f, err := os.Open(a.uploaded(i))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	result, err := receive.Read(ctx, a.d.Ingest, j.Company, opt, f, u.Name, j.Total)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	result.Report.Rejects = "" // a path on our disk
	if a.d.Facts != nil {
		a.d.Facts(int(result.Added+result.Ended), int(result.Same), int(result.Rejected+result.Conflict+result.Report.Counts.Rejected))
	}
	return result, errors.Join(err, os.Remove(f.Name()))
}

// rejects are the refused records of an upload.
func (a *API) rejects(i id.ID) (*fileOut, error) {
	f, _, err := a.Rejected(i, false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, rejectsMost))
	return &fileOut{ContentType: "application/octet-stream", Disposition: `attachment; filename="rejects"`, Body: b}, err
}

// SweepUploads removes refused records that were kept long enough, and files
// nobody said the columns of.
func (a *API) SweepUploads(now time.Time) error {
	names, err := filepath.Glob(filepath.Join(a.d.Config.Uploads, "job_*"))
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && now.Sub(info.ModTime()) > uploadKept {
			errs = append(errs, os.RemoveAll(name))
		}
	}
	return errors.Join(errs...)
}
