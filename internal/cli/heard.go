package cli

import (
	"math"
	"strconv"
	"strings"
	"time"

	"waihu/internal/lang"
	"waihu/internal/voice/detect"
)

// tellHeard is what was heard, in words.
func tellHeard(b *strings.Builder, tag lang.Tag, r *detect.Result) {
	line := func(key string, args map[string]string) { b.WriteString(lang.Phrase(tag, "heard."+key, args) + "\n") }
	if d := r.Decision; r.Answered {
		args := map[string]string{"party": string(d.Party), "sure": percent(d.Confidence), "at": seconds(d.At), "why": string(d.Reason)}
		line("party", args)
		if d.Words > 0 {
			line("greeting", map[string]string{"silence": seconds(d.Silence), "greeting": seconds(d.Greeting), "words": strconv.Itoa(d.Words)})
		}
	}
	for _, f := range r.Findings {
		args := map[string]string{"kind": string(f.Kind), "sure": percent(f.Confidence), "from": seconds(sinceAnswer(r, &f)), "length": seconds(f.To - f.From)}
		switch f.Kind {
		case detect.Spoken:
			args["class"] = f.Detail
		case detect.Beep:
			args["hertz"] = strconv.FormatFloat(math.Round(f.Hertz), 'f', 0, 64)
		default:
			args["detail"] = f.Detail
		}
		if f.Answered {
			line("after", args)
		} else {
			line("before", args)
		}
	}
	if r.Keys != "" {
		line("keys", map[string]string{"keys": r.Keys})
	}
	if !r.Answered && len(r.Findings) == 0 && r.Keys == "" {
		line("nothing", nil)
	}
}

// sinceAnswer is when a finding began: after the answer, or after the first
// sound where it was before the answer.
func sinceAnswer(r *detect.Result, f *detect.Finding) time.Duration {
	if f.Answered {
		return max(0, f.From-r.Early)
	}
	return f.From
}

func percent(share float64) string {
	return strconv.FormatFloat(100*share, 'f', 0, 64) + "%"
}

// heardJSON is what was heard, for programs.
type heardJSON struct {
	Party      string        `json:"party,omitempty"`
	Confidence float64       `json:"confidence,omitempty"`
	Reason     string        `json:"reason,omitempty"`
	After      float64       `json:"decided_after,omitempty"` // seconds after the answer
	Silence    float64       `json:"initial_silence,omitempty"`
	Greeting   float64       `json:"greeting,omitempty"`
	Words      int           `json:"words,omitempty"`
	Keys       string        `json:"keys_as_sound,omitempty"`
	Findings   []findingJSON `json:"findings"`
}

type findingJSON struct {
	Kind       string  `json:"kind"`
	Detail     string  `json:"detail,omitempty"`
	Hertz      float64 `json:"hertz,omitempty"`
	Answered   bool    `json:"after_answer"`
	From       float64 `json:"from"` // seconds after the answer, or after the first sound where it was before
	Length     float64 `json:"length"`
	Confidence float64 `json:"confidence"`
}

func jsonOfHeard(r *detect.Result) *heardJSON {
	j := &heardJSON{Keys: r.Keys, Findings: []findingJSON{}}
	if d := r.Decision; r.Answered {
		j.Party, j.Confidence, j.Reason, j.After = string(d.Party), hundredth(d.Confidence), string(d.Reason), d.At.Seconds()
		j.Silence, j.Greeting, j.Words = d.Silence.Seconds(), d.Greeting.Seconds(), d.Words
	}
	for _, f := range r.Findings {
		j.Findings = append(j.Findings, findingJSON{string(f.Kind), f.Detail, math.Round(f.Hertz), f.Answered, sinceAnswer(r, &f).Seconds(), (f.To - f.From).Seconds(), hundredth(f.Confidence)})
	}
	return j
}

func hundredth(f float64) float64 { return math.Round(f*100) / 100 }
