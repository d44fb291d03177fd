package archive

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"time"

	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage/cdr"
)

// ExportCompany writes all of a company, as of one moment, into a new file: its
// facts as waihu bill and verify read them, each invoice and credit note, its
// journal and audit log with their hashes, its records, and whom it called: leads,
// tries and the do-not-call list.
func ExportCompany(ctx context.Context, db store.DB, c id.Company, path string) (_ *Manifest, err error) {
	defer fault.Wrap(&err, "export %s", c.Named("co"))
	w, err := create(path, c.Named("co"))
	if err != nil {
		return nil, err
	}
	err = w.finish(db.View(ctx, func(tx store.Tx) error {
		self, err := tx.Records().Get(id.Platform, app.KindCompany, c.ID)
		if err != nil {
			return err
		}
		e := &exporting{ctx: ctx, tx: tx, c: c, w: w}
		if err := w.file("company.json", func(to io.Writer) (int64, error) { _, err := to.Write(self.Body); return 1, err }); err != nil {
			return err
		}
		for _, f := range []struct {
			name string
			fill func(io.Writer) (int64, error)
		}{{"facts.jsonl", e.facts}, {"journal.jsonl", e.journal}, {"audit.jsonl", e.audit}, {"records.jsonl", e.records}, {"leads.jsonl", e.leads}, {"tries.jsonl", e.tries}, {"do-not-call.jsonl", e.barred}} {
			if err := w.file(f.name, f.fill); err != nil {
				return err
			}
		}
		return e.documents()
	}))
	return &w.manifest, err
}

type exporting struct {
	ctx context.Context
	tx  store.Tx
	c   id.Company
	w   *writer
}

// facts are all facts, whatever contract they belong to.
func (e *exporting) facts(to io.Writer) (int64, error) {
	out := cdr.NewWriter(to)
	always := timex.Period{From: timex.MustDate("1971-01-01").Start(time.UTC), To: timex.MustDate("2199-12-31").Start(time.UTC)}
	n := &countingSink{Writer: out}
	err := e.tx.Usage().Each(e.ctx, e.c, id.ID{}, always, 0, n)
	return n.n, errors.Join(err, out.Flush())
}

func (e *exporting) journal(to io.Writer) (int64, error) {
	return jsonLines(to, func(after int64) (rows []any, last int64, err error) {
		list, err := e.tx.Journal().Entries(e.c, "", after, store.MaxPage)
		for _, x := range list {
			rows, last = append(rows, x), x.Seq
		}
		return rows, last, err
	})
}

func (e *exporting) audit(to io.Writer) (int64, error) {
	return jsonLines(to, func(after int64) (rows []any, last int64, err error) {
		list, err := e.tx.Audit().List(e.c, after, store.MaxPage)
		for _, x := range list {
			rows = append(rows, map[string]any{"number": x.Seq, "at": x.At, "actor": x.Actor, "action": x.Action, "target": x.Target, "from": x.From, "reason": x.Reason,
				"before": json.RawMessage(orNull(x.Before)), "after": json.RawMessage(orNull(x.After)), "hash": hex.EncodeToString(x.Hash[:])})
			last = x.Seq
		}
		return rows, last, err
	})
}

func orNull(b []byte) []byte {
	if len(b) == 0 {
		return []byte("null")
	}
	return b
}

// recordKinds are the nouns of a company. Webhooks are left out: they hold
// sealed secrets. Of recordings the entries go along, their sound is copied by hand.
func recordKinds() []store.Kind {
	return append(callingKinds(), app.KindContract, app.KindMapping, app.KindBilled, app.KindOpen, app.KindWallet, app.KindBudget, app.KindSample, app.KindTicket, app.KindStep, app.KindAssignment, app.KindWaiver, app.KindMovement, app.KindDispute, app.KindCalling, app.KindRecording)
}

func (e *exporting) records(to io.Writer) (total int64, err error) {
	enc := json.NewEncoder(to)
	for _, k := range recordKinds() {
		page := store.Page{Limit: store.MaxPage}
		for { // bounded: After rises with every page
			list, err := e.tx.Records().List(e.c, k, store.Key{}, page)
			if err != nil {
				return total, err
			}
			for _, r := range list {
				total++
				if err := enc.Encode(map[string]any{"kind": r.Kind, "id": r.ID, "revision": r.Revision, "created": r.Created, "updated": r.Updated, "body": json.RawMessage(r.Body)}); err != nil {
					return total, err
				}
			}
			if len(list) < page.Limit {
				break
			}
			page.After = list[len(list)-1].ID
		}
	}
	return total, nil
}

func (e *exporting) documents() error {
	page := store.Page{Limit: store.MaxPage}
	for { // bounded: After rises with every page
		list, err := e.tx.Documents().List(e.c, store.DocumentQuery{Page: page})
		if err != nil {
			return err
		}
		for _, d := range list {
			name := "documents/" + d.Number + ".json"
			if d.Number == "" {
				continue
			}
			if err := e.w.file(name, func(to io.Writer) (int64, error) { _, err := to.Write(d.Body); return 1, err }); err != nil {
				return err
			}
		}
		if len(list) < page.Limit {
			return nil
		}
		page.After = list[len(list)-1].ID
	}
}

// jsonLines writes pages of rows until one is empty.
func jsonLines(to io.Writer, page func(after int64) (rows []any, last int64, err error)) (total int64, err error) {
	out := bufio.NewWriter(to)
	enc := json.NewEncoder(out)
	for after := int64(0); ; { // bounded: after rises with every page
		rows, last, err := page(after)
		if err != nil {
			return total, err
		}
		if len(rows) == 0 {
			return total, out.Flush()
		}
		for _, r := range rows {
			total++
			if err := enc.Encode(r); err != nil {
				return total, err
			}
		}
		after = last
	}
}
