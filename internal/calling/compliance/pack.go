package compliance

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/timex/holiday"
)

//go:embed packs/*.json
var packFiles embed.FS

// Everywhere is the place of rules that hold in all places.
const Everywhere = "*"

// Bounds of a pack.
const (
	maxPackBytes = 1 << 20
	maxRules     = 500
	maxPlaces    = 400
	maxPacks     = 100
)

// Pack is the rules of one jurisdiction and of the places within it, as they were
// read on a day.
type Pack struct {
	Place   string     `json:"place"`   // US; * for rules that hold everywhere
	Version string     `json:"version"` // the day it was last changed; a letter follows where that was not once
	Places  []Division `json:"places"`
	Rules   []Rule     `json:"rules"`
	Unknown []string   `json:"unknown"` // keys of what the pack does not know, told by phrases
}

// Division is a place of a pack, or a part of one with other zones or area codes.
type Division struct {
	Code  string   `json:"code"` // US-FL; a member of the EU has its own country code
	Name  string   `json:"name,omitempty"`
	Zones []string `json:"zones"`
	Areas string   `json:"areas,omitempty"` // area codes of North America, blanks between
}

// Packs are all rules there are, ready to be asked. They never change.
type Packs struct {
	list      []Pack
	rules     map[string][]*Rule // by place
	parent    map[string]string  // US-FL: US; FR: EU; US: *
	places    map[string]Place
	areas     map[int]Place
	names     map[string]string // "US FLORIDA": US-FL
	zones     map[string]*time.Location
	calendars map[string]*timex.Calendar
	digests   map[string]string // of each pack
}

// Load reads the packs that come with the program.
func Load() (*Packs, error) {
	entries, err := packFiles.ReadDir("packs")
	if err != nil {
		return nil, err
	}
	var list []Pack
	for _, e := range entries {
		data, err := packFiles.ReadFile("packs/" + e.Name())
		if err != nil {
			return nil, err
		}
		pack, err := ReadPack(e.Name(), data)
		if err != nil {
			return nil, err
		}
		list = append(list, pack)
	}
	return New(list)
}

// ReadPack reads one pack from JSON. What is wrong with it is told all at once.
func ReadPack(file string, data []byte) (Pack, error) {
	if len(data) > maxPackBytes {
		return Pack{}, fault.Problems{{File: file, What: "the pack has more than " + strconv.Itoa(maxPackBytes) + " bytes"}}
	}
	var pack Pack
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&pack); err != nil {
		return Pack{}, fault.Problems{{File: file, What: err.Error(), Expected: "a pack of rules as JSON"}}
	}
	if d.More() {
		return Pack{}, fault.Problems{{File: file, What: "something follows the pack", Expected: "one pack a file"}}
	}
	ps := pack.problems()
	for i := range ps {
		ps[i].File = file
	}
	return pack, ps.Err()
}

// New puts packs together. One has to hold everywhere.
func New(list []Pack) (*Packs, error) {
	p := &Packs{list: slices.Clone(list), rules: map[string][]*Rule{}, parent: map[string]string{}, places: map[string]Place{}, areas: map[int]Place{},
		names: map[string]string{}, zones: map[string]*time.Location{}, digests: map[string]string{}}
	slices.SortStableFunc(p.list, func(a, b Pack) int { return strings.Compare(a.Place, b.Place) })
	var err error
	if p.calendars, err = holiday.Calendars(); err != nil {
		return nil, err
	}
	ps := p.together()
	if err := ps.Err(); err != nil {
		return nil, err
	}
	for i := range p.list {
		pack := &p.list[i]
		for j := range pack.Places {
			if err := p.divide(pack, &pack.Places[j]); err != nil {
				return nil, err
			}
		}
		for j := range pack.Rules {
			r := &pack.Rules[j]
			p.rules[r.Place] = append(p.rules[r.Place], r)
		}
		data, err := json.Marshal(pack)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(data)
		p.digests[pack.Place] = hex.EncodeToString(sum[:6])
	}
	return p, nil
}

// divide enters one division: a code that stands in several has the zones of all,
// an area code those of its own.
func (p *Packs) divide(pack *Pack, d *Division) error {
	at := Place{Code: d.Code}
	for _, name := range d.Zones {
		loc, err := p.Zone(name)
		if err != nil {
			return err
		}
		p.zones[name] = loc
		at.Zones = append(at.Zones, loc)
	}
	for _, area := range strings.Fields(d.Areas) {
		n, err := strconv.Atoi(area)
		if err != nil || n < 200 || n > 999 || p.areas[n].Code != "" {
			return fault.New(fault.Invalid, "pack %s, place %s: area code %q is none, or stands there twice", pack.Place, d.Code, area)
		}
		p.areas[n] = at
	}
	p.parent[d.Code] = Everywhere
	if d.Code != pack.Place {
		p.parent[d.Code] = pack.Place
	}
	country, _, _ := strings.Cut(d.Code, "-")
	if d.Name != "" {
		p.names[country+" "+strings.ToUpper(d.Name)] = d.Code
	}
	p.places[d.Code] = joinZones(p.places[d.Code], at)
	if country != d.Code {
		p.places[country] = joinZones(p.places[country], Place{Code: country, Zones: at.Zones})
	}
	if len(p.places[country].Zones) > MaxZones {
		return fault.New(fault.Invalid, "pack %s: %s has more than %d time zones", pack.Place, country, MaxZones)
	}
	return nil
}

// joinZones is b with the zones of a before its own.
func joinZones(a, b Place) Place {
	out := Place{Code: b.Code, Zones: slices.Clone(a.Zones)}
	for _, z := range b.Zones {
		if !slices.Contains(out.Zones, z) {
			out.Zones = append(out.Zones, z)
		}
	}
	return out
}

// List lists the packs: that of everywhere first, then by place.
func (p *Packs) List() []Pack { return p.list }

// Digest is the beginning of the SHA-256 of a pack: two packs of one version that
// differ are told apart.
func (p *Packs) Digest(place string) string { return p.digests[place] }

// Codes lists the places rules are known for.
func (p *Packs) Codes() []string { return slices.Sorted(maps.Keys(p.places)) }

// Chain is the places whose rules hold at a code: everywhere, the country or union,
// the state or member.
func (p *Packs) Chain(code string) []string {
	var up []string
	for c := code; c != Everywhere && c != ""; c = p.parent[c] {
		up = append(up, c)
	}
	up = append(up, Everywhere)
	slices.Reverse(up)
	return up
}

// Find is the rule of a name; nil if there is none.
func (p *Packs) Find(name string) *Rule {
	for i := range p.list {
		for j := range p.list[i].Rules {
			if p.list[i].Rules[j].Name == name {
				return &p.list[i].Rules[j]
			}
		}
	}
	return nil
}
