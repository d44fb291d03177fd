package compliance

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Book is the rules of one campaign, laid out for asking. It never changes and may
// be asked by many at once.
type Book struct {
	packs    *Packs
	campaign Campaign
	asked    []ready
	terms    []ready
	at       map[string]group // by place
	nowhere  group            // rules of everywhere
	edition  string
}

// ready is a rule with what asking needs worked out.
type ready struct {
	*Rule
	from, to timex.Instant // its dates
	lifted   []timex.Period
	hours    schedule
}

// group is the rules of a place, by their index among those asked, ascending.
type group struct {
	asked []int32
	terms []int32
	known bool // there are rules of this place itself
}

// For lays out the rules for a campaign. What is wrong with its own rules and its
// switches is told all at once.
func (p *Packs) For(c Campaign) (*Book, error) {
	if ps := p.campaignProblems(&c); len(ps) > 0 {
		return nil, ps.Err()
	}
	b := &Book{packs: p, campaign: c, at: map[string]group{}}
	for i := range p.list {
		for j := range p.list[i].Rules {
			b.enter(&p.list[i].Rules[j])
		}
	}
	for i := range c.Own {
		b.enter(&c.Own[i])
	}
	for _, code := range p.Codes() {
		b.at[code] = b.group(code)
	}
	b.nowhere = b.group(Everywhere)
	return b, b.seal()
}

// enter lays out a rule if the campaign is one it is about.
func (b *Book) enter(r *Rule) {
	c := &b.campaign
	if len(r.Purposes) > 0 && !slices.Contains(r.Purposes, c.Purpose) || len(r.Modes) > 0 && !slices.Contains(r.Modes, c.Mode) {
		return
	}
	one := ready{Rule: r}
	one.from, one.to = b.packs.dates(r)
	for _, s := range c.Switches {
		if s.Rule == r.Name {
			one.lifted = append(one.lifted, timex.Period{From: s.From, To: cmp.Or(s.To, far)})
		}
	}
	if r.Kind == Hours {
		one.hours, _ = week(r) // it was looked at when the rule was read
		one.hours.calendar = b.packs.calendars[r.Calendar]
	}
	if r.Kind.asked() {
		b.asked = append(b.asked, one)
	} else {
		b.terms = append(b.terms, one)
	}
}

// dates are the instants of a rule's dates: from when the first zone of its place
// has begun the day until the last has.
func (p *Packs) dates(r *Rule) (from, to timex.Instant) {
	from, to = -far, far
	var zones []*time.Location
	for _, code := range p.Codes() {
		if code == r.Place || p.parent[code] == r.Place || r.Place == Everywhere {
			zones = append(zones, p.places[code].Zones...)
		}
	}
	for i, z := range zones {
		if first := r.From.Start(z); r.From != 0 && (i == 0 || first < from) {
			from = first
		}
		if last := r.To.Start(z); r.To != 0 && (i == 0 || last > to) {
			to = last
		}
	}
	return from, to
}

// group is the rules that hold at a place.
func (b *Book) group(code string) (g group) {
	chain := b.packs.Chain(code)
	pick := func(rules []ready) (out []int32) {
		for i := range rules {
			if slices.Contains(chain, rules[i].Place) {
				out = append(out, int32(i))
			}
		}
		return out
	}
	g.asked, g.terms = pick(b.asked), pick(b.terms)
	for _, c := range chain[1:] {
		g.known = g.known || len(b.packs.rules[c]) > 0
	}
	return g
}

// groupOf is the rules of a place; one nobody knows has those of everywhere.
func (b *Book) groupOf(code string) group {
	if g, ok := b.at[code]; ok {
		return g
	}
	return b.nowhere
}

// seal works out the edition.
func (b *Book) seal() error {
	h := sha256.New()
	newest := ""
	for _, pack := range b.packs.list {
		fmt.Fprintln(h, pack.Place, pack.Version, b.packs.digests[pack.Place])
		newest = max(newest, pack.Version)
	}
	if err := json.NewEncoder(h).Encode(&b.campaign); err != nil {
		return err
	}
	b.edition = newest + "/" + hex.EncodeToString(h.Sum(nil)[:6])
	return nil
}

// Edition names the packs, the campaign's own rules and its switches as they are in
// this book: newest version of a pack, and the beginning of a digest of all. Two
// books with one edition give the same answers.
func (b *Book) Edition() string { return b.edition }

// Campaign is what the book was made for.
func (b *Book) Campaign() Campaign { return b.campaign }

// campaignProblems are what is wrong with what a campaign brings along.
func (p *Packs) campaignProblems(c *Campaign) fault.Problems {
	f := &finder{}
	oneOf(f, "purpose", c.Purpose)
	oneOf(f, "mode", c.Mode)
	if len(c.Own) > MaxOwn || len(c.Switches) > MaxSwitches {
		f.bad("own", "", "there are too many rules or switches", fmt.Sprintf("at most %d rules of one's own and %d switches", MaxOwn, MaxSwitches))
		return f.ps
	}
	names := map[string]bool{}
	for i := range c.Own {
		p.ownProblems(f, fmt.Sprintf("own[%d]", i), &c.Own[i])
		if names[c.Own[i].Name] {
			f.bad(fmt.Sprintf("own[%d].name", i), c.Own[i].Name, "there are two rules of this name", "each name once")
		}
		names[c.Own[i].Name] = true
	}
	for i := range c.Switches {
		p.switchProblems(f, fmt.Sprintf("switches[%d]", i), &c.Switches[i], names)
	}
	return f.ps
}

func (p *Packs) ownProblems(f *finder, path string, r *Rule) {
	for _, bad := range r.problems() {
		bad.Path = strings.TrimSuffix(path+"."+bad.Path, ".")
		f.ps = append(f.ps, bad)
	}
	if !strings.HasPrefix(r.Name, "own.") || r.Force != Own {
		f.bad(path+".name", r.Name, "a rule of one's own looks like one of the packs", `a name that begins with "own.", and the force "own"`)
	}
	if _, known := p.parent[r.Place]; !known && r.Place != Everywhere && len(p.rules[r.Place]) == 0 {
		f.bad(path+".place", r.Place, "no pack knows this place, so the rule would never hold", "one of the places of the packs, or *")
	}
	if r.Calendar != "" && p.calendars[r.Calendar] == nil {
		f.bad(path+".calendar", r.Calendar, "there is no such calendar of holidays", "cn, tw, hk or us")
	}
	if r.Tightens != "" {
		f.bad(path+".tightens", r.Tightens, "a rule of one's own stands beside all others", "no tightens")
	}
}

func (p *Packs) switchProblems(f *finder, path string, s *Switch, own map[string]bool) {
	r := p.Find(s.Rule)
	switch {
	case r == nil && !own[s.Rule]:
		f.bad(path+".rule", s.Rule, "there is no such rule to lift", "the name of a rule: waihu compliance lists them")
	case r != nil && r.Kind == Refusal:
		f.bad(path+".rule", s.Rule, "who refused is not called", "no switch of this rule: the person must take the refusal back")
	}
	if n := utf8.RuneCountInString(s.Reason); n < MinReason || n > MaxReason || strings.TrimSpace(s.By) == "" {
		f.bad(path+".reason", s.Reason, "nobody says why the rule is lifted", fmt.Sprintf("a reason of %d to %d characters and who set it", MinReason, MaxReason))
	}
	if s.From == 0 || s.To != 0 && s.To <= s.From {
		f.bad(path+".from", s.From.String(), "the switch has no time", "from when it was set, and a later instant until when, or none")
	}
}
