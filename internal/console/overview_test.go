package console

import (
	"net/http"
	"strings"
	"testing"

	"waihu/internal/access"
)

// TestOverviewDoesNotWait: the page is there before all usage was read, asks for
// the rest, and has it from then on.
func TestOverviewDoesNotWait(t *testing.T) {
	o := newOffice(t)
	const waits = "All usage of the period is being read"
	if body := o.page(o.at("")); !strings.Contains(body, waits) || !strings.Contains(body, `hx-get="`+o.at("?now=1")+`" hx-trigger="load"`) {
		t.Error("the first look waits for a reading of all usage, or does not ask for it")
	}
	for _, path := range []string{o.at("?now=1"), o.at("")} {
		body := o.page(path)
		if strings.Contains(body, waits) || !strings.Contains(body, "This period so far") || !strings.Contains(body, "/draft?day=") {
			t.Errorf("%s does not say what the period comes to, with what explains it", path)
		}
	}
	con := o.contract.Named("con")
	o.send(o.at("/budgets"), http.StatusSeeOther, "contract", con, "name", "calls", "component", "talk", "amount", "4", "once", "8a")
	if body := o.page(o.at("")); strings.Contains(body, "Budget spent") || !strings.Contains(body, "Where the money of this period goes") {
		t.Error("the budget of one component is measured with all of the period, or the period has no parts")
	}
	o.send(o.at("/budgets"), http.StatusSeeOther, "contract", con, "name", "all", "amount", "1", "once", "8b")
	if body := o.page(o.at("")); !strings.Contains(body, "Budget spent") || !strings.Contains(body, "above the budget") {
		t.Error("a budget that will not do is not told")
	}
	o.every(o.at(""))
}

// TestEmptyPages: a page without anything leads to what fills it, for whoever may.
func TestEmptyPages(t *testing.T) {
	o := newOffice(t)
	at := "/c/" + o.other.Named("co")
	customer := o.as(access.Member{Company: o.other, Role: access.CustomerAdmin})
	for path, to := range map[string]string{at: at + "/contracts/new", at + "/invoices": "/close"} {
		if page := o.page(path); !strings.Contains(page, `<a class="button primary" href="`+to+`"`) {
			t.Errorf("%s does not lead to %s", path, to)
		}
		if page := customer.page(path); strings.Contains(page, `href="`+to+`"`) {
			t.Errorf("%s leads a customer to %s", path, to)
		}
	}
}
