package app

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/leadfile"
	"waihu/internal/sheet"
	"waihu/internal/store"
)

// BarFile is a file of numbers that go on the do-not-call list.
type BarFile struct {
	Country string // of numbers that are written without a country code
	Source  string
	By      string
	Aside   string // file of rows that have no number
}

// BarredFile is what became of its rows.
type BarredFile struct {
	Read  int64 `json:"read"`
	Added int64 `json:"added"` // numbers
	There int64 `json:"there"` // numbers that were on the list
	Bad   int64 `json:"bad"`   // rows set aside
}

// BarFile puts every number of a file on the do-not-call list. What progress, in
// bytes, was last told of is on disk; the same file again adds nothing.
func (s *System) BarFile(ctx context.Context, c id.Company, src sheet.Source, in BarFile, progress func(int64)) (out BarredFile, err error) {
	defer fault.Wrap(&err, "do not call")
	if in.Source == "" {
		return out, fault.New(fault.Invalid, "the source of the list was expected")
	}
	g, err := leadfile.Look(src, "", in.Country)
	if err != nil {
		return out, err
	}
	var bytes atomic.Int64
	r, err := leadfile.Open(sheet.Source{Name: src.Name, Open: func() (io.ReadCloser, error) {
		f, err := src.Open()
		return &counting{f, &bytes}, err
	}}, g.Mapping, leadfile.Options{})
	if err != nil {
		return out, err
	}
	defer r.Close()
	aside, err := leadfile.NewAside(in.Aside, r.Header(), 0)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, aside.Close(out.Bad)) }()
	var list []store.Barred
	keep := func() error {
		if len(list) == 0 {
			return ctx.Err()
		}
		n, err := s.Bar(ctx, c, list)
		if err != nil {
			return err
		}
		out.Added, out.There = out.Added+int64(n), out.There+int64(len(list)-n)
		list = list[:0]
		if progress != nil {
			progress(bytes.Load())
		}
		return ctx.Err()
	}
	for { // ends with the file
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, keep()
		}
		if err != nil {
			return out, errors.Join(keep(), err)
		}
		out.Read++
		if row.Why != nil {
			out.Bad++
			if err := aside.Add(row.Cells, row.Why); err != nil {
				return out, err
			}
			continue
		}
		for _, n := range row.Lead.Numbers {
			list = append(list, store.Barred{Number: n.Number, Source: in.Source, By: in.By})
		}
		if len(list)+10 > MaxBarred {
			if err := keep(); err != nil {
				return out, err
			}
		}
	}
}
