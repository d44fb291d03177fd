package app

import (
	"context"
	"errors"
	"strconv"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// adviceNews is what messages say of advice: all of it to webhooks, how much there
// is and the best of it in a letter.
type adviceNews struct {
	Contract id.ID      `json:"contract"`
	Name     string     `json:"name"`
	Period   timex.Date `json:"period"` // first day of the billed period it is about
	Advice   []Advice   `json:"advice"` // what saves most comes first; never empty
}

func (n adviceNews) words() map[string]string {
	out := map[string]string{"name": n.Name, "period": n.Period.String(), "n": strconv.Itoa(len(n.Advice))}
	if best := n.Advice[0].Amount; best.Sign() > 0 {
		out["amount"] = best.String()
	}
	return out
}

// TellAdvice tells a company what could have cost less in a period that was billed,
// once for each; a contract nothing can be said of does not silence the others. It
// gives how many contracts had something to tell.
func (s *System) TellAdvice(ctx context.Context, c id.Company) (told int, err error) {
	defer fault.Wrap(&err, "tell advice")
	list, err := s.Contracts(ctx, c, life.Running)
	if err != nil {
		return 0, err
	}
	var failed []error
	for i := range list {
		if list[i].Advised == list[i].BilledTo {
			continue
		}
		n, err := s.adviseOn(ctx, c, &list[i])
		told, failed = told+n, append(failed, err)
	}
	return told, errors.Join(failed...)
}

// adviseOn reads the period's use where nobody waits for it, and tells what came of
// it if the contract still is where it was: otherwise the next look does.
func (s *System) adviseOn(ctx context.Context, c id.Company, a *Agreement) (told int, err error) {
	list, err := s.Advice(ctx, c, a.ID, c)
	if err != nil {
		return 0, fault.New(fault.KindOf(err), "contract %s: %v", a.ID, err)
	}
	_, err = s.change(ctx, c, a.ID, func(tx store.Tx, now *Agreement, _ *agreed) error {
		told = 0
		if now.BilledTo != a.BilledTo || now.Advised == now.BilledTo {
			return nil
		}
		now.Advised = now.BilledTo
		if len(list) == 0 {
			return nil
		}
		told = 1
		return s.tell(tx, c, "advice.given", adviceNews{a.ID, a.Contract, list[0].Period, list})
	})
	return told, err
}
