package console

import (
	"strings"
	"testing"
)

// TestACompanyHasOneClock: every list of a company writes its times on the clock of the
// contract and names it, and none writes another's.
func TestACompanyHasOneClock(t *testing.T) {
	d := newDesk(t)
	d.upload(d.at("/imports"), map[string]string{"theirs.csv": theirCSV}, "once=i-1")
	d.upload(d.at("/lists"), map[string]string{"spring.csv": "name,phone\nLi,13800138000\n"}, "once=l-1", "list_name=Spring list", "country=CN", "same=list", "basis=consent", "evidence=form", "source=fair")
	for path, shown := range map[string]bool{"/usage": true, "/imports": true, "/users": false, "/log": true, "/lists": false, "/leads?q=138+0013+8000": false} {
		body := d.page(d.at(path))
		if strings.Contains(body, " UTC<") || shown && !strings.Contains(body, "clock of Asia/Shanghai") {
			t.Errorf("%s does not say whose clock its times are on, or has another's", path)
		}
	}
}
