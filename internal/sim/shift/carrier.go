package shift

import (
	"fmt"
	"net/netip"
	"time"

	"waihu/internal/calling/campaign"
	"waihu/internal/voice/carrier"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/script"
)

// kind is the first digits of numbers, how many of a hundred leads have them, and what
// the carrier does.
type kind struct {
	head  uint64
	share int
	line  script.Line
}

// answers are persons who answer: in a robot lane they press keys, as the server of
// examples/dialogue asks for them, in a broadcast as its menu does.
func (s *Setup) answers() []kind {
	ring := script.Span(3 * time.Second)
	var all []kind
	switch s.Mode {
	case campaign.Robot:
		all = []kind{{861391, 14, script.Line{Keys: "125#"}}, {861392, 7, script.Line{Keys: "9"}}, {861393, 7, script.Line{Keys: "2"}}, {861394, 7, script.Line{}}}
	case campaign.Broadcast:
		all = []kind{{861391, 14, script.Line{}}, {861392, 7, script.Line{Keys: "9"}}, {861393, 7, script.Line{Keys: "1"}}, {861394, 7, script.Line{Keys: "2"}}}
	default:
		return []kind{{861391, 35, script.Line{To: "+861391*", Does: script.Answer, Ring: ring}}}
	}
	for i := range all {
		l := &all[i].line
		l.To, l.Does, l.Ring, l.Every = fmt.Sprintf("+%d*", all[i].head), script.Answer, ring, script.Span(6*time.Second)
	}
	return all
}

// others are those of numbers nobody answers.
var others = []kind{
	{861382, 40, script.Line{To: "+861382*", Does: script.NoAnswer}},
	{861373, 12, script.Line{To: "+861373*", Does: script.Busy, Ring: script.Span(time.Second)}},
	{861364, 8, script.Line{To: "+861364*", Does: script.Machine, Ring: script.Span(4 * time.Second)}},
	{861355, 5, script.Line{To: "+861355*", Does: script.Refuse, Code: 404, Reason: "Not Found"}},
}

// kinds are all.
func (s *Setup) kinds() []kind { return append(s.answers(), others...) }

// script is what the carrier does.
func (s *Setup) script() *script.Script {
	out := &script.Script{Name: "shift"}
	for _, k := range s.kinds() {
		out.Lines = append(out.Lines, k.line)
	}
	out.Lines = append(out.Lines, script.Line{To: "*", Does: script.Refuse, Code: 404, Reason: "Not Found"})
	return out
}

// Carrier opens the carrier of a shift.
func Carrier(s *Setup) (*carrier.Carrier, error) {
	ports, err := rtp.NewPorts(home, s.First+500, s.First+749)
	if err != nil {
		return nil, err
	}
	return carrier.Open(carrier.Config{Listen: netip.AddrPortFrom(home, 0), Ports: ports, Script: s.script(), Calls: 120, Rate: 500, Tell: func(t carrier.Told) {
		if s.Called != nil {
			s.Called(t.To)
		}
	}})
}
