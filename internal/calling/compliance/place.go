package compliance

import (
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/phone"
	"waihu/internal/timex"
)

// Place is where a called person is, as far as a number or an address tells.
type Place struct {
	Code  string           // jurisdiction: US-FL, GB, CN; empty: not known
	Zones []*time.Location // all it may be in: a call must be allowed in each
}

// MaxZones bounds the zones of one question; more are more than any country has.
const MaxZones = 16

// OfNumber is the place a number tells: its country, in North America the state of
// its area code. Numbers move with their owners, so the address counts as well.
func (p *Packs) OfNumber(n phone.Number) Place {
	region := phone.Classify(n).Region
	if region == "US" && n.Len() == 11 {
		if at, ok := p.areas[int(n.Value()/10_000_000%1000)]; ok {
			return at
		}
	}
	return p.country(region)
}

// country is a whole country; one without a pack has its code and no zones.
func (p *Packs) country(code string) Place {
	if at, ok := p.places[code]; ok {
		return at
	}
	return Place{Code: code}
}

// OfAddress is the place of an address: country (ISO 3166) and state, by its letters
// or its English name, and the zone a list may name, in IANA's words. A zone that is
// none of the place's counts beside them. Without country and zone the Place is zero.
func (p *Packs) OfAddress(country, region, zone string) (Place, error) {
	country, region = strings.ToUpper(strings.TrimSpace(country)), strings.ToUpper(strings.TrimSpace(region))
	at := Place{}
	if country != "" {
		at = p.country(country)
		if named, ok := p.places[country+"-"+region]; ok {
			at = named
		} else if code, ok := p.names[country+" "+region]; ok {
			at = p.places[code]
		}
	}
	if zone == "" {
		return at, nil
	}
	loc, err := p.Zone(zone)
	if err != nil {
		return Place{}, err
	}
	for _, z := range at.Zones {
		if z == loc {
			at.Zones = []*time.Location{loc}
			return at, nil
		}
	}
	at.Zones = append(at.Zones[:len(at.Zones):len(at.Zones)], loc)
	if len(at.Zones) > MaxZones {
		return Place{}, fault.New(fault.Invalid, "%s has more than %d time zones", at.Code, MaxZones)
	}
	return at, nil
}

// Zone is a time zone by its IANA name; of those the packs name there is one each,
// so that zones can be told apart by their pointers.
func (p *Packs) Zone(name string) (*time.Location, error) {
	if loc, ok := p.zones[name]; ok {
		return loc, nil
	}
	loc, err := timex.LoadZone(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	return loc, nil
}
