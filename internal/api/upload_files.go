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

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/store"
	"waihu/internal/usage/cdr"
)

// uploadOptions are those a company's file is read with.
func (a *API) uploadOptions(ctx context.Context, c id.Company, u *receive.Upload) (cdr.Options, error) {
	kept, err := a.d.System.Mappings(ctx, c)
	if err != nil {
		return cdr.Options{}, err
	}
	return u.Options(kept)
}

// ReceiveFile puts a file on disk, before anything else is known of it.
func (a *API) ReceiveFile(ctx context.Context, body io.Reader) (*receive.File, error) {
	f := &receive.File{}
	err := a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
		f.ID, err = a.d.System.IDs.At(tx.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	f.Path = a.uploaded(f.ID)
	if f.Size, err = writeFile(f.Path, body); err != nil {
		return nil, err
	}
	if f.Size == 0 {
		return nil, errors.Join(&refused{http.StatusBadRequest, "malformed", "the file is empty: send one that has something in it"}, f.Remove())
	}
	return f, nil
}

// uploadJob makes the job that reads a file; where ask says so and no format is
// sure to be the right one, somebody is asked for the columns first.
func (a *API) uploadJob(r *request, f *receive.File, u receive.Upload, ask bool) (*Job, error) {
	u.Name = filepath.Base(strings.ReplaceAll(u.Name, "\\", "/"))
	if u.Name == "." || u.Name == "/" {
		u.Name = "upload"
	}
	opt, err := a.uploadOptions(r.ctx, r.company, &u)
	if err != nil {
		return nil, err
	}
	if ask && u.Format == "" {
		unknown, err := isUnknownTable(f.Path, u.Name, opt.Formats)
		if err != nil {
			return nil, err
		}
		if unknown {
			return a.keepJob(r, f.ID, "upload", jobAsking, u, f.Size)
		}
	}
	return a.enqueue(r, f.ID, "upload", u, f.Size)
}

// isUnknownTable tells whether a file has columns, and none of the formats is
// sure to be the right one.
func isUnknownTable(path, name string, formats []cdr.Format) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	opened, err := cdr.Open(f, name, cdr.OpenOptions{})
	if err != nil {
		return false, nil // the job tells why it holds no records
	}
	defer opened.Close()
	head, err := opened.Head()
	if err != nil {
		return false, nil
	}
	if _, _, err := cdr.DetectAmong(formats, head, name); err == nil {
		return false, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	t, err := cdr.ReadTable(f, name)
	return err == nil && len(t.Rows) > 0, nil
}

// AddUpload makes the job that reads a file that was received, in the caller's
// transaction; late is to be called once that is committed. Where nobody knows
// the columns, they are asked for (ReadUpload).
func (a *API) AddUpload(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, f *receive.File, u receive.Upload) (late func(), err error) {
	r := a.in(ctx, tx, &caller{actor: actor}, c)
	r.late = func() {}
	_, err = a.uploadJob(r, f, u, true)
	return r.late, err
}

// ReadUpload has a file read whose columns were asked for, under a mapping's
// name.
func (a *API) ReadUpload(ctx context.Context, tx store.Tx, c id.Company, i id.ID, mapping string) (late func(), err error) {
	rec, j, err := uploadRecord(tx, c, i)
	if err != nil {
		return nil, err
	}
	if j.State != jobAsking {
		return nil, fault.New(fault.Conflict, "the file is being read already")
	}
	var u receive.Upload
	if err := json.Unmarshal(j.Input, &u); err != nil {
		return nil, err
	}
	u.Format = mapping
	if _, err := a.uploadOptions(ctx, c, &u); err != nil {
		return nil, err
	}
	if j.Input, err = json.Marshal(u); err != nil {
		return nil, err
	}
	if j.Node != a.d.System.Node {
		return nil, fault.New(fault.Conflict, "the file lies on another node: hand it in again")
	}
	j.State = jobQueued
	return a.lately(i), putJob(tx, rec, j)
}

// Uploads are a company's files, newest first, and where the list goes on; zero:
// nowhere.
func (a *API) Uploads(tx store.Tx, c id.Company, p store.Page) (out []receive.Uploaded, more id.ID, err error) {
	limit := p.Limit
	for p.Limit = store.MaxPage; ; { // bounded: After goes back in time
		recs, err := tx.Records().List(id.Platform, jobKind, store.Key{Name: "company", Value: c.String()}, p)
		if err != nil {
			return nil, more, err
		}
		for n := range recs {
			u, err := uploadedOf(&recs[n])
			if err != nil || u == nil {
				if err != nil {
					return nil, more, err
				}
				continue // other work
			}
			if len(out) == limit {
				return out, out[limit-1].ID, nil
			}
			out = append(out, *u)
		}
		if len(recs) < p.Limit {
			return out, id.ID{}, nil
		}
		p.After = recs[len(recs)-1].ID
	}
}

// UploadOf is one of a company's files.
func (a *API) UploadOf(tx store.Tx, c id.Company, i id.ID) (*receive.Uploaded, error) {
	rec, _, err := uploadRecord(tx, c, i)
	if err != nil {
		return nil, err
	}
	return uploadedOf(rec)
}

func uploadRecord(tx store.Tx, c id.Company, i id.ID) (*store.Record, *job, error) {
	rec, err := tx.Records().Get(id.Platform, jobKind, i)
	if err != nil {
		return nil, nil, err
	}
	var j job
	if err := json.Unmarshal(rec.Body, &j); err != nil {
		return nil, nil, err
	}
	if j.Company != c || j.What != "upload" {
		return nil, nil, fault.New(fault.NotFound, "there is no such file")
	}
	return rec, &j, nil
}

// uploadedOf shows the job of an upload; nil for other work.
func uploadedOf(rec *store.Record) (*receive.Uploaded, error) {
	var j job
	if err := json.Unmarshal(rec.Body, &j); err != nil || j.What != "upload" {
		return nil, err
	}
	out := &receive.Uploaded{ID: rec.ID, State: receive.UploadState(j.State), By: j.By, Done: j.Done, Total: j.Total, Created: rec.Created, Ended: j.Ended, Error: j.Error}
	if err := json.Unmarshal(j.Input, &out.Upload); err != nil {
		return nil, err
	}
	if len(j.Result) > 0 && string(j.Result) != "null" {
		out.Result = &receive.Result{}
		return out, json.Unmarshal(j.Result, out.Result)
	}
	return out, nil
}

// OpenUpload opens a file whose columns are asked for.
func (a *API) OpenUpload(i id.ID) (io.ReadCloser, error) {
	f, err := os.Open(a.uploaded(i))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "the file is not kept any more: hand it in again")
	}
	return f, err
}

// Rejected opens the refused records of an upload, as they stood, or (why) the
// reasons, a line of JSON for each. It gives the name of the file too.
func (a *API) Rejected(i id.ID, why bool) (io.ReadCloser, string, error) {
	names, err := filepath.Glob(filepath.Join(a.uploaded(i)+".rejects", "*"))
	if err != nil {
		return nil, "", err
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".why.jsonl") == why {
			f, err := os.Open(name)
			return f, filepath.Base(name), err
		}
	}
	return nil, "", fault.New(fault.NotFound, "nothing was refused, or it is not kept any more")
}
