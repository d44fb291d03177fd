package console

import (
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/script"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

func fillScript(f *form, c *campaign.Campaign) {
	if !c.Guide.Script.IsZero() {
		f.set("guide.script", c.Guide.Script.Named("scr"))
	}
	f.set("guide.version", plain(c.Guide.Version))
}

func readScript(f *form, c *campaign.Campaign, _ money.Currency) {
	c.Guide = campaign.Guide{}
	if f.Value("guide.script") != "" {
		c.Guide = campaign.Guide{Script: f.id("guide.script", "scr"), Version: f.count("guide.version", 10_000)}
	}
}

// scriptShown is what the page of a campaign's script shows besides.
type scriptShown struct {
	Scripts []option
	New     string
	Open    string // the script that is chosen
	Steps   []scriptLine
	Results string
}

// scriptLine is a step in short.
type scriptLine struct {
	ID, Text string
	Asks     []string
}

// scriptsMost bounds the scripts to choose from.
const scriptsMost = 200

func scriptData(s *Server, v *visit, b *campaignBody) (any, error) {
	list, err := s.d.System.Scripts(v.r.Context(), v.company, store.Page{Limit: scriptsMost, Down: true})
	if err != nil {
		return nil, err
	}
	out := scriptShown{New: v.at("/scripts/new"), Results: v.campaignAt(b.C, "/results"), Scripts: []option{{"value": "", "label": v.say("scripts.none_chosen")}}}
	for i := range list {
		if !list[i].Retired {
			out.Scripts = append(out.Scripts, option{"value": list[i].ID.Named("scr"), "label": list[i].Name})
		}
	}
	i, err := id.ParseNamed("scr", b.Form.Value("guide.script"))
	if err != nil || i.IsZero() {
		return out, nil // none is chosen
	}
	_, version, err := s.d.System.GetScript(v.r.Context(), v.company, i, b.C.Guide.Version)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return out, nil // the form says so
	}
	if err != nil {
		return nil, err
	}
	out.Open = v.scriptAt(i)
	out.Steps = v.inShort(&version.Read)
	return out, nil
}

func (v *visit) inShort(s *script.Script) (out []scriptLine) {
	fields := v.sampleFields()
	for i := range s.Steps {
		line := scriptLine{ID: s.Steps[i].ID, Text: script.Fill(s.Steps[i].Text.In(v.Tag), fields, nil)}
		for j := range s.Steps[i].Ask {
			line.Asks = append(line.Asks, script.Fill(s.Steps[i].Ask[j].Label.In(v.Tag), fields, nil))
		}
		out = append(out, line)
	}
	return out
}
