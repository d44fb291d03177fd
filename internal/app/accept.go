package app

import (
	"fmt"
	"time"

	"waihu/internal/store"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Bounds of a fact that is handed in. They keep one sender from filling the
// disk with a single record.
const (
	maxText   = 255       // bytes of each text of a fact
	maxFuture = time.Hour // how far clocks of switches may be ahead of ours
	mostTalk  = 30 * 24 * time.Hour
)

var earliestFact = timex.MustDate("1990-01-01").Start(time.UTC)

// refusal says why a fact cannot be kept, in words for its sender; empty: it can.
func refusal(f usage.Fact, now timex.Instant) string {
	switch f := f.(type) {
	case *usage.Call:
		return callRefusal(f, now)
	case *usage.Seat:
		return stretchRefusal(f, now, f.User, f.Type)
	case *usage.Session:
		return stretchRefusal(f, now, f.User, f.Type)
	case *usage.Module:
		return stretchRefusal(f, now, f.Module)
	case *usage.Rental:
		return stretchRefusal(f, now, f.Item)
	case *usage.Event:
		return stretchRefusal(f, now, f.Kind)
	}
	return fmt.Sprintf("%T is no fact", f)
}

func callRefusal(c *usage.Call, now timex.Instant) string {
	if err := store.CheckCall(c); err != nil {
		return err.Error()
	}
	if why := timeRefusal(c.Start, now); why != "" {
		return why
	}
	switch {
	case c.End != 0 && c.End < c.Start:
		return fmt.Sprintf("it ends at %s, before it starts at %s", c.End, c.Start)
	case c.Talk < 0 || c.Total < 0:
		return "a duration is negative: 0 or more was expected"
	case c.Talk > mostTalk:
		return fmt.Sprintf("it talked for %s: at most %s is believed", c.Talk, mostTalk)
	}
	if why := c.Course.Wrong(); why != "" {
		return why
	}
	for _, s := range [...]string{c.ID, c.Source, c.Session, c.From, c.To, c.Account, c.Agent, c.Campaign, c.Trunk, c.Outcome, c.Cause,
		string(c.Direction), string(c.Result), string(c.By), string(c.Mode), string(c.Purpose), string(c.Line), string(c.Reach)} {
		if len(s) > maxText {
			return fmt.Sprintf("a text has %d bytes: at most %d were expected", len(s), maxText)
		}
	}
	return ""
}

func stretchRefusal(f usage.Fact, now timex.Instant, texts ...string) string {
	k, err := store.KeyOf(f)
	if err != nil {
		return err.Error()
	}
	for _, s := range append(texts, k.ID, k.Source) {
		if len(s) > maxText {
			return fmt.Sprintf("a text has %d bytes: at most %d were expected", len(s), maxText)
		}
	}
	return timeRefusal(k.From, now)
}

func timeRefusal(start, now timex.Instant) string {
	switch {
	case start < earliestFact:
		return fmt.Sprintf("it starts at %s: the clock of its source was not set", start)
	case start > now.Add(maxFuture):
		return fmt.Sprintf("it starts at %s, in the future: the clock or the time zone of its source is wrong", start)
	}
	return ""
}
