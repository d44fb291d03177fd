package cdr

import (
	"bytes"
	"cmp"
	"io"
	"strconv"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/money"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// Twilio reads Call resources: JSON as the API lists them (the array under
// "calls"), an array of them or one a line; and CSV with a header, by the
// API's names (sid, start_time) or by human ones ("Call SID", "Start Time").
// The human names are a guess: no description of the console's export was
// found, so a header without the columns a call needs is an error that names
// them.
//
// Params: "direction" overrules the direction of every record; "currency" is
// that of prices that stand without price_unit.
func Twilio() Format {
	return Format{
		Name:  "twilio",
		Title: "Twilio Call resources, JSON or CSV",
		Sniff: sniffTwilio,
		Read:  readTwilio,
		Params: map[string]string{
			"direction": directionHelp,
			"currency":  "ISO 4217 code of prices that stand without price_unit",
		},
	}
}

func readTwilio(in *Input, out Out) error {
	f, err := newForeign(in, out, "twilio")
	if err != nil {
		return err
	}
	t := &twilioReader{foreign: f}
	if code := in.Params["currency"]; code != "" {
		if t.currency, err = money.ParseCurrency(code); err != nil {
			return fault.Problem{File: in.Name, Path: "currency", Value: code, What: "this is no currency", Expected: "an ISO 4217 code such as USD"}
		}
	}
	head, r, err := headOf(in.R)
	if err != nil {
		return err
	}
	if isTable(head) {
		return t.readCSV(r, separatorOf(head))
	}
	return t.readJSON(r)
}

type twilioReader struct {
	*foreign
	currency money.Currency // of prices without a unit
}

func (t *twilioReader) readJSON(r io.Reader) error {
	s := newJSONObjects(r, "calls")
	for {
		p, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		row := Row{Line: p.line, Raw: string(p.raw)}
		var rec twilioRecord
		if bad := p.decode(&rec, "a Call resource"); bad != nil {
			t.rejected(row, *bad)
			continue
		}
		if err := t.report(row, t.call(&rec)); err != nil {
			return err
		}
	}
}

// twilioRecord is a Call resource; numbers come as strings.
type twilioRecord struct {
	SID        jsonText `json:"sid"`
	Account    jsonText `json:"account_sid"`
	Parent     jsonText `json:"parent_call_sid"`
	To         jsonText `json:"to"`
	From       jsonText `json:"from"`
	Status     jsonText `json:"status"`
	Start      jsonText `json:"start_time"`
	End        jsonText `json:"end_time"`
	Created    jsonText `json:"date_created"`
	Duration   jsonText `json:"duration"`
	Price      jsonText `json:"price"`
	PriceUnit  jsonText `json:"price_unit"`
	Direction  jsonText `json:"direction"`
	AnsweredBy jsonText `json:"answered_by"`
	Trunk      jsonText `json:"trunk_sid"`
}

// call turns a resource into a call. Twilio names the parent in the child
// only, so the parent's SID names the conversation in both.
func (t *twilioReader) call(rec *twilioRecord) *finding {
	v := &finding{}
	c := &v.call
	c.ID, c.Source = string(rec.SID), t.source
	if c.ID == "" {
		v.reject("sid", "", "the record has no sid", "CA and 32 hexadecimal digits")
		return v
	}
	c.Session = cmp.Or(string(rec.Parent), c.ID)
	c.LegB = rec.Parent != ""
	c.From, c.To = string(rec.From), string(rec.To)
	c.Account, c.Trunk, c.Cause = string(rec.Account), string(rec.Trunk), string(rec.Status)
	c.Direction = twilioDirection(string(rec.Direction))
	c.By = twilioAnsweredBy(string(rec.AnsweredBy))
	t.steer(c)
	var known bool
	if c.Result, known = twilioResult(string(rec.Status)); !known {
		v.reject("status", string(rec.Status), "this is no status of a call", "completed, busy, no-answer, canceled or failed")
	} else if c.Result == "" {
		v.ignore = "not finished: " + string(rec.Status)
	}
	if v.bad != nil || v.ignore != "" {
		return v
	}
	t.times(rec, v)
	t.price(rec, v)
	return v
}

// times fills in the instants. Twilio tells no moment of answer: it is set as
// long before the end as the call lasted.
func (t *twilioReader) times(rec *twilioRecord, v *finding) {
	c := &v.call
	t.instant(v, "start_time", rec.Start, &c.Start)
	if rec.Start == "" {
		t.instant(v, "date_created", rec.Created, &c.Start)
	}
	t.instant(v, "end_time", rec.End, &c.End)
	if c.Start.IsZero() {
		v.reject("start_time", "", "the record has neither start_time nor date_created", "a date such as Tue, 31 Aug 2010 20:36:28 +0000")
		return
	}
	var length time.Duration
	if s := string(rec.Duration); s != "" {
		var ok bool
		if length, ok = countOf(s, time.Second); !ok {
			v.reject("duration", s, "this is no duration", "whole seconds")
			return
		}
	} else if c.Result == usage.Answered {
		if c.End.IsZero() {
			v.reject("duration", "", "the record does not say how long the call took", "duration or end_time")
			return
		}
		length = max(0, c.End.Sub(c.Start))
		v.flag("duration", "", "a completed call without a duration: taken from start_time and end_time")
	}
	if c.End.IsZero() {
		c.End = c.Start.Add(length)
	}
	c.Total = max(length, c.End.Sub(c.Start))
	if c.Result == usage.Answered {
		c.Talk, c.Answer = length, max(c.Start, c.End.Add(-length))
	}
}

// instant reads RFC 2822 dates, which the API writes, and RFC 3339.
func (t *twilioReader) instant(v *finding, path string, text jsonText, to *timex.Instant) {
	if text == "" {
		return
	}
	for _, layout := range []string{time.RFC1123Z, time.RFC1123, "Mon, _2 Jan 2006 15:04:05 -0700"} {
		if at, err := time.Parse(layout, string(text)); err == nil && at.Year() >= 1971 && at.Year() <= 2200 {
			*to = timex.At(at)
			return
		}
	}
	t.stamp(v, path, string(text), to)
}

// price is negative for what a call cost, positive for a refund.
func (t *twilioReader) price(rec *twilioRecord, v *finding) {
	text := string(rec.Price)
	if text == "" || text == "null" {
		return
	}
	unit := t.currency
	if rec.PriceUnit != "" {
		var err error
		if unit, err = money.ParseCurrency(strings.ToUpper(string(rec.PriceUnit))); err != nil {
			v.flag("price_unit", string(rec.PriceUnit), "the price is left out: this is no ISO 4217 code of a currency")
			return
		}
	}
	if unit.IsZero() {
		v.flag("price", text, "the price is left out: the record names no price_unit and no currency was set")
		return
	}
	amount, err := money.Parse(text, unit)
	if err != nil || amount.Neg().Sign() == amount.Sign() && !amount.IsZero() {
		v.flag("price", text, "the price is left out: this is no amount of at most six decimals")
		return
	}
	if amount.Sign() > 0 {
		v.flag("price", text, "a positive price: taken as a refund")
	}
	v.call.Cost = amount.Neg()
}

// twilioResult knows a status, as the API writes it or as people do ("No
// Answer"); one that is not final has an empty result.
func twilioResult(status string) (usage.Result, bool) {
	switch strings.ReplaceAll(strings.ToLower(status), " ", "-") {
	case "completed":
		return usage.Answered, true
	case "busy":
		return usage.Busy, true
	case "no-answer":
		return usage.NoAnswer, true
	case "canceled":
		return usage.Canceled, true
	case "failed":
		return usage.Failed, true
	case "queued", "initiated", "ringing", "in-progress":
		return "", true
	}
	return "", false
}

// twilioDirection reads the direction. For Twilio, trunk "termination" is a
// call out to the telephone network and "origination" one in from it.
func twilioDirection(d string) usage.Direction {
	d = strings.ReplaceAll(strings.ToLower(d), " ", "-")
	switch {
	case d == "trunking-originating", strings.HasPrefix(d, "inbound"), strings.HasPrefix(d, "incoming"):
		return usage.Inbound
	case d == "trunking-terminating", strings.HasPrefix(d, "outbound"), strings.HasPrefix(d, "outgoing"):
		return usage.Outbound
	}
	return ""
}

func twilioAnsweredBy(by string) usage.AnsweredBy {
	switch {
	case by == "human":
		return usage.Person
	case by == "fax":
		return usage.Fax
	case strings.HasPrefix(by, "machine_"):
		return usage.Machine
	}
	return ""
}

// sniffTwilio wants SIDs as well as names: many systems have a "status".
func sniffTwilio(head []byte, _ string) (int, Why) {
	if isTable(head) {
		return sniffTwilioCSV(head)
	}
	found := 0
	for _, key := range []string{"sid", "account_sid", "parent_call_sid", "answered_by", "price_unit", "phone_number_sid", "start_time", "calls"} {
		if bytes.Contains(head, []byte(`"`+key+`"`)) {
			found++
		}
	}
	if found >= 3 && twilioSID.Match(head) {
		return 95, because("twilio_json", "keys", strconv.Itoa(found))
	}
	return 0, Why{}
}
