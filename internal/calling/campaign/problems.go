package campaign

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"waihu/internal/calling/attempt"
	"waihu/internal/fault"
)

// Problems tells what keeps a campaign from running, every field with its path.
func (c *Campaign) Problems() (ps fault.Problems) {
	ps = c.DraftProblems()
	if len(c.Lists) == 0 {
		ps = append(ps, fault.Problem{Path: "lists", What: "nobody is to be called", Expected: fmt.Sprintf("1 to %d lists", MaxLists)})
	}
	if len(c.CallerIDs) == 0 {
		ps = append(ps, fault.Problem{Path: "caller_ids", What: "no number is to be shown", Expected: fmt.Sprintf("1 to %d numbers", MaxCallerIDs)})
	}
	if c.Mode == Broadcast && c.Message == "" {
		ps = append(ps, fault.Problem{Path: "message", What: "a broadcast has nothing to say", Expected: "the key of a prompt"})
	}
	if c.Mode == Robot && c.Robot.URL == "" {
		ps = append(ps, fault.Problem{Path: "robot.url", What: "a robot lane has nobody to ask what to say", Expected: "the address of a dialogue server"})
	}
	return append(ps, c.Hours.problems("hours")...)
}

// DraftProblems tells what no campaign may have, not even a draft; what is only
// missing yet is none.
func (c *Campaign) DraftProblems() (ps fault.Problems) {
	bad := func(path, value, what, expected string) {
		ps = append(ps, fault.Problem{Path: path, Value: value, What: what, Expected: expected})
	}
	if c.Name == "" || utf8.RuneCountInString(c.Name) > MaxName {
		bad("name", c.Name, "a name is missing or long", fmt.Sprintf("1 to %d characters", MaxName))
	}
	if !slices.Contains(c.Purpose.Choices(), string(c.Purpose)) {
		bad("purpose", string(c.Purpose), "there is no such purpose", fmt.Sprint(c.Purpose.Choices()))
	}
	if !slices.Contains(c.Mode.Choices(), string(c.Mode)) {
		bad("mode", string(c.Mode), "there is no such mode", fmt.Sprint(c.Mode.Choices()))
	}
	if c.Mix != "" && !slices.Contains(c.Mix.Choices(), string(c.Mix)) {
		bad("mix", string(c.Mix), "there is no such mix", fmt.Sprint(c.Mix.Choices()))
	}
	for _, n := range []struct {
		path    string
		v, a, b int
	}{
		{"ring_seconds", c.RingSeconds, MinRing, MaxRing}, {"wrap_up_seconds", c.WrapUp, 1, MaxWrapUp},
		{"preview_seconds", c.PreviewFor, 1, MaxPreview}, {"goal.abandon", c.Goal.Abandon, 1, MaxAbandon},
		{"goal.sales", c.Goal.Sales, 1, 1 << 30}, {"goal.conversations", c.Goal.Conversations, 1, 1 << 30},
	} {
		if n.v != 0 && (n.v < n.a || n.v > n.b) {
			bad(n.path, fmt.Sprint(n.v), "it is out of range", fmt.Sprintf("%d to %d, or 0 for the default", n.a, n.b))
		}
	}
	if max(len(c.Message), len(c.Voicemail), len(c.Notice)) > MaxName {
		bad("message", "", "a prompt has a long key", fmt.Sprintf("at most %d bytes", MaxName))
	}
	if c.Budget.Total.Sign() < 0 || c.Budget.Daily.Sign() < 0 || c.Goal.Conversation.Sign() < 0 {
		bad("budget", "", "an amount is below zero", "zero or more")
	}
	ps = append(ps, c.listProblems()...)
	if len(c.Groups) > MaxGroups || len(c.Asked) > MaxAsked || len(c.Lifted) > MaxLifted {
		bad("groups", fmt.Sprint(len(c.Groups)), "there are too many groups, lists that were asked, or rules that are lifted", fmt.Sprintf("at most %d, %d and %d", MaxGroups, MaxAsked, MaxLifted))
	}
	for i, a := range c.Asked {
		if a.List == "" || len(a.List) > MaxName || a.At.IsZero() {
			bad(fmt.Sprintf("asked[%d]", i), a.List, "a list or the instant it was asked at is missing", "as us.national, and when")
		}
	}
	for i, l := range c.Lifted {
		if l.Rule == "" || len(l.Rule) > MaxName || len(l.Reason) < MinLift || len(l.Reason) > MaxWhy {
			bad(fmt.Sprintf("lifted[%d]", i), l.Rule, "a rule is lifted without its name or a reason", fmt.Sprintf("the rule's name, and %d to %d bytes that say why", MinLift, MaxWhy))
		}
	}
	if len(c.Targets) > MaxTargets {
		bad("targets", fmt.Sprint(len(c.Targets)), "there are too many", fmt.Sprintf("at most %d", MaxTargets))
	}
	for i, t := range c.Targets {
		if t.Name == "" || utf8.RuneCountInString(t.Name) > MaxName || t.Number.IsZero() || slices.ContainsFunc(c.Targets[:i], func(o Target) bool { return o.Name == t.Name }) {
			bad(fmt.Sprintf("targets[%d]", i), t.Name, "a name or a number is missing, or the name stands there twice", fmt.Sprintf("a name of 1 to %d characters, once, and a number", MaxName))
		}
	}
	if c.Rate.Channels < 0 || c.Rate.Channels > MaxChannels || c.Rate.Minute < 0 || c.Rate.Minute > MaxMinute {
		bad("rate", fmt.Sprint(c.Rate.Channels), "it is out of range", fmt.Sprintf("0 to %d calls at once, 0 to %d a minute", MaxChannels, MaxMinute))
	}
	if u := c.Robot.URL; u != "" && (len(u) > MaxURL || !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://")) || c.Robot.Turns < 0 || c.Robot.Turns > MaxTurns || len(c.Robot.Fallback) > MaxName {
		bad("robot", u, "the address of a dialogue server is none, or its turns are out of range", fmt.Sprintf("https://..., 0 to %d turns", MaxTurns))
	}
	ps = append(ps, c.Menu.problems("menu", !c.Guide.Script.IsZero())...)
	ps = append(ps, attempt.Problems(c.Dispositions, "dispositions")...)
	ps = append(ps, c.Retry.Problems("retry")...)
	ps = append(ps, formProblems(c.Form, "form")...)
	known := func(code string) bool { _, ok := attempt.Find(c.Dispositions, code); return ok }
	return append(ps, c.Script.problems("script", c.Form, known)...)
}

func (c *Campaign) listProblems() (ps fault.Problems) {
	if len(c.Lists) > MaxLists || len(c.CallerIDs) > MaxCallerIDs {
		return fault.Problems{{Path: "lists", Value: fmt.Sprint(len(c.Lists)), What: "there are too many lists or caller IDs", Expected: fmt.Sprintf("at most %d lists and %d caller IDs", MaxLists, MaxCallerIDs)}}
	}
	for i, s := range c.Lists {
		at := fmt.Sprintf("lists[%d]", i)
		if s.List.IsZero() || slices.ContainsFunc(c.Lists[:i], func(o Share) bool { return o.List == s.List }) {
			ps = append(ps, fault.Problem{Path: at + ".list", Value: s.List.String(), What: "a list is missing or stands there twice", Expected: "each list once"})
		}
		if c.Mix == ByShare && (s.Share < 1 || s.Share > MaxShare) {
			ps = append(ps, fault.Problem{Path: at + ".share", Value: fmt.Sprint(s.Share), What: "a share is missing", Expected: fmt.Sprintf("1 to %d", MaxShare)})
		}
	}
	for i, n := range c.CallerIDs {
		if n.Number.IsZero() || n.Daily < 0 {
			ps = append(ps, fault.Problem{Path: fmt.Sprintf("caller_ids[%d]", i), Value: n.Number.String(), What: "a number is missing, or a limit is below 0", Expected: "a number in E.164"})
		}
	}
	return ps
}
