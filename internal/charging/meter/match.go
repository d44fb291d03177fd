package meter

import (
	"slices"
	"strings"
	"time"

	"waihu/internal/charging/catalog"
	"waihu/internal/phone"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// view is what a filter may ask about a call, worked out at most once.
type view struct {
	call    *usage.Call
	times   int64        // how many calls just like it there are
	home    string       // region whose numbers are written without country code
	number  phone.Number // called number in E.164; 0 is not one
	read    bool         // number was worked out
	date    timex.Date   // local day it started
	seconds int64        // talk time, part seconds counted whole
	line    usage.Line
	reach   usage.Reach
	region  string
}

// show turns to a call. What the number tells is worked out as far as the plan asks.
func (v *view) show(c *usage.Call, classify bool) {
	v.call, v.seconds, v.read = c, c.Seconds(), false
	v.line, v.reach, v.region = c.Line, c.Reach, ""
	if classify {
		v.classify()
	}
}

// classify works out what the called number tells.
func (v *view) classify() {
	class := phone.Classify(v.called())
	v.region = class.Region
	if v.line == "" {
		v.line = usage.Line(class.Kind)
	}
	if v.reach == "" && v.number != 0 {
		from, _ := phone.Normalize(v.call.From, v.home)
		v.reach = usage.Reach(phone.Reach(from, v.number))
	}
	// An extension or no caller at all calls from home.
	if v.reach == "" && v.home != "" && v.region != "" && v.region != v.home {
		v.reach = usage.International
	}
}

// called is the called number in E.164; 0 is not one.
func (v *view) called() phone.Number {
	if !v.read {
		v.number, _ = phone.Normalize(v.call.To, v.home)
		v.read = true
	}
	return v.number
}

// keys counts how specific a filter is: the keys it asks for.
func keys(f *catalog.Filter) int {
	n := 0
	for _, asked := range []bool{len(f.Direction) > 0, len(f.Line) > 0, len(f.Reach) > 0, len(f.Mode) > 0, len(f.Purpose) > 0,
		len(f.Result) > 0, len(f.AnsweredBy) > 0, len(f.Outcome) > 0, len(f.Campaign) > 0, len(f.Account) > 0, len(f.Trunk) > 0,
		len(f.Region) > 0, f.LongerThan > 0, len(f.Schedule) > 0} {
		if asked {
			n++
		}
	}
	return n
}

// asksNumber tells whether a filter needs what the called number tells.
func asksNumber(f *catalog.Filter) bool {
	return len(f.Line) > 0 || len(f.Reach) > 0 || len(f.Region) > 0
}

// takes tells whether a call passes a filter; schedules are looked at apart.
func takes(f *catalog.Filter, v *view) bool {
	c := v.call
	return anyOf(f.Direction, c.Direction) && anyOf(f.Line, v.line) && anyOf(f.Reach, v.reach) && anyOf(f.Mode, c.Mode) &&
		anyOf(f.Purpose, c.Purpose) && anyOf(f.Result, c.Result) && anyOf(f.AnsweredBy, c.By) && anyFold(f.Outcome, c.Outcome) &&
		anyFold(f.Campaign, c.Campaign) && anyFold(f.Account, c.Account) && anyFold(f.Trunk, c.Trunk) && anyFold(f.Region, v.region) &&
		(f.LongerThan == 0 || c.Talk > time.Duration(f.LongerThan))
}

func anyOf[T comparable](want []T, have T) bool { return len(want) == 0 || slices.Contains(want, have) }

// anyFold is anyOf for the operator's own words, whose capitals do not matter.
func anyFold(want []string, have string) bool {
	return len(want) == 0 || slices.ContainsFunc(want, func(w string) bool { return strings.EqualFold(w, have) })
}

// Takes tells whether a filter's list of words takes a word: any of them, in
// whatever capitals; an empty list takes all.
func Takes(want []string, have string) bool { return anyFold(want, have) }
