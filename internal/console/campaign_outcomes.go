package console

import (
	"slices"
	"strconv"
	"strings"

	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/lead"
	"waihu/internal/money"
)

func fillOutcomes(f *form, c *campaign.Campaign) {
	f.set("retry.attempts", plain(c.Retry.Attempts))
	f.set("retry.missed", plain(c.Retry.Missed))
	f.set("retry.wait", plain(c.Retry.Wait))
	f.set("retry.best", plain(c.Retry.Best))
	f.setRows("retry.retries", len(c.Retry.Retries))
	for i, r := range c.Retry.Retries {
		f.set(f.At("retry.retries", i, "on"), r.On)
		n, unit := waitOf(r.After)
		f.set(f.At("retry.retries", i, "after"), itoa(n))
		f.set(f.At("retry.retries", i, "unit"), unit)
		f.set(f.At("retry.retries", i, "most"), plain(r.Most))
		f.set(f.At("retry.retries", i, "other"), given(r.Other, "1"))
	}
	fillDispositions(f, c.Dispositions)
}

// waitUnits are the units of a wait, in minutes, the largest first.
var waitUnits = []struct {
	name    string
	minutes int
}{{"day", 24 * 60}, {"hour", 60}, {"minute", 1}}

// waitOf is minutes in the largest unit that leaves a whole number.
func waitOf(minutes int) (int, string) {
	for _, u := range waitUnits {
		if minutes >= u.minutes && minutes%u.minutes == 0 {
			return minutes / u.minutes, u.name
		}
	}
	return minutes, "minute"
}

func readOutcomes(f *form, c *campaign.Campaign, _ money.Currency) {
	c.Retry = lead.Rules{Attempts: f.count("retry.attempts", 10_000), Missed: f.count("retry.missed", 10_000), Wait: f.count("retry.wait", 10_000_000), Best: f.count("retry.best", 10_000)}
	for i := range f.rows("retry.retries", lead.MaxRetries+spare) {
		on := strings.TrimSpace(f.Value(f.At("retry.retries", i, "on")))
		if on == "" {
			continue
		}
		r := lead.Retry{On: on, After: f.count(f.At("retry.retries", i, "after"), 1_000_000), Most: f.count(f.At("retry.retries", i, "most"), 10_000), Other: f.Value(f.At("retry.retries", i, "other")) != ""}
		for _, u := range waitUnits {
			if u.name == f.Value(f.At("retry.retries", i, "unit")) {
				r.After *= u.minutes
			}
		}
		c.Retry.Retries = append(c.Retry.Retries, r)
	}
	c.Dispositions = readDispositions(f)
}

// outcomesShown is what the page of outcomes shows besides.
type outcomesShown struct {
	On      []option // outcomes that a retry rule may name
	Units   []option
	Company []attempt.Disposition // the company's own
	Href    string                // where those are changed
	Flags   []string
}

func outcomesData(s *Server, v *visit, b *campaignBody) (any, error) {
	company, err := s.d.System.Dispositions(v.r.Context(), v.company)
	if err != nil {
		return nil, err
	}
	out := outcomesShown{Company: company, Href: v.at("/dispositions"), On: []option{{"value": "", "label": v.say("campaigns.no_outcome")}}, Flags: flagNames()}
	seen := map[string]bool{}
	add := func(value, label string) {
		if !seen[value] {
			seen[value] = true
			out.On = append(out.On, option{"value": value, "label": label})
		}
	}
	for _, d := range attempt.Over(attempt.Over(attempt.Builtin(), company), b.C.Dispositions) {
		if !d.Flags.Refuse && !d.Flags.Done && !d.Off {
			add(d.Code, v.codeName(&d))
		}
	}
	add(lead.Anything, v.say("campaigns.anything"))
	for i := range b.Form.rows("retry.retries", rowsMost) { // sip:486 and the like, which no list can hold
		if on := b.Form.Value(b.Form.At("retry.retries", i, "on")); on != "" {
			add(on, on)
		}
	}
	for _, u := range waitUnits {
		out.Units = append(out.Units, option{"value": u.name, "label": v.say("campaigns.unit_" + u.name)})
	}
	return out, nil
}

// codeName is what a disposition is called: those that come with the program
// in the visitor's language, others as the company named them.
func (v *visit) codeName(d *attempt.Disposition) string {
	for _, b := range attempt.Builtin() {
		if b.Code == d.Code && b.Name == d.Name {
			return v.say("dispositions.c_" + d.Code)
		}
	}
	return d.Name
}

func fillDispositions(f *form, list []attempt.Disposition) {
	f.setRows("dispositions", len(list))
	for i, d := range list {
		for name, value := range map[string]string{"code": d.Code, "name": f.v.codeName(&d), "key": plain(d.Key), "auto": given(d.Auto, "1"), "notes": given(d.Notes, "1"), "off": given(d.Off, "1"), "again": againOf(d.Again), "most": plain(d.Again.Most)} {
			f.set(f.At("dispositions", i, name), value)
		}
		at := f.At("dispositions", i, "flags")
		f.Values.Del(at)
		for _, flag := range flagNames() {
			if *flagOf(&d.Flags, flag) {
				f.Values.Add(at, flag)
			}
		}
	}
}

func readDispositions(f *form) (out []attempt.Disposition) {
	for i := range f.rows("dispositions", attempt.MaxDispositions+spare) {
		at := func(field string) string { return f.At("dispositions", i, field) }
		d := attempt.Disposition{Code: strings.TrimSpace(f.Value(at("code"))), Name: strings.TrimSpace(f.Value(at("name"))), Auto: f.Value(at("auto")) != "", Notes: f.Value(at("notes")) != "", Off: f.Value(at("off")) != ""}
		if d.Code == "" && d.Name == "" {
			continue
		}
		if builtin, ok := attempt.Find(nil, d.Code); ok && d.Name == f.v.codeName(&builtin) {
			d.Name = builtin.Name // it was shown in the visitor's language
		}
		d.Again = f.again(at("again"), at("most"))
		d.Key, _ = strconv.Atoi(f.Value(at("key"))) // empty: none
		for _, flag := range f.some(at("flags"), flagNames()...) {
			*flagOf(&d.Flags, flag) = true
		}
		if d.Auto { // boxes of these are not offered: their meaning stays
			if builtin, ok := attempt.Find(nil, d.Code); ok {
				d.Flags = builtin.Flags
			}
		}
		out = append(out, d)
	}
	return out
}

// never and asCampaign are choices of the menu of what follows an outcome; the others
// are minutes.
const (
	never      = "never"
	asCampaign = ""
)

// againWaits are the waits of that menu, in minutes.
var againWaits = []int{5, 15, 30, 60, 120, 240, 24 * 60, 2 * 24 * 60, 3 * 24 * 60, 7 * 24 * 60, 14 * 24 * 60, 30 * 24 * 60}

// againOf is the choice that says when it is tried again.
func againOf(a attempt.Again) string {
	switch {
	case a.IsZero():
		return asCampaign
	case a.Most == 1:
		return never
	}
	return itoa(a.After)
}

// again reads the two menus of what follows an outcome.
func (f *form) again(wait, most string) (a attempt.Again) {
	switch f.Value(wait) {
	case asCampaign:
	case never:
		a.Most = 1
	default:
		if a = (attempt.Again{After: f.count(wait, attempt.MaxAgain), Most: f.count(most, attempt.MaxAgainTries)}); a.Most == 1 {
			a.Most = 0 // that menu begins at two: once is never
		}
	}
	return a
}

// Waits are the choices of when it is tried again after the outcome of a row, for
// templates: those of the menu and the one it has.
func (f *form) Waits(name string) []option {
	out := []option{{"value": asCampaign, "label": f.v.say("dispositions.as_campaign")}, {"value": never, "label": f.v.say("dispositions.never")}}
	waits := againWaits
	if n, err := strconv.Atoi(f.Value(name)); err == nil && !slices.Contains(waits, n) {
		waits = append([]int{n}, waits...)
	}
	for _, w := range waits {
		n, unit := waitOf(w)
		out = append(out, option{"value": itoa(w), "label": f.v.say("dispositions.after_"+unit, "n", itoa(n))})
	}
	return out
}

// Times are the choices of how often.
func (f *form) Times(name string) []option {
	out := []option{{"value": "", "label": f.v.say("dispositions.any_times")}}
	times := []int{2, 3, 4, 5, 6, 8, 10}
	if n, err := strconv.Atoi(f.Value(name)); err == nil && n > 1 && !slices.Contains(times, n) {
		times = append(times, n)
	}
	for _, n := range times {
		out = append(out, option{"value": itoa(n), "label": f.v.say("dispositions.times", "n", itoa(n))})
	}
	return out
}

func flagNames() []string {
	return []string{"human", "sale", "callback", "refuse", "unworkable", "machine", "done"}
}

func flagOf(f *attempt.Flags, name string) *bool {
	switch name {
	case "human":
		return &f.Human
	case "sale":
		return &f.Sale
	case "callback":
		return &f.Callback
	case "refuse":
		return &f.Refuse
	case "unworkable":
		return &f.Unworkable
	case "machine":
		return &f.Machine
	}
	return &f.Done
}
