package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
)

// phones are where telephones of the tests log in.
type phones struct{ browsers string }

func (phones) Pass(id.Company, string) (user, secret string, until time.Time, err error) {
	return "u", "s", time.Time{}, nil
}
func (phones) Host() string       { return "192.0.2.1:5060" }
func (p phones) Browsers() string { return p.browsers }

// TestDeskTelephonesAreShownOnce: an agent makes a telephone's log-in, sees its secret
// once, has it in the list without, and ends it; nobody else can.
func TestDeskTelephonesAreShownOnce(t *testing.T) {
	d := newDesk(t)
	d.d.Telephone = phones{}
	at := d.at("/telephone")
	ann := d.person(d.company, "ann@example.com", access.Agent)
	d.every(at)
	once := regexp.MustCompile(`value="([0-9a-f]+)-desk"`)
	form := []string{"once", once.FindStringSubmatch(ann.page(at))[1] + "-desk", "name", "Desk 4"}
	ann.send(at+"/lines", http.StatusUnprocessableEntity, "once", "x", "name", "")
	page := ann.send(at+"/lines", http.StatusOK, form...).Body.String()
	secret := regexp.MustCompile(`value="([0-9a-z]{24})"`).FindStringSubmatch(page)
	account := regexp.MustCompile(`tel_[0-9a-z]+`).FindString(page)
	if secret == nil || account == "" || !strings.Contains(page, "192.0.2.1:5060") {
		t.Fatalf("%s", page)
	}
	if _, good, err := d.d.Gate.LineDigest(t.Context(), account); !good || err != nil {
		t.Errorf("%v, %v", good, err)
	}
	if again := ann.send(at+"/lines", http.StatusOK, form...).Body.String(); strings.Contains(again, secret[1]) || !strings.Contains(again, "sent twice") {
		t.Error("the secret is shown twice, or not said to be")
	}
	list := ann.page(at)
	if strings.Count(list, account+"</span>") != 1 || strings.Contains(list, secret[1]) {
		t.Error("the list lacks the telephone, or shows its secret")
	}
	end := at + "/lines/" + account + "/end"
	d.person(d.company, "bob@example.com", access.Agent).send(end, http.StatusNotFound)
	ann.send(end, http.StatusSeeOther, "once", once.FindStringSubmatch(list)[1]+"-"+account)
	if _, good, _ := d.d.Gate.LineDigest(t.Context(), account); good {
		t.Error("it holds after its end")
	}
}

// TestTheTelephoneHasAWordForWhateverHappens: also for reasons of two words, whose
// names a template would not write by itself.
func TestTheTelephoneHasAWordForWhateverHappens(t *testing.T) {
	o := newOffice(t)
	o.d.Telephone = phones{"ws://127.0.0.1:5066"}
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

// reach goes nowhere.
type reach struct{}

func (reach) Callable(string) (string, error) {
	return "", &app.CallRefused{Reason: app.NumberUnread, Err: fault.New(fault.Invalid, "no number")}
}

// TestAPageSaysWhyANumberIsNotPlanned: beside the field, with what was written still in it.
func TestAPageSaysWhyANumberIsNotPlanned(t *testing.T) {
	d := newDesk(t)
	d.d.Telephone, d.d.System.Reach = phones{"ws://127.0.0.1:5066"}, reach{}
	page := d.send(d.at("/telephone"), http.StatusUnprocessableEntity, "once", "a", "contract", d.contract.Named("con"), "to", "my aunt").Body.String()
	if !strings.Contains(page, "that is no number") || !strings.Contains(page, `value="my aunt"`) {
		t.Errorf("%s", page)
	}
}
