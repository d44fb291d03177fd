package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Waive leaves strays, facts that belong to no contract, uncharged.
type Waive struct {
	Key string `json:"-"`
	Choice
	Why string `json:"why"` // nobody pays for them, in the words of who decided
}

// Waiver is a decision to leave strays uncharged. The facts never change and stay
// strays; each names the decision it was left by. Assigning them undoes it.
type Waiver struct {
	ID        id.ID         `json:"id"`
	At        timex.Instant `json:"at"`
	Choice    Choice        `json:"choice"`
	Reason    string        `json:"reason"`
	Calls     int64         `json:"calls"`
	Stretches int64         `json:"stretches"`
	Seconds   int64         `json:"seconds"` // talked
	Left      int64         `json:"left"`    // strays of the choice that nobody decided about yet: waive again
}

// Waive marks strays as left uncharged, so that they hold no bill run any more.
// It takes the first MaxAssigned of the choice and says how many are left. What
// was left uncharged already is not of the choice.
func (s *System) Waive(ctx context.Context, c id.Company, in Waive) (out Waiver, err error) {
	defer fault.Wrap(&err, "leave usage uncharged")
	if in.Why == "" || len(in.Why) > maxNote {
		return out, fault.New(fault.Invalid, "a reason of 1 to %d characters was expected: why nobody pays for this usage", maxNote)
	}
	if in.Waived {
		return out, fault.New(fault.Invalid, "the choice asks for usage that is left uncharged already: leave waived out")
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) (err error) {
		out, err = once(tx, c, "waive", in.Key, in, func() (Waiver, error) { return s.waive(tx, c, &in) })
		return err
	})
	return out, err
}

func (s *System) waive(tx store.Tx, c id.Company, in *Waive) (out Waiver, err error) {
	out = Waiver{At: tx.Now(), Choice: in.Choice, Reason: in.Why}
	q, err := in.query()
	if err != nil {
		return out, err
	}
	q.Limit = MaxAssigned
	list, err := tx.Usage().Strays(c, q)
	if err != nil {
		return out, err
	}
	if len(list) == 0 {
		return out, fault.New(fault.NotFound, "no usage without a contract, and not yet decided about, is of this choice")
	}
	positions := make([]int64, len(list))
	for i := range list {
		positions[i] = list[i].Position
		if call, is := list[i].Fact.(*usage.Call); is {
			out.Calls++
			out.Seconds += call.Seconds()
		} else {
			out.Stretches++
		}
	}
	if out.ID, err = s.newID(tx); err != nil {
		return out, err
	}
	if err := tx.Usage().Waive(c, out.ID, positions); err != nil {
		return out, err
	}
	sums, err := tx.Usage().StraySums(c, q)
	if err != nil {
		return out, err
	}
	for i := range sums {
		out.Left += sums[i].Count
	}
	return out, save(tx, &store.Record{Company: c, Kind: KindWaiver, ID: out.ID}, &out)
}

// Waivers lists what was left uncharged, a page of it.
func (s *System) Waivers(ctx context.Context, c id.Company, page store.Page) (out []Waiver, err error) {
	defer fault.Wrap(&err, "waivers")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		list, err := tx.Records().List(c, KindWaiver, store.Key{}, page)
		if err != nil {
			return err
		}
		out = make([]Waiver, len(list))
		for i := range list {
			if out[i], _, err = load[Waiver](&list[i], nil); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
