package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/charging/catalog"
	"waihu/internal/charging/deck"
	"waihu/internal/charging/forecast"
	"waihu/internal/charging/invoice"
	"waihu/internal/document"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// buildBody is a plan that is being built. The text is the plan: cards show what
// it says and change it, nothing else is kept.
type buildBody struct {
	Form     *form
	From     string // version it began with, whose decks it uses
	Cards    []card
	Measures []option
	Problems fault.Problems // of no card
	Warnings fault.Problems
	Usages   []option
	Bill     *exampleBill
	BillWhy  string
	OK       bool
	ByHand   bool // cards cannot change this text
	Publish  *publishBody
}

// exampleBill is what the example usage costs under the text.
type exampleBill struct {
	Of       string
	Dates    string
	Lines    []document.ToldLine
	Totals   []document.Fact
	Unpriced []string
	Unknown  bool
}

// publishBody is what publishing the text means.
type publishBody struct {
	Version int
	Second  bool   // a second person decides
	Seen    string // digest of the text that is shown with what it means
	Diff    *changed
}

// startText is a plan to begin with.
const startText = `plan: new-plan
version: 1
name: {en: New plan, zh-Hant: 新套餐, zh-Hans: 新套餐}
currency: CNY
time_zone: Asia/Shanghai
home_region: CN
tax: {default: service, classes: [{id: service, rates: [{rate: 6%}]}]}
components:
  - id: talk
    name: {en: Talk time, zh-Hant: 通話時長, zh-Hans: 通话时长}
    measure: talk_time
    increment: 60/60
    unit_price: 0.15
  - id: seats
    name: {en: Seats, zh-Hant: 座席, zh-Hans: 坐席}
    measure: seats_concurrent_peak
    ignore_below: 30m
    unit_price: 120
  - id: numbers
    name: {en: Number rental, zh-Hant: 號碼月租, zh-Hans: 号码月租}
    measure: rentals
    unit_price: 20
unmetered: [modules, seats]
`

// buildPlan begins a plan, or a next version of one.
func (s *Server) buildPlan(w http.ResponseWriter, r *http.Request, v *visit) error {
	f := v.blank("file", startText, "usage", "service")
	if name := r.URL.Query().Get("from"); name != "" {
		from, _, err := s.version(r.Context(), name)
		if err != nil {
			return err
		}
		f.Values.Set("file", from.File)
		f.Values.Set("from", name)
	}
	if usage := r.URL.Query().Get("usage"); usage != "" {
		f.Values.Set("usage", usage)
	}
	return s.buildPage(w, v, http.StatusOK, &buildBody{Form: f})
}

// takePlan changes the text by a card, looks at it, or publishes it.
func (s *Server) takePlan(w http.ResponseWriter, r *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	f.Values.Set("file", strings.ReplaceAll(f.Value("file"), "\r\n", "\n"))
	b := &buildBody{Form: f}
	do, at, _ := strings.Cut(f.Value("do"), ":")
	switch do {
	case "edit", "up", "down", "remove", "add":
		b.ByHand = !f.editPlan(do, at)
	case "publish":
		return s.publishPlan(w, v, b)
	}
	return s.buildPage(w, v, http.StatusOK, b)
}

// decksOf are the rate decks of the version a text began with.
func (s *Server) decksOf(v *visit, from string) (map[string]string, error) {
	if from == "" {
		return nil, nil
	}
	p, _, err := s.version(v.r.Context(), from)
	if err != nil {
		return nil, err
	}
	return p.Decks, nil
}

// buildPage reads the text and shows all that follows from it.
func (s *Server) buildPage(w http.ResponseWriter, v *visit, status int, b *buildBody) error {
	if _, err := b.Form.Once(); err != nil {
		return err
	}
	b.From = b.Form.Value("from")
	files, err := s.decksOf(v, b.From)
	if err != nil {
		return err
	}
	p, decks, problems := app.ReadPlan(b.Form.Value("file"), files)
	b.OK, b.Warnings = p != nil, problems.Warnings()
	b.cards(v, problems.Errors())
	if p != nil {
		b.words(v, p)
	}
	if err := s.usages(v, b); err != nil {
		return err
	}
	if p != nil {
		if err := s.example(v, b, p, decks, files); err != nil {
			return err
		}
	}
	s.render(w, v, status, "plan-build", &Page{Title: v.say("plans.build"), Lead: v.say("plans.build_lead"), Here: "/plans", Crumbs: []Link{{v.say("nav.plans"), "/plans"}}, Body: b})
	return nil
}

// usages are what the bill beside the plan can be of: examples, and the newest
// month of everybody who is served.
func (s *Server) usages(v *visit, b *buildBody) error {
	for _, name := range forecast.Ready() {
		b.Usages = append(b.Usages, option{"value": name, "label": v.say("plans.usage_" + name)})
	}
	holders, err := s.d.System.Holders(v.r.Context(), "")
	if err != nil {
		return err
	}
	for _, h := range holders {
		if st := h.Agreement.Life.State; st == "running" || st == "notice" {
			b.Usages = append(b.Usages, option{"value": h.Company.ID.Named("co") + "/" + h.Agreement.ID.Named("con"), "label": v.say("plans.usage_of", "company", h.Company.Name, "contract", h.Agreement.Contract)})
		}
	}
	return nil
}

// example bills the usage that is chosen under the text.
func (s *Server) example(v *visit, b *buildBody, p *catalog.Plan, decks map[string]*deck.Deck, files map[string]string) error {
	name := b.Form.Value("usage")
	var inv *invoice.Invoice
	var err error
	if company, contract, real := strings.Cut(name, "/"); real {
		c, err1 := id.ParseNamed("co", company)
		k, err2 := id.ParseNamed("con", contract)
		if err1 != nil || err2 != nil || !access.Can(v.actor, access.UsageRead, id.Company{ID: c}) {
			return fault.New(fault.NotFound, "there is no such usage")
		}
		inv, err = s.d.System.TryPlan(v.r.Context(), id.Company{ID: c}, k, b.Form.Value("file"), files)
	} else {
		inv, err = s.samples.Bill(name, p, decks)
	}
	if fault.KindOf(err) == fault.Internal && err != nil {
		return err
	}
	if err != nil {
		b.BillWhy = err.Error()
		return nil
	}
	told := document.Tell(v.Tag, inv)
	b.Bill = &exampleBill{Of: name, Dates: lang.Dates(v.Tag, inv.First, inv.After), Lines: told.Lines, Totals: told.Totals, Unknown: len(inv.Unknown) > 0}
	for _, u := range inv.Unpriced {
		b.Bill.Unpriced = append(b.Bill.Unpriced, v.say("plans.unpriced", "n", lang.Count(v.Tag, u.Count), "facts", u.Facts, "reason", u.Reason))
	}
	return nil
}

var versionLine = regexp.MustCompile(`(?m)^version:.*$`)

// asVersion is the text with another version in it.
func asVersion(file string, n int) string {
	if versionLine.MatchString(file) {
		return versionLine.ReplaceAllString(file, "version: "+itoa(n))
	}
	head, rest, _ := strings.Cut(file, "\n")
	if !strings.HasPrefix(head, "plan:") {
		return "version: " + itoa(n) + "\n" + file
	}
	return head + "\nversion: " + itoa(n) + "\n" + rest
}

// publishPlan shows what publishing means, and publishes once that was seen.
func (s *Server) publishPlan(w http.ResponseWriter, v *visit, b *buildBody) error {
	f := b.Form
	files, err := s.decksOf(v, f.Value("from"))
	if err != nil {
		return err
	}
	var effective timex.Date
	if f.Value("effective") != "" {
		effective = f.date("effective")
	}
	p, _, problems := app.ReadPlan(f.Value("file"), files)
	if problems.Err() != nil || !f.OK() {
		return s.buildPage(w, v, http.StatusUnprocessableEntity, b)
	}
	seen := f.Value("seen") == digestOf(f.Value("file")) // this very text, with what it means
	versions, err := s.versions(v.r.Context(), p.ID)
	if err != nil {
		return err
	}
	b.Publish = &publishBody{Version: 1}
	if len(versions) > 0 {
		newest := &versions[0]
		b.Publish.Version, b.Publish.Second = newest.Version+1, s.d.Gate.Policy.SecondPerson
		if !seen {
			_, old, err := s.version(v.r.Context(), newest.Name())
			if err != nil {
				return err
			}
			if b.Publish.Diff, err = s.difference(v, newest, old, p.ID+"@"+itoa(b.Publish.Version), p, f.Value("file"), files); err != nil {
				return err
			}
		}
	}
	if !seen {
		f.Values.Set("file", asVersion(f.Value("file"), b.Publish.Version))
		b.Publish.Seen = digestOf(f.Value("file"))
		return s.buildPage(w, v, http.StatusOK, b)
	}
	in := app.PublishPlan{File: f.Value("file"), Decks: files, Effective: effective}
	err = s.effect(w, v, f, func(ctx context.Context, tx store.Tx) (access.Deed, string, error) {
		if b.Publish.Second {
			ask, err := s.d.Gate.Ask(tx, v.actor, id.Platform, "plan.publish", "a new version of the plan "+p.ID, in)
			if err != nil {
				return access.Deed{}, "", err
			}
			return access.Deed{Action: "plan.publish.ask", Target: ask.ID.Named("apr"), After: ask}, "/plans?asked=" + ask.ID.Named("apr"), nil
		}
		out, err := s.d.System.PublishPlan(ctx, in)
		return access.Deed{Action: "plan.publish", Target: out.Name(), After: out}, "/plans/" + pathEscape(out.Name()), err
	})
	if k := fault.KindOf(err); err != nil && (k == fault.Conflict || k == fault.Invalid) {
		b.BillWhy, b.Publish = err.Error(), nil
		return s.buildPage(w, v, http.StatusConflict, b)
	}
	return err
}

// digestOf tells whether a text is the one that was seen.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
