package console

// navGroup is a heading of the side bar with its entries.
type navGroup struct {
	Key   string // of the phrase; empty: no heading
	Items []navItem
}

// navItem is one entry of the side bar.
type navItem struct {
	Key  string
	Href string
	Icon string
	Here bool
}

// navigation is the side bar with the entry of an address lit.
func navigation(here string) []navGroup {
	groups := []navGroup{
		{"", []navItem{{Key: "nav.styleguide", Href: "/styleguide", Icon: "swatch"}}},
	}
	for g := range groups {
		for i := range groups[g].Items {
			groups[g].Items[i].Here = groups[g].Items[i].Href == here
		}
	}
	return groups
}
