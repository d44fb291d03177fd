package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestSeats(t *testing.T) {
	o := newOffice(t)
	o.every(o.at("/seats"))
	body := o.page(o.at("/seats"))
	for _, want := range []string{"5 seats are paid: CNY 750.00 in this period so far. 4 were not used: CNY 600.00. One seat fewer would save CNY 150.00.", "data-count>1<", ">idle<", ">Ready<", "by contract", "as many as the contract says", "#line-seats"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	con := o.contract.Named("con")
	begin := []string{"contract", con, "what", "seat", "of", `dan"><script>`, "type", "agent", "once", "0a"}
	o.send(o.at("/seats/begin"), http.StatusSeeOther, begin...)
	o.send(o.at("/seats/begin"), http.StatusSeeOther, begin...) // the same form: nothing more
	if body = o.page(o.at("/seats")); strings.Count(body, "Free the seat of dan") != 1 || strings.Contains(body, "<script>") {
		t.Error("the seat is not there once, or its name is a script")
	}
	o.send(o.at("/seats/begin"), http.StatusConflict, "contract", con, "what", "seat", "of", "ann")
	if again := o.send(o.at("/seats/begin"), http.StatusUnprocessableEntity, "contract", con, "what", "seat", "of", "").Body.String(); !strings.Contains(again, `class="wrong"`) {
		t.Error("what is wrong is not named")
	}
	o.send(o.at("/seats/begin"), http.StatusSeeOther, "contract", con, "what", "module", "of", "recording")
	o.send(o.at("/seats/begin"), http.StatusConflict, "contract", con, "what", "module", "of", "nothing")
	body = o.page(o.at("/seats"))
	off := regexp.MustCompile(`name="stretch" value="(st_[0-9a-z]+)"><input[^>]*><button[^>]*aria-label="Switch off Recording"`).FindStringSubmatch(body)
	if off == nil {
		t.Fatal("the module cannot be switched off")
	}
	o.send(o.at("/seats/end"), http.StatusSeeOther, "contract", con, "stretch", off[1])
	if w := o.ask(o.at("/seats?contract=con_x"), nil); w.Code != http.StatusNotFound {
		t.Errorf("a contract that is none: %d", w.Code)
	}
	o.onlyHere("/seats?contract=" + con)
}
