package demo

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/lang"
	"waihu/internal/voice/audio"
	"waihu/internal/voice/prompt"
	"waihu/internal/voice/script"
)

// Files of what the other end says, in the folder of the carrier's script.
const (
	womanSays   = "woman.wav"
	manSays     = "man.wav"
	machineSays = "machine.wav"
)

// longest is how long a customer stays on the line who was not hung up on.
const longest = 10 * time.Minute

// behaviour is what the carrier does with the leads of campaigns that work, by the
// digit after the beginning of their number.
var behaviour = []script.Line{
	{Does: script.Answer, Ring: script.Span(3 * time.Second), Talk: script.Span(longest), Sound: womanSays},
	{Does: script.Answer, Ring: script.Span(8 * time.Second), Talk: script.Span(longest), Sound: manSays},
	{Does: script.Answer, Ring: script.Span(5 * time.Second), Talk: script.Span(15 * time.Second), Sound: manSays}, // hangs up soon
	{Does: script.NoAnswer},
	{Does: script.Busy, Ring: script.Span(time.Second)},
	{Does: script.Machine, Ring: script.Span(6 * time.Second), Sound: machineSays},
	{Does: script.Announcement, Ring: script.Span(4 * time.Second), Code: 404, Reason: "Not Found"},
	{Does: script.Refuse, Code: 503, Reason: "Service Unavailable"}, // congestion
}

// Shares of leads in a hundred, in the order of behaviour: people who expect no call,
// and customers who wait for theirs, so that a visitor's first call is a conversation.
var (
	usualKinds   = []int{26, 14, 6, 32, 9, 7, 4, 2}
	waitingKinds = []int{70, 30}
)

// numbersApart is how far the numbers of two leads of a list are apart at most: with
// seven digits there is room for mostLeads.
const numbersApart = 400

// kindOf draws the digit that says what the carrier does.
func kindOf(shares []int, rng *rand.Rand) string {
	roll, kind := rng.IntN(100), 0
	for ; roll >= shares[kind]; kind++ { // they are a hundred together
		roll -= shares[kind]
	}
	return strconv.Itoa(kind + 1)
}

// atAnyHour lets a campaign call whatever the visitor's clock says, and as often as its
// agents can.
func atAnyHour(plan *campaign.Campaign) {
	plan.Hours.Windows = []campaign.Window{{Days: []int{1, 2, 3, 4, 5, 6, 7}, From: "00:00", To: "24:00"}}
	plan.Lifted = []campaign.Lift{{Rule: "cn.hours", Reason: "示范环境：对方是脚本，没有真人会接到电话"}}
	plan.CallerIDs[0].Daily = 0
}

// answers is what the carrier does: leads behave as their number says; numbers from
// 139 0000 0100, 0200 and 0900 on press 1, 2 and 9; who else is called answers, but for
// two numbers.
func answers() *script.Script {
	s := &script.Script{Name: "demo", Lines: []script.Line{
		{To: "13800000002", Does: script.Busy, Ring: script.Span(time.Second)},
		{To: "13800000003", Does: script.NoAnswer},
	}}
	for _, key := range []string{"1", "2", "9"} { // who hears a broadcast out and answers it
		s.Lines = append(s.Lines, script.Line{To: "+8613900000" + key + "*", Does: script.Answer, Ring: script.Span(time.Second), Talk: script.Span(time.Minute), Sound: womanSays, Keys: key, Every: script.Span(6 * time.Second)})
	}
	for _, p := range plans(working) {
		for kind := range p.kinds {
			line := behaviour[kind]
			line.To = "+" + p.begins + strconv.Itoa(kind+1) + "*"
			s.Lines = append(s.Lines, line)
		}
	}
	s.Lines = append(s.Lines, script.Line{To: "*", Does: script.Answer, Ring: script.Span(time.Second)})
	return s
}

// customers writes what they say into a folder: a word and a wait, then a sentence now and
// then, over and over; a machine greets.
func customers(folder string) error {
	for name, sound := range map[string][]int16{womanSays: conversation(speaker{205}), manSays: conversation(speaker{120}), machineSays: greeting()} {
		if err := writeSound(filepath.Join(folder, name), sound); err != nil {
			return err
		}
	}
	return nil
}

// prompts writes the notice that a call is recorded in a voice like the others, and gives its
// folder: beside people who speak the generated set's Morse code would be odd.
func prompts(folder string) (string, error) {
	out := filepath.Join(folder, "prompts")
	sound := speaker{190}.say(1600 * time.Millisecond)
	for _, tag := range lang.Tags() {
		of := filepath.Join(out, string(tag))
		if err := os.MkdirAll(of, 0o700); err != nil {
			return "", err
		}
		if err := writeSound(filepath.Join(of, string(prompt.Recorded)+".wav"), sound); err != nil {
			return "", err
		}
	}
	return out, nil
}

// writeSound writes a file of sound.
func writeSound(path string, sound []int16) error {
	b := make([]byte, len(sound))
	audio.ALaw.EncodeTo(b, sound)
	return os.WriteFile(path, append(audio.Header(audio.ALaw, 1, int64(len(b))), b...), 0o600)
}

// greeting is a machine's: longer than a person speaks without waiting.
func greeting() []int16 { return speaker{165}.say(7 * time.Second) }

// conversation is one side of it, half a minute long.
func conversation(s speaker) []int16 {
	out := append(quiet(300*time.Millisecond), s.say(720*time.Millisecond)...)
	for _, turn := range []struct{ wait, says time.Duration }{{3, 2}, {4, 3}, {2, 1}, {5, 4}, {3, 1}} {
		out = append(append(out, quiet(turn.wait*time.Second)...), s.say(turn.says*time.Second)...)
	}
	return append(out, quiet(2*time.Second)...)
}
