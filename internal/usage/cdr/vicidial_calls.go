package cdr

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"waihu/internal/timex"
	"waihu/internal/usage"
)

// smallintMost is the largest value of a SMALLINT UNSIGNED column, in which
// VICIdial keeps seconds: what was longer, or negative, is stored as this.
const smallintMost = 65_535 * time.Second

// call turns a row of one of the tables of calls into a call.
func (v *vicidial) call(table string, row *namedRow) *finding {
	f := &finding{}
	c := &f.call
	c.Source, c.ID = v.source, row.text("uniqueid")
	if c.ID == "" {
		f.reject("uniqueid", "", "the row has no uniqueid", "the uniqueid of the channel")
		return f
	}
	switch table {
	case vdDialerLog:
		c.Direction = usage.Outbound
		v.dialerLog(row, f)
	case vdCloserLog:
		c.Direction = usage.Inbound
		v.dialerLog(row, f)
		c.From, c.To, c.By = c.To, "", "" // the caller is no one who picked up
	case vdCarrierLog:
		c.Direction = usage.Outbound
		v.carrierLog(row, f)
	case vdCallLog:
		v.callLog(row, f)
	}
	v.steer(c)
	return f
}

// dialerLog reads vicidial_log, and vicidial_closer_log, which is like it. Talk
// is length_in_sec; for calls dialled by hand it counts from the dialling.
func (v *vicidial) dialerLog(row *namedRow, f *finding) {
	c := &f.call
	c.Outcome, c.Campaign = row.text("status"), row.text("campaign_id")
	if user := row.text("user"); user != "VDAD" && user != "VDCL" { // the dialer's own
		c.Agent = user
	}
	if reason := row.text("term_reason"); reason != "NONE" {
		c.Cause = reason
	}
	if row.text("comments") == "MANUAL" {
		c.Mode = usage.Manual
	}
	c.To = row.text("phone_number")
	if code := row.text("phone_code"); v.join && code != "" {
		c.To = "+" + code + c.To
	}
	v.epoch(row, f, "start_epoch", "call_date", &c.Start)
	v.epoch(row, f, "end_epoch", "", &c.End)
	if row.text("length_in_sec") == "" && c.End.IsZero() {
		f.ignore = "not finished: status " + c.Outcome
		return
	}
	length := v.length(row, f)
	v.settle(f, length, length)
	c.Result, c.By = vicidialResult(c.Outcome, length)
	v.settleTalk(f, length)
}

// length is length_in_sec, or the time from start to end where it is missing.
func (v *vicidial) length(row *namedRow, f *finding) time.Duration {
	if row.text("length_in_sec") == "" {
		f.flag("length_in_sec", "", "no length: it is taken from start and end")
		return max(0, f.call.End.Sub(f.call.Start))
	}
	return v.seconds(row, f, "length_in_sec")
}

// callLog reads call_log, which has a row for every channel and does not tell
// which was answered.
func (v *vicidial) callLog(row *namedRow, f *finding) {
	c := &f.call
	channel := row.text("channel")
	if strings.HasPrefix(channel, "Local/") {
		f.ignore = "a channel within the switch (Local/), no call of its own"
		return
	}
	if i := strings.LastIndexByte(channel, '-'); i >= 0 {
		channel = channel[:i] // without the number of the channel
	}
	c.Trunk = channel
	c.To = cmp.Or(row.text("number_dialed"), row.text("extension"))
	v.epoch(row, f, "start_epoch", "start_time", &c.Start)
	v.epoch(row, f, "end_epoch", "end_time", &c.End)
	if row.text("length_in_sec") == "" && c.End.IsZero() {
		f.ignore = "not finished: the channel has no end"
		return
	}
	length := v.length(row, f)
	v.settle(f, length, length)
	c.Result = usage.NoAnswer
	if length > 0 {
		c.Result = usage.Answered
		f.flag("length_in_sec", row.text("length_in_sec"), "call_log does not tell whether the call was answered: its whole length is taken for talk")
	}
	v.settleTalk(f, length)
}

// carrierLog reads vicidial_carrier_log. call_date is when the row was written,
// at the hang-up.
func (v *vicidial) carrierLog(row *namedRow, f *finding) {
	c := &f.call
	c.Trunk = row.text("channel")
	if i := strings.LastIndexByte(c.Trunk, '-'); i >= 0 {
		c.Trunk = c.Trunk[:i]
	}
	v.stamp(f, "call_date", row.text("call_date"), &c.End)
	dialled, talked := v.seconds(row, f, "dial_time"), v.seconds(row, f, "answered_time")
	for _, d := range []time.Duration{dialled, talked} {
		if d >= smallintMost {
			f.flag("answered_time", "65535", "the column holds no more than 65,535 seconds: the true time may be longer, or was negative")
			break
		}
	}
	dialled = max(dialled, talked)
	if !c.End.IsZero() {
		c.Start = c.End.Add(-dialled)
	}
	v.settle(f, dialled, talked)
	status := row.text("dialstatus")
	cause, _ := strconv.Atoi(row.text("hangup_cause"))
	c.Cause = strconv.Itoa(cause)
	if sip := row.text("sip_hangup_cause"); sip != "" && sip != "0" {
		c.Cause = "SIP " + sip
	}
	c.Result = carrierResult(status, cause)
	if c.Result == usage.Answered && row.text("answered_time") == "" {
		f.reject("answered_time", "", "the row does not say how long the call talked", "seconds")
	}
	if talked > 0 && c.Result != usage.Answered {
		f.flag("dialstatus", status, "the call talked, so it was answered, whatever the status says")
		c.Result = usage.Answered
	}
	v.settleTalk(f, talked)
}

func carrierResult(status string, cause int) usage.Result {
	switch status {
	case "ANSWER":
		return usage.Answered
	case "BUSY":
		return usage.Busy
	case "NOANSWER":
		return usage.NoAnswer
	case "CANCEL":
		return usage.Canceled
	case "CONGESTION":
		if cause == 0 {
			return usage.Congestion
		}
	}
	return resultOfQ850(cause)
}

// settle fills in start, end and length, and rejects a call without a start.
func (v *vicidial) settle(f *finding, total, talk time.Duration) {
	c := &f.call
	if c.Start.IsZero() || c.Start < 0 {
		f.reject("start_epoch", "", "the row does not say when the call started", "seconds since 1970, or a date and time")
		return
	}
	if c.End.IsZero() {
		c.End = c.Start.Add(total)
	}
	c.Total = max(total, talk, c.End.Sub(c.Start))
}

// settleTalk sets the talk time of an answered call, and the answer that long
// before the end.
func (v *vicidial) settleTalk(f *finding, talk time.Duration) {
	c := &f.call
	if c.Result != usage.Answered {
		return
	}
	c.Talk, c.Answer = talk, max(c.Start, c.End.Add(-talk))
}

// epoch reads seconds since 1970, or else a date and time of the zone.
func (v *vicidial) epoch(row *namedRow, f *finding, column, stamp string, to *timex.Instant) {
	if s := row.text(column); s != "" {
		i, ok := epochOf(s, time.Second)
		if !ok {
			f.reject(column, s, "this is no time since 1970", "whole seconds")
		}
		*to = i
	}
	if to.IsZero() && stamp != "" {
		v.stamp(f, stamp, row.text(stamp), to)
	}
}

// seconds reads a duration; NULL and empty are none.
func (v *vicidial) seconds(row *namedRow, f *finding, column string) time.Duration {
	s := row.text(column)
	if s == "" {
		return 0
	}
	d, ok := countOf(s, time.Second)
	if !ok {
		f.reject(column, s, "this is no duration", "whole seconds, not negative")
	}
	return d
}
