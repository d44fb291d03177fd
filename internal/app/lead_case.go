package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/lead"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/phone"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// LeadCase is a lead with its history and what holds it now.
type LeadCase struct {
	LeadHistory
	At       timex.Instant
	List     LeadList
	Campaign *Campaign         // that has the list; nil: none has
	Number   phone.Number      // that would be called; zero: none may
	Answer   compliance.Answer // of the rules; told only where Asked
	Asked    bool
	Opens    timex.Instant // the campaign's own hours do; zero: they are open
	Ahead    int           // leads of the campaign that are due before it
	Barred   []store.Barred
	Names    map[id.ID]string // of the campaigns that tried
	Rule     func(name string) *compliance.Rule
}

// MaxAhead is how far leads are counted that are due before one.
const MaxAhead = 1_000

// rulePacks are the rules that come with the program: they are read once.
var rulePacks = sync.OnceValues(compliance.Load)

// ExplainLead gathers why a lead was called and why it is not called now: the same
// question the dialer asks of the rules, at this moment, and nothing is changed by it.
func (s *System) ExplainLead(ctx context.Context, c id.Company, i id.ID) (out LeadCase, err error) {
	defer fault.Wrap(&err, "explain lead")
	packs, err := rulePacks()
	if err != nil {
		return out, err
	}
	err = s.DB.View(ctx, func(tx store.Tx) error {
		l, err := tx.Leads().Get(c, i)
		if err != nil {
			return err
		}
		out = LeadCase{LeadHistory: LeadHistory{Lead: *l}, At: tx.Now(), Names: map[id.ID]string{}, Rule: packs.Find}
		if out.Tries, err = tx.Attempts().List(c, store.AttemptQuery{Lead: i, Limit: maxHistory}); err != nil {
			return err
		}
		if out.List, _, err = get[LeadList](tx, c, KindLeadList, l.List); ignoreMissing(err) != nil {
			return err
		}
		if err := out.barred(tx, c); err != nil {
			return err
		}
		if err := out.names(tx, c); err != nil {
			return err
		}
		return out.now(tx, c, packs)
	})
	return out, err
}

func (k *LeadCase) barred(tx store.Tx, c id.Company) (err error) {
	var numbers []phone.Number
	for _, n := range k.Numbers {
		numbers = append(numbers, n.Number)
	}
	k.Barred, err = tx.DNC().Find(c, numbers)
	return err
}

func (k *LeadCase) names(tx store.Tx, c id.Company) error {
	for i := range k.Tries {
		of := k.Tries[i].Campaign
		if _, known := k.Names[of]; known {
			continue
		}
		now, _, err := campaignOf(tx, c, of)
		if ignoreMissing(err) != nil {
			return err
		}
		k.Names[of] = now.Name
	}
	return nil
}

// now asks what holds a lead that waits.
func (k *LeadCase) now(tx store.Tx, c id.Company, packs *compliance.Packs) error {
	k.Number = k.Next()
	if k.List.Campaign.IsZero() || !k.State.Waits() {
		return nil
	}
	of, _, err := campaignOf(tx, c, k.List.Campaign)
	if err != nil {
		return err
	}
	k.Campaign = &of
	if k.Number.IsZero() {
		return nil
	}
	rules, err := NewCallingRules(packs, &of)
	if err != nil {
		return err
	}
	q, err := rules.query(tx, c, &k.Lead.Lead, k.Number)
	if err != nil {
		return err
	}
	rule, again := rules.ask(&q, &k.Lead.Lead, k.At)
	k.Asked, k.Answer = true, rules.answer
	if rule == OutOfHours {
		k.Opens = again
	}
	return k.ahead(tx, c, &of)
}

// ahead counts leads that are due before it: of lists before its own where they take
// turns in order, callbacks, and those of its list that have been due for longer.
func (k *LeadCase) ahead(tx store.Tx, c id.Company, of *Campaign) error {
	for _, share := range of.Lists {
		own := share.List == k.Lead.List
		if !own && of.Mix == campaign.ByShare {
			continue
		}
		for _, state := range []lead.State{lead.Callback, lead.Pending} {
			if own && state == lead.Pending && k.State == lead.Callback {
				break // a callback goes before those
			}
			list, err := tx.Leads().Due(c, share.List, state, k.At, store.DueCursor{}, MaxAhead)
			if err != nil {
				return err
			}
			if at := slices.IndexFunc(list, func(l store.Lead) bool { return l.ID == k.Lead.ID }); at >= 0 {
				list = list[:at]
			}
			if k.Ahead = min(k.Ahead+len(list), MaxAhead); k.Ahead == MaxAhead {
				return nil
			}
		}
		if own {
			return nil
		}
	}
	return nil
}

// Told is the case as it is told, with instants in a zone.
func (k *LeadCase) Told(zone *time.Location) *explain.LeadCase {
	out := &explain.LeadCase{At: k.At, Zone: zone, Lead: &k.Lead.Lead, Tries: k.Tries, List: k.List.Name, Number: k.Number, Opens: k.Opens, Ahead: k.Ahead, Counted: MaxAhead, Names: k.Names, Rule: k.Rule}
	if k.Campaign != nil {
		out.Campaign = &k.Campaign.Campaign
	}
	if k.Asked {
		out.Answer = &k.Answer
	}
	for _, b := range k.Barred {
		out.Barred = append(out.Barred, explain.Barring{Number: b.Number, Rule: b.Rule, Source: b.Source, By: b.By, At: b.At})
	}
	return out
}
