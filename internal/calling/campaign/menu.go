package campaign

import (
	"fmt"
	"slices"
	"strings"

	"waihu/internal/fault"
)

// Menu is what a broadcast plays and which keys it listens for, and what those hear in
// any mode who wait for an agent because they called or asked. The first prompt is
// the campaign's message; its keys and its waiting are those of the first step.
type Menu struct {
	// Machine is left on a machine behind its beep; empty: it is let go.
	Machine string     `json:"machine,omitempty"`
	Steps   []MenuStep `json:"steps,omitempty"`
	// Patience is how long somebody who asked for an agent waits for one, in seconds;
	// 0: DefaultQueue. Then they hear NoAgent and are called back.
	Patience int    `json:"patience,omitempty"`
	NoAgent  string `json:"no_agent,omitempty"`
	// Closed is said to who calls back when nobody is there; they are called.
	Closed string `json:"closed,omitempty"`
}

// MenuStep is a prompt and what is listened for while and after it is played.
type MenuStep struct {
	ID     string   `json:"id"`
	Prompt string   `json:"prompt,omitempty"` // of the first step: empty, it is the message
	Keys   []KeyAct `json:"keys,omitempty"`
	// Digits takes a number of up to so many digits instead, ended by # or by waiting;
	// * begins it anew.
	Digits int    `json:"digits,omitempty"`
	Answer string `json:"answer,omitempty"` // question of the campaign's script that a key or the digits answer
	Next   string `json:"next,omitempty"`   // step behind digits, or behind silence; empty: the end
	Wait   int    `json:"wait,omitempty"`   // seconds for the first key after the prompt, and between digits; 0: DefaultKeyWait
	Most   int    `json:"most,omitempty"`   // times the prompt is played where nothing or a wrong key is pressed; 0: DefaultPlays
}

// Does is what a key does.
type Does string

const (
	KeyRepeat   Does = "repeat"   // plays the prompt again
	KeyRefuse   Does = "refuse"   // they are never called again, from this moment on
	KeyAgent    Does = "agent"    // connects them with an agent of the campaign
	KeyCallback Does = "callback" // they are called back
	KeyAnswer   Does = "answer"   // answers the step's question, and goes on
	KeyEnd      Does = "end"      // ends the call
)

// Choices lists them.
func (Does) Choices() []string {
	return []string{"repeat", "refuse", "agent", "callback", "answer", "end"}
}

// KeyAct is a key and what it does.
type KeyAct struct {
	Key    string `json:"key"` // 0 to 9, * or #
	Does   Does   `json:"does"`
	Value  string `json:"value,omitempty"`  // of answer: what is kept; empty: the key
	To     string `json:"to,omitempty"`     // of answer: the step behind it; empty: the end
	After  int    `json:"after,omitempty"`  // of callback: minutes from now; 0: DefaultCallback
	Prompt string `json:"prompt,omitempty"` // said before the call ends: of refuse, callback, answer and end
}

// Rate bounds a campaign that dials without agents.
type Rate struct {
	Channels int `json:"channels,omitempty"` // calls at once; 0: DefaultChannels
	Minute   int `json:"minute,omitempty"`   // dials a minute; 0: DefaultMinute
}

// Bounds and defaults of broadcasts and robot lanes.
const (
	MaxMenuSteps    = 50
	MaxDigits       = 20
	MaxKeyWait      = 30
	MaxPlays        = 5
	MaxQueue        = 300
	MaxCallback     = 30 * 24 * 60 // minutes
	MaxChannels     = 2_000
	MaxMinute       = 6_000
	DefaultKeyWait  = 5
	DefaultPlays    = 2
	DefaultQueue    = 30
	DefaultCallback = 60
	DefaultChannels = 10
	DefaultMinute   = 30
)

// Alone tells whether the mode dials without agents who wait.
func (m Mode) Alone() bool { return m == Broadcast || m == Robot }

// GoesOnAlone tells whether a campaign is to be driven though nobody is logged in: it runs,
// or waits for money.
func (c *Campaign) GoesOnAlone() bool {
	return c.Mode.Alone() && (c.Status.State == Running || c.Status.State == Paused && c.Status.Cause == ByBudget)
}

// Step finds a step of a menu; nil: there is none.
func (m *Menu) Step(name string) *MenuStep {
	for i := range m.Steps {
		if m.Steps[i].ID == name {
			return &m.Steps[i]
		}
	}
	return nil
}

// Questions are those of the script that the menu asks, with what may be kept.
func (m *Menu) Questions() map[string][]string {
	out := map[string][]string{}
	for i := range m.Steps {
		st := &m.Steps[i]
		if st.Answer == "" {
			continue
		}
		values := out[st.Answer]
		for _, k := range st.Keys {
			if k.Does == KeyAnswer {
				values = append(values, k.Kept())
			}
		}
		out[st.Answer] = values
	}
	return out
}

// Kept is what a key that answers stands for.
func (k *KeyAct) Kept() string {
	if k.Value != "" {
		return k.Value
	}
	return k.Key
}

func (m *Menu) problems(path string, guided bool) (ps fault.Problems) {
	bad := func(at, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path + at, Value: value, What: what, Expected: expected})
	}
	if len(m.Steps) > MaxMenuSteps {
		bad(".steps", fmt.Sprint(len(m.Steps)), "there are too many", fmt.Sprintf("at most %d", MaxMenuSteps))
		return ps
	}
	if m.Patience < 0 || m.Patience > MaxQueue || max(len(m.Machine), len(m.NoAgent), len(m.Closed)) > MaxName {
		bad(".patience", fmt.Sprint(m.Patience), "it is out of range, or a prompt has a long key", fmt.Sprintf("0 to %d seconds", MaxQueue))
	}
	for i := range m.Steps {
		st, at := &m.Steps[i], fmt.Sprintf(".steps[%d]", i)
		if st.ID == "" || len(st.ID) > MaxName || m.Step(st.ID) != st {
			bad(at+".id", st.ID, "a step needs a name of its own", "each name once")
		}
		if i > 0 && st.Prompt == "" || len(st.Prompt) > MaxName {
			bad(at+".prompt", st.Prompt, "there is nothing to say, or its key is long", "the key of a prompt")
		}
		if st.Next != "" && m.Step(st.Next) == nil {
			bad(at+".next", st.Next, "there is no such step", "the id of a step")
		}
		for _, n := range []struct {
			at       string
			v, limit int
		}{{".digits", st.Digits, MaxDigits}, {".wait", st.Wait, MaxKeyWait}, {".most", st.Most, MaxPlays}} {
			if n.v < 0 || n.v > n.limit {
				bad(at+n.at, fmt.Sprint(n.v), "it is out of range", fmt.Sprintf("0 to %d", n.limit))
			}
		}
		if st.Digits > 0 && len(st.Keys) > 0 || st.Digits > 0 && st.Answer == "" {
			bad(at+".digits", fmt.Sprint(st.Digits), "a number is taken instead of keys, and answers a question", "digits with an answer and without keys")
		}
		if st.Answer != "" && !guided {
			bad(at+".answer", st.Answer, "answers are kept by a script, and the campaign has none", "a guide")
		}
		for j := range st.Keys {
			ps = append(ps, m.key(st, j, fmt.Sprintf("%s%s.keys[%d]", path, at, j))...)
		}
	}
	return ps
}

func (m *Menu) key(st *MenuStep, j int, at string) (ps fault.Problems) {
	bad := func(key, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: at + key, Value: value, What: what, Expected: expected})
	}
	k := &st.Keys[j]
	if len(k.Key) != 1 || !strings.Contains("0123456789*#", k.Key) || slices.ContainsFunc(st.Keys[:j], func(o KeyAct) bool { return o.Key == k.Key }) {
		bad(".key", k.Key, "this is no key, or stands there twice", "0 to 9, * or #, each once")
	}
	if !slices.Contains(k.Does.Choices(), string(k.Does)) {
		bad(".does", string(k.Does), "a key can do no such thing", strings.Join(k.Does.Choices(), ", "))
	}
	if k.Does == KeyAnswer && st.Answer == "" {
		bad(".does", string(k.Does), "the step asks no question", "answer: the question it answers")
	}
	if k.To != "" && (k.Does != KeyAnswer || m.Step(k.To) == nil) {
		bad(".to", k.To, "there is no such step, or the key does not answer", "the id of a step")
	}
	if k.After < 0 || k.After > MaxCallback || k.After > 0 && k.Does != KeyCallback {
		bad(".after", fmt.Sprint(k.After), "it is out of range, or the key is for no callback", fmt.Sprintf("0 to %d minutes", MaxCallback))
	}
	if len(k.Prompt) > MaxName || len(k.Value) > MaxName {
		bad(".prompt", k.Prompt, "it is long", fmt.Sprintf("at most %d bytes", MaxName))
	}
	return ps
}
