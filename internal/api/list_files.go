package api

import (
	"context"
	"encoding/json"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/leadfile"
	"waihu/internal/receive"
	"waihu/internal/sheet"
	"waihu/internal/store"
)

// AddLeadFile makes the job that reads a file of leads into a list, in the caller's
// transaction; late is to be called once that is committed. Where no mapping is
// remembered for its columns, they are asked for (ReadLeadFile).
func (a *API) AddLeadFile(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, list id.ID, f *receive.File, name string) (late func(), err error) {
	r := a.in(ctx, tx, &caller{actor: actor}, c)
	r.late = func() {}
	l, err := r.sys.GetLeadList(r.ctx, c, list)
	if err != nil {
		return nil, err
	}
	g, remembered, err := r.sys.GuessLeads(r.ctx, c, fileAt(f.Path, name), "", l.Country)
	if err != nil {
		return nil, err
	}
	in := leadUpload{List: list, Name: name}
	if remembered == "" {
		_, err = a.keepJob(r, f.ID, "lead_upload", jobAsking, in, f.Size)
		return r.late, err
	}
	m, err := r.sys.BeginLeadImport(r.ctx, c, app.BeginLeadImport{List: list, File: name, Digest: f.ID.Named("job"), Mapping: g.Mapping, By: actor.Name})
	if err != nil {
		return nil, err
	}
	in.Import = m.ID
	_, err = a.enqueue(r, f.ID, "lead_upload", in, f.Size)
	return r.late, err
}

// ReadLeadFile has a file of leads read whose columns were asked for.
func (a *API) ReadLeadFile(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, i id.ID, m leadfile.Mapping) (late func(), err error) {
	rec, j, err := listJob(tx, c, i)
	if err != nil {
		return nil, err
	}
	var in leadUpload
	if err := json.Unmarshal(j.Input, &in); err != nil {
		return nil, err
	}
	if j.State != jobAsking {
		return nil, fault.New(fault.Conflict, "the file is being read already")
	}
	if j.Node != a.d.System.Node {
		return nil, fault.New(fault.Conflict, "the file lies on another node: hand it in again")
	}
	r := a.in(ctx, tx, &caller{actor: actor}, c)
	made, err := r.sys.BeginLeadImport(r.ctx, c, app.BeginLeadImport{List: in.List, File: in.Name, Digest: i.Named("job"), Mapping: m, By: actor.Name})
	if err != nil {
		return nil, err
	}
	in.Import = made.ID
	if j.Input, err = json.Marshal(in); err != nil {
		return nil, err
	}
	j.State = jobQueued
	return a.lately(i), putJob(tx, rec, j)
}

// AddNumberFile makes the job that puts the numbers of a file on the do-not-call list.
func (a *API) AddNumberFile(ctx context.Context, tx store.Tx, actor *access.Actor, c id.Company, f *receive.File, in receive.NumberFile) (late func(), err error) {
	t, err := sheet.Open(fileAt(f.Path, in.Name), "") // what is no table is told at once
	if err != nil {
		return nil, err
	}
	t.Close()
	r := a.in(ctx, tx, &caller{actor: actor}, c)
	r.late = func() {}
	_, err = a.enqueue(r, f.ID, "dnc_upload", dncUpload{in.Name, in.Country, in.Source, actor.Name}, f.Size)
	return r.late, err
}

// ListFile is one file of leads or numbers of a company.
func (a *API) ListFile(tx store.Tx, c id.Company, i id.ID) (*receive.ListFile, error) {
	rec, j, err := listJob(tx, c, i)
	if err != nil {
		return nil, err
	}
	return listFileOf(rec, j)
}

// ListFiles are the newest files of a list, or (zero) of numbers, among the last
// store.MaxPage jobs of the company.
func (a *API) ListFiles(tx store.Tx, c id.Company, list id.ID, limit int) (out []receive.ListFile, err error) {
	recs, err := tx.Records().List(id.Platform, jobKind, store.Key{Name: "company", Value: c.String()}, store.Page{Limit: store.MaxPage, Down: true})
	if err != nil {
		return nil, err
	}
	for n := range recs {
		var j job
		if err := json.Unmarshal(recs[n].Body, &j); err != nil {
			return nil, err
		}
		if j.What != "lead_upload" && j.What != "dnc_upload" {
			continue
		}
		f, err := listFileOf(&recs[n], &j)
		if err != nil {
			return nil, err
		}
		if f.List == list && len(out) < limit {
			out = append(out, *f)
		}
	}
	return out, nil
}

// ListSource reads a file of leads as a table, as long as it lies here.
func (a *API) ListSource(f *receive.ListFile) sheet.Source { return fileAt(a.uploaded(f.ID), f.Name) }

func listJob(tx store.Tx, c id.Company, i id.ID) (*store.Record, *job, error) {
	rec, err := tx.Records().Get(id.Platform, jobKind, i)
	if err != nil {
		return nil, nil, err
	}
	var j job
	if err := json.Unmarshal(rec.Body, &j); err != nil {
		return nil, nil, err
	}
	if j.Company != c || j.What != "lead_upload" && j.What != "dnc_upload" {
		return nil, nil, fault.New(fault.NotFound, "there is no such file")
	}
	return rec, &j, nil
}

// listFileOf shows the job of a file.
func listFileOf(rec *store.Record, j *job) (*receive.ListFile, error) {
	out := &receive.ListFile{ID: rec.ID, State: receive.UploadState(j.State), By: j.By, Done: j.Done, Total: j.Total, Created: rec.Created, Error: j.Error}
	if j.What == "lead_upload" {
		var in leadUpload
		err := json.Unmarshal(j.Input, &in)
		out.List, out.Import, out.Name = in.List, in.Import, in.Name
		return out, err
	}
	var in dncUpload
	if err := json.Unmarshal(j.Input, &in); err != nil {
		return nil, err
	}
	out.Name = in.Name
	if len(j.Result) > 0 && string(j.Result) != "null" {
		out.Numbers = &app.BarredFile{}
		return out, json.Unmarshal(j.Result, out.Numbers)
	}
	return out, nil
}
