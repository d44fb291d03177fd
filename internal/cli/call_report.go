package cli

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"waihu/internal/lang"
	"waihu/internal/money"
	"waihu/internal/voice"
	"waihu/internal/voice/rtp"
	"waihu/internal/voice/sip"
)

// step is one instant of a call.
type step struct {
	key string
	at  time.Time
}

// steps are the instants of a call that came to be, in their order.
func steps(r *voice.Report) []step {
	t := r.Times
	var out []step
	for _, s := range []step{{"placed", t.Placed}, {"trying", t.Trying}, {"ringing", t.Ringing}, {"early", t.Early}, {"answered", t.Answered}, {"ended", t.Ended}} {
		if !s.at.IsZero() {
			out = append(out, s)
		}
	}
	return out
}

// unsentOf is where a call was to go, what kept it from there, and what to do.
func unsentOf(to string, e sip.Ending) map[string]string {
	return map[string]string{"to": to, "unsent": string(e.Unsent)}
}

// detailOf is what the system said, for those who ask for everything.
func detailOf(e sip.Ending) string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

// tell is what happened, in words.
func (c *callCmd) tell(tag lang.Tag, r *voice.Report) string {
	var b strings.Builder
	line := func(key string, args map[string]string) { b.WriteString(lang.Phrase(tag, "voice."+key, args) + "\n") }
	line("to", map[string]string{"to": c.To, "from": r.From, "result": string(r.Fact().Result)})
	for _, s := range steps(r) {
		fmt.Fprintf(&b, "  %s  +%7.3f s  %s\n", s.at.Format("15:04:05.000"), s.at.Sub(r.Times.Placed).Seconds(), lang.Phrase(tag, "voice."+s.key, nil))
	}
	end := r.Ending
	args := map[string]string{"side": string(end.By), "why": string(end.Why), "reason": end.Reason, "cause": strconv.Itoa(end.Cause)}
	if end.Code != 0 {
		args["code"] = strconv.Itoa(end.Code)
	}
	line("by", args)
	if end.Why == sip.Unreachable {
		line("unsent", unsentOf(cmp.Or(r.Trunk, c.To), end))
	}
	if end.Retry > 0 {
		line("retry", map[string]string{"seconds": seconds(end.Retry)})
	}
	if end.Moved != "" {
		line("moved", map[string]string{"to": end.Moved})
	}
	if r.Answered() {
		line("talk", map[string]string{"seconds": seconds(r.Times.Ended.Sub(r.Times.Answered))})
	}
	if r.Held != nil {
		line("hold_refused", map[string]string{"why": r.Held.Error()})
	}
	if f := r.Figures; f.Sent+f.Received > 0 {
		c.tellSound(line, r, f)
	}
	if r.Heard != nil {
		tellHeard(&b, tag, r.Heard)
		if result, cause, over := r.Overruled(); over {
			line("overruled", map[string]string{"code": strconv.Itoa(end.Code), "result": string(result), "cause": strconv.Itoa(cause)})
		}
	}
	if c.Record != "" && r.Sum.Paused > 0 {
		line("paused", map[string]string{"seconds": seconds(r.Sum.Paused)})
	}
	switch {
	case c.Record != "" && r.Sum.SHA256 == "":
		line("no_recording", map[string]string{"file": c.Record})
	case c.Record != "":
		line("recording", map[string]string{"file": c.Record, "seconds": seconds(r.Sum.Length)})
		fmt.Fprintf(&b, "  sha256 %s\n", r.Sum.SHA256)
	}
	if c.Facts != "" {
		line("fact", map[string]string{"file": c.Facts})
	}
	return b.String()
}

func (c *callCmd) tellSound(line func(string, map[string]string), r *voice.Report, f rtp.Figures) {
	n := func(v uint32) string { return strconv.FormatUint(uint64(v), 10) }
	ms := func(d time.Duration) string { return strconv.FormatFloat(float64(d)/1e6, 'f', 1, 64) }
	score := func(q rtp.Quality) string { return strconv.FormatFloat(q.MOS(), 'f', 2, 64) }
	line("sound", map[string]string{"law": r.Law.String(), "sent": n(f.Sent), "received": n(f.Received)})
	if h := f.Heard; h.Expected > 0 {
		line("heard", map[string]string{"mos": score(h), "lost": n(h.Lost), "expected": n(h.Expected), "share": fmt.Sprintf("%.1f%%", 100*float64(h.Lost)/float64(h.Expected)), "late": n(h.Late), "jitter": ms(h.Jitter)})
	}
	if t := f.Told; t.Expected > 0 {
		line("told", map[string]string{"mos": score(t), "lost": n(t.Lost), "jitter": ms(t.Jitter)})
	} else {
		line("not_told", nil)
	}
	if f.Injected > 0 {
		line("injected", map[string]string{"count": n(f.Injected)})
	}
	if r.Keys != "" {
		line("keys", map[string]string{"keys": r.Keys})
	}
}

// seconds writes a time in seconds, to a tenth.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) }

// callJSON is what happened, for programs.
type callJSON struct {
	ID        string            `json:"id"`
	From      string            `json:"from"`
	To        string            `json:"to"`
	Result    string            `json:"result"`
	Times     map[string]string `json:"times"` // RFC 3339, UTC
	EndedBy   string            `json:"ended_by"`
	Why       string            `json:"why"`
	Code      int               `json:"sip,omitempty"`
	Cause     int               `json:"q850"`
	Reason    string            `json:"reason,omitempty"`
	Unsent    string            `json:"unsent,omitempty"` // what kept it from being sent
	Detail    string            `json:"detail,omitempty"` // the same in the system's words
	Retry     float64           `json:"retry_after,omitempty"`
	Moved     string            `json:"moved,omitempty"`
	Talk      float64           `json:"talk"`
	Law       string            `json:"law,omitempty"`
	Sent      uint32            `json:"packets_sent"`
	Received  uint32            `json:"packets_received"`
	Injected  uint32            `json:"packets_of_strangers,omitempty"`
	Heard     *qualityJSON      `json:"heard,omitempty"`
	Told      *qualityJSON      `json:"told,omitempty"`
	RoundTrip float64           `json:"round_trip_ms,omitempty"`
	Keys      string            `json:"keys,omitempty"`
	Detected  *heardJSON        `json:"detected,omitempty"`
	Recording *recordingJSON    `json:"recording,omitempty"`
	Trunk     string            `json:"trunk,omitempty"`
	Tries     []tryJSON         `json:"tries,omitempty"`
	Cost      *money.Amount     `json:"cost,omitempty"` // of a paid call
	Spent     bool              `json:"credit_spent,omitempty"`
}

type qualityJSON struct {
	MOS      float64 `json:"mos"`
	Expected uint32  `json:"expected"`
	Lost     uint32  `json:"lost"`
	Late     uint32  `json:"late"`
	Jitter   float64 `json:"jitter_ms"`
}

type recordingJSON struct {
	File   string  `json:"file"`
	SHA256 string  `json:"sha256"`
	Bytes  int64   `json:"bytes"`
	Length float64 `json:"seconds"`
	Paused float64 `json:"paused"`
}

func (c *callCmd) jsonOf(p *placement) callJSON {
	r, file, tries := p.Report, c.Record, p.Tries
	f := r.Figures
	_, cause := r.Outcome()
	j := callJSON{ID: r.ID, From: r.From, To: r.To, Result: string(r.Fact().Result), Times: map[string]string{}, EndedBy: string(r.Ending.By), Why: string(r.Ending.Why), Code: r.Ending.Code, Cause: cause,
		Reason: r.Ending.Reason, Unsent: string(r.Ending.Unsent), Detail: detailOf(r.Ending), Retry: r.Ending.Retry.Seconds(), Moved: r.Ending.Moved, Talk: r.Fact().Talk.Seconds(), Sent: f.Sent, Received: f.Received, Injected: f.Injected,
		Heard: qualityOf(f.Heard), Told: qualityOf(f.Told), RoundTrip: float64(f.Trip) / 1e6, Keys: r.Keys, Trunk: r.Trunk, Tries: triesOf(tries)}
	if p.Paid != nil {
		j.ID, j.Cost, j.Spent = p.Paid.Call, &p.Paid.Ended.Cost, p.Paid.Spent
	}
	if f.Sent+f.Received > 0 {
		j.Law = r.Law.String()
	}
	for _, s := range steps(r) {
		j.Times[s.key] = s.at.UTC().Format(time.RFC3339Nano)
	}
	if r.Heard != nil {
		j.Detected = jsonOfHeard(r.Heard)
	}
	if file != "" && r.Sum.SHA256 != "" {
		j.Recording = &recordingJSON{file, r.Sum.SHA256, r.Sum.Bytes, r.Sum.Length.Seconds(), r.Sum.Paused.Seconds()}
	}
	return j
}

func qualityOf(q rtp.Quality) *qualityJSON {
	if q.Expected == 0 {
		return nil
	}
	return &qualityJSON{q.MOS(), q.Expected, q.Lost, q.Late, float64(q.Jitter) / 1e6}
}
