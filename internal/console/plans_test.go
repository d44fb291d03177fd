package console

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/id"
	"waihu/internal/store"
)

// textOf is what stands in the text of the builder.
func textOf(body string) string {
	m := regexp.MustCompile(`(?s)<textarea[^>]*name="file"[^>]*>(.*?)</textarea>`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

func hidden(body, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1]
}

func TestPlanPages(t *testing.T) {
	o := newOffice(t)
	second := strings.NewReplacer("version: 1", "version: 2", "unit_price: 0.15", "unit_price: 0.25").Replace(officePlan)
	_, err := o.d.System.PublishPlan(t.Context(), app.PublishPlan{File: second})
	o.must(err)
	for _, path := range []string{"/plans", "/plans/floor@1", "/plans/floor@1/diff?to=floor@2", "/plans/floor@2/diff?to=floor@1", "/plans/build", "/plans/build?from=floor@1", "/plans?asked=apr_1"} {
		o.every(path)
	}
	if body := o.page("/plans/floor@1"); !strings.Contains(body, "FL-1") || !strings.Contains(body, "Talk time") {
		t.Error("the plan is not told, or not who has it")
	}
	// 18 minutes of mobile calls of two minutes each in the newest month, 0.10 more
	if body := o.page("/plans/floor@1/diff?to=floor@2"); !strings.Contains(body, "CNY 3.60 more in all") || !strings.Contains(body, "unit_price") || !strings.Contains(body, "costs more") {
		t.Errorf("the impact is not told: %s", body)
	}
	for _, path := range []string{"/plans/nothing@1", "/plans/floor@1/diff?to=floor@9", "/plans/build?from=x"} {
		if w := o.ask(path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestCardsAndTextAreInStep changes the text by cards: what no card touches
// stays as it was written.
func TestCardsAndTextAreInStep(t *testing.T) {
	o := newOffice(t)
	build := func(text string, pairs ...string) string {
		return o.send("/plans/build", http.StatusOK, append([]string{"file", text, "usage", "service"}, pairs...)...).Body.String()
	}
	got := textOf(build(officePlan, "do", "edit:0", "c0.unit_price", "160", "c0.minimum", "500"))
	if !strings.Contains(got, "unit_price: 160") || !strings.Contains(got, "minimum: 500") || !strings.Contains(got, "# Seats that were bought, whoever sits there.") || !strings.Contains(got, "- {id: mobile") {
		t.Errorf("after an edit:\n%s", got)
	}
	got = textOf(build(officePlan, "do", "edit:3", "c3.rate_0", "0.18", "c3.increment", "6/6", "c3.included", "100", "c3.included_per", "seats"))
	for _, want := range []string{"unit_price: 0.18", `increment: "6/6"`, "quantity: 100", "seats_of: seats"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	body := build(officePlan, "do", "edit:0", "c0.unit_price", "cheap")
	if textOf(body) != strings.TrimSuffix(officePlan, "\n")+"\n" || !strings.Contains(body, `value="cheap"`) || !strings.Contains(body, "“cheap” cannot stand here.") {
		t.Error("a wrong price changed the text, or is not named")
	}
	if got := textOf(build(officePlan, "do", "down:0")); strings.Index(got, "id: recording\n    name") > strings.Index(got, "# Seats that were bought") {
		t.Errorf("after a move:\n%s", got)
	}
	if got := textOf(build(officePlan, "do", "remove:2")); strings.Contains(got, "measure: module, where: {module: predictive}") {
		t.Error("it was not removed")
	}
	if got := textOf(build(officePlan, "do", "add", "add_measure", "calls")); !strings.Contains(got, "  - id: item-5\n    measure: calls\n") {
		t.Errorf("after an addition:\n%s", got)
	}
	got = textOf(build(officePlan, "do", "edit:3", "c3.measure", "recurring"))
	if strings.Contains(got, "increment: 60/60") || strings.Contains(got, "id: mobile") {
		t.Errorf("another measure left keys behind:\n%s", got)
	}
	tiers := "graduated\n10 180\n* 150 20"
	got = textOf(build(strings.Replace(officePlan, "    unit_price: 150\n", "", 1), "do", "edit:0", "c0.tiers", tiers))
	if !strings.Contains(got, "up_to: 10") || !strings.Contains(got, "flat: 20") {
		t.Errorf("tiers:\n%s", got)
	}
	if body := build(got, "do", "check"); !strings.Contains(body, "graduated\n10 180\n* 150 20\n</textarea>") {
		t.Error("tiers are not shown as they were written")
	}
	flow := strings.Replace("plan: p\ncurrency: CNY\ntime_zone: UTC\ncomponents: [{id: a, measure: recurring, unit_price: 5}]\n", "", "", 1)
	if got := textOf(build(flow, "do", "edit:0", "c0.unit_price", "6")); !strings.Contains(got, "unit_price: 6") {
		t.Errorf("a list in one line: %s", got)
	}
}

func TestBuilderNamesProblems(t *testing.T) {
	o := newOffice(t)
	bad := strings.Replace(officePlan, "unit_price: 150", "unit_price: 150\n    increment: 6/6", 1)
	body := o.send("/plans/build", http.StatusOK, "file", bad, "usage", "service", "do", "check").Body.String()
	card := body[strings.Index(body, `id="card-0"`):strings.Index(body, `id="card-1"`)]
	if !strings.Contains(card, "does not use increment") || !strings.Contains(card, "Line 19") || !strings.Contains(body, "disabled") {
		t.Errorf("the problem is not beside its card: %s", card)
	}
	body = o.send("/plans/build", http.StatusOK, "file", "plan: [", "usage", "service", "do", "edit:0").Body.String()
	if !strings.Contains(body, "this is not YAML") || !strings.Contains(body, "Cards cannot change this text") {
		t.Error("what is no YAML is not named")
	}
	talk := "  - {id: talk, measure: talk_time, rates: [{match: {line: [landline]}, unit_price: 1}]}\n"
	body = o.send("/plans/build", http.StatusOK, "file", "plan: p\nversion: 1\ncurrency: CNY\ntime_zone: Asia/Shanghai\nhome_region: CN\ncomponents:\n"+talk, "usage", "service", "do", "check").Body.String()
	if !strings.Contains(body, "Use without a price") {
		t.Error("use without a price is not named")
	}
	body = o.send("/plans/build", http.StatusOK, "file", officePlan, "usage", o.company.Named("co")+"/"+o.contract.Named("con"), "do", "check").Body.String()
	if !strings.Contains(body, "CNY") || !strings.Contains(body, "Agent seats") || strings.Contains(body, "cannot be done") {
		t.Error("a real month is not billed")
	}
	o.send("/plans/build", http.StatusNotFound, "file", officePlan, "usage", "co_x/con_y", "do", "check")
	o.send("/plans/build", http.StatusOK, "file", officePlan, "usage", "nothing", "do", "check")
}

func TestPublish(t *testing.T) {
	o := newOffice(t)
	text := strings.Replace(officePlan, "unit_price: 150", "unit_price: 170", 1)
	seen := o.send("/plans/build", http.StatusOK, "file", text, "usage", "service", "do", "publish").Body.String()
	if !strings.Contains(seen, "CNY 100.00 more in all") || !strings.Contains(textOf(seen), "version: 2") {
		t.Fatalf("what it means is not shown: %s", seen)
	}
	form := []string{"file", textOf(seen), "seen", hidden(seen, "seen"), "once", hidden(seen, "once"), "usage", "service", "do", "publish"}
	changed := append([]string{}, form...)
	changed[1] += "# one more line\n"
	if body := o.send("/plans/build", http.StatusOK, changed...).Body.String(); !strings.Contains(body, "Publish as version 2") {
		t.Error("a text that was not seen was published")
	}
	first := o.send("/plans/build", http.StatusSeeOther, form...)
	again := o.send("/plans/build", http.StatusSeeOther, form...)
	if to := first.Header().Get("Location"); to != "/plans/floor@2" || again.Header().Get("Location") != to {
		t.Errorf("to %q, then %q", to, again.Header().Get("Location"))
	}
	o.send("/plans/build", http.StatusUnprocessableEntity, "file", "plan: [", "usage", "service", "do", "publish")
}

// TestSecondPersonPublishes asks where the installation wants two people.
func TestSecondPersonPublishes(t *testing.T) {
	o := newOffice(t)
	o.d.Gate.Policy.SecondPerson = true
	text := strings.Replace(officePlan, "unit_price: 150", "unit_price: 170", 1)
	seen := o.send("/plans/build", http.StatusOK, "file", text, "usage", "service", "do", "publish").Body.String()
	w := o.send("/plans/build", http.StatusSeeOther, "file", textOf(seen), "seen", hidden(seen, "seen"), "once", "0f", "usage", "service", "do", "publish")
	if to := w.Header().Get("Location"); !strings.HasPrefix(to, "/plans?asked=apr_") {
		t.Errorf("to %q", to)
	}
	if list, err := o.d.System.Plans(t.Context(), "floor"); err != nil || len(list) != 1 {
		t.Errorf("%d versions, %v: it was published alone", len(list), err)
	}
	o.must(o.db.View(t.Context(), func(tx store.Tx) error {
		list, err := o.d.Gate.Approvals(tx, id.Platform, store.Page{Limit: 10})
		if len(list) != 1 || list[0].Action != "plan.publish" || list[0].State != access.Waiting {
			t.Errorf("approvals %+v", list)
		}
		return err
	}))
	fresh := strings.Replace(text, "plan: floor", "plan: other", 1) // nobody is on a new plan
	seen = o.send("/plans/build", http.StatusOK, "file", fresh, "usage", "service", "do", "publish").Body.String()
	w = o.send("/plans/build", http.StatusSeeOther, "file", textOf(seen), "seen", hidden(seen, "seen"), "usage", "service", "do", "publish")
	if to, _ := url.PathUnescape(w.Header().Get("Location")); to != "/plans/other@1" {
		t.Errorf("to %q", to)
	}
}
