package console

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/campaign"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// campaignPart is a part of the plan that has a page: a step while the campaign is a
// draft, a tab ever after. Fields of its form are named as paths of the plan, so
// that what is wrong with a plan stands beside its field.
type campaignPart struct {
	name string
	fill func(*form, *campaign.Campaign)                   // the form as the plan has it
	read func(*form, *campaign.Campaign, money.Currency)   // the plan as the form has it
	data func(*Server, *visit, *campaignBody) (any, error) // what else the page shows; nil: nothing
}

func campaignParts() []campaignPart {
	return []campaignPart{
		{"purpose", fillPurpose, readPurpose, purposeData},
		{"lists", fillLists, readLists, listsData},
		{"rules", fillRules, readRules, rulesData},
		{"hours", fillHours, readHours, hoursData},
		{"outcomes", fillOutcomes, readOutcomes, outcomesData},
		{"pacing", fillPacing, readPacing, nil},
		{"menu", fillMenu, readMenu, menuData},
		{"numbers", fillNumbers, readNumbers, nil},
		{"budget", fillBudget, readBudget, contractsToChoose},
		{"script", fillScript, readScript, scriptData},
	}
}

// campaignPart shows a part.
func (s *Server) campaignPart(part campaignPart) handler {
	return func(w http.ResponseWriter, _ *http.Request, v *visit) error {
		c, err := s.campaignOf(v)
		if err != nil {
			return err
		}
		f := v.blank("revision", strconv.FormatInt(c.Revision, 10))
		part.fill(f, &c.Campaign)
		return s.showPart(w, v, http.StatusOK, part, &campaignBody{C: c, Form: f})
	}
}

func (s *Server) showPart(w http.ResponseWriter, v *visit, status int, part campaignPart, b *campaignBody) (err error) {
	b.Part = part.name
	if cur := s.currencyOf(v); !cur.IsZero() {
		b.Cur = cur.String()
	}
	if part.data != nil {
		if b.Data, err = part.data(s, v, b); err != nil {
			return err
		}
	}
	return s.showCampaign(w, v, status, b)
}

// setCampaignPart keeps a part. Of a draft it goes on to the next one.
func (s *Server) setCampaignPart(part campaignPart) handler {
	return func(w http.ResponseWriter, _ *http.Request, v *visit) error {
		c, f, err := sentAbout(w, v, s.campaignOf)
		if err != nil {
			return err
		}
		b := &campaignBody{C: c, Form: f}
		if f.Value("do") == "more" { // room for more rows; nothing is kept
			return s.showPart(w, v, http.StatusOK, part, b)
		}
		revision, _ := strconv.ParseInt(f.Value("revision"), 10, 64) // none is none that fits
		in := app.Campaign{ID: c.ID, Revision: revision, Campaign: c.Campaign}
		part.read(f, &in.Campaign, s.currencyOf(v))
		if !f.OK() {
			return s.showPart(w, v, http.StatusUnprocessableEntity, part, b)
		}
		if ps := wrongIn(part.name, &in.Campaign); len(ps) > 0 {
			part.fill(f, &in.Campaign)
			f.misplaced(ps)
			return s.showPart(w, v, http.StatusUnprocessableEntity, part, b)
		}
		err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
			after, err := s.d.System.SetCampaign(ctx, v.company, in)
			return access.Deed{Action: "campaign.set", Target: c.ID.Named("cmp"), Before: c, After: after}, b.goOn(v, part.name, f.Value("do")), err
		})
		if ps, bad := problemsOf(err); bad {
			part.fill(f, &in.Campaign)
			f.misplaced(ps)
			return s.showPart(w, v, http.StatusUnprocessableEntity, part, b)
		}
		return again(err, &b.Refused, func(status int) error { return s.showPart(w, v, status, part, b) })
	}
}

// wrongIn is what is wrong in a part, also of a draft. What is only missing yet is left
// for the overview to tell.
func wrongIn(part string, c *campaign.Campaign) (out fault.Problems) {
	for _, p := range c.Problems() {
		if partOf(p.Path) == part && p.Path != "lists" && p.Path != "caller_ids" && p.Path != "message" && p.Path != "robot.url" {
			out = append(out, p)
		}
	}
	return out
}

// goOn is where a part that was kept leads.
func (b *campaignBody) goOn(v *visit, part, do string) string {
	base := v.campaignAt(b.C, "")
	if do != "next" {
		return base + "/" + part
	}
	parts := campaignParts()
	for i := range parts[:len(parts)-1] {
		if parts[i].name == part {
			return base + "/" + parts[i+1].name
		}
	}
	return base
}

// misplaced puts problems of a plan beside their fields; what has none stands at
// the top.
func (f *form) misplaced(ps fault.Problems) {
	for _, p := range ps {
		if p.Value == "" {
			f.tell(p.Path, p.What)
		} else if told, _ := lang.Said(f.v.Tag, p.What); f.Wrong[p.Path] == "" {
			f.Wrong[p.Path] = told + ": " + fault.Shorten(p.Value, 40)
		}
	}
}

// spare is how many empty rows a list of rows ends with.
const spare = 2

// rows says how many rows a list in the form has, at most most.
func (f *form) rows(name string, most int) int {
	n, err := strconv.Atoi(f.Value("rows." + name))
	if err != nil || n < 0 {
		n = 0
	}
	return min(n, most)
}

// Rows are the numbers of the rows of a list, for templates: those that were asked
// for, some more where "more" was pressed. A list within a row has one to begin with.
func (f *form) Rows(name string) (out []int) {
	n, more := f.rows(name, rowsMost), spare
	if strings.Contains(name, "].") {
		n, more = max(n, 1), 1
	}
	if f.Value("do") == "more" {
		n += more
	}
	for i := range n {
		out = append(out, i)
	}
	return out
}

// rowsMost bounds the rows of one list in a form.
const rowsMost = 500

// setRows says how many rows a list has, with spare ones behind them.
func (f *form) setRows(name string, n int) { f.Values.Set("rows."+name, itoa(n+spare)) }

// At is the name of a field of a row, for templates.
func (f *form) At(list string, row int, field string) string {
	if field == "" {
		return fmt.Sprintf("%s[%d]", list, row)
	}
	return fmt.Sprintf("%s[%d].%s", list, row, field)
}

// set puts what is not empty.
func (f *form) set(name, value string) {
	if value != "" {
		f.Values.Set(name, value)
	}
}

// count is a whole number that may be left empty.
func (f *form) count(name string, most int) int {
	if strings.TrimSpace(f.Value(name)) == "" {
		return 0
	}
	return f.between(name, 0, most)
}

func plain(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

func fillPurpose(f *form, c *campaign.Campaign) {
	f.set("name", c.Name)
	f.set("purpose", string(c.Purpose))
	f.set("mode", string(c.Mode))
	f.set("groups", strings.Join(c.Groups, "\n"))
}

func readPurpose(f *form, c *campaign.Campaign, _ money.Currency) {
	c.Name = f.line("name", campaign.MaxName)
	c.Purpose = usage.Purpose(f.choice("purpose", c.Purpose.Choices()...))
	c.Mode = campaign.Mode(f.choice("mode", c.Mode.Choices()...))
	c.Groups = nil
	for _, line := range strings.Split(f.optional("groups", 0), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			c.Groups = append(c.Groups, line)
		}
	}
}

func fillPacing(f *form, c *campaign.Campaign) {
	f.set("goal.abandon", percentOf(c.Goal.Abandon))
	f.set("goal.conversation", amountOf(c.Goal.Conversation))
	f.set("goal.sales", plain(c.Goal.Sales))
	f.set("goal.conversations", plain(c.Goal.Conversations))
	f.set("ring_seconds", plain(c.RingSeconds))
	f.set("wrap_up_seconds", plain(c.WrapUp))
	f.set("preview_seconds", plain(c.PreviewFor))
	f.set("record", given(c.Record, "1"))
}

func readPacing(f *form, c *campaign.Campaign, cur money.Currency) {
	c.Goal = campaign.Goal{Abandon: f.percent("goal.abandon"), Conversation: f.spend("goal.conversation", cur), Sales: f.count("goal.sales", 1<<30), Conversations: f.count("goal.conversations", 1<<30)}
	c.RingSeconds, c.WrapUp, c.PreviewFor = f.count("ring_seconds", 1<<20), f.count("wrap_up_seconds", 1<<20), f.count("preview_seconds", 1<<20)
	c.Record = f.Value("record") != ""
}

// percentOf writes 1/10,000 as percent: 280 is 2.8.
func percentOf(n int) string {
	if n == 0 {
		return ""
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%02d", n/100, n%100), "0"), ".")
}

// percent reads percent with up to two decimals as 1/10,000.
func (f *form) percent(name string) int {
	text := strings.TrimSuffix(strings.TrimSpace(f.Value(name)), "%")
	if text == "" {
		return 0
	}
	whole, part, _ := strings.Cut(text, ".")
	a, err := strconv.Atoi(whole)
	b, err2 := strconv.Atoi((part + "00")[:2])
	if err != nil || err2 != nil || a < 0 || a > 100 || len(part) > 2 {
		f.wrong(name, "campaigns.bad_percent")
		return 0
	}
	return a*100 + b
}

func amountOf(a money.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.Decimal()
}

// spend is an amount that may be left empty: no bound.
func (f *form) spend(name string, cur money.Currency) (a money.Amount) {
	if strings.TrimSpace(f.Value(name)) == "" {
		return a
	}
	if cur.IsZero() {
		f.wrong(name, "campaigns.no_currency")
		return a
	}
	return f.amount(name, cur)
}

func fillNumbers(f *form, c *campaign.Campaign) {
	f.setRows("caller_ids", len(c.CallerIDs))
	for i, n := range c.CallerIDs {
		f.set(f.At("caller_ids", i, "number"), n.Number.String())
		f.set(f.At("caller_ids", i, "for"), n.For)
		f.set(f.At("caller_ids", i, "daily"), plain(n.Daily))
	}
	f.setRows("targets", len(c.Targets))
	for i, t := range c.Targets {
		f.set(f.At("targets", i, "name"), t.Name)
		f.set(f.At("targets", i, "number"), t.Number.String())
	}
}

func readNumbers(f *form, c *campaign.Campaign, _ money.Currency) {
	c.CallerIDs = nil
	for i := range f.rows("caller_ids", campaign.MaxCallerIDs) {
		at := f.At("caller_ids", i, "number")
		if strings.TrimSpace(f.Value(at)) == "" {
			continue
		}
		id := campaign.CallerID{Number: f.number164(at), For: strings.TrimSpace(f.Value(f.At("caller_ids", i, "for"))), Daily: f.count(f.At("caller_ids", i, "daily"), 1_000_000)}
		if strings.Trim(id.For, "+0123456789") != "" {
			f.wrong(f.At("caller_ids", i, "for"), "campaigns.bad_prefix")
		}
		c.CallerIDs = append(c.CallerIDs, id)
	}
	c.Targets = nil
	for i := range f.rows("targets", campaign.MaxTargets+spare) {
		if name := strings.TrimSpace(f.Value(f.At("targets", i, "name"))); name != "" || f.Value(f.At("targets", i, "number")) != "" {
			c.Targets = append(c.Targets, campaign.Target{Name: name, Number: f.number164(f.At("targets", i, "number"))})
		}
	}
}

func fillBudget(f *form, c *campaign.Campaign) {
	f.set("budget.total", amountOf(c.Budget.Total))
	f.set("budget.daily", amountOf(c.Budget.Daily))
	if !c.Contract.IsZero() {
		f.set("contract", c.Contract.Named("con"))
	}
}

func readBudget(f *form, c *campaign.Campaign, cur money.Currency) {
	c.Budget = campaign.Budget{Total: f.spend("budget.total", cur), Daily: f.spend("budget.daily", cur)}
	c.Contract = id.ID{}
	if f.Value("contract") != "" {
		c.Contract = f.id("contract", "con")
	}
}

// contractsToChoose are those that serve, where there is a choice.
func contractsToChoose(s *Server, v *visit, b *campaignBody) (any, error) {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil {
		return nil, err
	}
	out := []option{{"value": "", "label": v.say("campaigns.only_contract")}}
	for i := range deals {
		if name := deals[i].ID.Named("con"); deals[i].Serves() || name == b.Form.Value("contract") {
			out = append(out, option{"value": name, "label": deals[i].Plan.Name.Or(deals[i].Plan.ID).In(v.Tag) + " · " + name[len(name)-6:]})
		}
	}
	if len(out) <= 2 && b.Form.Value("contract") == "" {
		return []option(nil), nil
	}
	return out, nil
}
