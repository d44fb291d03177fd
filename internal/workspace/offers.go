package workspace

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"waihu/examples/market"
	"waihu/internal/charging/compare"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/planfile"
)

// Given is an offer somebody handed in, as text.
type Given struct {
	Name   string // of the file, or of the plan it was taken from
	Bundle *planfile.OfferBundle
	Wrong  fault.Problems // warnings, or why it is none
}

// library reads the market offers once; they are tested to have no error.
var library = sync.OnceValues(func() ([]planfile.OfferBundle, error) {
	names, err := planfile.OffersIn(market.Files, ".")
	if err != nil {
		return nil, err
	}
	var out []planfile.OfferBundle
	for _, n := range names {
		b, problems := planfile.LoadOffer(market.Files, n)
		if err := problems.Err(); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
})

// Library are the market offers that come with the program.
func Library() ([]planfile.OfferBundle, error) { return library() }

// Pick chooses market offers by their identifiers; others are let go.
func (sp *Space) Pick(ids []string) error {
	all, err := library()
	if err != nil {
		return err
	}
	var known []string
	for _, b := range all {
		if slices.Contains(ids, b.Offer.ID) {
			known = append(known, b.Offer.ID)
		}
	}
	for _, i := range ids {
		if !slices.Contains(known, i) {
			return fault.New(fault.Invalid, "there is no market offer %q", i)
		}
	}
	sp.mu.Lock()
	defer sp.mu.Unlock()
	if !slices.Equal(sp.library, known) {
		sp.library = known
		sp.changed()
	}
	return nil
}

// Text is a file of an offer as it was pasted or uploaded.
type Text struct {
	Name string
	Text string
}

// TextBytes bounds the texts of one hand-in together.
const TextBytes = 16 << 20

// ReadText reads a text, and takes its bytes from the room that is left for the
// texts of one hand-in.
func ReadText(name string, r io.Reader, room *int) (Text, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(*room)+1))
	if err != nil {
		return Text{}, fault.New(fault.Invalid, "%s did not come to its end: %v", name, err)
	}
	if len(b) > *room {
		return Text{}, fault.New(fault.Overflow, "the texts up to %s are larger than %d MB together: an offer is a few pages", name, TextBytes>>20)
	}
	*room -= len(b)
	return Text{CleanName(name), string(b)}, nil
}

// Offer takes offers in: a plan or offer file, or several together with the
// plans and decks they name. With an error nothing was taken; one that is
// Problems names lines of the texts.
func (sp *Space) Offer(texts ...Text) ([]Given, error) {
	dir, err := os.MkdirTemp(filepath.Join(sp.dir, "offers"), "given-")
	if err != nil {
		return nil, err
	}
	given, err := readOffers(dir, texts)
	if err == nil {
		err = sp.keepOffers(given)
	}
	if gone := os.RemoveAll(dir); err == nil {
		err = gone
	}
	return given, err
}

func readOffers(dir string, texts []Text) ([]Given, error) {
	for _, t := range texts {
		if strings.TrimSpace(t.Text) == "" {
			return nil, fault.Problems{{File: t.Name, What: "there is nothing in it", Expected: "a plan or an offer as YAML", Fix: "paste the text, or choose a file"}}
		}
		if err := writeText(dir, fileName(t), t.Text); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	names := []string{fileName(texts[0])}
	if len(texts) > 1 {
		if names, err = planfile.OffersIn(root.FS(), "."); err != nil {
			return nil, err
		}
	}
	var out []Given
	var wrong fault.Problems
	for _, n := range names {
		b, problems := planfile.LoadOffer(root.FS(), n)
		wrong = append(wrong, problems.Errors()...)
		if problems.Err() == nil {
			out = append(out, Given{Name: n, Bundle: &b, Wrong: problems})
		}
	}
	if err := wrong.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, fault.Problems{{File: texts[0].Name, What: "none of the files is a plan or an offer", Expected: "YAML that begins with plan: or offer:", Fix: "see the examples that come with the program"}}
	}
	return out, nil
}

func writeText(dir, name, text string) error {
	if !filepath.IsLocal(name) {
		return fault.New(fault.Invalid, "%q leads out of the folder", name)
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// fileName is the name a text is kept under; planfile goes by its ending.
func fileName(t Text) string {
	if filepath.Ext(t.Name) != "" {
		return t.Name
	}
	return t.Name + textEnding(t.Text)
}

func textEnding(text string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return ".json"
	}
	return ".yaml"
}

// keepOffers adds offers; one with the identifier of another takes its place.
func (sp *Space) keepOffers(list []Given) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	given := slices.Clone(sp.given)
	for _, g := range list {
		at := slices.IndexFunc(given, func(o Given) bool { return o.Bundle.Offer.ID == g.Bundle.Offer.ID })
		switch {
		case at >= 0:
			given[at] = g
		case len(given) >= sp.shelf.lim.Offers:
			return fault.New(fault.Overflow, "a workspace holds up to %d offers of your own: take some away", sp.shelf.lim.Offers)
		default:
			given = append(given, g)
		}
	}
	sp.given = given
	sp.changed()
	return nil
}

// Drop takes an offer that was handed in away.
func (sp *Space) Drop(offerID string) error {
	sp.mu.Lock()
	defer sp.mu.Unlock()
	at := slices.IndexFunc(sp.given, func(g Given) bool { return g.Bundle.Offer.ID == offerID })
	if at < 0 {
		return fault.New(fault.NotFound, "there is no offer %q in this workspace", offerID)
	}
	sp.given = slices.Delete(sp.given, at, at+1)
	sp.changed()
	return nil
}

// OfferPlan takes in a plan of a company's contracts, of id.Platform any that is
// published, by its name id@version.
func (sp *Space) OfferPlan(ctx context.Context, of id.Company, name string) error {
	if sp.shelf.system == nil {
		return fault.New(fault.NotFound, "there are no published plans")
	}
	plans, err := sp.shelf.system.PlansOf(ctx, of, "")
	if err != nil {
		return err
	}
	for i := range plans {
		if p := &plans[i]; p.Name() == name {
			texts := []Text{{fmt.Sprintf("%s-v%d%s", p.Plan, p.Version, textEnding(p.File)), p.File}}
			for _, deck := range slices.Sorted(maps.Keys(p.Decks)) {
				texts = append(texts, Text{deck, p.Decks[deck]})
			}
			_, err := sp.Offer(texts...)
			return err
		}
	}
	return fault.New(fault.NotFound, "there is no published plan %s", name)
}

// candidates are all offers of the workspace, the market's first; sp.mu is held.
// One of one's own takes the place of a market offer of its name.
func (sp *Space) candidates() ([]compare.Candidate, error) {
	all, err := library()
	if err != nil {
		return nil, err
	}
	var out []compare.Candidate
	add := func(b *planfile.OfferBundle) {
		out = append(out, compare.Candidate{Offer: b.Offer, Plan: b.Plan, Decks: b.Decks})
	}
	for i := range all {
		own := slices.ContainsFunc(sp.given, func(g Given) bool { return g.Bundle.Offer.ID == all[i].Offer.ID })
		if slices.Contains(sp.library, all[i].Offer.ID) && !own {
			add(&all[i])
		}
	}
	for i := range sp.given {
		add(sp.given[i].Bundle)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "no offers: pick at least one")
	}
	return out, nil
}
