package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"waihu/internal/access"
)

// TestBudgetPages sets a budget, lets it be reached, changes it from a page that
// is current and from one that is not.
func TestBudgetPages(t *testing.T) {
	o := newOffice(t)
	o.every(o.at("/budgets"))
	con := o.contract.Named("con")
	if bad := o.send(o.at("/budgets"), http.StatusUnprocessableEntity, "contract", con, "name", "", "amount", "0", "levels", "80, 50").Body.String(); strings.Count(bad, `class="wrong"`) != 3 || !strings.Contains(bad, `value="80, 50"`) {
		t.Errorf("%d are wrong", strings.Count(bad, `class="wrong"`))
	}
	o.send(o.at("/budgets"), http.StatusNotFound, "contract", "con_x", "name", "x", "amount", "1")
	for range 2 {
		o.send(o.at("/budgets"), http.StatusSeeOther, "contract", con, "name", "calls <b>", "component", "talk", "amount", "4", "levels", "50, 90", "stop", "1", "once", "7a")
	}
	told, err := o.d.System.CheckBudgets(t.Context(), o.company)
	o.must(err)
	if len(told.Alerts) != 1 {
		t.Fatalf("%+v", told)
	}
	list, err := o.d.System.Budgets(t.Context(), o.company, o.contract)
	o.must(err)
	if len(list) != 1 {
		t.Fatalf("%d budgets: the same form twice", len(list))
	}
	change := o.at("/budgets?contract=" + con + "&budget=" + list[0].ID.Named("bud"))
	o.every(change)
	body := o.page(change)
	for _, want := range []string{"calls &lt;b&gt;", "hard stop", `value="4.00"`, "on its way", "eight of ten"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	revised := []string{"contract", con, "budget", list[0].ID.Named("bud"), "revision", itoa(int(list[0].Revision)), "name", "calls", "amount", "400"}
	o.send(o.at("/budgets"), http.StatusSeeOther, append(revised, "once", "7b")...)
	if stale := o.send(o.at("/budgets"), http.StatusConflict, append(revised, "once", "7c")...).Body.String(); !strings.Contains(stale, `value="400"`) {
		t.Error("what was typed on a stale page is gone")
	}
	o.send(o.at("/budgets"), http.StatusSeeOther, "contract", con, "name", "=all", "amount", "9000", "once", "7d")
	for sort, want := range map[string]string{"": "calls,=all", "?sort=amount": "calls,=all", "?sort=-amount": "=all,calls", "?sort=-name": "calls,=all", "?sort=name": "=all,calls"} {
		var rows []string
		for _, m := range regexp.MustCompile(`(?m)^<tbody><tr><th scope="row">([^< ]*)|</tr><tr><th scope="row">([^< ]*)`).FindAllStringSubmatch(o.page(o.at("/budgets"+sort)), 2) {
			rows = append(rows, m[1]+m[2])
		}
		file := o.page(o.at("/budgets.csv" + sort))
		if got := strings.Join(rows, ","); got != want || strings.Index(file, "'=all") < strings.Index(file, "calls") != (want == "=all,calls") {
			t.Errorf("%q: the page has %s, want %s; the file\n%s", sort, got, want, file)
		}
	}
	supervisor := o.as(access.Member{Company: o.company, Role: access.Supervisor})
	if body := supervisor.page(o.at("/budgets")); strings.Contains(body, "<form class=\"form card\"") || strings.Contains(body, "eight of ten") {
		t.Error("a supervisor may set budgets, or sees what the forecast says")
	}
	if w := o.ask(o.at("/budgets?contract=con_x"), nil); w.Code != http.StatusNotFound {
		t.Errorf("no such contract: %d", w.Code)
	}
	stranger := o.as(access.Member{Company: o.other, Role: access.CustomerAdmin})
	if w := stranger.ask(o.at("/budgets"), nil); w.Code != http.StatusNotFound {
		t.Errorf("another company: %d", w.Code)
	}
}
