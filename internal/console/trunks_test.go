package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/voice/trunk"
)

// TestTrunksAreSeenByTheOperator, each as it is, in three languages, and by nobody else.
func TestTrunksAreSeenByTheOperator(t *testing.T) {
	d := newDesk(t)
	if page := d.page("/trunks"); !strings.Contains(page, "Nobody calls on this node") {
		t.Error("where nobody calls the page does not say so")
	}
	d.d.Trunks = func() []trunk.State {
		return []trunk.State{{Name: "gw-a", Open: 3, Channels: 30, Calls: 40, Answered: 10}, {Name: "gw-b", Down: true}, {Name: "gw-c", Rests: time.Date(2030, 1, 2, 3, 4, 0, 0, time.UTC)}, {Name: "gw-d", Apart: "403 Forbidden"}}
	}
	page := d.page("/trunks")
	for _, must := range []string{"gw-a", ">Up<", "25%", "Does not answer", "2030-01-02", "Not registered", "403 Forbidden"} {
		if !strings.Contains(page, must) {
			t.Errorf("the page lacks %q", must)
		}
	}
	d.every("/trunks")
	for _, p := range []*office{d.person(d.company, "customer@example.com", access.CustomerAdmin), d.person(id.Platform, "finance@example.com", access.Finance)} {
		if w := p.ask("/trunks", nil); w.Code != http.StatusForbidden {
			t.Errorf("%d", w.Code)
		}
	}
}
