package app

import (
	"context"

	"waihu/internal/charging/life"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Stopped tells whether no call of the company may begin: it is in arrears, or
// somebody holds it.
func (c *Company) Stopped() bool { return c.Suspended || c.Held != "" }

// mayServe refuses calls of a company that is stopped.
func (c *Company) mayServe() error {
	if c.Held != "" {
		return fault.New(fault.Conflict, "the operator holds the service up")
	}
	if c.Suspended {
		return fault.New(fault.Conflict, "service is suspended until overdue invoices are paid")
	}
	return nil
}

// Standstill is what holding a company stops, and what goes on all the same.
type Standstill struct {
	Contracts int // that serve now: none of their calls begins
	Sessions  int // people who are logged in and can call no more
	Holds     bool
	Overdue   bool // open invoices hold service up by themselves: a release does not last
}

// Standstill tells what a hold would stop.
func (s *System) Standstill(ctx context.Context, c id.Company) (out Standstill, err error) {
	defer fault.Wrap(&err, "standstill of %s", c)
	err = s.DB.View(ctx, func(tx store.Tx) error {
		company, _, err := get[Company](tx, id.Platform, KindCompany, c.ID)
		if err != nil {
			return err
		}
		for _, state := range []life.State{life.Running, life.Notice} {
			list, err := all[Agreement](tx, c, KindContract, store.Key{Name: "state", Value: string(state)})
			if err != nil {
				return err
			}
			out.Contracts += len(list)
		}
		open, err := all[Stretch](tx, c, KindOpen, store.Key{})
		if err != nil {
			return err
		}
		people := map[string]bool{} // at desks of the floor, and those whose log-ins are handed in
		for i := range open {
			if open[i].What == SessionStretch {
				people[open[i].Of] = true
			}
		}
		err = each(tx, c, KindSitting, store.Key{}, func(x Sitting, _ *store.Record) error {
			people[x.User] = true
			return nil
		})
		if err != nil {
			return err
		}
		out.Sessions = len(people)
		out.Holds = company.Stopped()
		out.Overdue, err = holdsService(tx, c, scheduleOf(&company))
		return err
	})
	return out, err
}

// HoldCompany stops the calls of a company by hand, with the reason. What was
// used is billed, seats and modules run on: only a contract that ends stops them.
func (s *System) HoldCompany(ctx context.Context, c id.Company, reason string) (out Company, err error) {
	if reason == "" || len(reason) > maxNote {
		return out, fault.New(fault.Invalid, "hold company: a reason of 1 to %d characters was expected", maxNote)
	}
	return s.hands(ctx, c, "service.suspended", func(company *Company) error {
		if company.Held != "" {
			return fault.New(fault.Conflict, "the company is held already")
		}
		company.Held = reason
		return nil
	})
}

// ReleaseCompany lets calls begin again, whoever stopped them. A further step of
// dunning suspends again.
func (s *System) ReleaseCompany(ctx context.Context, c id.Company) (out Company, err error) {
	return s.hands(ctx, c, "service.released", func(company *Company) error {
		if !company.Stopped() {
			return fault.New(fault.Conflict, "nothing holds the company up")
		}
		company.Held, company.Suspended = "", false
		return nil
	})
}

// hands changes by hand whether a company is served, and tells of it.
func (s *System) hands(ctx context.Context, c id.Company, topic string, change func(*Company) error) (out Company, err error) {
	defer fault.Wrap(&err, "%s of %s", topic, c)
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		company, r, err := get[Company](tx, id.Platform, KindCompany, c.ID)
		if err != nil {
			return err
		}
		if err := change(&company); err != nil {
			return err
		}
		company.Revision = r.Revision + 1
		r.Unique = []store.Key{{Name: "name", Value: company.Name}}
		out = company
		if err := save(tx, r, &company); err != nil {
			return err
		}
		return s.tell(tx, c, topic, companyNews{company.Name})
	})
	return out, err
}
