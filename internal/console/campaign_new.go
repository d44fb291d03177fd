package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/charging/catalog"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// newCampaign is the first step: what it is for and how it dials. What follows is
// kept in the draft, so that it can be left and gone on with.
func (s *Server) newCampaign(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.newCampaignPage(w, v, http.StatusOK, v.blank("purpose", string(usage.Sales), "mode", string(campaign.Progressive)), "")
}

func (s *Server) newCampaignPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	shown, err := purposeData(s, v, nil)
	if err != nil {
		return err
	}
	b := campaignBody{Form: f, Part: "purpose", At: 1, Of: len(campaignParts()), May: true, Refused: refused, Data: shown}
	s.render(w, v, status, "campaign-new", &Page{Title: v.say("campaigns.new"), Lead: v.say("campaigns.new_lead"), Here: v.at("/campaigns"), Crumbs: v.crumbs(Link{v.say("nav.campaigns"), v.at("/campaigns")}), Body: &b})
	return nil
}

// addCampaign keeps the draft and goes on to its lists.
func (s *Server) addCampaign(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	plan := campaign.New("", "", "", 0)
	readPurpose(f, &plan, money.Currency{})
	if !f.OK() {
		return s.newCampaignPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		codes, err := s.d.System.Dispositions(ctx, v.company)
		if err != nil {
			return access.Deed{}, "", err
		}
		plan.Retry.Without(codes) // those say themselves what follows
		c, err := s.d.System.AddCampaign(ctx, v.company, plan)
		return access.Deed{Action: "campaign.add", Target: c.ID.Named("cmp"), After: c}, v.campaignAt(&c, "/lists"), err
	})
	if ps, bad := problemsOf(err); bad {
		f.misplaced(ps)
		return s.newCampaignPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	var why string
	return again(err, &why, func(status int) error { return s.newCampaignPage(w, v, status, f, why) })
}

// purposeShown is what there is to choose, and what each costs.
type purposeShown struct {
	Purposes []string
	Modes    []modeRow
	Seats    string // what agents' seats cost; empty: no contract runs
}

// modeRow is a way of dialing, what it needs and what that costs by the contract.
type modeRow struct {
	Name  string
	Needs string
	Tone  string // of the badge: good, warn; empty: nothing is known
	Badge string
}

func purposeData(s *Server, v *visit, _ *campaignBody) (any, error) {
	out := purposeShown{Purposes: usage.Sales.Choices()}
	deal := s.dealOf(v)
	var floor *app.Floor
	if deal != nil {
		if f, err := s.d.System.Floor(v.r.Context(), v.company, deal.ID); err == nil {
			floor = &f // else the modes are shown without figures
		}
	}
	switch {
	case floor != nil && floor.Paid.Sign() > 0:
		out.Seats = v.say("campaigns.need_seats", "n", lang.Number(v.Tag, floor.Paid), "amount", lang.Money(v.Tag, floor.Cost))
	case deal != nil:
		out.Seats = v.say("campaigns.need_seat")
	}
	for _, m := range campaign.Manual.Choices() {
		out.Modes = append(out.Modes, v.modeRow(campaign.Mode(m), deal, floor))
	}
	return out, nil
}

// modeRow tells what a mode needs: a module of the plan that has its name, a seat for
// each agent. A plan without such a module charges nothing of its own for it.
func (v *visit) modeRow(m campaign.Mode, deal *app.Deal, floor *app.Floor) modeRow {
	row := modeRow{Name: string(m)}
	if deal == nil {
		row.Needs = v.say("campaigns.need_contract")
		return row
	}
	row.Tone, row.Badge, row.Needs = "good", v.say("campaigns.mode_in"), v.say("campaigns.need_nothing")
	for i := range deal.Plan.Modules {
		k := &deal.Plan.Modules[i]
		if k.ID != string(m) && k.ID != string(m.Usage()) {
			continue
		}
		name := k.Name.Or(k.ID).In(v.Tag)
		row.Tone, row.Badge = "warn", v.say("campaigns.mode_off")
		row.Needs = v.say("campaigns.need_module", "module", name, "price", v.modulePrice(deal.Plan, k.ID))
		if floor != nil && moduleOn(floor, k.ID) {
			row.Tone, row.Badge = "good", v.say("campaigns.mode_on")
		}
	}
	if m != campaign.Broadcast && m != campaign.Robot {
		row.Needs += " " + v.say("campaigns.need_seat")
	}
	return row
}

func moduleOn(f *app.Floor, module string) bool {
	for i := range f.Modules {
		if f.Modules[i].Module.ID == module {
			return f.Modules[i].On
		}
	}
	return false
}

// modulePrice is what a module costs by the plan, in words; empty: the plan has more
// to it than one price.
func (v *visit) modulePrice(p *catalog.Plan, module string) string {
	for i := range p.Components {
		k := &p.Components[i]
		if len(k.Where.Module) != 1 || k.Where.Module[0] != module || !k.UnitPrice.Set || k.UnitPrice.Unknown {
			continue
		}
		price := lang.Number(v.Tag, k.UnitPrice.Number) + " " + p.Currency.String()
		if k.PerSeatOf != "" {
			return v.say("campaigns.price_seat", "price", price)
		}
		return v.say("campaigns.price_period", "price", price)
	}
	return ""
}
