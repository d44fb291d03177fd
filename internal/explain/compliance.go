package explain

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/calling/compliance"
	"waihu/internal/exact"
	"waihu/internal/lang"
	"waihu/internal/timex"
)

// Calling tells rules about calling and answers made by them, in one language.
type Calling struct {
	Tag  lang.Tag
	Zone *time.Location // of instants that are told; nil: UTC
}

func (c Calling) say(key string, args map[string]string) string {
	return lang.Phrase(c.Tag, key, args)
}

// Instant is an instant on the wall clock of the zone, with the zone's name.
func (c Calling) Instant(at timex.Instant) string {
	if at == 0 {
		return ""
	}
	loc := c.Zone
	if loc == nil {
		loc = time.UTC
	}
	local := at.In(loc)
	form := "2006-01-02 15:04"
	if local.Second() != 0 || local.Nanosecond() != 0 {
		form = "2006-01-02 15:04:05"
	}
	return local.Format(form) + " (" + loc.String() + ")"
}

// span is a length in the largest unit that leaves a whole number: 7 days, 90
// minutes; a day is 24 hours.
func (c Calling) span(s compliance.Span) string {
	n := s.Seconds()
	for _, u := range []struct {
		unit    string
		seconds int64
		least   int64
	}{{"day", 86_400, 2}, {"hour", 3600, 1}, {"minute", 60, 1}} {
		if n%u.seconds == 0 && n/u.seconds >= u.least {
			return lang.Quantity(c.Tag, exact.Int(n/u.seconds), u.unit)
		}
	}
	return lang.Quantity(c.Tag, exact.Int(n), "second")
}

// Rule is what a rule says.
func (c Calling) Rule(r *compliance.Rule) string {
	key := "compliance.rule." + string(r.Kind)
	args := map[string]string{}
	if r.Whole {
		args["person"] = "yes"
	}
	if r.Within > 0 {
		args["within"] = c.span(r.Within)
	}
	switch r.Kind {
	case compliance.Hours:
		args["hours"] = c.hours(r.Hours)
		args["calendar"] = r.Calendar
		if slices.ContainsFunc(r.Hours, func(w compliance.Window) bool { return strings.Contains(w.Days, "holiday") }) {
			key += "_holidays"
		}
	case compliance.Attempts:
		args["most"] = strconv.Itoa(r.Most)
		if r.Counted == compliance.Talked {
			key += "_talks"
		} else if r.EachDay {
			key += "_day"
		}
	case compliance.Spacing:
		args["counted"] = string(r.Counted)
	case compliance.Agreed:
		args["bases"] = commas(r.Bases)
		if r.Evidence {
			args["evidence"] = "yes"
		}
	case compliance.List:
		args["list"] = r.List
		if r.Fresh > 0 {
			args["fresh"] = strconv.Itoa(r.Fresh)
		}
	case compliance.Shown:
		args["caller"] = commas(r.Caller)
	case compliance.Abandonment:
		args["share"], args["days"] = r.Share.String(), strconv.Itoa(r.Days)
	case compliance.Recording:
		args["record"] = string(r.Record)
	case compliance.Retention:
		args["days"], args["keep"] = strconv.Itoa(r.Days), commas(r.Keep)
	case compliance.Tell:
		args["told"] = commas(r.Told)
		if r.ToldMax > 0 {
			args["within"] = c.span(r.ToldMax)
		}
	}
	return c.say(key, args)
}

// commas joins the words of choices as phrases take several.
func commas[T ~string](vs []T) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = string(v)
	}
	return strings.Join(words, ",")
}

func (c Calling) hours(windows []compliance.Window) string {
	var out []string
	for _, w := range windows {
		var days []string
		for word := range strings.SplitSeq(w.Days, ",") {
			days = append(days, c.days(strings.TrimSpace(word)))
		}
		out = append(out, c.say("compliance.window", map[string]string{"days": lang.List(c.Tag, days), "from": w.From.String(), "to": w.To.String()}))
	}
	return lang.List(c.Tag, out)
}

func (c Calling) days(word string) string {
	switch word {
	case "daily":
		word = "all"
	case "weekdays":
		word = "mon-fri"
	}
	if a, b, ranged := strings.Cut(word, "-"); ranged {
		return c.say("compliance.days_range", map[string]string{"a": a, "b": b})
	}
	return lang.Choice(c.Tag, "day", word)
}

// About is what a rule is for, from when until when, where it comes from, and what
// must be known besides.
func (c Calling) About(r *compliance.Rule) []string {
	out := []string{
		c.say("compliance.about", map[string]string{"purposes": commas(r.Purposes), "modes": commas(r.Modes), "lines": commas(r.Lines), "unless": commas(r.Unless)}),
		c.say("compliance.dates", map[string]string{"from": day(r.From), "to": day(r.To)}),
		c.say("compliance.source", map[string]string{"force": string(r.Force), "confidence": string(r.Confidence), "known": string(cmp.Or(r.Known, compliance.Decision)), "read": day(r.ReadOn), "source": r.Source}),
	}
	if r.Tightens != "" {
		out = append(out, c.say("compliance.tightens", map[string]string{"rule": r.Tightens}))
	}
	if note := "compliance.note." + r.Name; lang.Has(note) {
		out = append(out, c.say(note, nil))
	}
	return out
}

func day(d timex.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// Pack is what a pack is, in a line.
func (c Calling) Pack(k *compliance.Pack, digest string) string {
	return c.say("compliance.pack", map[string]string{"place": k.Place, "rules": strconv.Itoa(len(k.Rules)), "version": k.Version, "digest": digest})
}

// Unknown is what a pack says it does not know.
func (c Calling) Unknown(k *compliance.Pack) (out []string) {
	for _, key := range k.Unknown {
		out = append(out, c.say("compliance.unknown."+key, nil))
	}
	return out
}

// Hold is why a rule holds a call back, and until when by itself. at is the instant
// that was asked about.
func (c Calling) Hold(h *compliance.Hold, at timex.Instant) string {
	r := h.Rule
	args := map[string]string{"rule": r.Name, "until": c.Instant(h.Until), "since": c.Instant(h.Since), "count": strconv.Itoa(h.Count), "most": strconv.Itoa(r.Most),
		"within": c.span(r.Within), "basis": string(h.Basis), "bases": commas(r.Bases), "list": r.List, "fresh": strconv.Itoa(r.Fresh), "source": h.Source, "place": h.Place}
	if h.Zone != nil {
		args["zone"], args["local"] = h.Zone.String(), at.In(h.Zone).Format("2006-01-02 15:04:05")
	}
	return c.say("compliance.hold."+string(h.Cause), args)
}

// Answer is the answer in a sentence, about a number as people write it.
func (c Calling) Answer(a *compliance.Answer, number string) string {
	switch {
	case a.OK:
		return c.say("compliance.answer.yes", map[string]string{"number": number, "until": c.Instant(a.Until)})
	case a.Again != 0:
		return c.say("compliance.answer.later", map[string]string{"number": number, "again": c.Instant(a.Again)})
	}
	return c.say("compliance.answer.never", map[string]string{"number": number, "days": strconv.Itoa(int(compliance.Horizon / (24 * time.Hour)))})
}

// Asked is what was asked, as it stands in the record.
func (c Calling) Asked(e *compliance.Entry) []string {
	out := []string{c.say("compliance.asked", map[string]string{"at": c.Instant(e.At), "purpose": string(e.Purpose), "mode": string(e.Mode), "by_number": e.ByNumber, "by_address": e.ByAddress,
		"zones": lang.List(c.Tag, e.Zones), "rules": strconv.Itoa(len(e.Rules)), "edition": e.Edition})}
	for _, s := range e.Lifted {
		out = append(out, c.say("compliance.lifted", map[string]string{"rule": s.Rule, "by": s.By, "reason": s.Reason}))
	}
	return out
}

// Terms are the rules that bind a call while and after it, told one by one.
func (c Calling) Terms(t *compliance.Terms) (out []string) {
	for _, r := range t.Rules {
		out = append(out, c.Rule(r)+" ["+r.Name+"]")
	}
	return out
}
