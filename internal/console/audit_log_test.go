package console

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"waihu/internal/access"
	"waihu/internal/store"
)

func TestAuditLog(t *testing.T) {
	d := newDesk(t)
	for _, action := range []string{"invoice.issue", "invoice.void", "payment.book"} {
		d.must(d.db.Update(t.Context(), func(tx store.Tx) error {
			return access.Record(tx, access.System("bills"), access.Deed{Company: d.company, Action: action, Target: "inv_1", After: map[string]string{"what": "<b>paid</b>"}})
		}))
	}
	at := d.at("/log")
	for _, path := range []string{at, at + "?check=1", at + "?action=none", "/log", "/log?check=1"} {
		d.every(path)
	}
	if page := d.page(at + "?action=invoice&actor=bills&target=inv_"); strings.Count(page, "invoice.") != 2 || strings.Contains(page, "payment.book") || strings.Contains(page, "<b>paid") {
		t.Error("the filter takes the wrong ones, or what was written is markup")
	}
	if page := d.page(at + "?first=" + d.today.AddMonths(1).String()); !strings.Contains(page, "Nothing fits") {
		t.Error("the time is not looked at")
	}
	if w := d.ask(at+"?first=tomorrow", nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="tomorrow"`) {
		t.Errorf("%d", w.Code)
	}
	if w := d.ask(at+".csv?action=payment", nil); strings.Count(w.Body.String(), "\n") != 2 {
		t.Errorf("%s", w.Body)
	}
	lines := strings.Split(strings.TrimSpace(d.ask(at+".jsonl", nil).Body.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%q", lines)
	}
	var newest struct {
		Number int64
	}
	d.must(json.Unmarshal([]byte(lines[0]), &newest))
	if newest.Number != 3 || !strings.Contains(lines[0], `"previous_hash":"`) {
		t.Errorf("%s", lines[0])
	}
}
