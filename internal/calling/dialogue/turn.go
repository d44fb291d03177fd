package dialogue

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/timex"
)

// Form is the version of the interface.
const Form = "waihu.dialogue/1"

// What happened before a turn is asked.
const (
	Met     = "met"      // a person answered: the first turn
	Keys    = "keys"     // they pressed what was listened for
	Words   = "words"    // something was understood
	Silence = "silence"  // nothing came in time
	Said    = "said"     // all was said, and nothing was to be listened for
	NoAgent = "no_agent" // nobody took the call that was handed over
	Over    = "over"     // the call has ended: the last turn, whose reply nobody reads
)

// Person is who is called, as far as the list tells.
type Person struct {
	Name     string            `json:"name,omitempty"`
	Key      string            `json:"key,omitempty"` // the company's own identifier
	Language string            `json:"language,omitempty"`
	Number   string            `json:"number,omitempty"`
	Fields   map[string]string `json:"fields,omitempty"`
}

// Turn is what is asked.
type Turn struct {
	Form     string        `json:"form"`
	Call     string        `json:"call"`
	Campaign string        `json:"campaign"`
	Turn     int           `json:"turn"` // 1, 2, ...: the same number is the same turn
	At       timex.Instant `json:"at"`
	Happened string        `json:"happened"`
	Keys     string        `json:"keys,omitempty"`
	Words    string        `json:"words,omitempty"`
	Person   *Person       `json:"person,omitempty"` // in the first turn alone
	State    string        `json:"state,omitempty"`  // as the reply before said it
}

// Utterance is something to say: a prompt of the company by its key, or the address
// of a WAV file.
type Utterance struct {
	Prompt string `json:"prompt,omitempty"`
	WAV    string `json:"wav,omitempty"`
}

// Listen is what to listen for once all is said.
type Listen struct {
	Keys    int    `json:"keys,omitempty"`    // so many at most
	End     string `json:"end,omitempty"`     // a key that ends them: #
	Words   bool   `json:"words,omitempty"`   // what is understood as well, where the lines can hear it
	Seconds int    `json:"seconds,omitempty"` // until it is silence; 0: DefaultListen
}

// Outcome is what a call came to.
type Outcome struct {
	Code     string        `json:"code"` // of a disposition of the campaign
	Notes    string        `json:"notes,omitempty"`
	CallBack timex.Instant `json:"call_back,omitzero"` // of a callback: when
	Zone     string        `json:"time_zone,omitempty"`
}

// Reply is what the program answers.
type Reply struct {
	Say     []Utterance       `json:"say,omitempty"`
	Listen  *Listen           `json:"listen,omitempty"`
	Outcome *Outcome          `json:"disposition,omitempty"` // it holds at once where it is a refusal
	Answers map[string]string `json:"answers,omitempty"`     // to questions of the campaign's script, by their names
	Agent   bool              `json:"agent,omitempty"`       // hand over to an agent once all is said
	Target  string            `json:"target,omitempty"`      // hand over to a number of the campaign's, by its name, once all is said
	HangUp  bool              `json:"hang_up,omitempty"`     // end the call once all is said
	State   string            `json:"state,omitempty"`       // given back with the next turn
}

// Bounds of what both sides say.
const (
	MaxReply      = 64 << 10 // bytes
	MaxSay        = 10
	MaxPrompt     = 200
	MaxURL        = 2_000
	MaxState      = 4_000
	MaxNotes      = 2_000
	MaxKeys       = 32
	MaxListen     = 60 // seconds
	DefaultListen = 5
	MaxWords      = 2_000
	MaxAnswers    = 50
)

// hands tells whether the call is handed over.
func (r *Reply) hands() bool { return r.Agent || r.Target != "" }

// Problems tells what is wrong with a reply.
func (r *Reply) Problems() (ps fault.Problems) {
	bad := func(path, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path, Value: fault.Shorten(value, 80), What: what, Expected: expected})
	}
	if len(r.Say) > MaxSay {
		bad("say", fmt.Sprint(len(r.Say)), "there is too much to say at once", fmt.Sprintf("at most %d", MaxSay))
	}
	for i, u := range r.Say {
		at := fmt.Sprintf("say[%d]", i)
		if (u.Prompt == "") == (u.WAV == "") || len(u.Prompt) > MaxPrompt {
			bad(at, u.Prompt, "a prompt or the address of a WAV file was expected", "one of the two")
		} else if a, err := url.Parse(u.WAV); u.WAV != "" && (err != nil || len(u.WAV) > MaxURL || a.Scheme != "https" && a.Scheme != "http" || a.Host == "") {
			bad(at+".wav", u.WAV, "this is no address", "https://...")
		}
	}
	if l := r.Listen; l != nil {
		if l.Keys < 0 || l.Keys > MaxKeys || l.Seconds < 0 || l.Seconds > MaxListen || len(l.End) > 1 || l.End != "" && !strings.Contains("0123456789*#", l.End) {
			bad("listen", l.End, "keys, the end of keys or seconds are out of range", fmt.Sprintf("0 to %d keys, one key that ends them, 0 to %d seconds", MaxKeys, MaxListen))
		}
		if l.Keys == 0 && !l.Words {
			bad("listen", "", "nothing is listened for", "keys or words")
		}
		if r.HangUp || r.hands() {
			bad("listen", "", "nobody listens where the call ends or is handed over", "listen, agent, target or hang_up")
		}
	}
	if r.HangUp && r.hands() || r.Agent && r.Target != "" {
		bad("agent", "", "the call cannot end and be handed over, nor go to two", "agent, target or hang_up")
	}
	if len(r.Target) > MaxPrompt {
		bad("target", r.Target, "the name is long", fmt.Sprintf("at most %d bytes", MaxPrompt))
	}
	for question, value := range r.Answers {
		if question == "" || len(question) > MaxPrompt || value == "" || len(value) > MaxWords {
			bad("answers", question, "a question or its answer is missing or long", fmt.Sprintf("1 to %d and 1 to %d bytes", MaxPrompt, MaxWords))
		}
	}
	if len(r.Answers) > MaxAnswers {
		bad("answers", fmt.Sprint(len(r.Answers)), "there are too many answers at once", fmt.Sprintf("at most %d", MaxAnswers))
	}
	if o := r.Outcome; o != nil && (o.Code == "" || len(o.Code) > MaxPrompt || len(o.Notes) > MaxNotes || o.CallBack.IsZero() != (o.Zone == "")) {
		bad("disposition", o.Code, "a code is missing, notes are long, or a callback has no instant or no zone", "a code; with a callback call_back and time_zone")
	}
	if len(r.State) > MaxState || !utf8.ValidString(r.State) {
		bad("state", "", "it is too long, or no text", fmt.Sprintf("at most %d bytes", MaxState))
	}
	return ps
}
