package console

import (
	"waihu/internal/calling/campaign"
	"waihu/internal/money"
)

func fillScript(f *form, c *campaign.Campaign)                     {}
func readScript(f *form, c *campaign.Campaign, _ money.Currency)   {}
func scriptData(s *Server, v *visit, b *campaignBody) (any, error) { return nil, nil }
