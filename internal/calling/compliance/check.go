package compliance

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// problems are what is wrong with a pack by itself.
func (k *Pack) problems() (ps fault.Problems) {
	bad := func(path, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path, Value: fault.Shorten(value, 60), What: what, Expected: expected})
	}
	if k.Place != Everywhere && !isCode(k.Place) {
		bad("place", k.Place, "the pack has no place", "a country such as CN, EU, or * for everywhere")
	}
	if len(k.Version) < 10 || len(k.Version) > 11 {
		bad("version", k.Version, "the version is no day", "the day of the last change such as 2026-11-26")
	} else if _, err := timex.ParseDate(k.Version[:10]); err != nil {
		bad("version", k.Version, err.Error(), "the day of the last change such as 2026-11-26")
	}
	if len(k.Rules) > maxRules || len(k.Places) > maxPlaces || len(k.Unknown) > maxRules {
		bad("rules", "", "the pack is too large", fmt.Sprintf("at most %d rules and %d places", maxRules, maxPlaces))
		return ps
	}
	codes := []string{Everywhere, k.Place}
	for i, d := range k.Places {
		if !isCode(d.Code) {
			bad(fmt.Sprintf("places[%d].code", i), d.Code, "the place has no code", "a country, or a country and a state: US-FL")
		}
		if len(d.Zones) == 0 || len(d.Zones) > MaxZones {
			bad(fmt.Sprintf("places[%d].zones", i), "", "the place has no time zone, or too many", fmt.Sprintf("1 to %d IANA names", MaxZones))
		}
		codes = append(codes, d.Code)
	}
	for i := range k.Rules {
		r := &k.Rules[i]
		for _, p := range r.problems() {
			p.Path = strings.TrimSuffix(fmt.Sprintf("rules[%d].%s", i, p.Path), ".")
			ps = append(ps, p)
		}
		if r.Place == Everywhere && k.Place != Everywhere || !slices.Contains(codes, r.Place) {
			bad(fmt.Sprintf("rules[%d].place", i), r.Place, "the rule is of a place the pack does not have", "the pack's own place or one of its places")
		}
	}
	return ps
}

// together are what is wrong with packs beside each other.
func (p *Packs) together() (ps fault.Problems) {
	bad := func(path, what string) { ps = append(ps, fault.Problem{Path: path, What: what}) }
	if len(p.list) > maxPacks {
		bad("", fmt.Sprintf("there are more than %d packs", maxPacks))
	}
	seen := map[string]*Rule{}
	codes := map[string]string{}
	for i := range p.list {
		pack := &p.list[i]
		if i > 0 && p.list[i-1].Place == pack.Place {
			bad(pack.Place, "there are two packs of this place")
		}
		for _, d := range pack.Places {
			if other, ok := codes[d.Code]; ok && other != pack.Place {
				bad(d.Code, "this place is in the packs of "+other+" and "+pack.Place)
			}
			codes[d.Code] = pack.Place
		}
		for j := range pack.Rules {
			if seen[pack.Rules[j].Name] != nil {
				bad(pack.Rules[j].Name, "there are two rules of this name")
			}
			seen[pack.Rules[j].Name] = &pack.Rules[j]
		}
	}
	for i := range p.list {
		for j := range p.list[i].Rules {
			r := &p.list[i].Rules[j]
			if r.Tightens != "" && (seen[r.Tightens] == nil || seen[r.Tightens].Kind != r.Kind) {
				bad(r.Name, "it goes beyond "+r.Tightens+", and there is no such rule of its kind")
			}
			if r.Calendar != "" && p.calendars[r.Calendar] == nil {
				bad(r.Name, "there is no holiday calendar "+r.Calendar)
			}
		}
	}
	if len(p.list) == 0 || p.list[0].Place != Everywhere {
		bad(Everywhere, "no pack holds everywhere")
	}
	return ps
}

// isCode tells whether a text is a country, or a country and a state of it.
func isCode(s string) bool {
	country, state, parted := strings.Cut(s, "-")
	return isCapitals(country, 2, 2) && (!parted || isCapitals(state, 1, 3))
}

func isCapitals(s string, low, high int) bool {
	return len(s) >= low && len(s) <= high && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// isName tells whether a text can be the name of a rule: small letters, digits, _
// and one dot or more between them.
func isName(s string) bool {
	return len(s) >= 3 && len(s) <= 60 && strings.Contains(s, ".") && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_.") == "" &&
		!strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") && !strings.Contains(s, "..")
}
