package app

import (
	"context"
	"maps"
	"slices"

	"waihu/internal/charging/catalog"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// PublishPlan is a plan to offer.
type PublishPlan struct {
	File      string            `json:"file"`            // YAML or JSON
	Decks     map[string]string `json:"decks,omitempty"` // further files the plan names
	Effective timex.Date        `json:"effective,omitzero"`
}

// maxPlanBytes bounds a plan with its decks.
const maxPlanBytes = 64 << 20

// PublishPlan keeps a version of a plan, which never changes from then on. The
// same text again changes nothing; another text under the same version is a
// Conflict, and so is a version that is effective before the one it follows.
func (s *System) PublishPlan(ctx context.Context, in PublishPlan) (out PlanVersion, err error) {
	defer fault.Wrap(&err, "publish plan")
	size := len(in.File)
	for _, text := range in.Decks {
		size += len(text)
	}
	if size > maxPlanBytes {
		return out, fault.New(fault.Invalid, "plan and decks have %d bytes: at most %d", size, maxPlanBytes)
	}
	p, _, problems := readPlan(in.File, in.Decks)
	if err := problems.Err(); err != nil {
		return out, err
	}
	if err := document.PrintableText(catalog.Texts(p)...); err != nil {
		return out, err // before an invoice is due that could not be put on paper
	}
	effective := max(p.Effective, in.Effective)
	err = s.DB.Update(ctx, func(tx store.Tx) error {
		var err error
		out, err = s.publish(tx, p, effective, &in)
		return err
	})
	return out, err
}

func (s *System) publish(tx store.Tx, p *catalog.Plan, effective timex.Date, in *PublishPlan) (PlanVersion, error) {
	v := PlanVersion{Plan: p.ID, Version: p.Version, Effective: effective, File: in.File, Decks: in.Decks, SHA256: in.digest()}
	before, _, err := find[PlanVersion](tx, id.Platform, KindPlan, "version", v.Name())
	switch {
	case err == nil && before.SHA256 == v.SHA256 && before.Effective == v.Effective:
		return before, nil
	case err == nil:
		return v, fault.New(fault.Conflict, "%s is published with other content: a published version never changes, give the plan a new version", v.Name())
	case fault.KindOf(err) != fault.NotFound:
		return v, err
	}
	versions, err := all[PlanVersion](tx, id.Platform, KindPlan, store.Key{Name: "plan", Value: p.ID})
	if err != nil {
		return v, err
	}
	for _, old := range versions {
		if old.Version < v.Version && old.Effective > v.Effective || old.Version > v.Version && old.Effective < v.Effective {
			return v, fault.New(fault.Conflict, "%s is effective from %s, %s from %s: later versions hold later", old.Name(), old.Effective, v.Name(), v.Effective)
		}
	}
	if v.ID, err = s.newID(tx); err != nil {
		return v, err
	}
	return v, save(tx, &store.Record{Company: id.Platform, Kind: KindPlan, ID: v.ID, Unique: []store.Key{{Name: "version", Value: v.Name()}}, Index: []store.Key{{Name: "plan", Value: p.ID}}}, &v)
}

// digest is over all texts of a plan, the names of its decks with them.
func (in *PublishPlan) digest() string {
	list := []string{in.File}
	for _, name := range slices.Sorted(maps.Keys(in.Decks)) {
		list = append(list, name, in.Decks[name])
	}
	return digest(list...)
}

// PlansOf lists the versions that contracts of a company are made of, quotes too;
// of id.Platform all that are published.
func (s *System) PlansOf(ctx context.Context, c id.Company, plan string) (out []PlanVersion, err error) {
	out, err = s.Plans(ctx, plan)
	if err != nil || c == id.Platform {
		return out, err
	}
	var own map[string]bool
	err = s.DB.View(ctx, func(tx store.Tx) error {
		own, err = ownPlans(tx, c)
		return err
	})
	return slices.DeleteFunc(out, func(p PlanVersion) bool { return !own[p.Name()] }), err
}

// ownPlans are the names of the versions that contracts and quotes of a company are
// made of.
func ownPlans(tx store.Tx, c id.Company) (map[string]bool, error) {
	own := map[string]bool{}
	err := each(tx, c, KindContract, store.Key{}, func(a Agreement, _ *store.Record) error {
		own[a.Plan] = true
		return nil
	})
	return own, err
}

// Plans lists the versions of a plan, of all plans if none is named.
func (s *System) Plans(ctx context.Context, plan string) (out []PlanVersion, err error) {
	key := store.Key{}
	if plan != "" {
		key = store.Key{Name: "plan", Value: plan}
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = all[PlanVersion](tx, id.Platform, KindPlan, key)
		return err
	})
	return out, err
}
