package console

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// rulePacks are the rules about calling that come with the program, read once.
var rulePacks = sync.OnceValues(compliance.Load)

// campaignBody is a campaign with the part of it that is looked at.
type campaignBody struct {
	C       *app.Campaign
	Part    string // empty: the overview
	Base    string
	Form    *form
	Tabs    []campaignTab
	At, Of  int             // which step of a draft this is
	Back    string          // the step before
	May     bool            // the plan may be changed, by this visitor and in this state
	Wrong   []campaignWrong // what keeps it from running
	Checks  []campaignCheck // of one that does not run: all that it needs, part by part
	Refused string
	Cur     string // currency of amounts; empty: no contract tells one
	Beside  []Link // live view, report, answers
	Data    any    // of the part
}

// campaignTab leads to a part.
type campaignTab struct {
	Name, Href string
	Here       bool
	Wrong      int
}

// campaignWrong is a problem of the plan and the part that mends it.
type campaignWrong struct {
	fault.Problem
	Name, Href string // of the part
}

func (s *Server) campaignOf(v *visit) (*app.Campaign, error) {
	i, err := id.ParseNamed("cmp", v.r.PathValue("campaign"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such campaign")
	}
	c, err := s.d.System.GetCampaign(v.r.Context(), v.company, i)
	return &c, err
}

// partOf is the part of a plan that a path belongs to.
func partOf(path string) string {
	begins := [][2]string{{"lists", "lists"}, {"mix", "lists"}, {"hours", "hours"}, {"retry", "outcomes"}, {"dispositions", "outcomes"}, {"goal", "pacing"}, {"ring_", "pacing"}, {"wrap_", "pacing"}, {"preview_", "pacing"},
		{"message", "menu"}, {"caller_ids", "numbers"}, {"budget", "budget"}, {"asked", "rules"}, {"lifted", "rules"}, {"script", "script"}, {"form", "script"}, {"guide", "script"}, {"voicemail", "menu"}, {"notice", "menu"}, {"targets", "numbers"}, {"contract", "budget"}, {"menu", "menu"}, {"rate", "menu"}, {"robot", "menu"}}
	for _, b := range begins {
		if strings.HasPrefix(path, b[0]) {
			return b[1]
		}
	}
	return "purpose"
}

// around fills in what every part of a campaign shows.
func (s *Server) around(v *visit, b *campaignBody) error {
	b.Base, b.May = v.campaignAt(b.C, ""), v.may(access.CampaignWrite) && b.C.CanChange() == nil
	counts := map[string]int{}
	found, err := s.missingFrom(v, b.C)
	if err != nil {
		return err
	}
	for _, p := range found.Errors() {
		part := partOf(p.Path)
		counts[part]++
		b.Wrong = append(b.Wrong, campaignWrong{p, v.say("campaigns.t_" + part), b.Base + "/" + part})
	}
	b.Checks = v.checks(b, found)
	b.Tabs = []campaignTab{{Name: v.say("campaigns.t_overview"), Href: b.Base, Here: b.Part == ""}}
	if v.may(access.FloorWatch) && b.C.Status.State != campaign.Draft {
		b.Beside = append(b.Beside, Link{v.say("live.title"), b.Base + "/live"})
	}
	b.Beside = append(b.Beside, Link{v.say("campaigns.report"), v.at("/reports?campaign=" + b.C.ID.Named("cmp"))}, Link{v.say("scripts.results"), b.Base + "/results"})
	parts := campaignParts()
	b.Of = len(parts)
	for i, part := range parts {
		b.Tabs = append(b.Tabs, campaignTab{v.say("campaigns.t_" + part.name), b.Base + "/" + part.name, b.Part == part.name, counts[part.name]})
		if part.name == b.Part {
			b.At = i + 1
			if i > 0 {
				b.Back = b.Base + "/" + parts[i-1].name
			}
		}
	}
	return nil
}

// showCampaign shows a part of a campaign.
func (s *Server) showCampaign(w http.ResponseWriter, v *visit, status int, b *campaignBody) error {
	if err := s.around(v, b); err != nil {
		return err
	}
	if b.Form == nil {
		b.Form = v.blank()
	}
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	lead := v.say("campaigns.is", "purpose", word(v.Tag, "purpose", string(b.C.Purpose)), "mode", word(v.Tag, "campaign_mode", string(b.C.Mode)))
	s.render(w, v, status, "campaign", &Page{Title: b.C.Name, Lead: lead, Here: v.at("/campaigns"), Crumbs: v.crumbs(Link{v.say("nav.campaigns"), v.at("/campaigns")}), Island: b.island(w), Body: b})
	return nil
}

// island is the script of the part; that of prompts plays them.
func (b *campaignBody) island(w http.ResponseWriter) string {
	if b.Part != "menu" {
		return "compare"
	}
	hearing(w)
	return "prompts"
}

// overviewData is how a campaign stands.
type overviewData struct {
	Row     campaignRow
	Outlook app.CampaignOutlook
	Held    []heldRow
	States  []option // leads by state, with the address of those leads
	Since   string
	Zone    string // of instants that are shown
	By      string
	Why     string // it is in its state, as a person said it or in their language
	Start   bool
	Steps   []campaignStep
	Agents  bool // the mode dials for agents who wait
}

// heldRow is leads that something holds back, in words.
type heldRow struct {
	app.Held
	Text string
	Next string
}

// campaign shows the overview: how it stands, who may be called, what holds the
// others back.
func (s *Server) campaign(w http.ResponseWriter, r *http.Request, v *visit) error {
	c, err := s.campaignOf(v)
	if err != nil {
		return err
	}
	return s.overviewOf(w, v, http.StatusOK, &campaignBody{C: c})
}

func (s *Server) overviewOf(w http.ResponseWriter, v *visit, status int, b *campaignBody) (err error) {
	c := b.C
	d := overviewData{Since: v.moment(c.Status.Since), By: actorShown(c.Status.By), Agents: c.Mode.Agents()}
	d.Why, _ = lang.Said(v.Tag, c.Status.Why)
	if d.Row, err = s.campaignRow(v, c); err != nil {
		return err
	}
	packs, err := rulePacks()
	if err != nil {
		return err
	}
	if d.Outlook, err = s.d.System.OutlookOf(v.r.Context(), v.company, c.ID, packs); err != nil {
		return err
	}
	loc := v.loc()
	d.Zone = loc.String()
	for _, h := range d.Outlook.Held {
		d.Held = append(d.Held, heldRow{h, v.ruleSaid(packs, h.Rule), clockMinute(h.Next, loc)})
	}
	d.States = v.leadStates(d.Outlook.Counts)
	for _, step := range campaignSteps() {
		if v.may(access.CampaignWrite) && step.from(c.Status.State) {
			d.Steps = append(d.Steps, step)
		}
	}
	b.Data = d
	return s.showCampaign(w, v, status, b)
}

// campaignStep is an arrow between the states of a campaign.
type campaignStep struct {
	verb string
	in   []campaign.State
	do   func(context.Context, *Server, *visit, id.ID, string) (app.Campaign, error)
}

// Verb names the step, for templates.
func (c campaignStep) Verb() string { return c.verb }

func (c campaignStep) from(state campaign.State) bool {
	for _, s := range c.in {
		if s == state {
			return true
		}
	}
	return false
}

func campaignSteps() []campaignStep {
	return []campaignStep{
		{"start", []campaign.State{campaign.Draft, campaign.Paused}, func(ctx context.Context, s *Server, v *visit, i id.ID, _ string) (app.Campaign, error) {
			return s.d.System.StartCampaign(ctx, v.company, i, v.actor.Name)
		}},
		{"pause", []campaign.State{campaign.Running}, func(ctx context.Context, s *Server, v *visit, i id.ID, why string) (app.Campaign, error) {
			return s.d.System.PauseCampaign(ctx, v.company, i, v.actor.Name, campaign.ByPerson, why)
		}},
		{"finish", []campaign.State{campaign.Running, campaign.Paused}, func(ctx context.Context, s *Server, v *visit, i id.ID, why string) (app.Campaign, error) {
			return s.d.System.FinishCampaign(ctx, v.company, i, v.actor.Name, why)
		}},
		{"archive", []campaign.State{campaign.Draft, campaign.Finished}, func(ctx context.Context, s *Server, v *visit, i id.ID, _ string) (app.Campaign, error) {
			return s.d.System.ArchiveCampaign(ctx, v.company, i, v.actor.Name)
		}},
	}
}

// stepCampaign starts, pauses, finishes or puts away a campaign.
func (s *Server) stepCampaign(step campaignStep) handler {
	return func(w http.ResponseWriter, _ *http.Request, v *visit) error {
		c, f, err := sentAbout(w, v, s.campaignOf)
		if err != nil {
			return err
		}
		why := ""
		if step.verb == "pause" || step.verb == "finish" {
			why = f.line("why_"+step.verb, 200)
		}
		b := &campaignBody{C: c, Form: f}
		if !f.OK() {
			return s.overviewOf(w, v, http.StatusUnprocessableEntity, b)
		}
		err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
			after, err := step.do(ctx, s, v, c.ID, why)
			return access.Deed{Action: "campaign." + step.verb, Target: c.ID.Named("cmp"), Reason: why, Before: c.Status, After: after.Status}, v.campaignAt(c, ""), err
		})
		return again(err, &b.Refused, func(status int) error { return s.overviewOf(w, v, status, b) })
	}
}

// leadStates are counts by state and rule, in words, those of one list or of several
// summed.
func (v *visit) leadStates(counts []store.LeadCount) (out []option) {
	type key struct{ state, rule string }
	sums, order := map[key]int64{}, []key{}
	for _, c := range counts {
		k := key{string(c.State), c.Rule}
		if _, seen := sums[k]; !seen {
			order = append(order, k)
		}
		sums[k] += c.Count
	}
	for _, state := range leadStateWords() {
		for _, k := range order {
			if k.state != state || sums[k] == 0 {
				continue
			}
			label := v.say("leads.s_" + k.state)
			if k.rule != "" {
				packs, _ := rulePacks() // they were read before
				label = lang.Phrase(v.Tag, "leads.by_rule", map[string]string{"state": label, "rule": v.ruleSaid(packs, k.rule)})
			}
			out = append(out, option{"state": k.state, "rule": k.rule, "label": label, "count": sums[k]})
		}
	}
	return out
}
