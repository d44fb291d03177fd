package console

import (
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

func fillLists(f *form, c *campaign.Campaign) {
	f.Values.Del("list")
	for _, l := range c.Lists {
		f.Values.Add("list", l.List.Named("lst"))
		f.set("share."+l.List.Named("lst"), plain(l.Share))
	}
	f.set("mix", string(c.Mix))
}

func readLists(f *form, c *campaign.Campaign, _ money.Currency) {
	c.Mix = campaign.Mix(f.choice("mix", c.Mix.Choices()...))
	before := c.Lists
	c.Lists = nil
	add := func(name string) {
		i, err := id.ParseNamed("lst", name)
		if err != nil {
			f.wrong("lists", "form.choose")
			return
		}
		share := f.count("share."+name, campaign.MaxShare)
		if c.Mix == campaign.ByShare && share == 0 {
			share = 1
		}
		c.Lists = append(c.Lists, campaign.Share{List: i, Share: share})
	}
	for _, l := range before { // those it had keep their order
		if name := l.List.Named("lst"); f.Has("list", name) {
			add(name)
		}
	}
	for _, name := range f.Values["list"] {
		if len(c.Lists) <= campaign.MaxLists && !hasList(c.Lists, name) {
			add(name)
		}
	}
}

func hasList(list []campaign.Share, name string) bool {
	for _, l := range list {
		if l.List.Named("lst") == name {
			return true
		}
	}
	return false
}

// listChoice is a list a campaign may have.
type listChoice struct {
	Name, ID, Href string
	Total, Waiting int64
	Mine           bool
}

// listsShown is what the page of a campaign's lists shows besides.
type listsShown struct {
	Free  []listChoice // its own first
	Other int          // lists that are in other campaigns
	New   string       // where a list is made
	Mixes []option
}

// freeMost bounds the lists to choose from.
const freeMost = 500

func listsData(s *Server, v *visit, b *campaignBody) (any, error) {
	all, err := s.d.System.LeadLists(v.r.Context(), v.company, id.ID{}, store.Page{Limit: freeMost, Down: true})
	if err != nil {
		return nil, err
	}
	out := listsShown{New: v.at("/lists") + "?campaign=" + b.C.ID.Named("cmp")}
	for _, m := range campaign.InOrder.Choices() {
		out.Mixes = append(out.Mixes, option{"value": m, "label": v.say("campaigns.mix_" + m)})
	}
	var free []listChoice
	for i := range all {
		l := &all[i]
		name := l.ID.Named("lst")
		row := listChoice{Name: l.Name, ID: name, Href: v.at("/lists/" + name), Total: l.Total(), Waiting: waitingOf(l), Mine: hasList(b.C.Lists, name)}
		switch {
		case row.Mine:
			out.Free = append(out.Free, row)
		case l.Campaign.IsZero():
			free = append(free, row)
		default:
			out.Other++
		}
	}
	out.Free = append(out.Free, free...)
	return out, nil
}

func waitingOf(l *app.ListedLeads) (n int64) {
	for _, c := range l.Counts {
		if c.State.Waits() {
			n += c.Count
		}
	}
	return n
}
