package app

import (
	"context"
	"fmt"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// PromptUse is a campaign that says a prompt, and where in its plan.
type PromptUse struct {
	Campaign id.ID
	Name     string
	State    campaign.State
	Paths    []string
}

// PromptUses are the campaigns that say prompts and are not finished, by prompt. All
// campaigns are read once, however many prompts are asked for.
func (s *System) PromptUses(ctx context.Context, c id.Company, list ...Prompt) (out map[id.ID][]PromptUse, err error) {
	defer fault.Wrap(&err, "uses of prompts")
	err = s.DB.View(ctx, func(tx store.Tx) error {
		out, err = promptUses(tx, c, list)
		return err
	})
	return out, err
}

func promptUses(tx store.Tx, c id.Company, list []Prompt) (map[id.ID][]PromptUse, error) {
	named, out := map[string]id.ID{}, map[id.ID][]PromptUse{}
	for i := range list {
		p := &list[i]
		named[p.Named()], named[p.Name] = p.ID, p.ID
	}
	err := each(tx, c, KindCampaign, store.Key{}, func(of Campaign, _ *store.Record) error {
		if of.CanChange() != nil {
			return nil
		}
		for _, said := range of.Prompts() {
			p, asked := named[said.Prompt]
			if !asked {
				continue
			}
			uses := out[p]
			if n := len(uses); n == 0 || uses[n-1].Campaign != of.ID {
				uses = append(uses, PromptUse{Campaign: of.ID, Name: of.Name, State: of.Status.State})
			}
			last := &uses[len(uses)-1]
			last.Paths = append(last.Paths, said.Path)
			out[p] = uses
		}
		return nil
	})
	return out, err
}

// Named is the prompt as plans of campaigns name it.
func (p *Prompt) Named() string { return p.ID.Named("prm") }

// RemovePrompt takes a prompt out of use; its name is free. One that a campaign says
// which runs or is paused is a Conflict. Its sound goes with the daily work, once what
// was played need not be proven any more.
func (s *System) RemovePrompt(ctx context.Context, c id.Company, i id.ID) (out Prompt, err error) {
	defer fault.Wrap(&err, "remove prompt")
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		p, r, err := keptPrompt(tx, c, i)
		if err != nil {
			return err
		}
		uses, err := promptUses(tx, c, []Prompt{p})
		if err != nil {
			return err
		}
		for _, u := range uses[p.ID] {
			if u.State != campaign.Draft {
				return fault.New(fault.Conflict, "campaign %q says this prompt: give it another one first", u.Name)
			}
		}
		p.Removed = tx.Now()
		out = p
		return putPrompt(tx, r, &out)
	})
	return out, err
}

// SweepPrompts deletes the sounds of a company that another took the place of, or whose
// prompt was removed, once they were kept as long as recordings are: until then they
// prove what was played. Digest, length and who handed them in stay.
func (s *System) SweepPrompts(ctx context.Context, c id.Company) (deleted int, err error) {
	defer fault.Wrap(&err, "sweep prompts of %s", c)
	days := s.KeepDays
	if days == 0 {
		days = DefaultKeepDays
	}
	err = s.DB.Update(store.For(ctx, c), func(tx store.Tx) error {
		deleted = 0
		before := tx.Now().Add(-time.Duration(days) * 24 * time.Hour)
		return each(tx, c, KindPrompt, store.Key{}, func(p Prompt, r *store.Record) error {
			n := 0
			for i := range p.Versions {
				v := &p.Versions[i]
				left := p.Removed // when it was last to be played
				if i+1 < len(p.Versions) {
					left = p.Versions[i+1].At
				}
				if left.IsZero() || left > before || !v.Gone.IsZero() {
					continue
				}
				_, sound, err := find[promptSound](tx, c, KindPromptSound, "version", soundName(p.ID, v.Version))
				if err != nil {
					return fmt.Errorf("version %d of prompt %q: %w", v.Version, p.Name, err)
				}
				if err := tx.Records().Delete(c, KindPromptSound, sound.ID); err != nil {
					return err
				}
				v.Gone = tx.Now()
				n++
			}
			if deleted += n; n == 0 {
				return nil
			}
			return putPrompt(tx, r, &p)
		})
	})
	return deleted, err
}
