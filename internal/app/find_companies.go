package app

import (
	"context"
	"strings"

	"waihu/internal/id"
	"waihu/internal/store"
)

// CompanyQuery is which companies are looked for.
type CompanyQuery struct {
	Text    string // part of the name, the e-mail address or the series
	Stopped *bool  // nil: either
	store.Page
}

// maxLooked bounds how many companies one question looks at; the next goes on.
const maxLooked = 20_000

// FindCompanies lists those a query takes, newest first where its page says
// Down. more is where the next question goes on; zero: there is nothing more.
func (s *System) FindCompanies(ctx context.Context, q CompanyQuery) (out []Company, more id.ID, err error) {
	text := strings.ToLower(q.Text)
	page := store.Page{After: q.After, Down: q.Down, Limit: pageSize}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, more = nil, id.ID{}
		for range maxLooked / pageSize {
			list, err := tx.Records().List(id.Platform, KindCompany, store.Key{}, page)
			if err != nil {
				return err
			}
			for i := range list {
				c, _, err := load[Company](&list[i], nil)
				if err != nil {
					return err
				}
				if !c.found(text) || q.Stopped != nil && *q.Stopped != c.Stopped() {
					continue
				}
				if len(out) == q.Limit {
					more = out[len(out)-1].ID
					return nil
				}
				out = append(out, c)
			}
			if len(list) < pageSize {
				return nil
			}
			page.After = list[len(list)-1].ID
		}
		more = page.After
		return nil
	})
	return out, more, err
}

func (c *Company) found(text string) bool {
	return text == "" || strings.Contains(strings.ToLower(c.Name), text) || strings.Contains(strings.ToLower(c.Email), text) || strings.EqualFold(c.Series, text)
}
