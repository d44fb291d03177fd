package cdr

import (
	"cmp"
	"path"
	"strings"
	"time"

	"waihu/internal/timex"
	"waihu/internal/usage"
)

// freeswitchRecord is one record of mod_json_cdr or mod_xml_cdr.
type freeswitchRecord struct {
	vars    map[string]string // channel variables
	profile map[string]string // caller profile of the last callflow entry
	times   map[string]string // its times, microseconds since 1970
	channel string            // direction that channel_data tells
	bleg    bool              // the profile names the leg that originated this one
}

// freeswitchCall turns a record into a call.
//
// Times are taken from *_uepoch, then *_epoch, then *_stamp (wall clock), then
// the callflow's times. Talk is billusec, billmsec or billsec, the first there
// is. The number called is that of the last callflow entry, as mod_cdr_csv has it.
func (f *foreign) freeswitchCall(rec *freeswitchRecord) *finding {
	rec.decode()
	v := &finding{}
	c := &v.call
	c.ID = cmp.Or(rec.vars["uuid"], rec.profile["uuid"])
	if c.ID == "" {
		v.reject("variables.uuid", "", "the record has no uuid", "the uuid of the leg")
		return v
	}
	c.Source = f.source
	c.From = cmp.Or(rec.profile["caller_id_number"], rec.vars["caller_id_number"], rec.vars["sip_from_user"])
	c.To = cmp.Or(rec.profile["destination_number"], rec.vars["destination_number"], rec.vars["sip_to_user"], rec.vars["sip_req_user"])
	c.Account = rec.vars["accountcode"]
	c.Agent = rec.vars["cc_agent"]
	c.Trunk = rec.vars["sip_gateway_name"]
	c.Cause = rec.vars["hangup_cause"]
	f.freeswitchLegs(rec, c)
	f.freeswitchTimes(rec, v)
	c.Result = freeswitchResult(c, rec.vars["originate_disposition"])
	f.steer(c)
	return v
}

// freeswitchLegs tells which conversation and which leg of it a record is. The
// first leg's uuid names the conversation; call_uuid carries it to the second.
func (f *foreign) freeswitchLegs(rec *freeswitchRecord, c *usage.Call) {
	origin := cmp.Or(rec.vars["originating_leg_uuid"], rec.vars["originator"])
	c.Session = cmp.Or(origin, rec.vars["call_uuid"], c.ID)
	switch cmp.Or(rec.vars["direction"], rec.channel) {
	case "outbound":
		c.Direction = usage.Outbound
		c.LegB = rec.bleg || c.Session != c.ID
	case "inbound":
		c.Direction = usage.Inbound
	}
	if strings.HasPrefix(path.Base(f.in.Name), "b_") {
		c.LegB = true
	}
}

// freeswitchTimes fills in the instants and durations of a call.
func (f *foreign) freeswitchTimes(rec *freeswitchRecord, v *finding) {
	c := &v.call
	f.freeswitchInstant(rec, v, "start", "created_time", &c.Start)
	f.freeswitchInstant(rec, v, "answer", "answered_time", &c.Answer)
	f.freeswitchInstant(rec, v, "end", "hangup_time", &c.End)
	total, timed := freeswitchDuration(rec, v, "uduration", "mduration", "duration")
	talk, billed := freeswitchDuration(rec, v, "billusec", "billmsec", "billsec")
	if c.Start.IsZero() {
		v.reject("variables.start_uepoch", "", "the record does not say when the call started", "start_uepoch, start_epoch or start_stamp")
		return
	}
	ended := !c.End.IsZero()
	if !ended {
		c.End = c.Start.Add(total)
	}
	c.Total, c.Talk = total, talk
	if !timed {
		c.Total = max(0, c.End.Sub(c.Start))
	}
	if !billed && !c.Answer.IsZero() {
		if !ended && !timed {
			v.reject("variables.billsec", "", "the record does not say how long the call talked", "billsec or an end")
			return
		}
		c.Talk = max(0, c.End.Sub(c.Answer))
	}
	settleAnswer(v)
}

// settleAnswer gives a call with talk time an answer if it has none, and says so.
func settleAnswer(v *finding) {
	c := &v.call
	if c.Talk > 0 && c.Answer.IsZero() {
		c.Answer = max(c.Start, c.End.Add(-c.Talk))
		v.flag("answer_stamp", "", "talk time but no answer: it is set that long before the end")
	}
}

// freeswitchInstant finds one moment. A name that is there but zero says that
// it did not happen; the callflow is asked only if there is no such name.
func (f *foreign) freeswitchInstant(rec *freeswitchRecord, v *finding, name, callflow string, to *timex.Instant) {
	known := false
	for _, form := range []struct {
		suffix string
		unit   time.Duration
	}{{"_uepoch", time.Microsecond}, {"_epoch", time.Second}} {
		s := rec.vars[name+form.suffix]
		if s == "" {
			continue
		}
		i, ok := epochOf(s, form.unit)
		if !ok {
			v.reject("variables."+name+form.suffix, s, "this is no time since 1970", "a whole number")
			return
		}
		if known = true; i != 0 {
			*to = i
			return
		}
	}
	if s := rec.vars[name+"_stamp"]; s != "" {
		f.stamp(v, "variables."+name+"_stamp", s, to)
		return
	}
	if i, ok := epochOf(rec.times[callflow], time.Microsecond); ok && !known {
		*to = i
	}
}

// freeswitchDuration is the finest of three durations a record has.
func freeswitchDuration(rec *freeswitchRecord, v *finding, micro, milli, second string) (time.Duration, bool) {
	for _, form := range []struct {
		name string
		unit time.Duration
	}{{micro, time.Microsecond}, {milli, time.Millisecond}, {second, time.Second}} {
		s := rec.vars[form.name]
		if s == "" {
			continue
		}
		d, ok := countOf(s, form.unit)
		if !ok {
			v.reject("variables."+form.name, s, "this is no duration", "a whole number, not negative")
		}
		return d, ok
	}
	return 0, false
}

// freeswitchResult reads the end of a call. An unanswered first leg that was
// cleared normally failed for the reason its originate gives.
func freeswitchResult(c *usage.Call, originate string) usage.Result {
	if !c.Answer.IsZero() {
		return usage.Answered
	}
	cause := c.Cause
	if (cause == "NORMAL_CLEARING" || cause == "") && isHangupCause(originate) && originate != "SUCCESS" {
		cause = originate
	}
	return resultOfHangupCause(cause)
}
