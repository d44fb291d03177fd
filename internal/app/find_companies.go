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

// FindCompanies lists those a query takes, in the order its page says. more is the
// page where the next question goes on; without an After there is nothing more.
func (s *System) FindCompanies(ctx context.Context, q CompanyQuery) (out []Company, more store.Page, err error) {
	text := strings.ToLower(q.Text)
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, more = nil, store.Page{}
		page := q.Page
		page.Limit = pageSize
		behind := func(c *Company) store.Page {
			to := q.Page
			to.After, to.From = c.ID, PlaceIn(c.Orders(), q.By)
			return to
		}
		for range maxLooked / pageSize {
			list, err := tx.Records().List(id.Platform, KindCompany, store.Key{}, page)
			if err != nil {
				return err
			}
			var last Company
			for i := range list {
				c, _, err := load[Company](&list[i], nil)
				if err != nil {
					return err
				}
				last = c
				if !c.found(text) || q.Stopped != nil && *q.Stopped != c.Stopped() {
					continue
				}
				if len(out) == q.Limit {
					more = behind(&out[len(out)-1])
					return nil
				}
				out = append(out, c)
			}
			if len(list) < pageSize {
				return nil
			}
			page.After, page.From = behind(&last).After, behind(&last).From
		}
		more = page
		more.Limit = q.Limit
		return nil
	})
	return out, more, err
}

func (c *Company) found(text string) bool {
	return text == "" || strings.Contains(strings.ToLower(c.Name), text) || strings.Contains(strings.ToLower(c.Email), text) || strings.EqualFold(c.Series, text)
}
