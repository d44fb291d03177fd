package console

import (
	"maps"
	"slices"
	"strings"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
)

// Rules that are lifted, and lists that were asked, are named in fields of their own:
// a rule has no place in a list.
const (
	liftField   = "lift."   // a box, and the rule
	reasonField = "reason." // why, and the rule
	askedField  = "asked."  // the day, and the list
)

func fillRules(f *form, c *campaign.Campaign) {
	for _, l := range c.Lifted {
		f.set(liftField+l.Rule, "1")
		f.set(reasonField+l.Rule, l.Reason)
	}
	for _, a := range c.Asked {
		f.set(askedField+a.List, a.At.Time().UTC().Format("2006-01-02"))
	}
}

func readRules(f *form, c *campaign.Campaign, _ money.Currency) {
	c.Lifted, c.Asked = nil, nil
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		if rule, is := strings.CutPrefix(name, liftField); is && f.Value(name) != "" {
			why := f.optional(reasonField+rule, campaign.MaxWhy)
			if len(why) < campaign.MinLift {
				f.wrong(reasonField+rule, "campaigns.reason_needed")
			}
			c.Lifted = append(c.Lifted, campaign.Lift{Rule: rule, Reason: why})
		}
		if list, is := strings.CutPrefix(name, askedField); is && strings.TrimSpace(f.Value(name)) != "" {
			day := f.date(name)
			c.Asked = append(c.Asked, campaign.AskedList{List: list, At: day.Start(time.UTC)})
		}
	}
}

// rulesShown are the places a campaign calls, with the rules of each.
type rulesShown struct {
	Places  []placeRules
	Unknown int // leads of no place that rules are known for
	Asked   []askedRow
	Lifted  []ruleRow // by the plan
}

// placeRules are the rules of one place for a campaign.
type placeRules struct {
	Code, Name string
	Leads      int
	Pack       string // what it is, in a line
	Rules      []ruleRow
	Missing    []string // what the pack does not know
	Known      bool
}

// ruleRow is one rule as a page tells it.
type ruleRow struct {
	Name, Text string
	About      []string
	Confidence string
	Lifts      bool // somebody may lift it
	Lifted     bool
	Kind       string
}

// askedRow is a do-not-call list of others that is to be asked.
type askedRow struct {
	List, Label, Field string
	Fresh              int
}

// placesRuled bounds the places whose rules are shown.
const placesRuled = 20

func rulesData(s *Server, v *visit, b *campaignBody) (any, error) {
	packs, err := rulePacks()
	if err != nil {
		return nil, err
	}
	look, err := s.d.System.OutlookOf(v.r.Context(), v.company, b.C.ID, packs)
	if err != nil {
		return nil, err
	}
	out := rulesShown{}
	asked := map[string]bool{}
	told := explain.Calling{Tag: v.Tag}
	shown := map[string]bool{}
	for _, p := range look.Places[:min(len(look.Places), placesRuled)] {
		chain := packs.Chain(p.Place)
		if p.Place == "" || len(chain) < 2 || !known(packs, chain) {
			out.Unknown += p.Count
			continue
		}
		row := placeRules{Code: p.Place, Name: v.placeName(p.Place), Leads: p.Count, Known: true}
		for _, code := range chain {
			for _, pack := range packs.List() {
				if pack.Place == code {
					row.Pack = told.Pack(&pack, packs.Digest(code))
					row.Missing = append(row.Missing, told.Unknown(&pack)...)
				}
				for i := range pack.Rules {
					r := &pack.Rules[i]
					if r.Place != code || !bindsCampaign(r, &b.C.Campaign) || shown[r.Name] {
						continue
					}
					shown[r.Name] = true
					row.Rules = append(row.Rules, v.ruleRow(r, b.Form))
					if r.Kind == compliance.List && r.Fresh > 0 && !asked[r.List] {
						asked[r.List] = true
						out.Asked = append(out.Asked, askedRow{r.List, lang.Choice(v.Tag, "call_list", r.List), askedField + r.List, r.Fresh})
					}
				}
			}
		}
		out.Places = append(out.Places, row)
	}
	return out, nil
}

// known tells whether any of some places but everywhere has rules.
func known(packs *compliance.Packs, chain []string) bool {
	return slices.ContainsFunc(packs.List(), func(p compliance.Pack) bool {
		return p.Place != compliance.Everywhere && slices.Contains(chain, p.Place)
	})
}

// bindsCampaign tells whether a rule is about campaigns of its purpose and mode.
func bindsCampaign(r *compliance.Rule, c *campaign.Campaign) bool {
	return (len(r.Purposes) == 0 || slices.Contains(r.Purposes, compliance.Purpose(c.Purpose))) && (len(r.Modes) == 0 || slices.Contains(r.Modes, compliance.Mode(c.Mode.Usage())))
}

func (v *visit) ruleRow(r *compliance.Rule, f *form) ruleRow {
	told := explain.Calling{Tag: v.Tag}
	return ruleRow{Name: r.Name, Text: told.Rule(r), About: told.About(r), Confidence: string(r.Confidence), Kind: string(r.Kind), Lifts: r.Kind != compliance.Refusal, Lifted: f.Value(liftField+r.Name) != ""}
}

// placeName is a place in words: a country by its name, a part of one with its code.
func (v *visit) placeName(code string) string {
	country, region, part := strings.Cut(code, "-")
	name := lang.Choice(v.Tag, "call_place", country)
	if part {
		name += " · " + region
	}
	return name
}
