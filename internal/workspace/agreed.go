package workspace

import (
	"context"
	"os"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/planfile"
	"waihu/internal/timex"
)

// Agreed is the contract or plan a bill is held against.
type Agreed struct {
	Name string
	planfile.Bundle
	Loc *time.Location
}

// Agree takes in what the bill should follow: a contract with the plan it names,
// or a plan alone. Problems name lines of the texts.
func (sp *Space) Agree(texts ...Text) error {
	dir, err := os.MkdirTemp(sp.dir, "agreed-")
	if err != nil {
		return err
	}
	a, err := readAgreed(dir, texts)
	if gone := os.RemoveAll(dir); err == nil {
		err = gone
	}
	if err != nil {
		return err
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	sp.audit.Agreed, sp.audit.Done = a, nil
	return nil
}

func readAgreed(dir string, texts []Text) (*Agreed, error) {
	first := 0
	for i, t := range texts {
		if err := writeText(dir, fileName(t), t.Text); err != nil {
			return nil, err
		}
		if planfile.IsContract(fileName(t), t.Text) {
			first = i
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	b, problems := planfile.Load(root.FS(), fileName(texts[first]))
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a := &Agreed{Name: texts[first].Name, Bundle: b}
	zone := b.Plan.Zone
	if b.Contract != nil && b.Contract.Zone != "" {
		zone = b.Contract.Zone
	}
	if a.Loc, err = timex.LoadZone(zone); err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	return a, nil
}

// AgreeOn takes a contract of the workspace's company.
func (sp *Space) AgreeOn(ctx context.Context, contractID id.ID) error {
	if sp.Company == (id.Company{}) || sp.shelf.system == nil {
		return fault.New(fault.NotFound, "there is no such contract")
	}
	c, err := sp.shelf.system.GetContract(ctx, sp.Company, contractID)
	if err != nil {
		return err
	}
	plans, err := sp.shelf.system.Plans(ctx, "")
	if err != nil {
		return err
	}
	texts := []Text{{"contract" + textEnding(c.File), c.File}}
	for i := range plans {
		if plans[i].Name() == c.Plan {
			texts = append(texts, Text{"plan" + textEnding(plans[i].File), plans[i].File})
			for name, text := range plans[i].Decks {
				texts = append(texts, Text{name, text})
			}
		}
	}
	return sp.Agree(texts...)
}
