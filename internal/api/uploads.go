package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

// Bounds of uploads.
const (
	uploadMost  = 4 << 30          // bytes as sent
	uploadPiece = 1 << 20          // has to come ...
	uploadPause = 30 * time.Second // ... within this
	uploadKept  = 30 * 24 * hour   // how long refused records are kept
	rejectsMost = 32 << 20         // bytes of refused records that are given out
)

// upload says how a file is read.
type upload struct {
	Name    string   `json:"name"`
	Format  string   `json:"format,omitempty"`
	Zone    string   `json:"zone,omitempty"`
	Source  string   `json:"source,omitempty"`
	Columns []string `json:"columns,omitempty"`
}

func (u *upload) options() (cdr.Options, error) {
	opt := cdr.Options{Format: u.Format, Source: u.Source, Columns: u.Columns}
	if u.Format != "" {
		if _, err := cdr.Find(cdr.Formats(), u.Format); err != nil {
			return opt, err
		}
	}
	if u.Zone == "" {
		return opt, nil
	}
	var err error
	if opt.Zone, err = timex.LoadZone(u.Zone); err != nil {
		err = fault.Problem{Path: "zone", What: "no such time zone", Expected: "Asia/Shanghai"}
	}
	return opt, err
}

// uploadIn takes the body as it comes, so that a large file is never in memory.
type uploadIn struct {
	Name    string   `query:"name" maxLength:"200" doc:"Of the file; helps to find out what it is."`
	Format  string   `query:"format" maxLength:"60" doc:"waihu formats lists them; absent: found out."`
	Zone    string   `query:"zone" maxLength:"60" doc:"Of stamps that name none; absent: UTC."`
	Source  string   `query:"source" maxLength:"100" doc:"Names the system the records are from."`
	Columns []string `query:"columns" maxItems:"200" doc:"Order of the columns, where a format lets it be set."`

	body *uploadBody
}

// Resolve takes hold of the body before anything reads it.
func (u *uploadIn) Resolve(h huma.Context) []error {
	r, w := humago.Unwrap(h)
	u.body = bodyAsItComes(r, w)
	return nil
}

func bodyAsItComes(r *http.Request, w http.ResponseWriter) *uploadBody {
	return &uploadBody{r: http.MaxBytesReader(w, r.Body, uploadMost), to: http.NewResponseController(w), size: r.ContentLength}
}

// uploadBody reads a body for as long as it takes, as long as it goes on.
type uploadBody struct {
	r    io.Reader
	to   *http.ResponseController
	size int64
	left int64 // of the piece
}

func (b *uploadBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.left = uploadPiece
		now := time.Now()
		err := errors.Join(b.to.SetReadDeadline(now.Add(uploadPause)), b.to.SetWriteDeadline(now.Add(2*uploadPause)))
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return 0, err
		}
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

func (a *API) uploadRoutes() {
	a.jobs.workers["upload"] = a.readUpload
	type uploadOut struct {
		Status int
		Body   Job
	}
	o := op{id: "upload-add", method: http.MethodPost, path: "/v1/uploads", what: "Upload a file of call records in any supported format, also compressed. The job tells how far it is, what was read and what was refused.", may: access.UsageUpload, status: http.StatusAccepted}
	add(a, o, func(ctx context.Context, in *uploadIn) (*uploadOut, error) {
		c := callerOf(ctx)
		company, err := c.allow(o)
		if err != nil {
			return nil, err
		}
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
	u := upload{Name: filepath.Base(strings.ReplaceAll(in.Name, "\\", "/")), Format: in.Format, Zone: in.Zone, Source: in.Source, Columns: in.Columns}
	if in.Name == "" {
		u.Name = "upload"
	}
	if _, err := u.options(); err != nil {
		return nil, err
	}
	var i id.ID
	if err := a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
		i, err = a.d.System.IDs.At(tx.Now())
		return err
	}); err != nil {
		return nil, err
	}
	path := a.uploaded(i)
	size, err := writeFile(path, in.body)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if size == 0 {
		return nil, &refused{http.StatusBadRequest, "malformed", "the body is empty: send the file as it is"}
	}
	var out *Job
	var late func()
	err = a.d.System.DB.Update(ctx, func(tx store.Tx) error {
		r := a.in(ctx, tx, c, company)
		if out, err = a.enqueue(r, i, "upload", u, size); err != nil {
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
			return size, &refused{http.StatusRequestEntityTooLarge, "too_large", "the file is larger than 4 GiB: split it or compress it"}
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
	var u upload
	if err := json.Unmarshal(j.Input, &u); err != nil {
		return nil, err
	}
	opt, err := u.options()
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
	names, err := filepath.Glob(filepath.Join(a.uploaded(i)+".rejects", "*"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".why.jsonl") {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, rejectsMost))
		return &fileOut{ContentType: "application/octet-stream", Disposition: `attachment; filename="rejects"`, Body: b}, err
	}
	return nil, fault.New(fault.NotFound, "nothing was refused, or it is not kept any more")
}

// SweepUploads removes refused records that were kept long enough.
func (a *API) SweepUploads(now time.Time) error {
	names, err := filepath.Glob(filepath.Join(a.d.Config.Uploads, "job_*.rejects"))
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
