package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/store"
	"waihu/internal/usage"
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
