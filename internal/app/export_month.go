package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"waihu/internal/export"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// ExportMonth writes the calls of a company in a month (UTC) that is over to a
// new Parquet file, with what they came to, and reads it back. It has its name
// only once it is whole, on disk and found equal to the books.
func (s *System) ExportMonth(ctx context.Context, c id.Company, month timex.Date, path string) (out export.Summary, err error) {
	defer fault.Wrap(&err, "export %s to %s", month.String()[:7], path)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return out, fault.New(fault.Conflict, "the file is there already: name a new one")
	}
	part := path + ".part"
	if out, err = s.writeMonth(ctx, c, month, part); err == nil {
		var back export.Summary
		if back, err = readMonth(part); err == nil && back != out {
			err = fault.New(fault.Mismatch, "%d calls were written, %d came back, or other ones", out.Calls, back.Calls)
		}
	}
	if err != nil {
		if gone := os.Remove(part); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return out, err
	}
	return out, os.Rename(part, path)
}

func (s *System) writeMonth(ctx context.Context, c id.Company, month timex.Date, path string) (out export.Summary, err error) {
	p := timex.Days(month, month.AddMonths(1), time.UTC)
	f, err := os.Create(path)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := export.NewWriter(f)
	err = s.DB.View(ctx, func(tx store.Tx) error {
		if p.To > tx.Now() {
			return fault.New(fault.Conflict, "the month is not over: calls of it may still come")
		}
		q := store.CallQuery{Period: p, Limit: store.MaxPage}
		for { // ends: the cursor goes back in time
			page, err := tx.Usage().Calls(c, q)
			if err != nil {
				return err
			}
			for i := range page.Calls {
				if err := w.Add(&page.Calls[i]); err != nil {
					return err
				}
			}
			if q.Before = page.Next; q.Before.Start.IsZero() {
				return ctx.Err()
			}
		}
	})
	if err != nil {
		return out, err
	}
	if out, err = w.Close(); err != nil {
		return out, err
	}
	return out, f.Sync()
}

func readMonth(path string) (export.Summary, error) {
	f, err := os.Open(path)
	if err != nil {
		return export.Summary{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return export.Summary{}, err
	}
	return export.Read(f, info.Size(), nil)
}
