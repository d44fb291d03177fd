package console

import (
	"net/http"
	"path"
	"strings"
	"time"

	"waihu/internal/app"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/lead"
	"waihu/internal/explain"
	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/timex"
)

// ruleSaid is what a rule says, by its name: a rule of the packs in its own words,
// the campaign's own ones by a phrase.
func (v *visit) ruleSaid(packs *compliance.Packs, name string) string {
	if key := "campaigns.rule_" + strings.ReplaceAll(name, ".", "_"); lang.Has(key) {
		return lang.Phrase(v.Tag, key, nil)
	}
	if packs != nil {
		if r := packs.Find(name); r != nil {
			return explain.Calling{Tag: v.Tag}.Rule(r)
		}
	}
	return name
}

// leadStateWords are the states of leads in their order.
func leadStateWords() (out []string) {
	for _, s := range lead.States() {
		out = append(out, string(s))
	}
	return out
}

// clockMinute is an instant on a wall clock; empty: none.
func clockMinute(i timex.Instant, loc *time.Location) string {
	if i.IsZero() {
		return ""
	}
	return i.In(loc).Format("2006-01-02 15:04")
}

// dealOf is the contract that says what calling costs: the first that runs; nil:
// none does.
func (s *Server) dealOf(v *visit) *app.Deal {
	deals, err := s.d.System.Deals(v.r.Context(), v.company)
	if err != nil || len(deals) == 0 || !deals[0].Serves() {
		return nil // the page says that there is none
	}
	return &deals[0]
}

// currencyOf is the currency of the company's contract; zero: it has none.
func (s *Server) currencyOf(v *visit) (cur money.Currency) {
	if d := s.dealOf(v); d != nil {
		cur = d.Plan.Currency
	}
	return cur
}

// extOf is the form a list is asked for in, by the end of its address.
func extOf(r *http.Request) string { return strings.TrimPrefix(path.Ext(r.URL.Path), ".") }
