package app

import (
	"context"
	"time"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/report"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// TryQuery is which tries are looked for, the newest first. Zero fields do not narrow.
type TryQuery struct {
	Period   timex.Period // of the dial; needed
	Campaign id.ID
	List     id.ID
	Agent    string
	Trunk    string
	Caller   string       // the number that was shown
	Number   phone.Number // that was called
	Outcome  report.Outcome
	Before   id.ID
	Limit    int // 1 to store.MaxPage
}

// TryPage is a part of what was asked for. Next is Before of the next question; zero:
// there is no more. A page may be short and have a Next: maxTriesLooked were looked at.
type TryPage struct {
	Tries []attempt.Attempt
	Next  id.ID
	Leads map[id.ID]string // their names
	Names map[id.ID]string // of campaigns
}

const (
	maxTriesLooked = 5_000
	// decidedAhead is how long before its dial a try may be decided: a preview waits
	// for its agent.
	decidedAhead = time.Hour
)

// Tries lists what was dialed: the same tries that a report counts under an outcome.
func (s *System) Tries(ctx context.Context, c id.Company, q TryQuery) (out TryPage, err error) {
	defer fault.Wrap(&err, "tries")
	if err := store.CheckLimit(q.Limit); err != nil {
		return out, err
	}
	if q.Period.IsEmpty() {
		return out, fault.New(fault.Invalid, "the days of tries were expected")
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = TryPage{Leads: map[id.ID]string{}, Names: map[id.ID]string{}}
		of := store.AttemptQuery{Campaign: q.Campaign, Before: q.Before, Limit: pageSize}
		if of.Before.IsZero() {
			of.Before = id.Before(q.Period.To)
		}
		for looked := 0; ; {
			page, err := tx.Attempts().List(c, of)
			if err != nil {
				return err
			}
			for i := range page {
				a := &page[i]
				if a.Decided.Add(decidedAhead) < q.Period.From {
					return tryNames(tx, c, &out)
				}
				if looked++; q.takes(a) {
					if len(out.Tries) == q.Limit { // there is one more
						out.Next = out.Tries[q.Limit-1].ID
						return tryNames(tx, c, &out)
					}
					out.Tries = append(out.Tries, *a)
				}
				if of.Before = a.ID; looked == maxTriesLooked {
					out.Next = a.ID
					return tryNames(tx, c, &out)
				}
			}
			if len(page) < pageSize {
				return tryNames(tx, c, &out)
			}
		}
	})
	return out, err
}

func (q *TryQuery) takes(a *attempt.Attempt) bool {
	return q.Outcome.Has(a) && q.Period.Contains(report.When(a)) && (q.List.IsZero() || a.List == q.List) && (q.Agent == "" || a.Agent == q.Agent) && (q.Trunk == "" || a.Trunk == q.Trunk) &&
		(q.Caller == "" || a.CallerID.String() == report.CallerText(q.Caller)) && (q.Number.IsZero() || a.Number == q.Number)
}

// tryNames reads what the leads and campaigns of a page are called.
func tryNames(tx store.Tx, c id.Company, page *TryPage) error {
	for i := range page.Tries {
		a := &page.Tries[i]
		if _, known := page.Leads[a.Lead]; !known {
			l, err := tx.Leads().Get(c, a.Lead)
			if ignoreMissing(err) != nil {
				return err
			}
			page.Leads[a.Lead] = ""
			if l != nil {
				page.Leads[a.Lead] = l.Name
			}
		}
		if _, known := page.Names[a.Campaign]; !known {
			of, _, err := campaignOf(tx, c, a.Campaign)
			if ignoreMissing(err) != nil {
				return err
			}
			page.Names[a.Campaign] = of.Name
		}
	}
	return nil
}
