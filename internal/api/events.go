package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/receive"
	"waihu/internal/usage"
	"waihu/internal/usage/cdr"
)

// Bounds of events.
const (
	eventsMost = 1_000
	eventsBody = 4 << 20
)

// EventsResult is what became of events, in their order.
type EventsResult struct {
	Accepted  int            `json:"accepted" doc:"New, or the end of what was there without one."`
	Duplicate int            `json:"duplicate" doc:"There already, equal: nothing was done."`
	Rejected  int            `json:"rejected"`
	Results   []EventOutcome `json:"results"`
}

// EventOutcome is what became of one event.
type EventOutcome struct {
	ID      string `json:"id"`
	Source  string `json:"source"`
	Outcome string `json:"outcome" enum:"added,same,ended,conflict,rejected"`
	Reason  string `json:"reason,omitempty"`
}

// cloudEvent is an event as CloudEvents 1.0 writes it. Data holds a fact in the
// fields of our own files (docs/formats.md), without id and source.
type cloudEvent struct {
	SpecVersion     string
	ID              string
	Source          string
	Type            string
	Time            string
	DataContentType string
	Data            json.RawMessage
}

var extensionName = regexp.MustCompile(`^[a-z0-9]{1,60}$`)

// UnmarshalJSON takes the attributes of the specification and extensions of its
// form; anything else is an error.
func (e *cloudEvent) UnmarshalJSON(b []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	var ignored string
	for name, raw := range all {
		into := map[string]*string{"specversion": &e.SpecVersion, "id": &e.ID, "source": &e.Source, "type": &e.Type, "time": &e.Time,
			"datacontenttype": &e.DataContentType, "dataschema": &ignored, "subject": &ignored}[name]
		switch {
		case name == "data":
			e.Data = raw
		case into != nil:
			if err := json.Unmarshal(raw, into); err != nil {
				return fmt.Errorf("%s is no text", name)
			}
		case !extensionName.MatchString(name) || name == "data_base64":
			return fmt.Errorf("%q is no attribute of an event", fault.Shorten(name, 40))
		}
	}
	return nil
}

// fact is the event as a line of our own files; wrong says why it is none.
func (e *cloudEvent) fact() (line []byte, wrong string) {
	kind, ok := strings.CutPrefix(e.Type, "waihu.")
	switch {
	case e.SpecVersion != "1.0":
		return nil, "specversion must be 1.0"
	case e.ID == "" || e.Source == "":
		return nil, "id and source name an event: both are needed"
	case !ok:
		return nil, "type must be waihu.call, waihu.seat, waihu.session, waihu.module, waihu.rental or waihu.event"
	case e.DataContentType != "" && !strings.HasPrefix(e.DataContentType, "application/json"):
		return nil, "datacontenttype must be application/json"
	}
	var data map[string]json.RawMessage
	if err := json.Unmarshal(e.Data, &data); err != nil || data == nil {
		return nil, "data must be an object"
	}
	for _, own := range []string{"fact", "id", "source"} {
		if _, there := data[own]; there {
			return nil, own + " belongs to the event, not into data"
		}
	}
	if _, there := data["at"]; kind == "event" && !there && e.Time != "" {
		data["at"], _ = json.Marshal(e.Time) // a string can always be written
	}
	head, err := json.Marshal(struct {
		Fact   string `json:"fact"`
		ID     string `json:"id"`
		Source string `json:"source"`
	}{kind, e.ID, e.Source})
	if err != nil {
		return nil, "it cannot be read"
	}
	rest, err := json.Marshal(data)
	if err != nil {
		return nil, "it cannot be read"
	}
	if len(data) == 0 {
		return head, ""
	}
	return append(append(head[:len(head)-1], ','), rest[1:]...), ""
}

// oneFact takes the fact of one line.
type oneFact struct{ fact usage.Fact }

func (o *oneFact) Call(c *usage.Call) error      { o.fact = receive.Keep(c); return nil }
func (o *oneFact) Seat(s usage.Seat) error       { o.fact = &s; return nil }
func (o *oneFact) Session(s usage.Session) error { o.fact = &s; return nil }
func (o *oneFact) Module(m usage.Module) error   { o.fact = &m; return nil }
func (o *oneFact) Rental(r usage.Rental) error   { o.fact = &r; return nil }
func (o *oneFact) Event(e usage.Event) error     { o.fact = &e; return nil }

// factOf reads the fact of an event; wrong says why there is none.
func factOf(ctx context.Context, e *cloudEvent) (usage.Fact, string, error) {
	line, wrong := e.fact()
	if wrong != "" {
		return nil, wrong, nil
	}
	one := &oneFact{}
	report, err := cdr.NewIntake(one, cdr.Options{Format: "waihu-facts", Repeats: true}).Read(ctx, bytes.NewReader(line), "event", int64(len(line)))
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return nil, "", err
	}
	for _, t := range report.Tallies {
		if t.Outcome != cdr.Rejected && t.Outcome != cdr.Ignored {
			continue
		}
		wrong = t.Reason
		if len(t.Sample) > 0 && t.Sample[0].Expected != "" {
			wrong += "; expected " + t.Sample[0].Expected
		}
		return nil, wrong, nil
	}
	if one.fact == nil {
		return nil, "it holds no fact", nil
	}
	return one.fact, "", nil
}

// readEvents reads one event or a list of them.
func readEvents(body []byte) ([]cloudEvent, bool, error) {
	if err := checkJSON(body); err != nil {
		return nil, false, &refused{http.StatusBadRequest, "malformed", err.Error()}
	}
	body = bytes.TrimLeft(body, " \t\r\n")
	var events []cloudEvent
	single := len(body) > 0 && body[0] == '{'
	var err error
	if single {
		events = make([]cloudEvent, 1)
		err = json.Unmarshal(body, &events[0])
	} else {
		err = json.Unmarshal(body, &events)
	}
	if err != nil {
		return nil, single, fault.Problem{What: err.Error(), Expected: "an event of CloudEvents 1.0, or a list of them"}
	}
	if len(events) == 0 || len(events) > eventsMost {
		return nil, single, fault.Problem{What: fmt.Sprintf("there are %d events", len(events)), Expected: fmt.Sprintf("1 to %d", eventsMost)}
	}
	return events, single, nil
}

// takeEvents keeps what is sound of some events.
func (a *API) takeEvents(ctx context.Context, c id.Company, events []cloudEvent) (*EventsResult, error) {
	out := &EventsResult{Results: make([]EventOutcome, len(events))}
	var facts []usage.Fact
	var places []int
	for i := range events {
		e := &events[i]
		out.Results[i] = EventOutcome{ID: e.ID, Source: e.Source, Outcome: "rejected"}
		f, wrong, err := factOf(ctx, e)
		if err != nil {
			return nil, err
		}
		if wrong != "" {
			out.Results[i].Reason = wrong
			continue
		}
		facts, places = append(facts, f), append(places, i)
	}
	if len(facts) > 0 {
		receipt, err := a.d.Ingest.Ingest(ctx, c, facts)
		if err != nil {
			return nil, err
		}
		for n, o := range receipt.Outcomes {
			out.Results[places[n]].Outcome, out.Results[places[n]].Reason = string(o.Outcome), o.Reason
		}
	}
	for _, r := range out.Results {
		switch r.Outcome {
		case "added", "ended":
			out.Accepted++
		case "same":
			out.Duplicate++
		default:
			out.Rejected++
		}
	}
	if a.d.Facts != nil {
		a.d.Facts(out.Accepted, out.Duplicate, out.Rejected)
	}
	return out, nil
}

func (a *API) eventRoutes() {
	type eventsIn struct {
		RawBody []byte `contentType:"application/cloudevents+json"`
	}
	type eventsOut struct{ Body EventsResult }
	o := op{id: "event-add", method: http.MethodPost, path: "/v1/events", what: "Hand in usage as CloudEvents 1.0, one or up to 1,000. Source and id name an event: sent again, it changes nothing.", may: access.UsageWrite, body: eventsBody, raw: true}
	add(a, o, func(ctx context.Context, in *eventsIn) (*eventsOut, error) {
		company, err := callerOf(ctx).allow(o)
		if err != nil {
			return nil, err
		}
		events, single, err := readEvents(in.RawBody)
		if err != nil {
			return nil, err
		}
		out, err := a.takeEvents(ctx, company, events)
		if err != nil {
			return nil, err
		}
		if r := out.Results[0]; single && out.Rejected == 1 {
			if r.Outcome == "conflict" {
				return nil, fault.New(fault.Conflict, "an event of this source and id is there with other content: what was counted is not changed, correct it by a credit note")
			}
			return nil, fault.Problem{Path: "data", What: r.Reason}
		}
		return &eventsOut{*out}, nil
	})
	body := a.huma.OpenAPI().Paths["/v1/events"].Post.RequestBody
	event := &huma.Schema{Type: huma.TypeObject, Required: []string{"specversion", "id", "source", "type", "data"}, AdditionalProperties: true, Properties: map[string]*huma.Schema{
		"specversion": {Type: "string", Enum: []any{"1.0"}},
		"id":          {Type: "string", MinLength: ptr(1), Description: "Names the event in its source."},
		"source":      {Type: "string", MinLength: ptr(1), Description: "The system it comes from."},
		"type":        {Type: "string", Enum: []any{"waihu.call", "waihu.seat", "waihu.session", "waihu.module", "waihu.rental", "waihu.event"}},
		"time":        {Type: "string", Format: "date-time"},
		"data":        {Type: huma.TypeObject, AdditionalProperties: true, Description: "The fact: the fields of docs/formats.md, without fact, id and source."},
	}}
	batch := &huma.Schema{Type: huma.TypeArray, Items: event, MaxItems: ptr(eventsMost), MinItems: ptr(1)}
	body.Content = map[string]*huma.MediaType{"application/cloudevents+json": {Schema: event}, "application/cloudevents-batch+json": {Schema: batch}, "application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{event, batch}}}}
}
