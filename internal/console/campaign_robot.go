package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/robot"
	"waihu/internal/store"
)

// newLaneSecret makes the secret of a robot lane and shows it, this once.
func (s *Server) newLaneSecret(w http.ResponseWriter, _ *http.Request, v *visit) error {
	c, f, err := sentAbout(w, v, s.campaignOf)
	if err != nil {
		return err
	}
	back, secret := v.campaignAt(c, "/menu"), ""
	_, again, err := s.once(v, f, func(ctx context.Context, _ store.Tx) (_ access.Deed, _ string, err error) {
		secret, err = robot.NewSecret(ctx, s.d.System, s.d.Gate.Seal, v.company, c.ID)
		return access.Deed{Action: "campaign.secret", Target: c.ID.Named("cmp")}, back, err
	})
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "secret", &Page{Title: v.say("robot.secret"), Here: v.at("/campaigns"), Crumbs: v.crumbs(Link{v.say("nav.campaigns"), v.at("/campaigns")}, Link{c.Name, back}),
		Body: secretBody{Secret: secret, Again: again, Why: v.say("robot.secret_why"), Lost: v.say("robot.secret_again"), Back: back}})
	return nil
}
