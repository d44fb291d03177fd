package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
)

func TestTicketsAndClocks(t *testing.T) {
	d := newDesk(t)
	at := d.at("/tickets")
	if page := d.page(at + "/new"); !strings.Contains(page, `href="/support"`) {
		t.Error("nothing says that a plan of support comes first")
	}
	for _, path := range []string{at, at + "/new", "/support", "/outages"} {
		d.every(path)
	}
	wrong := d.send("/support", http.StatusUnprocessableEntity, "name", "", "first", "-1", "resolution", "x", "zone", "Asia/Shanghai", "from", "18:00", "to", "09:00", "calendar", "mars")
	for _, must := range []string{`value="-1"`, `value="x"`, "whole number", "closes after it opens", "Choose one"} {
		if !strings.Contains(wrong.Body.String(), must) {
			t.Errorf("a wrong form lacks %q", must)
		}
	}
	d.send("/support", http.StatusSeeOther, "name", "basic", "first", "60", "resolution", "480", "zone", "", "from", "", "to", "", "calendar", "")
	customer := d.person(d.company, "customer@example.com", access.CustomerAdmin)
	customer.every(at + "/new")
	customer.send(at+"/new", http.StatusUnprocessableEntity, "subject", "", "plan", "gold", "text", "")
	form := []string{"once", customer.fresh(at + "/new"), "subject", "INV-000001 is too high", "plan", "basic", "text", "line talk\nis twice"}
	one := customer.send(at+"/new", http.StatusSeeOther, form...).Header().Get("Location")
	customer.send(at+"/new", http.StatusSeeOther, form...)
	if page := customer.page(at); strings.Count(page, "is too high") != 1 || !strings.Contains(page, "running") {
		t.Error("a form sent twice opened two, or there is no clock")
	}
	customer.send(one+"/move", http.StatusForbidden, "step", "resolve")
	answer := d.fresh(one)
	d.send(one, http.StatusSeeOther, "once", answer, "text", "we look")
	d.send(one, http.StatusSeeOther, "once", answer, "text", "we look")
	if page := customer.page(one); strings.Count(page, "we look") != 1 || !strings.Contains(page, "kept") {
		t.Error("the answer is there twice, or the first clock runs on")
	}
	d.send(one+"/move", http.StatusSeeOther, "step", "wait")
	customer.send(one, http.StatusSeeOther, "once", customer.fresh(one), "text", "here it is")
	if page := d.page(one); !strings.Contains(page, ">Open<") {
		t.Error("the customer's answer did not let it go on")
	}
	d.every(one)
	d.send(one+"/move", http.StatusSeeOther, "once", d.fresh(one)+"-move", "step", "resolve")
	if w := customer.send(one, http.StatusConflict, "text", "late words"); !strings.Contains(w.Body.String(), "as it stands") {
		t.Error("a stale page does not say so")
	}
	if w := d.ask(at+".csv?state=resolved", nil); !strings.Contains(w.Body.String(), "is too high") {
		t.Errorf("%s", w.Body)
	}
	d.onlyHere(strings.TrimPrefix(one, "/c/"+d.company.Named("co")))
}

func TestServiceLevelsAndOutages(t *testing.T) {
	d := newDesk(t)
	d.every(d.at("/service"))
	text := strings.Replace(officeContract, "START", d.first.String(), 1)
	text = strings.NewReplacer("FL-1", "FL-2", "quantities", "service_levels: [{metric: availability, target: 99.9%, credit: 10%}]\nquantities").Replace(text)
	con := d.send(d.at("/contracts/new"), http.StatusSeeOther, "do", "quote", "file", text).Header().Get("Location")
	d.send(con+"/sign", http.StatusSeeOther, "document_sha256", strings.Repeat("ab", 32), "sure", "1")
	d.send(con+"/start", http.StatusSeeOther, "sure", "1")
	at := d.at("/service?contract=" + con[strings.LastIndex(con, "/")+1:])
	d.every(at)
	d.send("/outages", http.StatusUnprocessableEntity, "from", "yesterday", "to", "")
	d.send("/outages", http.StatusUnprocessableEntity, "from", "2026-03-02T10:00", "to", "2026-03-02T09:00")
	from := d.first.Start(time.UTC).Time()
	form := []string{"once", d.fresh("/outages"), "from", from.Format("2006-01-02T15:04"), "to", from.Add(20 * time.Hour).Format("2006-01-02T15:04"), "note", "power"}
	d.send("/outages", http.StatusSeeOther, form...)
	d.send("/outages", http.StatusSeeOther, form...)
	if page := d.page("/outages"); strings.Count(page, ">power<") != 1 || !strings.Contains(page, "20:00:00") {
		t.Error("an outage is there twice or not at all")
	}
	if page := d.page(at); !strings.Contains(page, "missed") || !strings.Contains(page, "99.9%") || !strings.Contains(page, "/draft?day=") {
		t.Errorf("the credit is not told: %s", page)
	}
	d.send("/outages", http.StatusSeeOther, "from", "2020-03-02T10:00", "to", "", "note", "goes on")
	name := regexp.MustCompile(`name="outage" value="(out_[0-9a-z]+)"`).FindStringSubmatch(d.page("/outages"))[1]
	d.send("/outages", http.StatusSeeOther, "outage", name)
	if strings.Contains(d.page("/outages"), `name="outage"`) {
		t.Error("the outage goes on")
	}
	d.every("/outages")
	if w := d.ask(strings.Replace(at, "/service?", "/service.csv?", 1), nil); !strings.Contains(w.Body.String(), "Availability") {
		t.Errorf("%s", w.Body)
	}
}
