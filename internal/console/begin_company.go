package console

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"waihu/examples"
	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/exact"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// currencies are those people choose from most; any other can be written into
// the plan.
var currencies = []string{"CNY", "TWD", "HKD", "USD", "EUR", "GBP", "JPY", "SGD"}

// regions are the home regions of the zones that are offered: numbers without a
// country code are read as theirs.
var regions = map[string]string{"Asia/Shanghai": "CN", "Asia/Taipei": "TW", "Asia/Hong_Kong": "HK", "Asia/Singapore": "SG", "Asia/Tokyo": "JP",
	"Europe/London": "GB", "Europe/Berlin": "DE", "America/New_York": "US", "America/Chicago": "US", "America/Los_Angeles": "US"}

func words(list []string) (out []option) {
	for _, s := range list {
		out = append(out, option{"value": s, "label": s})
	}
	return out
}

// beginChoices are the lists a step offers.
func beginChoices(v *visit) map[string][]option {
	out := map[string][]option{"currency": words(currencies), "zone": words(zones(v.Tag))}
	for _, tag := range lang.Tags() {
		out["lang"] = append(out["lang"], option{"value": string(tag), "label": tongue(tag)})
	}
	return out
}

// beginCompany asks for the first customer.
func (s *Server) beginCompany(w http.ResponseWriter, _ *http.Request, v *visit) error {
	currency, zone := usualPlace(v.Tag)
	return s.beginPage(w, v, http.StatusOK, &beginBody{Step: "company", Options: beginChoices(v), Form: v.blank("lang", string(v.Tag), "currency", currency, "zone", zone)})
}

// usualPlace is the currency and zone that whoever reads a language most often
// has.
func usualPlace(tag lang.Tag) (currency, zone string) {
	switch tag {
	case lang.Traditional:
		return "TWD", "Asia/Taipei"
	case lang.English:
		return "USD", "UTC"
	}
	return "CNY", "Asia/Shanghai"
}

// takeCompany adds it. Currency and zone belong to plans: they go on to the next
// step in its address.
func (s *Server) takeCompany(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &beginBody{Step: "company", Form: f, Options: beginChoices(v)}
	in := app.Company{Name: f.text("name", 200), Email: f.optional("email", 254)}
	in.Lang = f.choice("lang", string(lang.English), string(lang.Traditional), string(lang.Simplified))
	currency, zone := f.choice("currency", currencies...), f.choice("zone", zones(v.Tag)...)
	if !f.OK() {
		return s.beginPage(w, v, http.StatusUnprocessableEntity, b)
	}
	err = s.effect(w, v, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		c, err := s.d.System.AddCompany(ctx, in)
		return access.Deed{Company: id.Company{ID: c.ID}, Action: "company.add", Target: c.ID.Named("co"), After: c},
			"/begin/plan?company=" + c.ID.Named("co") + "&currency=" + currency + "&zone=" + queryEscape(zone), err
	})
	switch {
	case err == nil:
		return nil
	case fault.KindOf(err) == fault.Conflict:
		f.wrong("name", "begin.name_taken")
	case fault.KindOf(err) == fault.Invalid:
		f.wrong("email", "begin.wrong_email")
	default:
		return err
	}
	return s.beginPage(w, v, http.StatusUnprocessableEntity, b)
}

// method is a way of charging with the example that stands for it.
type method struct {
	Name  string // of its folder
	Title string
	Text  string // of the plan, as it lies there
}

// methodNames are the examples that are offered, in the order of the manual.
var methodNames = []string{"seats-named", "seats-concurrent", "per-minute", "six-second", "modules", "call-volume", "call-types", "seats-and-minutes", "package-rollover"}

func methods(tag lang.Tag) (out []method, err error) {
	for _, name := range methodNames {
		b, err := examples.Plans.ReadFile(name + "/plan.yaml")
		if err != nil {
			return nil, err
		}
		p, _, problems := app.ReadPlan(string(b), nil)
		if err := problems.Err(); err != nil {
			return nil, err
		}
		out = append(out, method{name, p.Name.Or(name).In(tag), string(b)})
	}
	return out, nil
}

// beginPlan offers a plan for each charging method.
func (s *Server) beginPlan(w http.ResponseWriter, r *http.Request, v *visit) error {
	q := r.URL.Query()
	currency, zone := usualPlace(v.Tag)
	if q.Get("currency") != "" {
		currency, zone = q.Get("currency"), q.Get("zone")
	}
	f := v.blank("method", "seats-and-minutes", "currency", currency, "zone", zone)
	return s.planStep(w, v, http.StatusOK, &beginBody{Form: f})
}

func (s *Server) planStep(w http.ResponseWriter, v *visit, status int, b *beginBody) (err error) {
	b.Step, b.Options = "plan", beginChoices(v)
	if b.Methods, err = methods(v.Tag); err != nil {
		return err
	}
	return s.beginPage(w, v, status, b)
}

var (
	currencyLine = regexp.MustCompile(`(?m)^currency: .*$`)
	zoneLine     = regexp.MustCompile(`(?m)^time_zone: .*$`)
	homeLine     = regexp.MustCompile(`(?m)^home_region: .*\n`)
	taxRate      = regexp.MustCompile(`rate: [0-9.]+%`)
	comment      = regexp.MustCompile(`(?m)\A(#.*\n)+`)
)

// fitted is the text of an example for a currency, a zone and a rate of tax;
// without a rate its own stay.
func fitted(text string, c money.Currency, zone, tax string) string {
	text = comment.ReplaceAllString(text, "")
	text = homeLine.ReplaceAllString(text, "")
	text = currencyLine.ReplaceAllString(text, "currency: "+c.String())
	place := "time_zone: " + zone
	if region := regions[zone]; region != "" {
		place += "\nhome_region: " + region
	}
	text = zoneLine.ReplaceAllString(text, place)
	if tax != "" {
		text = taxRate.ReplaceAllString(text, "rate: "+tax+"%")
	}
	return text
}

// takeMethod publishes the plan that was chosen, or opens it in the builder.
func (s *Server) takeMethod(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	b := &beginBody{Form: f}
	name := f.choice("method", methodNames...)
	currency, zone := f.choice("currency", currencies...), f.choice("zone", zones(v.Tag)...)
	tax := strings.TrimSuffix(f.optional("tax", 10), "%")
	if n, err := exact.Parse(tax); tax != "" && (err != nil || n.Sign() < 0 || n.Cmp(exact.Int(100)) > 0) {
		f.wrong("tax", "begin.wrong_tax")
	}
	cur, err := money.ParseCurrency(currency)
	if !f.OK() || err != nil {
		return s.planStep(w, v, http.StatusUnprocessableEntity, b)
	}
	text, err := examples.Plans.ReadFile(name + "/plan.yaml")
	if err != nil {
		return err
	}
	file := fitted(string(text), cur, zone, tax)
	if f.Value("do") == "build" {
		return s.buildPage(w, v, http.StatusOK, &buildBody{Form: v.blank("file", file, "usage", "service")})
	}
	// A plan belongs to the platform, whoever the first customer is.
	platform := *v
	platform.company = id.Platform
	err = s.effect(w, &platform, f, func(ctx context.Context, _ store.Tx) (access.Deed, string, error) {
		p, err := s.d.System.PublishPlan(ctx, app.PublishPlan{File: file})
		return access.Deed{Action: "plan.publish", Target: p.Name(), After: p}, "/begin/contract?company=" + v.r.URL.Query().Get("company") + "&plan=" + queryEscape(p.Name()), err
	})
	if k := fault.KindOf(err); err != nil && k == fault.Conflict {
		b.Refused = v.say("begin.plan_there")
		return s.planStep(w, v, http.StatusConflict, b)
	}
	return err
}

// firstOfMonth is the first day of this month, for contracts that begin now.
func firstOfMonth() timex.Date {
	y, m, _ := timex.DateOf(time.Now()).Civil()
	return timex.NewDate(y, m, 1)
}
