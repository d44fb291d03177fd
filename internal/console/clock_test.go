package console

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waihu/internal/id"
	"waihu/internal/timex"
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

// TestDaysOfAPageAreThoseOfItsClock: who asks the log for a day gets the entries that the
// page says are of that day, and a key ends with the last day that was written; pages of
// no company have the days of UTC.
func TestDaysOfAPageAreThoseOfItsClock(t *testing.T) {
	zone, err := timex.LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	midnight := timex.At(time.Date(2999, 3, 5, 0, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		company id.Company
		want    timex.Instant
	}{{id.Company{ID: id.ID{1}}, midnight.Add(-8 * time.Hour)}, {id.Platform, midnight}} {
		v := &visit{r: httptest.NewRequest("GET", "/log?first=2999-03-05&last=2999-03-04", nil), company: c.company, zone: zone}
		if f, q, _ := v.logQuery(1); !f.OK() || q.Period.From != c.want || q.Period.To != c.want {
			t.Errorf("%v: the day begins at %v, and the one before ends at %v; want %v", c.company, q.Period.From, q.Period.To, c.want)
		}
		if n := v.readKey(v.blank("ends", "2999-03-04")); n.Ends != c.want {
			t.Errorf("%v: a key ends at %v, want %v", c.company, n.Ends, c.want)
		}
	}
}
