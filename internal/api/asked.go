package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/lead"
	"waihu/internal/phone"
)

type (
	// askedBody is somebody who wants to be called.
	askedBody struct {
		Number   phone.Number `json:"number"`
		Name     string       `json:"name,omitempty" maxLength:"200"`
		At       Time         `json:"at,omitempty" format:"date-time" doc:"Absent: as soon as the rules allow."`
		Zone     string       `json:"time_zone,omitempty" maxLength:"60" doc:"In which the instant was named; absent: that of the number."`
		Evidence string       `json:"evidence,omitempty" maxLength:"200" doc:"Where the wish can be shown: the page and its form."`
		Notes    string       `json:"notes,omitempty" maxLength:"2000"`
	}
	// numberBody is a number an agent wants to call.
	numberBody struct {
		Number  phone.Number `json:"number"`
		Name    string       `json:"name,omitempty" maxLength:"200"`
		Consent lead.Consent `json:"consent,omitzero" doc:"Of somebody the campaign did not know."`
	}
)

// askedRoutes take numbers one at a time: of people who ask to be called, and of people
// an agent wants to call.
func (a *API) askedRoutes() {
	type askIn struct {
		CampaignIn
		Body askedBody
	}
	change(a, op{id: "callback-ask", method: http.MethodPost, path: "/v1/campaigns/{campaign}/callbacks", what: "Somebody asks to be called, as on a page of yours. They are a lead of the campaign, known or new; that they asked is the basis for it.", may: access.LeadWrite, status: http.StatusCreated, once: true},
		func(r *request, in *askIn) (*Lead, error) {
			c, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			b := &in.Body
			l, err := r.sys.AskCallback(r.ctx, r.company, app.AskCallback{NumberToCall: app.NumberToCall{Campaign: c.ID, Number: b.Number, Name: b.Name}, At: instantOf(b.At), Zone: b.Zone, Evidence: b.Evidence, Notes: b.Notes})
			if err != nil {
				return nil, err
			}
			out := leadOf(&l)
			return &out, r.did(access.Deed{Action: "callback.ask", Target: out.ID, After: out})
		})
	type numberIn struct {
		CampaignIn
		Body numberBody
	}
	change(a, op{id: "campaign-number", method: http.MethodPost, path: "/v1/campaigns/{campaign}/numbers", what: "Click to call: the lead of a number in a campaign, added if it is new, for an agent to dial. The rules about calling are asked when it is dialed.", may: access.LeadWrite, status: http.StatusCreated, once: true},
		func(r *request, in *numberIn) (*Lead, error) {
			c, err := a.campaign(r, in.Campaign)
			if err != nil {
				return nil, err
			}
			l, err := r.sys.LeadOfNumber(r.ctx, r.company, app.NumberToCall{Campaign: c.ID, Number: in.Body.Number, Name: in.Body.Name, Consent: in.Body.Consent})
			if err != nil {
				return nil, err
			}
			out := leadOf(&l)
			return &out, r.did(access.Deed{Action: "campaign.number", Target: out.ID, After: out})
		})
}
