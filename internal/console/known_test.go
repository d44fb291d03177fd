package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
	"waihu/internal/voice/trunk"
)

// TestFiltersByName: a person is chosen by name, an address holds who they are, and who is
// of another phone system is taken as they are called.
func TestFiltersByName(t *testing.T) {
	o := newOffice(t)
	var user string
	o.must(o.d.System.DB.Update(t.Context(), func(tx store.Tx) error {
		u, _, err := o.d.Gate.AddUser(tx, access.NewUser{Email: "wu@example.com", Name: "Wu Fang", Members: []access.Member{{Company: o.company, Role: access.Agent}}})
		if err == nil {
			user = u.ID.Named("user")
		}
		return err
	}))
	start := o.first.Start(time.UTC)
	_, err := o.d.System.Ingest(t.Context(), o.company, []usage.Fact{&usage.Session{ID: "of-wu", Source: "pbx", User: user, State: usage.Ready, From: start, To: start.Add(time.Hour)}})
	o.must(err)
	if body := o.page(o.at("/reports/agents?first=" + o.first.String())); !strings.Contains(body, ">Wu Fang<") || strings.Contains(body, ">"+user+"<") {
		t.Error("the report by agents does not name them")
	}
	for _, page := range []string{"/usage", "/tries", "/recordings", "/reports/agents", "/callbacks"} {
		for _, asked := range []string{"Wu Fang", user} {
			if body := o.page(o.at(page + "?agent=" + url.QueryEscape(asked))); !strings.Contains(body, `value="Wu Fang" list="l-agent"`) || !strings.Contains(body, `<option value="Wu Fang">`) {
				t.Errorf("%s of %s: the field does not show the name", page, asked)
			}
		}
	}
	if w := o.ask(o.at("/usage?agent=ann"), nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="ann" list="l-agent"`) {
		t.Errorf("who is of another phone system: %d", w.Code)
	}
}

// TestTrunksOfferedByName: to an operator all, to others those their own calls went over.
func TestTrunksOfferedByName(t *testing.T) {
	o := newOffice(t)
	o.d.Trunks = func() []trunk.State { return []trunk.State{{Name: "north"}, {Name: "of others"}} }
	now := timex.At(time.Now().Add(-time.Minute))
	_, err := o.d.System.Ingest(t.Context(), o.company, []usage.Fact{&usage.Call{ID: "over", Source: "pbx", Direction: usage.Outbound, Result: usage.NoAnswer, To: "+8613800000001", Trunk: "north", Start: now, End: now.Add(time.Second)}})
	o.must(err)
	customer := o.as(access.Member{Company: o.company, Role: access.CustomerAdmin})
	for who, at := range map[string]*office{"an operator": o, "a customer": customer} {
		for _, page := range []string{"/usage", "/tries", "/reports/trunks"} {
			body := at.page(o.at(page))
			if !strings.Contains(body, `<option value="north">`) || strings.Contains(body, `<option value="of others">`) != (at == o) {
				t.Errorf("%s of %s offers other trunks than they may know", page, who)
			}
		}
	}
}
