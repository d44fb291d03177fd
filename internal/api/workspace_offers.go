package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/charging/offer"
	"waihu/internal/fault"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/planfile"
	"waihu/internal/timex"
	"waihu/internal/workspace"
)

// SpaceOffer is an offer that can be compared.
type SpaceOffer struct {
	ID         string           `json:"id"`
	Name       lang.Text        `json:"name"`
	Vendor     string           `json:"vendor,omitempty"`
	Currency   money.Currency   `json:"currency"`
	Source     string           `json:"source,omitempty"`
	ReadOn     timex.Date       `json:"read_on,omitzero"`
	Confidence offer.Confidence `json:"confidence,omitempty" doc:"A and B are dated facts; C and D illustrate."`
	Given      bool             `json:"given" doc:"It was handed in; else it is one of the market."`
	Warnings   []FieldProblem   `json:"warnings,omitempty"`
}

func spaceOffer(b *planfile.OfferBundle) SpaceOffer {
	o := b.Offer
	return SpaceOffer{ID: o.ID, Name: o.Name, Vendor: o.Vendor, Currency: b.Plan.Currency, Source: o.Source, ReadOn: o.ReadOn, Confidence: o.Confidence}
}

func spaceOffers(s *workspace.Shown) []SpaceOffer {
	out := []SpaceOffer{}
	all, err := workspace.Library()
	if err != nil {
		all = nil // they are tested to have no error
	}
	for _, picked := range s.Library {
		for i := range all {
			if all[i].Offer.ID == picked {
				out = append(out, spaceOffer(&all[i]))
			}
		}
	}
	for _, g := range s.Given {
		one := spaceOffer(g.Bundle)
		one.Given, one.Warnings = true, fields(g.Wrong)
		out = append(out, one)
	}
	return out
}

// NamedText is a file as text.
type NamedText struct {
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"As other files of the same hand-in name it: plan.yaml."`
	Text string `json:"text" minLength:"1"`
}

func textsOf(list []NamedText) (out []workspace.Text) {
	for _, t := range list {
		out = append(out, workspace.Text(t))
	}
	return out
}

func (a *API) workspaceOfferRoutes() {
	read(a, op{id: "market-offer-list", method: http.MethodGet, path: "/v1/market-offers", what: "The dated market offers that come with the program. They are examples, not quotes.", may: access.UsageRead},
		func(*request, *none) (*List[SpaceOffer], error) {
			all, err := workspace.Library()
			out := &List[SpaceOffer]{Items: []SpaceOffer{}}
			for i := range all {
				out.Items = append(out.Items, spaceOffer(&all[i]))
			}
			return out, err
		})
	type pickIn struct {
		SpaceIn
		Body struct {
			Offers []string `json:"offers" maxItems:"200" doc:"Of the market, by identifier; others are let go."`
		}
	}
	aside(a, op{id: "workspace-market", method: http.MethodPut, path: "/v1/workspaces/{workspace}/market-offers", what: "Pick offers of the market.", may: access.UsageRead},
		func(g *guest, in *pickIn) (*Workspace, error) {
			return g.show(in.Workspace, func(sp *workspace.Space) error { return sp.Pick(in.Body.Offers) })
		})
	type giveIn struct {
		SpaceIn
		Body struct {
			Files []NamedText `json:"files,omitempty" maxItems:"40" doc:"Offers and plans, with the plans and decks they name, as YAML or JSON."`
			Plan  string      `json:"plan,omitempty" maxLength:"220" doc:"A plan that the caller sees (plan-list), in the place of files: seats-and-minutes@1."`
		}
	}
	aside(a, op{id: "workspace-offer-add", method: http.MethodPost, path: "/v1/workspaces/{workspace}/offers", what: "Hand in offers of your own. One with the identifier of another takes its place; with an error nothing is taken.", may: access.UsageRead, status: http.StatusCreated, body: spaceBody},
		func(g *guest, in *giveIn) (*Workspace, error) {
			return g.show(in.Workspace, func(sp *workspace.Space) error {
				if (len(in.Body.Files) > 0) == (in.Body.Plan != "") {
					return fault.Problem{Path: "files", What: "neither files nor a plan, or both", Expected: "one of them"}
				}
				if in.Body.Plan != "" {
					of, ok := access.PlansOf(g.c.actor, g.company)
					if !ok {
						return fault.New(fault.NotFound, "there is no published plan %s", in.Body.Plan)
					}
					return sp.OfferPlan(g.ctx, of, in.Body.Plan)
				}
				_, err := sp.Offer(textsOf(in.Body.Files)...)
				return err
			})
		})
	type dropIn struct {
		SpaceIn
		Offer string `path:"offer" maxLength:"200"`
	}
	aside(a, op{id: "workspace-offer-remove", method: http.MethodDelete, path: "/v1/workspaces/{workspace}/offers/{offer}", what: "Take an offer away that was handed in.", may: access.UsageRead},
		func(g *guest, in *dropIn) (*Workspace, error) {
			return g.show(in.Workspace, func(sp *workspace.Space) error { return sp.Drop(in.Offer) })
		})
}
