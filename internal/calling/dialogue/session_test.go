package dialogue

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"waihu/internal/timex"
)

const start = timex.Instant(1_790_000_000_000_000)

// told is what acts are, in short.
func told(acts []Act) string {
	var out []string
	for _, a := range acts {
		switch v := a.(type) {
		case Ask:
			out = append(out, fmt.Sprintf("ask %d %s %s%s", v.Turn.Turn, v.Turn.Happened, v.Turn.Keys, v.Turn.Words))
		case Tell:
			out = append(out, "tell "+v.Turn.Happened)
		case Utter:
			out = append(out, "say "+v.What.Prompt+v.What.WAV)
		case Settle:
			out = append(out, "settle "+v.Outcome.Code)
		case HandOver:
			out = append(out, strings.TrimSpace("hand over "+v.Target))
		case Answer:
			out = append(out, fmt.Sprintf("answer %v", v.Answers))
		default:
			out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", a), "dialogue."))
		}
	}
	return strings.TrimSpace(strings.Join(out, "; "))
}

func TestADialogue(t *testing.T) {
	s, now := New("try_1", "cmp_1", Limits{Fallback: "sorry"}), start
	step := func(after time.Duration, ev Event, want string) {
		t.Helper()
		now = now.Add(after)
		if got := told(s.Handle(now, ev)); got != want {
			t.Errorf("%T: %q, want %q", ev, got, want)
		}
	}
	step(0, Answered{}, "ask 1 met")
	step(0, Replied{Turn: 7}, "")
	step(time.Second, Replied{1, Reply{Say: []Utterance{{Prompt: "hello"}, {WAV: "https://a.example/b.wav"}}, Listen: &Listen{Keys: 2, End: "#"}, State: "s1"}}, "say hello")
	step(time.Second, Played{}, "say https://a.example/b.wav")
	step(time.Second, Pressed{"4"}, "") // breaks off what is played, and listens
	step(time.Second, Pressed{"2"}, "ask 2 keys 42")
	step(0, Pressed{"7"}, "") // ahead of the question
	step(0, Replied{2, Reply{Say: []Utterance{{Prompt: "more"}}, Listen: &Listen{Keys: 3, End: "#"}}}, "say more")
	step(time.Second, Played{}, "")
	step(time.Second, Pressed{"#"}, "ask 3 keys 7")
	step(0, Replied{3, Reply{Listen: &Listen{Words: true}, Outcome: &Outcome{Code: "sale"}}}, "settle sale")
	step(time.Second, Understood{"yes please"}, "ask 4 words yes please")
	step(0, Replied{4, Reply{Listen: &Listen{Keys: 1}}}, "")
	step(DefaultListen*time.Second, Tick{}, "ask 5 silence")
	step(0, Replied{5, Reply{Agent: true}}, "hand over")
	step(time.Minute, Unserved{}, "ask 6 no_agent")
	step(0, Replied{6, Reply{Target: "desk", Answers: map[string]string{"size": "42"}}}, "answer map[size:42]; hand over desk")
	step(time.Second, Unserved{}, "ask 7 no_agent")
	step(0, Replied{7, Reply{Say: []Utterance{{Prompt: "bye"}}, HangUp: true}}, "say bye")
	step(time.Second, Played{}, "HangUp")
	step(time.Second, Ended{}, "tell over")
	if !s.IsOver() || s.HasFailed() {
		t.Errorf("%+v", s)
	}
	step(0, Ended{}, "")
}

// TestAProgramThatDoesNotDoItsPart: slow, gone, wrong, or without end: a last word, and
// the call is over.
func TestAProgramThatDoesNotDoItsPart(t *testing.T) {
	for what, do := range map[string]func(s *Session) []Act{
		"slow": func(s *Session) []Act { return s.Handle(start.Add(DefaultAsk), Tick{}) },
		"gone": func(s *Session) []Act { return s.Handle(start, Failed{1}) },
		"wrong": func(s *Session) []Act {
			return s.Handle(start, Replied{1, Reply{HangUp: true, Agent: true, Outcome: &Outcome{Code: "sale"}}})
		},
		"refused": func(s *Session) []Act {
			s.Handle(start, Replied{1, Reply{HangUp: true, Outcome: &Outcome{Code: "none of theirs"}}})
			return s.Handle(start, Refused{})
		},
		"endless": func(s *Session) []Act {
			for i := 1; ; i++ {
				if acts := s.Handle(start, Replied{i, Reply{}}); s.HasFailed() {
					if i != 3 {
						t.Errorf("after %d turns", i)
					}
					return acts
				}
			}
		},
	} {
		s := New("c", "d", Limits{Turns: 3, Fallback: "sorry"})
		s.Handle(start, Answered{})
		if got := told(do(s)); got != "say sorry" || !s.HasFailed() {
			t.Errorf("%s: %q", what, got)
		}
		if got := told(s.Handle(start, Played{})); got != "HangUp" {
			t.Errorf("%s: %q", what, got)
		}
	}
}

// TestAReplyCrossesTheEnd: what it says of the person is done, what it wants of the call
// is not; one that never comes is waited for as long as any.
func TestAReplyCrossesTheEnd(t *testing.T) {
	for want, ev := range map[string]Event{
		"settle refused; answer map[size:42]; tell over": Replied{1, Reply{Say: []Utterance{{Prompt: "bye"}}, Target: "desk", Outcome: &Outcome{Code: "refused"}, Answers: map[string]string{"size": "42"}}},
		"tell over": Failed{1},
		"":          Failed{7},
	} {
		s := New("c", "d", Limits{Fallback: "sorry"})
		s.Handle(start, Answered{})
		if got := told(s.Handle(start, Ended{})); got != "" || s.IsOver() {
			t.Errorf("%q before the reply", got)
		}
		if got := told(s.Handle(start, ev)); got != want || s.WasLate() != strings.HasPrefix(want, "settle") {
			t.Errorf("%q, want %q", got, want)
		}
		if got := told(s.Handle(s.Wake(), Tick{})); (got == "tell over") != (want == "") || !s.IsOver() {
			t.Errorf("%q by the clock", got)
		}
		if got := told(s.Handle(start, Refused{})); got != "" || !s.HasFailed() {
			t.Errorf("%q once its disposition was refused", got)
		}
	}
}

func TestRepliesThatAreNone(t *testing.T) {
	for path, r := range map[string]Reply{
		"say":         {Say: make([]Utterance, MaxSay+1)},
		"say[0]":      {Say: []Utterance{{}}},
		"say[0].wav":  {Say: []Utterance{{WAV: "file:///etc/passwd"}}},
		"listen":      {Listen: &Listen{}},
		"agent":       {Agent: true, HangUp: true},
		"disposition": {Outcome: &Outcome{Code: "callback", CallBack: 1}},
		"target":      {Target: strings.Repeat("x", MaxPrompt+1)},
		"answers":     {Answers: map[string]string{"size": ""}},
		"state":       {State: strings.Repeat("x", MaxState+1)},
	} {
		if ps := r.Problems(); len(ps) == 0 || ps[0].Path != path {
			t.Errorf("%s: %v", path, ps)
		}
	}
}

// TestNoWalkIsEndless: random events in random order: one turn at a time, their numbers
// rise by one, no more than the limit, nothing after the end, and the clock alone ends
// every call.
func TestNoWalkIsEndless(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 64))
		s, now := New("c", "d", Limits{Turns: 10, Fallback: []string{"", "sorry"}[r.IntN(2)]}), start
		open, asked, hung := 0, 0, false
		look := func(ev Event) {
			if v, is := ev.(Replied); is && v.Turn == open {
				open = 0
			}
			for _, a := range s.Handle(now, ev) {
				if hung {
					if _, is := a.(Tell); !is {
						t.Fatalf("seed %d: %T after the end", seed, a)
					}
				}
				switch v := a.(type) {
				case Ask:
					if open != 0 || v.Turn.Turn != asked+1 || v.Turn.Turn > 10 {
						t.Fatalf("seed %d: turn %d, %d are open", seed, v.Turn.Turn, open)
					}
					open, asked = v.Turn.Turn, v.Turn.Turn
				case HangUp:
					hung = true
				}
			}
		}
		look(Answered{})
		for range 60 {
			now = now.Add(time.Duration(r.IntN(3000)) * time.Millisecond)
			replies := []Reply{{}, {Say: []Utterance{{Prompt: "a"}, {Prompt: "b"}}}, {Listen: &Listen{Keys: 2, End: "#"}}, {Listen: &Listen{Words: true}}, {Agent: true}, {HangUp: true, Say: []Utterance{{Prompt: "bye"}}}, {HangUp: true, Agent: true}}
			events := []Event{Replied{asked, replies[r.IntN(len(replies))]}, Replied{asked, replies[r.IntN(4)]}, Failed{r.IntN(20)}, Played{}, Pressed{"5"}, Pressed{"#"}, Understood{"x"}, Unserved{}, Tick{}}
			look(events[r.IntN(len(events))])
		}
		for n := 0; !hung; n++ {
			if n > 200 {
				t.Fatalf("seed %d: the clock does not end it", seed)
			}
			now = max(now, s.Wake())
			look(Tick{})
			if open != 0 {
				look(Replied{asked, Reply{}})
			}
		}
		look(Ended{})
		if !s.IsOver() {
			t.Fatalf("seed %d: %+v", seed, s)
		}
	}
}
