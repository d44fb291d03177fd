package cdr

import (
	"bytes"
	"cmp"
	"io"

	"waihu/internal/fault"
	"waihu/internal/timex"
	"waihu/internal/usage"
)

// AmazonConnect reads contact records: JSON objects one after another, one a
// line, or in an array.
//
// A contact is sent at least once and again with every change. Within a file
// the record with the newest LastUpdateTimestamp stands; the others are
// ignored. Records wait for newer ones until the end of the file, at most
// maxHeldContacts of them and maxHeldBytes of text; then the oldest goes out,
// and a newer record of it found later is left to the search for duplicates.
//
// Channels other than VOICE and contacts that have not ended are ignored. What
// agents did between contacts does not stand in contact records, so sessions
// cannot be derived. There is no price.
//
// Params: "direction" overrules the direction of every record.
func AmazonConnect() Format {
	return Format{
		Name:   "amazon-connect",
		Title:  "Amazon Connect contact records",
		Sniff:  sniffConnect,
		Read:   readConnect,
		Params: map[string]string{"direction": directionHelp},
	}
}

func sniffConnect(head []byte, _ string) (int, Why) {
	trimmed := bytes.TrimLeft(head, "\ufeff \t\r\n[")
	if !bytes.HasPrefix(trimmed, []byte("{")) || !bytes.Contains(trimmed, []byte(`"ContactId"`)) {
		return 0, Why{}
	}
	for _, key := range []string{"AWSContactTraceRecordFormatVersion", "InitiationMethod", "InitiationTimestamp", "InstanceARN", "AWSAccountId"} {
		if bytes.Contains(trimmed, []byte(`"`+key+`"`)) {
			return 95, because("connect", "key", key)
		}
	}
	return 0, Why{}
}

func readConnect(in *Input, out Out) error {
	f, err := newForeign(in, out, "amazon-connect")
	if err != nil {
		return err
	}
	w := newContactWindow(f)
	s := newJSONObjects(in.R, "")
	for {
		p, err := s.next()
		if err == io.EOF {
			return w.flush()
		}
		if err != nil {
			return err
		}
		row := Row{Line: p.line, Raw: string(p.raw)}
		var rec connectRecord
		if bad := p.decode(&rec, "a contact record"); bad != nil {
			f.rejected(row, *bad)
			continue
		}
		if err := w.take(row, f.contact(&rec)); err != nil {
			return err
		}
	}
}

type connectEndpoint struct {
	Address jsonText
	Type    jsonText
}

// connectRecord is what is used of a contact record; the rest changes often.
type connectRecord struct {
	ContactId                       jsonText
	InitialContactId                jsonText
	PreviousContactId               jsonText
	Channel                         jsonText
	InitiationMethod                jsonText
	InitiationTimestamp             jsonText
	ConnectedToSystemTimestamp      jsonText
	DisconnectTimestamp             jsonText
	LastUpdateTimestamp             jsonText
	DisconnectReason                jsonText
	AnsweringMachineDetectionStatus jsonText
	CustomerEndpoint                connectEndpoint
	SystemEndpoint                  connectEndpoint
	Agent                           struct{ Username jsonText }
	Campaign                        struct{ CampaignId jsonText }
}

// contactFinding is a finding and the age that decides between copies.
type contactFinding struct {
	finding
	updated timex.Instant
}

// contact turns a record into a call. Talk is ConnectedToSystemTimestamp to
// DisconnectTimestamp, which the contact record implies but does not state.
func (f *foreign) contact(rec *connectRecord) *contactFinding {
	v := &contactFinding{}
	c := &v.call
	c.ID, c.Source = string(rec.ContactId), f.source
	if c.ID == "" {
		v.reject("ContactId", "", "the record has no ContactId", "the identifier of the contact")
		return v
	}
	if rec.Channel != "" && rec.Channel != "VOICE" {
		v.ignore = "no call: channel " + fault.Shorten(string(rec.Channel), 20)
		return v
	}
	if rec.DisconnectTimestamp == "" {
		v.ignore = "not finished: the contact has no DisconnectTimestamp"
		return v
	}
	f.stamp(&v.finding, "LastUpdateTimestamp", string(rec.LastUpdateTimestamp), &v.updated)
	f.stamp(&v.finding, "InitiationTimestamp", string(rec.InitiationTimestamp), &c.Start)
	f.stamp(&v.finding, "ConnectedToSystemTimestamp", string(rec.ConnectedToSystemTimestamp), &c.Answer)
	f.stamp(&v.finding, "DisconnectTimestamp", string(rec.DisconnectTimestamp), &c.End)
	if c.Start.IsZero() {
		v.reject("InitiationTimestamp", "", "the record does not say when the contact began", "a stamp such as 2026-03-01T09:30:00Z")
		return v
	}
	c.Session = cmp.Or(string(rec.InitialContactId), c.ID)
	c.LegB = c.Session != c.ID
	c.Agent, c.Campaign = string(rec.Agent.Username), string(rec.Campaign.CampaignId)
	c.Cause = string(rec.DisconnectReason)
	c.Direction = connectDirection(string(rec.InitiationMethod))
	c.From, c.To = string(rec.SystemEndpoint.Address), string(rec.CustomerEndpoint.Address)
	if c.Direction == usage.Inbound {
		c.From, c.To = c.To, c.From
	}
	f.steer(c)
	connectOutcome(c, string(rec.AnsweringMachineDetectionStatus))
	c.Total = max(0, c.End.Sub(c.Start))
	if c.Result == usage.Answered {
		c.Talk = max(0, c.End.Sub(c.Answer))
	}
	return v
}

// connectDirection reads InitiationMethod. A CALLBACK is one leg out: the agent
// is already there. The legs of transfers do not tell.
func connectDirection(method string) usage.Direction {
	switch method {
	case "INBOUND", "WEBRTC_API":
		return usage.Inbound
	case "OUTBOUND", "CALLBACK", "API", "EXTERNAL_OUTBOUND":
		return usage.Outbound
	}
	return ""
}

// connectOutcome tells result and who answered. A contact connected to the
// system was answered, whatever the detection of answering machines made of it.
func connectOutcome(c *usage.Call, detected string) {
	switch detected {
	case "HUMAN_ANSWERED":
		c.By = usage.Person
	case "VOICEMAIL_BEEP", "VOICEMAIL_NO_BEEP":
		c.By = usage.Machine
	case "FAX_MACHINE_DETECTED":
		c.By = usage.Fax
	}
	switch {
	case !c.Answer.IsZero():
		c.Result = usage.Answered
	case detected == "SIT_TONE_BUSY":
		c.Result = usage.Busy
	case detected == "SIT_TONE_INVALID_NUMBER":
		c.Result = usage.Unassigned
	case c.Cause == "AGENT_DISCONNECT" || c.Cause == "OUTBOUND_PREVIEW_DISCARDED":
		c.Result = usage.Canceled
	case c.Cause == "OUTBOUND_RESOURCE_ERROR":
		c.Result = usage.Congestion
	case c.Cause == "TELECOM_PROBLEM" || c.Cause == "OUTBOUND_ATTEMPT_FAILED" || c.Cause == "OUTBOUND_DESTINATION_ENDPOINT_ERROR":
		c.Result = usage.Failed
	default:
		c.Result = usage.NoAnswer
	}
}
