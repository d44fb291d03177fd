package app

import (
	"context"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// lostAfter is how long a node is not heard of before its agents are logged out.
const lostAfter = time.Minute

// ClearSittings ends log-ins that nobody looks after: those of this node, at its
// start, and those of nodes that are not heard of. What they did until they were seen
// last is usage. It tells how many.
func (s *System) ClearSittings(ctx context.Context, c id.Company, own bool) (n int, err error) {
	defer fault.Wrap(&err, "clear the floor")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		n = 0
		type gone struct {
			x Sitting
			r *store.Record
		}
		var list []gone
		nodes, err := lookedAfter(tx, c)
		if err != nil {
			return err
		}
		err = each(tx, c, KindSitting, store.Key{}, func(x Sitting, r *store.Record) error {
			if own && x.Node == s.Node || tx.Now().Sub(nodes.seen(&x)) >= lostAfter {
				list = append(list, gone{x, r})
			}
			return nil
		})
		if err != nil {
			return err
		}
		for i := range list {
			if err := s.standUp(ctx, tx, c, &list[i].x, list[i].r, nodes.seen(&list[i].x)); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	return n, err
}

// floorLeases is what the names of the leases of nodes that look after the agents of a
// company begin with; the name of the node follows.
func floorLeases(c id.Company) string { return "floor " + c.String() + " " }

// FloorLives says that this node is alive and looks after agents of companies: one lease a
// company, however many agents there are.
func (s *System) FloorLives(ctx context.Context, companies []id.Company) (err error) {
	defer fault.Wrap(&err, "look after the floor")
	return s.DB.Update(ctx, func(tx store.Tx) error {
		for _, c := range companies {
			if _, err := tx.Leases().Take(floorLeases(c)+s.Node, s.Node, lostAfter); err != nil {
				return err
			}
		}
		return nil
	})
}

// looked is when nodes were heard of last.
type looked map[string]timex.Instant

// lookedAfter tells it of those that looked after agents of a company.
func lookedAfter(tx store.Tx, c id.Company) (looked, error) {
	all, err := tx.Leases().List(floorLeases(c))
	out := looked{}
	for _, l := range all {
		out[l.Node] = l.Until.Add(-lostAfter)
	}
	return out, err
}

// seen is when the node of a log-in was heard of last.
func (n looked) seen(x *Sitting) timex.Instant { return max(x.Seen, n[x.Node]) }

// LookAfter gives the log-ins of this node that go on, each with what stands against it
// by now (nil: nothing): a seat that was taken away, a contract that does not serve any
// more, a module that is off. One that is not among them is over: it was made anew
// elsewhere.
func (s *System) LookAfter(ctx context.Context, c id.Company) (out map[id.ID]error, err error) {
	defer fault.Wrap(&err, "look after the floor")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out = map[id.ID]error{}
		ok := map[id.ID]*held{}
		no := map[id.ID]error{}
		mine, err := all[Sitting](tx, c, KindSitting, store.Key{Name: "node", Value: s.Node})
		if err != nil {
			return err
		}
		for i := range mine {
			x := &mine[i]
			if ok[x.Campaign] == nil && no[x.Campaign] == nil {
				camp, _, err := campaignOf(tx, c, x.Campaign)
				if err == nil {
					ok[x.Campaign], err = s.license(ctx, tx, c, &camp)
				}
				if err != nil && fault.KindOf(err) != fault.Conflict && fault.KindOf(err) != fault.NotFound {
					return err
				}
				no[x.Campaign] = err
			}
			if out[x.ID] = no[x.Campaign]; out[x.ID] == nil {
				out[x.ID] = s.keepsSeat(ctx, tx, c, ok[x.Campaign], x.User)
			}
		}
		return nil
	})
	return out, err
}

// keepsSeat tells whether who sits may go on sitting.
func (s *System) keepsSeat(ctx context.Context, tx store.Tx, c id.Company, h *held, user string) error {
	if assigned, _ := h.seats(); !assigned {
		return nil
	}
	_, err := s.seatFor(ctx, tx, c, h, user)
	return err
}
