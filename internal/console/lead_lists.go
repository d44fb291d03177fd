package console

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/phone"
	"waihu/internal/store"
)

func (s *Server) listPages() {
	s.page("GET /c/{company}/lists", access.CampaignRead, s.lists)
	s.page("GET /c/{company}/lists.csv", access.CampaignRead, s.listsFile)
	s.page("GET /c/{company}/lists.xlsx", access.CampaignRead, s.listsFile)
	s.page("POST /c/{company}/lists", access.LeadWrite, s.addList)
	s.page("GET /c/{company}/lists/{list}", access.CampaignRead, s.list)
	s.page("POST /c/{company}/lists/{list}", access.LeadWrite, s.setList)
	s.page("POST /c/{company}/lists/{list}/imports", access.LeadWrite, s.takeLeads)
	s.page("GET /c/{company}/lists/{list}/imports/{job}", access.LeadWrite, s.leadImport)
	s.page("POST /c/{company}/lists/{list}/imports/{job}/mapping", access.LeadWrite, s.mapLeads)
	s.page("GET /c/{company}/lists/{list}/imports/{job}/rejects", access.LeadWrite, s.leadRejects)
	s.page("GET /c/{company}/lists/{list}/leads", access.LeadRead, s.leads)
	s.page("GET /c/{company}/lists/{list}/leads.csv", access.LeadRead, s.leadsFile)
	s.page("GET /c/{company}/leads", access.LeadRead, s.findLeads)
}

// listRow is a list of leads with what its page and rows tell.
type listRow struct {
	app.ListedLeads
	Href     string
	Campaign *Link
	Waiting  int64
	Done     int64
	Percent  int
}

func (s *Server) listRow(v *visit, l *app.ListedLeads) (row listRow, err error) {
	row = listRow{ListedLeads: *l, Href: v.listAt(l.ID, ""), Waiting: waitingOf(l)}
	for _, c := range l.Counts {
		if !c.State.Waits() && c.State != lead.Executing {
			row.Done += c.Count
		}
	}
	if n := l.Total(); n > 0 {
		row.Percent = int(row.Done * 100 / n)
	}
	if l.LeadList.Campaign.IsZero() {
		return row, nil
	}
	c, err := s.d.System.GetCampaign(v.r.Context(), v.company, l.LeadList.Campaign)
	row.Campaign = &Link{c.Name, v.campaignAt(&c, "")}
	return row, err
}

func (v *visit) listAt(i id.ID, rest string) string { return v.at("/lists/" + i.Named("lst") + rest) }

// listsBody is the lists of a company and the form that makes one.
type listsBody struct {
	Form      *form
	Refused   string
	Rows      []listRow
	Next      string
	Files     []Link
	All, Find string
	May       bool
	For       *Link // a campaign that gets the new list
	listChoices
}

// listChoices is what a list may be set to.
type listChoices struct {
	Countries, Zones, Bases, Sames []option
}

func (v *visit) listChoices() (out listChoices) {
	out.Countries = []option{{"value": "", "label": v.say("lists.country_none")}}
	for _, key := range lang.Keys("choice.call_place.") {
		if c := strings.TrimPrefix(key, "choice.call_place."); phone.ZonesIn(c) != nil {
			out.Countries = append(out.Countries, option{"value": c, "label": v.placeName(c)})
		}
	}
	out.Zones = []option{{"value": "", "label": v.say("lists.zone_none")}}
	for _, z := range zones(v.Tag) {
		out.Zones = append(out.Zones, option{"value": z, "label": z})
	}
	out.Bases = []option{{"value": "", "label": v.say("lists.basis_none")}}
	for _, b := range lead.Agreed.Choices() {
		out.Bases = append(out.Bases, option{"value": b, "label": word(v.Tag, "call_basis", b)})
	}
	for _, b := range app.InList.Choices() {
		out.Sames = append(out.Sames, option{"value": b, "label": v.say("lists.same_" + b)})
	}
	return out
}

func (s *Server) lists(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := v.blank("same", string(app.InList), "country", homeOf(s.zoneOf(v)), "campaign", r.URL.Query().Get("campaign"))
	return s.listsPage(w, v, http.StatusOK, f, "")
}

// homeOf is the country of a zone, for numbers that are written as at home there.
func homeOf(zone string) string {
	for _, c := range []string{"CN", "TW", "HK", "SG", "JP"} {
		for _, z := range phone.ZonesIn(c) {
			if z == zone {
				return c
			}
		}
	}
	return ""
}

func (s *Server) listsPage(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	after, err := afterOf(v.r, "lst")
	if err != nil {
		return err
	}
	b := listsBody{Form: f, Refused: refused, All: v.at("/lists"), Find: v.at("/leads"), May: v.may(access.LeadWrite), listChoices: v.listChoices(), Files: listFiles(v.at("/lists"), "", "csv", "xlsx")}
	all, err := s.d.System.LeadLists(v.r.Context(), v.company, id.ID{}, store.Page{After: after, Limit: pageRows + 1, Down: true})
	if err != nil {
		return err
	}
	for i := range all[:min(len(all), pageRows)] {
		row, err := s.listRow(v, &all[i])
		if err != nil {
			return err
		}
		b.Rows = append(b.Rows, row)
	}
	if len(all) > pageRows {
		b.Next = "?after=" + all[pageRows-1].ID.Named("lst")
	}
	if c, err := s.campaignFor(v, f); err == nil && c != nil {
		b.For = &Link{c.Name, v.campaignAt(c, "/lists")}
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "lists", &Page{Title: v.say("nav.lists"), Lead: v.say("lists.lead"), Here: v.at("/lists"), Crumbs: v.crumbs(), Island: "compare", Body: b})
	return nil
}

// campaignFor is the campaign a new list is made for; nil: none.
func (s *Server) campaignFor(v *visit, f *form) (*app.Campaign, error) {
	if f.Value("campaign") == "" {
		return nil, nil
	}
	i, err := id.ParseNamed("cmp", f.Value("campaign"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such campaign")
	}
	c, err := s.d.System.GetCampaign(v.r.Context(), v.company, i)
	return &c, err
}

func (s *Server) listsFile(w http.ResponseWriter, r *http.Request, v *visit) error {
	all, err := s.d.System.LeadLists(r.Context(), v.company, id.ID{}, store.Page{Limit: store.MaxPage, Down: true})
	if err != nil {
		return err
	}
	t := v.sheet("lists.name", "lists.campaign", "lists.total", "lists.waiting", "lists.done", "leads.s_connected", "leads.s_forbidden")
	for i := range all {
		row, err := s.listRow(v, &all[i])
		if err != nil {
			return err
		}
		in := ""
		if row.Campaign != nil {
			in = row.Campaign.Text
		}
		t.add(row.Name, in, row.Total(), row.Waiting, row.Done, stateCount(&all[i], lead.Connected), stateCount(&all[i], lead.Forbidden))
	}
	t.full(v, len(all) == store.MaxPage)
	return s.sendSheet(w, v, "lists", extOf(r), v.say("nav.lists"), t)
}

func stateCount(l *app.ListedLeads, state lead.State) (n int64) {
	for _, c := range l.Counts {
		if c.State == state {
			n += c.Count
		}
	}
	return n
}

// readList reads how a list takes its leads in.
func readList(f *form, l *app.LeadList) {
	l.Name, l.Country, l.Zone = f.line("name", 120), strings.TrimSpace(f.Value("country")), f.Value("time_zone")
	l.Same = app.SameNumber(f.choice("same", app.InList.Choices()...))
	l.Consent.Basis = lead.Basis(f.choice("basis", append([]string{""}, lead.Agreed.Choices()...)...))
	l.Consent.Evidence, l.Consent.Source = f.optional("evidence", lead.MaxText), f.optional("source", lead.MaxText)
}

// addList makes a list, with its first file where one came along, for a campaign
// where one is named.
func (s *Server) addList(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, file, err := s.receiveImport(w, r, v)
	if err != nil {
		return again(err, new(string), func(status int) error {
			f.Values.Set("name", f.Value("list_name"))
			return s.listsPage(w, v, status, f, err.Error())
		})
	}
	discard := func(err error) error {
		if file != nil {
			return errors.Join(err, file.Remove())
		}
		return err
	}
	name := f.Value("name") // of the file: the field of the list's own name is another
	f.Values.Set("name", f.Value("list_name"))
	l := app.LeadList{}
	readList(f, &l)
	of, err := s.campaignFor(v, f)
	if err != nil {
		return discard(err)
	}
	if !f.OK() {
		return discard(s.listsPage(w, v, http.StatusUnprocessableEntity, f, ""))
	}
	late := func() {}
	to, repeated, err := s.once(v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
		made, err := s.d.System.SetLeadList(ctx, v.company, l)
		if err != nil {
			return access.Deed{}, "", err
		}
		to := v.listAt(made.ID, "")
		if of != nil {
			if err := s.giveList(ctx, v, of.ID, made.ID); err != nil {
				return access.Deed{}, "", err
			}
			to = v.campaignAt(of, "/lists")
		}
		if file != nil {
			if late, err = s.d.Lists.AddLeadFile(ctx, tx, v.actor, v.company, made.ID, file, name); err != nil {
				return access.Deed{}, "", err
			}
			to = v.listAt(made.ID, "/imports/"+file.ID.Named("job"))
		}
		return access.Deed{Action: "lead_list.add", Target: made.ID.Named("lst"), After: made}, to, nil
	})
	if err != nil || repeated {
		err = discard(err)
	}
	if f.aboutFile(err) {
		return s.listsPage(w, v, http.StatusUnprocessableEntity, f, "")
	}
	if err == nil {
		late()
		v.redirect(w, to)
		return nil
	}
	return again(err, new(string), func(status int) error { return s.listsPage(w, v, status, f, err.Error()) })
}

// giveList adds a list to a campaign.
func (s *Server) giveList(ctx context.Context, v *visit, of, list id.ID) error {
	c, err := s.d.System.GetCampaign(ctx, v.company, of)
	if err != nil {
		return err
	}
	c.Lists = append(c.Lists, campaign.Share{List: list, Share: 1})
	_, err = s.d.System.SetCampaign(ctx, v.company, c)
	return err
}

// listOf is the list of an address.
func (s *Server) listOf(v *visit) (*app.ListedLeads, error) {
	i, err := id.ParseNamed("lst", v.r.PathValue("list"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such list")
	}
	l, err := s.d.System.GetLeadList(v.r.Context(), v.company, i)
	return &l, err
}

// listBody is one list.
type listBody struct {
	Row      *listRow
	Form     *form
	Refused  string
	States   []option
	Files    []listFileRow
	May      bool // change it, and bring leads in
	Leads    string
	Export   string
	Most     int
	Mappings []string
	listChoices
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request, v *visit) error {
	l, err := s.listOf(v)
	if err != nil {
		return err
	}
	return s.listPage(w, v, http.StatusOK, l, fillList(v, &l.LeadList), "")
}

func fillList(v *visit, l *app.LeadList) *form {
	return v.blank("name", l.Name, "country", l.Country, "time_zone", l.Zone, "same", string(orIn(l.Same)), "basis", string(l.Consent.Basis), "evidence", l.Consent.Evidence, "source", l.Consent.Source, "revision", itoa(int(l.Revision)))
}

func orIn(s app.SameNumber) app.SameNumber {
	if s == "" {
		return app.InList
	}
	return s
}

func (s *Server) listPage(w http.ResponseWriter, v *visit, status int, l *app.ListedLeads, f *form, refused string) (err error) {
	b := listBody{Form: f, Refused: refused, States: v.leadStates(l.Counts), May: v.may(access.LeadWrite), Most: importMost >> 20, listChoices: v.listChoices()}
	row, err := s.listRow(v, l)
	if err != nil {
		return err
	}
	if b.Row = &row; v.may(access.LeadRead) {
		b.Leads, b.Export = v.listAt(l.ID, "/leads"), v.listAt(l.ID, "/leads.csv")
	}
	if b.Files, err = s.listFiles(v, l.ID); err != nil {
		return err
	}
	kept, err := s.d.System.LeadMappings(v.r.Context(), v.company)
	if err != nil {
		return err
	}
	for _, m := range kept {
		b.Mappings = append(b.Mappings, m.Name)
	}
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "list", &Page{Title: l.Name, Lead: v.say("lists.one_lead"), Here: v.at("/lists"), Crumbs: v.crumbs(Link{v.say("nav.lists"), v.at("/lists")}), Island: "compare", Body: b})
	return nil
}

// setList changes how a list takes its leads in.
func (s *Server) setList(w http.ResponseWriter, _ *http.Request, v *visit) error {
	l, f, err := sentAbout(w, v, s.listOf)
	if err != nil {
		return err
	}
	in := l.LeadList
	readList(f, &in)
	in.Revision = int64(f.between("revision", 0, 1<<30))
	if !f.OK() {
		return s.listPage(w, v, http.StatusUnprocessableEntity, l, f, "")
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		after, err := s.d.System.SetLeadList(ctx, v.company, in)
		return access.Deed{Action: "lead_list.set", Target: l.ID.Named("lst"), Before: l.LeadList, After: after}, v.listAt(l.ID, ""), err
	})
	var why string
	return again(err, &why, func(status int) error { return s.listPage(w, v, status, l, f, why) })
}
