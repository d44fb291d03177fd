package main

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"waihu/internal/calling/dialogue"
	"waihu/internal/notify"
	"waihu/internal/robot"
)

// fake is a call whose person presses keys as they are told.
type fake struct {
	keys    map[string]string // pressed while a prompt is played
	said    []string
	outcome string
	handed  bool
	events  chan dialogue.Event
}

func (f *fake) Say(prompt string) {
	f.said = append(f.said, prompt)
	for _, k := range f.keys[prompt] {
		f.events <- dialogue.Pressed{Key: string(k)}
	}
	f.events <- dialogue.Played{}
}
func (f *fake) Play([]byte)                     {}
func (f *fake) Settle(o dialogue.Outcome) error { f.outcome = o.Code + " " + o.Notes; return nil }
func (f *fake) Answer(map[string]string)        {}
func (f *fake) HandOver(string)                 { f.handed = true; f.events <- dialogue.Unserved{} }
func (f *fake) HangUp()                         { f.events <- dialogue.Ended{} }

// TestTheExampleSpeaks with our own side, signature and all.
func TestTheExampleSpeaks(t *testing.T) {
	secret := notify.NewSecret()
	server := httptest.NewServer(handler(secret, time.Now))
	defer server.Close()
	for what, c := range map[string]struct {
		keys          map[string]string
		said, outcome string
		handed        bool
	}{
		"buys":     {map[string]string{"offer_ask": "1", "how_many": "25#"}, "offer_ask how_many thanks", "sale wants 25", false},
		"refuses":  {map[string]string{"offer_ask": "9"}, "offer_ask never_again", "refused pressed 9", false},
		"an agent": {map[string]string{"offer_ask": "2"}, "offer_ask one_moment no_agent", "not_there ", true},
		"else":     {map[string]string{"offer_ask": "5"}, "offer_ask offer_ask goodbye", "", false},
	} {
		f := &fake{keys: c.keys, events: make(chan dialogue.Event, 100)}
		client := &robot.Client{URL: server.URL, Secrets: []string{secret}, HTTP: server.Client(), Counts: &robot.Counts{}}
		s := dialogue.New("try_1", "cmp_1", dialogue.Limits{Fallback: "sorry"})
		robot.Run(context.Background(), client, s, dialogue.Person{Name: "Li"}, f, f.events)
		if got := strings.Join(f.said, " "); got != c.said || f.outcome != c.outcome || f.handed != c.handed || s.HasFailed() {
			t.Errorf("%s: said %q, outcome %q, handed over %v, failed %v", what, got, f.outcome, f.handed, s.HasFailed())
		}
	}
	f := &fake{events: make(chan dialogue.Event, 100)}
	client := &robot.Client{URL: server.URL, Secrets: []string{notify.NewSecret()}, HTTP: server.Client(), Counts: &robot.Counts{}}
	robot.Run(context.Background(), client, dialogue.New("try_1", "cmp_1", dialogue.Limits{Fallback: "sorry"}), dialogue.Person{}, f, f.events)
	if strings.Join(f.said, " ") != "sorry" || client.Counts.Failed.Load() == 0 {
		t.Errorf("another secret: %v", f.said)
	}
}
