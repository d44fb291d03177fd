package api

import (
	"encoding/base64"

	"waihu/internal/id"
	"waihu/internal/store"
)

// PageIn asks for a part of a list.
type PageIn struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"Most items of the page."`
	Cursor string `query:"cursor" maxLength:"200" doc:"next_cursor of the page before."`
}

// List is a page of a list.
type List[T any] struct {
	Items      []T    `json:"items"`
	HasMore    bool   `json:"has_more" doc:"Whether there is a next page."`
	NextCursor string `json:"next_cursor,omitempty" doc:"Pass it as cursor to get the next page."`
}

// page is what the store is asked for: one more than shown, to see whether there
// is a next page.
func (p *PageIn) page(down bool) (store.Page, error) {
	out := store.Page{Limit: p.Limit + 1, Down: down}
	if p.Cursor == "" {
		return out, nil
	}
	b, err := p.bytes(len(out.After))
	if err != nil {
		return out, err
	}
	copy(out.After[:], b)
	return out, nil
}

// bytes are what a cursor holds, written in no other way than ours.
func (p *PageIn) bytes(count int) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || len(b) != count || base64.RawURLEncoding.EncodeToString(b) != p.Cursor {
		return nil, errCursor()
	}
	return b, nil
}

func errCursor() error {
	return &refused{400, "cursor_invalid", "the cursor is none that was given out: begin without one"}
}

// paged cuts the one more off and makes the cursor. named gives the identifier
// of an item.
func paged[S, T any](p *PageIn, rows []S, named func(S) id.ID, show func(S) T) *List[T] {
	out := &List[T]{Items: []T{}}
	if len(rows) > p.Limit {
		rows, out.HasMore = rows[:p.Limit], true
		out.NextCursor = cursorOf(named(rows[len(rows)-1]))
	}
	for _, r := range rows {
		out.Items = append(out.Items, show(r))
	}
	return out
}

// cursorOf is the cursor behind a row.
func cursorOf(i id.ID) string { return base64.RawURLEncoding.EncodeToString(i[:]) }

// numbered is paged for lists that are counted: the cursor is a number.
func numbered[S, T any](p *PageIn, rows []S, number func(S) int64, show func(S) T) *List[T] {
	out := &List[T]{Items: []T{}}
	if len(rows) > p.Limit {
		rows, out.HasMore = rows[:p.Limit], true
		out.NextCursor = numberCursor(number(rows[len(rows)-1]))
	}
	for _, r := range rows {
		out.Items = append(out.Items, show(r))
	}
	return out
}

func numberCursor(n ...int64) string {
	var b []byte
	for _, v := range n {
		for i := 56; i >= 0; i -= 8 {
			b = append(b, byte(v>>i))
		}
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// numbers reads a cursor of so many numbers; none without a cursor.
func (p *PageIn) numbers(count int) ([]int64, error) {
	out := make([]int64, count)
	if p.Cursor == "" {
		return out, nil
	}
	b, err := p.bytes(8 * count)
	if err != nil {
		return nil, err
	}
	for i := range out {
		for _, c := range b[8*i : 8*i+8] {
			out[i] = out[i]<<8 | int64(c)
		}
	}
	return out, nil
}
