package console

import (
	"fmt"
	"strconv"
	"time"

	"waihu/internal/access"
	"waihu/internal/document"
	"waihu/internal/lang"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// courseFacts are what is known of how a call went: nothing, for most records of
// other systems.
func (v *visit) courseFacts(c *usage.Course, loc *time.Location) (out []document.Fact) {
	if c.IsZero() {
		return nil
	}
	add := func(key, value string) {
		if value != "" {
			out = append(out, document.Fact{Label: v.say("usage.f_" + key), Value: value})
		}
	}
	add("trying", exactTime(c.Trying, loc))
	add("ringing", exactTime(c.Ringing, loc))
	add("early", exactTime(c.Early, loc))
	add("ended_by", word(v.Tag, "side", string(c.EndedBy)))
	add("why", word(v.Tag, "why", c.Why))
	add("q850", whole(c.Cause))
	add("sip", whole(c.Status))
	add("heard", v.quality(c.Heard))
	add("told", v.quality(c.Told))
	if c.Detected != "" {
		add("detected", v.say("usage.detected", "what", word(v.Tag, "answered_by", c.Detected), "percent", whole(c.Sure)))
	}
	if v.may(access.RecordFind) { // who may not find recordings is not told that there is one
		add("recording", c.Recording)
		add("recording_sha256", c.RecordingSHA256)
	}
	return out
}

// quality is how one direction sounded, in a sentence; nothing where it is not known.
func (v *visit) quality(q usage.Quality) string {
	if q == (usage.Quality{}) {
		return ""
	}
	mos := ""
	if q.MOS != 0 {
		mos = fmt.Sprintf("%d.%02d", q.MOS/100, q.MOS%100)
	}
	jitter := strconv.FormatFloat(float64(q.Jitter)/1e6, 'f', 1, 64)
	return v.say("usage.quality", "mos", mos, "lost", lang.Count(v.Tag, q.Lost), "packets", lang.Count(v.Tag, q.Packets), "late", lang.Count(v.Tag, q.Late), "jitter", jitter)
}

// whole is a number that is nothing where it is nought.
func whole(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// exactTime is a moment of a call with its milliseconds: a setup is shorter than
// a second.
func exactTime(i timex.Instant, loc *time.Location) string {
	if i == 0 {
		return ""
	}
	return i.In(loc).Format("15:04:05.000")
}
