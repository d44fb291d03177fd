package console

import (
	"cmp"
	"net/url"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
)

// callAbout is whom a call was with and what came of it. A link without an address is a
// name: the visitor may not see more of it.
type callAbout struct {
	Lead, Campaign, Agent Link
	Try                   Link // where it stands among the tries of its lead
	Outcome, Tone, Notes  string
}

// callAbout is what the dialer knows of a call; nil: it did not dial it, or the visitor sees
// calls as usage alone.
func (s *Server) callAbout(v *visit, k *app.CallCase) *callAbout {
	t := k.Try
	if t == nil {
		return nil
	}
	campaign := t.Campaign.Named("cmp")
	b := &callAbout{Campaign: Link{s.campaignName(v, campaign), given(v.may(access.CampaignRead), v.at("/campaigns/"+campaign))}}
	if t.Agent != "" {
		b.Agent = Link{Text: s.agentName(v, t.Agent)}
	}
	if !v.may(access.LeadRead) {
		return b
	}
	lead := v.at("/leads/" + t.Lead.Named("lead"))
	b.Lead = Link{cmp.Or(k.Lead, shownNumber(t.Number)), lead}
	b.Try = Link{v.say("calling_report.ordinal", "n", itoa(t.Ordinal)), lead + "#" + t.ID.Named("try")}
	if t.Agent != "" {
		day := t.Decided.DateIn(v.loc()).String()
		b.Agent.Href = v.at("/tries?") + url.Values{"agent": {t.Agent}, "first": {day}, "last": {day}}.Encode()
	}
	b.Outcome, b.Tone, b.Notes = s.outcomeName(v, campaign, t.Disposition), outcomeTone(t.Flags), t.Notes
	return b
}

// outcomeTone is how an outcome is marked.
func outcomeTone(f attempt.Flags) string {
	switch {
	case f.Sale:
		return "good"
	case f.Refuse, f.Unworkable:
		return "bad"
	case f.Callback:
		return "info"
	}
	return ""
}
