package console

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/lang"
	"waihu/internal/voice/trunk"
)

// TestTheDeskTellsItsModuleWhatItNeeds: who looks, the server's clock, where the
// telephone logs in, and words with their gaps; who may not work on the floor has no desk.
func TestTheDeskTellsItsModuleWhatItNeeds(t *testing.T) {
	d := newDesk(t)
	d.d.Telephone = phones{browsers: "wss://192.0.2.1:7443"}
	ann := d.person(d.company, "ann@example.com", access.Agent)
	if to := ann.ask("/", nil).Header().Get("Location"); to != d.at("/desk") {
		t.Errorf("who works at the desk begins at %s", to)
	}
	page := ann.page(d.at("/desk"))
	boot := regexp.MustCompile(`(?s)<script type="application/json" id="boot">(.*?)</script>`).FindStringSubmatch(page)
	if boot == nil {
		t.Fatal("the page has nothing for its module")
	}
	var told island
	d.must(json.Unmarshal([]byte(boot[1]), &told))
	if told.Company != d.company.Named("co") || told.Pass != d.at("/telephone/pass") || told.User == "" || time.Since(time.UnixMilli(told.Now)).Abs() > time.Minute {
		t.Errorf("it is told %+v", told)
	}
	if got := told.Words["desk.dials_in"]; got != "dials in {time}" {
		t.Errorf("a word with a gap is %q", got)
	}
	if !strings.Contains(page, "No campaign is running") || strings.Contains(page, "palette") {
		t.Error("nobody is told that there is nothing to log in to, or keys of other pages lead away from the desk")
	}
	auditor := d.person(d.company, "eve@example.com", access.Auditor)
	for _, at := range []string{"/desk", "/wallboard", "/wallboard/health"} {
		if got := auditor.ask(d.at(at), nil).Code; got != http.StatusForbidden {
			t.Errorf("an auditor gets %d at %s", got, at)
		}
	}
}

// TestTheWallboardIsToldOfHealth: the first state of trunks at once, and neither names of
// carriers nor calls of others to who is no operator; then the numbers that were called
// with, also where the server stops.
func TestTheWallboardIsToldOfHealth(t *testing.T) {
	d := newDesk(t)
	d.d.Trunks = func() []trunk.State {
		return []trunk.State{{Name: "carrier-x", Open: 3, Channels: 10}, {Name: "y", Down: true}, {Name: "z", Apart: "no answer yet"}, {Name: "v", Rests: time.Now()}}
	}
	d.every(d.at("/wallboard") + "?t_busy=80")
	head := d.person(d.company, "head@example.com", access.Supervisor)
	got := head.glance(d.at("/wallboard/health")).Body.String()
	for _, must := range []string{"event: trunks\n", `"name":"Trunk 1"`, `"state":"down"`, `"state":"apart"`, `"state":"rests"`} {
		if !strings.Contains(got, must) {
			t.Errorf("%q lacks %s", got, must)
		}
	}
	if strings.Contains(got, "carrier-x") || strings.Contains(got, `"open":3`) {
		t.Error("a customer learns the name of a carrier, or the calls of others")
	}
	dialed(d.office, 6)
	d.Server.EndStreams()
	got = head.ask(d.at("/wallboard/health"), nil).Body.String()
	for _, must := range []string{"event: trunks\n", "event: numbers\n", `"number":"862161234567"`, `"calls":6,"answered":3`, `"verdict":"alone"`, `"all":1,"bad":0`, `/reports/numbers?by=day\u0026number=862161234567`} {
		if !strings.Contains(got, must) {
			t.Errorf("%q lacks %s", got, must)
		}
	}
}

// TestEachFigureOfNumbersIsToldAnew, also that of numbers for which a wallboard has no room.
func TestEachFigureOfNumbersIsToldAnew(t *testing.T) {
	was := wallNumbers{Rows: []wallNumber{{Number: "1"}}, All: 20, Bad: 13}
	for _, now := range []wallNumbers{{Rows: was.Rows, All: 20, Bad: 14}, {Rows: was.Rows, All: 21, Bad: 13}, {Rows: []wallNumber{{Number: "1", Unwanted: 1}}, All: 20, Bad: 13}} {
		if now.equal(&was) || !now.equal(&now) {
			t.Errorf("%+v", now)
		}
	}
}

// glance reads the first piece of what has no end.
type glance struct {
	*httptest.ResponseRecorder
	seen context.CancelFunc
}

func (g glance) Flush() { g.seen() }

func (b *browser) glance(path string) *httptest.ResponseRecorder {
	ctx, stop := context.WithCancel(b.t.Context())
	defer stop()
	r := httptest.NewRequestWithContext(ctx, "GET", path, nil)
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := glance{httptest.NewRecorder(), stop}
	b.ServeHTTP(w, r)
	return w.ResponseRecorder
}

// TestModulesOfTheFloorHaveTheirWords: each phrase a module says is there, and each that
// is there is said somewhere.
func TestModulesOfTheFloorHaveTheirWords(t *testing.T) {
	said := map[string]bool{}
	key := regexp.MustCompile("[\"`]((?:desk|wall)\\.[a-z_0-9]*)([\"`$])")
	for _, pattern := range []string{"assets/js/*.js", "assets/js/*/*.js", "templates/pages/desk.html", "templates/pages/wallboard.html", "desk.go", "wallboard.go", "wallboard_health.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range key.FindAllStringSubmatch(string(text), -1) {
				said[m[1]] = true
				if whole := m[2] == `"`; whole && !strings.HasSuffix(m[1], ".") && !strings.HasSuffix(m[1], "_") && !lang.Has(m[1]) {
					t.Errorf("%s says %q, which is no phrase", file, m[1])
				}
			}
		}
	}
	for _, begin := range []string{"desk.", "wall."} {
		for _, k := range lang.Keys(begin) {
			used := false
			for s := range said {
				used = used || s == k || strings.HasSuffix(s, "_") && strings.HasPrefix(k, s)
			}
			if !used {
				t.Errorf("nobody says %q", k)
			}
		}
	}
}
