package telephone_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/calling/attempt"
	"waihu/internal/calling/campaign"
	"waihu/internal/calling/compliance"
	"waihu/internal/calling/dialogue"
	"waihu/internal/calling/lead"
	"waihu/internal/floor"
	"waihu/internal/notify"
	"waihu/internal/phone"
	"waihu/internal/robot"
	"waihu/internal/store"
	"waihu/internal/usage"
)

// server is a dialogue server that answers turns and notes what happened in them.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	told   []string
	secret string
}

// speak opens one that answers as it is told. A turn that is not signed is none.
func (o *office) speak(answer func(s *server, t *dialogue.Turn) string) *server {
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".wav") {
			_, _ = w.Write(quietWAV)
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		body, err := io.ReadAll(r.Body)
		var t dialogue.Turn
		if err != nil || json.Unmarshal(body, &t) != nil || notify.Verify(s.secret, r.Header, body, time.Now()) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		s.told = append(s.told, strings.TrimSpace(t.Happened+" "+t.Keys))
		_, _ = io.WriteString(w, answer(s, &t))
	}))
	o.Cleanup(s.Close)
	return s
}

// quietWAV is a twentieth of a second of silence in A-law.
var quietWAV = append([]byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x06\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x90\x01\x00\x00"), []byte(strings.Repeat("\xd5", 400))...)

// floor opens a floor over the telephone's lines.
func (o *office) floor() (*floor.Floor, *robot.Lanes) {
	o.Helper()
	lanes := &robot.Lanes{Books: o.sys, Seal: must(access.NewSealer(make([]byte, access.SealerKeySize))), HTTP: http.DefaultClient}
	f := must(floor.Open(o.Context(), floor.Config{System: o.sys, Lines: o.phones.Floor(), Packs: must(compliance.Load()), Robots: lanes}))
	o.Cleanup(f.Close)
	return f, lanes
}

// campaign plans one over a list of one lead.
func (o *office) campaign(mode campaign.Mode, number string, change func(*campaign.Campaign)) app.Campaign {
	o.Helper()
	list := must(o.sys.SetLeadList(o.Context(), o.company, app.LeadList{Name: "people", Country: "CN"}))
	must(o.sys.AddLead(o.Context(), o.company, lead.Lead{List: list.ID, Name: "Li", Numbers: []lead.Number{{Number: must(parsed(number))}}}))
	plan := campaign.New("calls", usage.Service, mode, 0)
	plan.Lists, plan.CallerIDs = []campaign.Share{{List: list.ID}}, []campaign.CallerID{{Number: phone.Of(862161234567, 12)}}
	plan.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	plan.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "nobody real is called: the carrier is played"}}
	plan.Retry.Attempts = 1
	change(&plan)
	return must(o.sys.AddCampaign(o.Context(), o.company, plan))
}

// try is the only one of a campaign, once it is closed.
func (o *office) try(of *app.Campaign) (out attempt.Attempt) {
	o.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := o.sys.DB.View(o.Context(), func(tx store.Tx) error {
			list, err := tx.Attempts().List(o.company, store.AttemptQuery{Campaign: of.ID, Limit: 2})
			if len(list) == 1 {
				out = list[0]
			}
			return err
		}); err != nil {
			o.Fatal(err)
		}
		if out.State == attempt.Closed {
			return out
		}
		if time.Now().After(deadline) {
			o.Fatalf("it is not over: %+v", out)
		}
	}
}

// TestARobotLaneOverTheLines: nobody is logged in. A person answers, presses a key while
// the first prompt is said, is handed to a number that is busy, hears so, and is hung up;
// the call is one fact with its try, charged like others.
func TestARobotLaneOverTheLines(t *testing.T) {
	o := open(t, "100.00")
	s := o.speak(func(s *server, t *dialogue.Turn) string {
		switch {
		case t.Happened == dialogue.Met:
			return `{"say":[{"prompt":"wait"},{"prompt":"recorded"}],"listen":{"keys":1,"seconds":20}}`
		case t.Keys == "2":
			return `{"disposition":{"code":"sale","notes":"wants two"},"target":"Desk"}`
		case t.Happened == dialogue.NoAgent:
			return `{"say":[{"wav":"` + s.URL + `/bye.wav"},{"wav":"` + s.URL + `/again.wav"}],"hang_up":true}`
		}
		return `{}`
	})
	f, lanes := o.floor()
	camp := o.campaign(campaign.Robot, "8613800000005", func(c *campaign.Campaign) {
		c.Robot.URL = s.URL
		c.Targets = []campaign.Target{{Name: "Desk", Number: must(parsed("8613800000001"))}}
	})
	s.mu.Lock()
	s.secret = must(robot.NewSecret(t.Context(), o.sys, lanes.Seal, o.company, camp.ID))
	s.mu.Unlock()
	must(o.sys.StartCampaign(t.Context(), o.company, camp.ID, "wu"))
	f.Changed(o.company, camp.ID)
	a := o.try(&camp)
	if a.Disposition != "sale" || a.By != attempt.ByDialogue || a.Notes != "wants two" || a.Pressed != "2" || a.Agent != "" {
		t.Errorf("%+v", a)
	}
	facts := o.facts(2) // the number it was handed to is a call of its own
	i := slices.IndexFunc(facts, func(c store.ChargedCall) bool { return c.Call.ID == a.ID.Named("call") })
	if i < 0 {
		t.Fatalf("%+v", facts)
	}
	if c := facts[i].Call; c.Mode != usage.Robot || c.Direction != usage.Outbound || c.Result != usage.Answered || c.Campaign != camp.ID.Named("cmp") || c.From != "+862161234567" || len(facts[i].Charges) != 1 {
		t.Errorf("%+v", facts[i])
	}
	if c := facts[1-i].Call; c.Session != a.ID.Named("call") || c.Result != usage.Busy {
		t.Errorf("%+v", c)
	}
	f.Close() // the end of the dialogue is told by then
	s.mu.Lock()
	defer s.mu.Unlock()
	if want := []string{"met", "keys 2", "no_agent", "over"}; !slices.Equal(s.told, want) {
		t.Errorf("%q, want %q", s.told, want)
	}
}
