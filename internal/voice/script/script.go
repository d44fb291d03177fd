// Package script is what a scripted carrier does with a call, by the number that
// is called. It is pure: package carrier plays it, planfile reads it.
//
// What always holds: a script that validates has an answer for every number.
package script

import (
	"fmt"
	"strings"
	"time"

	"waihu/internal/fault"
)

// Does is how a call goes.
type Does string

const (
	Answer       Does = "answer"       // rings, then a person answers
	Busy         Does = "busy"         // 486
	NoAnswer     Does = "no_answer"    // rings for ever
	Machine      Does = "machine"      // answers with a greeting and a beep
	Announcement Does = "announcement" // says something in early media, then refuses
	Refuse       Does = "refuse"       // a status of its own
	Silence      Does = "silence"      // a first response (100) and nothing more
)

// Choices lists them.
func (Does) Choices() []string {
	return []string{"answer", "busy", "no_answer", "machine", "announcement", "refuse", "silence"}
}

// maxLines is how many lines a script may have.
const maxLines = 1000

// maxKeys is how many keys a line presses.
const maxKeys = 32

// KeyEvery is the pause before each key, where a line does not say.
const KeyEvery = Span(3 * time.Second)

// Script is a carrier.
type Script struct {
	Name  string `plan:"carrier,required" doc:"Name of the carrier, for people."`
	Lines []Line `plan:"lines,required" doc:"What is done with a number. The first line that fits counts; the last one fits every number."`
}

// Line is what is done with the numbers it fits.
type Line struct {
	To     string `plan:"to,required" doc:"Number called, or its first digits and *; * alone fits every number."`
	Does   Does   `plan:"does,required" doc:"answer, busy, no_answer, machine, announcement, refuse or silence."`
	Ring   Span   `plan:"ring" doc:"How long it rings, or is announced, before anything else happens."`
	Talk   Span   `plan:"talk" doc:"How long it talks before it hangs up; until the caller does if absent."`
	Keys   string `plan:"keys" doc:"Keys the person presses, one after the other; of answer."`
	Every  Span   `plan:"every" doc:"So long after the answer the first key, and so long between them; 3s if absent."`
	Sound  string `plan:"sound" doc:"WAV file that is played, in the folder of the script; a tone of its own if absent."`
	Code   int    `plan:"code" doc:"Status of refuse and announcement, 300 to 699; 503 and 404 if absent."`
	Reason string `plan:"reason" doc:"Phrase of that status."`
	Retry  Span   `plan:"retry" doc:"Retry-After of a refusal."`
	Loss   Share  `plan:"loss" doc:"Share of packets that are lost on the way to the caller, for example 5%."`
	Jitter Span   `plan:"jitter" doc:"Packets to the caller are late by up to this."`
}

// For is the line for a number.
func (s *Script) For(number string) Line {
	for _, l := range s.Lines {
		if l.fits(number) {
			return l
		}
	}
	return Line{To: "*", Does: Refuse, Code: 404, Reason: "Not Found"} // a script that validates ends with *
}

func (l Line) fits(number string) bool {
	if head, star := strings.CutSuffix(l.To, "*"); star {
		return strings.HasPrefix(number, head)
	}
	return l.To == number
}

// Validate finds everything that is wrong.
func (s *Script) Validate() (all fault.Problems) {
	add := func(path, what, expected string) {
		all = append(all, fault.Problem{Path: path, What: what, Expected: expected})
	}
	if n := len(s.Lines); n == 0 || s.Lines[n-1].To != "*" {
		add("lines", "numbers are left without a line", `a last line with to: "*"`)
	} else if n > maxLines {
		add("lines", fmt.Sprintf("%d lines", n), fmt.Sprintf("at most %d", maxLines))
	}
	for i, l := range s.Lines {
		at := fmt.Sprintf("lines[%d].", i)
		if star := strings.IndexByte(l.To, '*'); star >= 0 && star != len(l.To)-1 {
			add(at+"to", "a star in the middle", "a number, or its first digits and a star at the end")
		}
		if l.Code != 0 && (l.Code < 300 || l.Code > 699) {
			add(at+"code", "not a status that refuses", "300 to 699")
		}
		if l.Code != 0 && l.Does != Refuse && l.Does != Announcement {
			add(at+"code", "a status where nothing is refused", "does: refuse or announcement")
		}
		if strings.ContainsAny(l.Reason, "\r\n") {
			add(at+"reason", "more than one line", "a short phrase")
		}
		if len(l.Keys) > maxKeys || strings.Trim(l.Keys, "0123456789*#") != "" || l.Keys != "" && l.Does != Answer {
			add(at+"keys", "nobody presses them, or they are none", fmt.Sprintf("up to %d of 0 to 9, * and #, with does: answer", maxKeys))
		}
		if l.Loss < 0 || !(l.Loss <= 1) {
			add(at+"loss", "not a share", "0% to 100%")
		}
		for name, d := range map[string]Span{"ring": l.Ring, "talk": l.Talk, "retry": l.Retry, "jitter": l.Jitter, "every": l.Every} {
			if d < 0 || time.Duration(d) > time.Hour {
				add(at+name, "out of range", "0 to 1h")
			}
		}
	}
	return all
}

// Default is the script that comes with the program. It is written so that one
// call of each kind can be placed by the number's last digits.
func Default() *Script {
	s := func(n time.Duration) Span { return Span(n * time.Second) }
	return &Script{Name: "loopback", Lines: []Line{
		{To: "10001", Does: Answer, Ring: s(1), Talk: s(8)},
		{To: "10002", Does: Busy, Ring: s(1)},
		{To: "10003", Does: NoAnswer},
		{To: "10004", Does: Machine, Ring: s(1)},
		{To: "10005", Does: Announcement, Code: 404, Reason: "Not Found", Ring: s(3)},
		{To: "10006", Does: Answer, Ring: s(1), Talk: s(8), Loss: 0.05, Jitter: Span(40 * time.Millisecond)},
		{To: "10007", Does: Refuse, Code: 503, Reason: "Service Unavailable", Retry: s(30)},
		{To: "10008", Does: Silence},
		{To: "*", Does: Answer, Ring: s(1)},
	}}
}
