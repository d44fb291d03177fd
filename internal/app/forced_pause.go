package app

import (
	"context"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// KindForcedPause holds a ForcedPause; unique "user".
const KindForcedPause store.Kind = "forced_pause"

// ForcedPause is a pause that a supervisor made an agent take. It holds until a supervisor
// ends it, over log-ins, campaigns and nodes.
type ForcedPause struct {
	User  string        `json:"user"`
	By    string        `json:"by"`             // user or key
	Name  string        `json:"name,omitempty"` // of By, as people read it
	Since timex.Instant `json:"since"`
	Why   string        `json:"why"`
}

// ForcePause keeps a pause a supervisor made; it takes the place of an older one.
func (s *System) ForcePause(ctx context.Context, c id.Company, p ForcedPause) (err error) {
	defer fault.Wrap(&err, "pause of an agent")
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		_, r, err := find[ForcedPause](tx, c, KindForcedPause, "user", p.User)
		if fault.KindOf(err) == fault.NotFound {
			r = &store.Record{Company: c, Kind: KindForcedPause, Unique: []store.Key{{Name: "user", Value: p.User}}}
			r.ID, err = s.newID(tx)
		}
		if err != nil {
			return err
		}
		return save(tx, r, &p)
	})
}

// ForcedPauseOf is the one that holds an agent; nil: none does.
func (s *System) ForcedPauseOf(ctx context.Context, c id.Company, user string) (out *ForcedPause, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		p, _, err := find[ForcedPause](tx, c, KindForcedPause, "user", user)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		out = &p
		return err
	})
	return out, err
}

// EndForcedPause lets an agent go on; NotFound: nobody holds them. One who is logged in at
// another node is let go on there, since that node must know of it.
func (s *System) EndForcedPause(ctx context.Context, c id.Company, user string) (err error) {
	return s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		_, r, err := find[ForcedPause](tx, c, KindForcedPause, "user", user)
		if err != nil {
			return err
		}
		sits, _, err := find[Sitting](tx, c, KindSitting, "user", user)
		switch {
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return err
		case err == nil && sits.Node != s.Node:
			return fault.New(fault.Conflict, "the agent is logged in at node %s: end the pause there", sits.Node)
		}
		return tx.Records().Delete(c, KindForcedPause, r.ID)
	})
}
