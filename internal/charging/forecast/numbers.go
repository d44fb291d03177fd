package forecast

import "waihu/internal/usage"

// dialled is how numbers of a kind begin, and how many digits follow.
type dialled struct {
	first string
	more  int
}

// homes are numbers of the regions whose offers the project knows.
var homes = map[string]map[usage.Line]dialled{
	"CN": {usage.Mobile: {"86138", 8}, usage.Landline: {"86216", 7}, usage.TollFree: {"86800810", 4}, usage.SharedFee: {"86400810", 4}},
	"TW": {usage.Mobile: {"8869", 8}, usage.Landline: {"88622", 7}, usage.TollFree: {"886800", 6}},
	"HK": {usage.Mobile: {"8529", 7}, usage.Landline: {"8522", 7}, usage.TollFree: {"852800", 6}},
	"US": {usage.Mobile: {"1415555", 4}, usage.Landline: {"1415555", 4}, usage.TollFree: {"1800555", 4}},
}

// length is how many digits a number with a stated beginning has in all.
const numberLength = 13

// numbersFor is how the called numbers of a type are made.
func (p *Profile) numbersFor(c *CallType) dialled {
	if c.Numbers != "" {
		return dialled{c.Numbers, max(0, numberLength-len(c.Numbers))}
	}
	home := p.Home
	if homes[home] == nil {
		home = "CN"
	}
	if c.Reach == usage.International {
		if home == "HK" {
			return homes["CN"][usage.Mobile]
		}
		return homes["HK"][usage.Mobile]
	}
	if d, ok := homes[home][c.Line]; ok {
		return d
	}
	return homes[home][usage.Mobile]
}
