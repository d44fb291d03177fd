package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/explain"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

func (s *Server) planPages() {
	s.page("GET /plans", access.PlanRead, s.plans)
	s.exports("/plans", access.PlanRead, "plans", "nav.plans", s.plansFile)
	s.page("GET /plans/{plan}", access.PlanRead, s.plan)
	s.page("GET /plans/{plan}/diff", access.PlanRead, s.planDiff)
	s.page("GET /plans/build", access.PlanPublish, s.buildPlan)
	s.page("POST /plans/build", access.PlanPublish, s.takePlan)
}

// newestPlans are the newest versions of a company's plans (id.Platform: of all), by
// name.
func (s *Server) newestPlans(ctx context.Context, of id.Company) ([]app.PlanVersion, error) {
	all, err := s.d.System.PlansOf(ctx, of, "")
	if err != nil {
		return nil, err
	}
	sortVersions(all)
	return slices.CompactFunc(all, func(a, b app.PlanVersion) bool { return a.Plan == b.Plan }), nil
}

// versions are those of a plan, or of all, by name and the newest first.
func (s *Server) versions(ctx context.Context, plan string) ([]app.PlanVersion, error) {
	all, err := s.d.System.Plans(ctx, plan)
	sortVersions(all)
	return all, err
}

func sortVersions(all []app.PlanVersion) {
	slices.SortFunc(all, func(a, b app.PlanVersion) int {
		return cmp.Or(cmp.Compare(a.Plan, b.Plan), cmp.Compare(b.Version, a.Version))
	})
}

// version finds one by its name, id@version.
func (s *Server) version(ctx context.Context, name string) (*app.PlanVersion, *catalog.Plan, error) {
	all, err := s.d.System.Plans(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		if all[i].Name() == name {
			p, _, problems := app.ReadPlan(all[i].File, all[i].Decks)
			return &all[i], p, problems.Err()
		}
	}
	return nil, nil, fault.New(fault.NotFound, "there is no such plan")
}

// planRow is a version in the list.
type planRow struct {
	Href, Name, Title string
	Version           int
	Effective         timex.Date
	Contracts         int
	Newest            bool
}

// findPlans are all versions in the order the address asks for.
func (s *Server) findPlans(v *visit) (rows []planRow, o *order, err error) {
	all, err := s.versions(v.r.Context(), "")
	if err != nil {
		return nil, nil, err
	}
	holders, err := s.d.System.Holders(v.r.Context(), "")
	if err != nil {
		return nil, nil, err
	}
	on := map[string]int{}
	for i := range holders {
		on[holders[i].Agreement.Plan]++
	}
	for i := range all {
		p := &all[i]
		row := planRow{Href: "/plans/" + pathEscape(p.Name()), Name: p.Plan, Title: p.Plan, Version: p.Version, Effective: p.Effective, Contracts: on[p.Name()], Newest: i == 0 || all[i-1].Plan != p.Plan}
		if read, _, _ := app.ReadPlan(p.File, p.Decks); read != nil {
			row.Title = read.Name.Or(p.Plan).In(v.Tag)
		}
		rows = append(rows, row)
	}
	o = v.order(nil, "id", column{"name", "contract.plan", false}, column{"id", "plans.id", false}, column{"effective", "plans.effective", true}, column{"contracts", "nav.contracts", true})
	// Of a plan the newest version stands first, whichever way the plans are sorted.
	newest := func(p *planRow) string {
		if o.Down {
			return store.OrderInt(int64(p.Version))
		}
		return store.OrderInt(int64(-p.Version))
	}
	rows = arranged(o, rows, len(rows), newest, keys[planRow]{
		"name":      func(p *planRow) string { return store.OrderText(p.Title) + " " + p.Name },
		"id":        func(p *planRow) string { return p.Name },
		"effective": func(p *planRow) string { return store.OrderInt(int64(p.Effective)) },
		"contracts": func(p *planRow) string { return store.OrderInt(int64(p.Contracts)) },
	})
	return rows, o, nil
}

// plans lists published versions.
func (s *Server) plans(w http.ResponseWriter, r *http.Request, v *visit) error {
	rows, o, err := s.findPlans(v)
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "plans", &Page{Title: v.say("nav.plans"), Lead: v.say("plans.lead"), Here: "/plans",
		Body: map[string]any{"Rows": rows, "Order": o, "Files": o.files("/plans"), "MayBuild": v.may(access.PlanPublish), "Asked": r.URL.Query().Get("asked") != ""}})
	return nil
}

// plansFile gives the list as a file.
func (s *Server) plansFile(v *visit) (*sheet, error) {
	rows, _, err := s.findPlans(v)
	t := v.sheet("contract.plan", "plans.id", "plans.version", "plans.effective", "nav.contracts")
	for i := range rows {
		p := &rows[i]
		t.add(p.Title, p.Name, p.Version, p.Effective, p.Contracts)
	}
	return t, err
}

// holderRow is a contract on a plan.
type holderRow struct {
	Company, Word, Href string
	State               string
}

// plan shows a version: in words, who has it, its text.
func (s *Server) plan(w http.ResponseWriter, r *http.Request, v *visit) error {
	version, p, err := s.version(r.Context(), r.PathValue("plan"))
	if err != nil {
		return err
	}
	holders, err := s.d.System.Holders(r.Context(), version.Name())
	if err != nil {
		return err
	}
	var rows []holderRow
	for _, h := range holders {
		rows = append(rows, holderRow{h.Company.Name, h.Agreement.Contract, "/c/" + h.Company.ID.Named("co") + "/contracts/" + h.Agreement.ID.Named("con"), string(h.Agreement.Life.State)})
	}
	all, err := s.versions(r.Context(), version.Plan)
	if err != nil {
		return err
	}
	var others []Link
	for i := range all {
		if name := all[i].Name(); name != version.Name() {
			others = append(others, Link{name, "/plans/" + pathEscape(version.Name()) + "/diff?to=" + queryEscape(name)})
		}
	}
	_, _, problems := app.ReadPlan(version.File, version.Decks)
	s.render(w, v, http.StatusOK, "plan", &Page{Title: p.Name.Or(p.ID).In(v.Tag), Lead: p.Description.In(v.Tag), Here: "/plans", Crumbs: []Link{{v.say("nav.plans"), "/plans"}},
		Body: map[string]any{"Version": version, "Plan": p, "Words": explain.Plan(p, v.Tag).Sections, "Holders": rows, "Others": others, "Warnings": problems.Warnings(), "Name": version.Name(),
			"MayBuild": v.may(access.PlanPublish), "Build": "/plans/build?from=" + queryEscape(version.Name())}})
	return nil
}

// changeRow is one difference of two plans.
type changeRow struct {
	catalog.Difference
	Tone string
}

// impactRow is what it would have changed for one contract.
type impactRow struct {
	app.Impact
	Href string
	Word string
}

// changed is two plans beside each other.
type changed struct {
	From, To string
	Changes  []changeRow
	Impact   []impactRow
	More     []money.Amount // one a currency, over all contracts
	Sentence string
}

// difference compares a published version with a text, and bills last month's
// use of everybody on it again.
func (s *Server) difference(v *visit, from *app.PlanVersion, old *catalog.Plan, to string, next *catalog.Plan, file string, decks map[string]string) (*changed, error) {
	out := &changed{From: from.Name(), To: to}
	for _, d := range catalog.Diff(old, next) {
		tone := map[catalog.Effect]string{catalog.Raises: "warn", catalog.Lowers: "good"}[d.Effect]
		out.Changes = append(out.Changes, changeRow{d, tone})
	}
	list, err := s.d.System.Impact(v.r.Context(), from.Name(), file, decks)
	if err != nil {
		return nil, err
	}
	raised := 0
	for _, x := range list {
		out.Impact = append(out.Impact, impactRow{x, "/c/" + x.Company.ID.Named("co") + "/contracts/" + x.Agreement.ID.Named("con"), x.Agreement.Contract})
		if out.More = addCost(out.More, x.More); x.More.Sign() > 0 {
			raised++
		}
	}
	var more, less []string
	for _, m := range out.More {
		switch m.Sign() {
		case 1:
			more = append(more, lang.Money(v.Tag, m))
		case -1:
			less = append(less, lang.Money(v.Tag, m.Neg()))
		}
	}
	out.Sentence = v.say("plans.impact_none")
	if len(list) > 0 {
		out.Sentence = v.say("plans.impact_say", "n", itoa(len(list)), "raised", itoa(raised), "more", lang.List(v.Tag, more), "less", lang.List(v.Tag, less))
	}
	return out, nil
}

// planDiff shows the differences of two versions and what they come to.
func (s *Server) planDiff(w http.ResponseWriter, r *http.Request, v *visit) error {
	from, old, err := s.version(r.Context(), r.PathValue("plan"))
	if err != nil {
		return err
	}
	to, next, err := s.version(r.Context(), r.URL.Query().Get("to"))
	if err != nil {
		return err
	}
	d, err := s.difference(v, from, old, to.Name(), next, to.File, to.Decks)
	if err != nil {
		return err
	}
	s.render(w, v, http.StatusOK, "plan-diff", &Page{Title: v.say("plans.diff_title", "from", from.Name(), "to", to.Name()), Here: "/plans",
		Crumbs: []Link{{v.say("nav.plans"), "/plans"}, {from.Name(), "/plans/" + pathEscape(from.Name())}}, Body: d})
	return nil
}
