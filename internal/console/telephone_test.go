package console

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"waihu/internal/id"
)

// hook is a telephone nobody calls with.
type hook struct{}

func (hook) Pass(id.Company, string) (user, secret string, until time.Time, err error) {
	return "u", "s", time.Now(), nil
}
func (hook) Host() string     { return "127.0.0.1:5060" }
func (hook) Browsers() string { return "ws://127.0.0.1:5066" }

// TestTheTelephoneHasAWordForWhateverHappens: also for reasons of two words, whose
// names a template would not write by itself.
func TestTheTelephoneHasAWordForWhateverHappens(t *testing.T) {
	o := newOffice(t)
	o.d.Telephone = hook{}
	body := o.page(o.at("/telephone"))
	words := regexp.MustCompile(`data-say-([^=]*)="([^"]*)"`).FindAllStringSubmatch(body, -1)
	got := map[string]string{}
	for _, w := range words {
		got[w[1]] = w[2]
	}
	for _, word := range []string{"off", "gone", "no_answer", "no_microphone", "no_pass", "why_blocked", "why_class_blocked", "why_not_served", "why_no_number", "why_no_trunk", "why_stopped", "why_too_many_calls",
		"why_too_fast", "why_spend_cap", "why_no_credit", "why_unpriced"} {
		if got[word] == "" || got[word] == word {
			t.Errorf("%s is told as %q", word, got[word])
		}
	}
	if strings.Contains(body, `name="record"`) {
		t.Error("a call can be recorded where there is no folder for it")
	}
	if strings.Contains(body, "Zgotmpl") {
		t.Error("a name was not written")
	}
}
