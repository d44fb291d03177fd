package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	if json.Unmarshal(b, &all) != nil {
		return errors.New("this is no event: an object was expected")
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

// gathered takes facts in their order.
type gathered struct{ facts []usage.Fact }

func (g *gathered) add(f usage.Fact) error        { g.facts = append(g.facts, f); return nil }
func (g *gathered) Call(c *usage.Call) error      { return g.add(receive.Keep(c)) }
func (g *gathered) Seat(s usage.Seat) error       { return g.add(&s) }
func (g *gathered) Session(s usage.Session) error { return g.add(&s) }
func (g *gathered) Module(m usage.Module) error   { return g.add(&m) }
func (g *gathered) Rental(r usage.Rental) error   { return g.add(&r) }
func (g *gathered) Event(e usage.Event) error     { return g.add(&e) }

// readLines reads lines of our own files.
func readLines(ctx context.Context, lines []byte, most int) ([]usage.Fact, *cdr.Report, error) {
	to := &gathered{facts: make([]usage.Fact, 0, most)}
	report, err := cdr.NewIntake(to, cdr.Options{Format: "waihu-facts", Repeats: true}).Read(ctx, bytes.NewReader(lines), "event", int64(len(lines)))
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return nil, nil, err
	}
	return to.facts, report, nil
}

// factOf reads the fact of one line; wrong says why there is none.
func factOf(ctx context.Context, line []byte) (f usage.Fact, wrong string, err error) {
	facts, report, err := readLines(ctx, line, 1)
	if err != nil {
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
	if len(facts) == 0 {
		return nil, "it holds no fact", nil
	}
	return facts[0], "", nil
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

// linesOf reads the body of a request: the quick way, or the one that takes
// anything.
func linesOf(body []byte) (*eventLines, bool, error) {
	if out, single, ok := quickEvents(body); ok {
		return out, single, nil
	}
	events, single, err := readEvents(body)
	if err != nil {
		return nil, single, err
	}
	out := &eventLines{results: make([]EventOutcome, len(events))}
	for i := range events {
		e := &events[i]
		out.results[i] = EventOutcome{ID: e.ID, Source: e.Source, Outcome: "rejected"}
		line, wrong := e.fact()
		if out.results[i].Reason = wrong; wrong == "" {
			out.lines, out.places = append(append(out.lines, line...), '\n'), append(out.places, i)
		}
	}
	return out, single, nil
}

// facts reads the lines: all at once where all are sound, as nearly always, else
// one by one, so that each is told what is wrong with it.
func (l *eventLines) facts(ctx context.Context) ([]usage.Fact, error) {
	if len(l.places) == 0 {
		return nil, nil
	}
	all, _, err := readLines(ctx, l.lines, len(l.places))
	if err != nil || len(all) == len(l.places) {
		return all, err
	}
	facts, places := all[:0], l.places[:0]
	rest := l.lines
	for _, at := range l.places {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
		f, wrong, err := factOf(ctx, line)
		if err != nil {
			return nil, err
		}
		if l.results[at].Reason = wrong; wrong == "" {
			facts, places = append(facts, f), append(places, at)
		}
	}
	l.places = places
	return facts, nil
}

// takeEvents keeps what is sound of some events.
func (a *API) takeEvents(ctx context.Context, c id.Company, events *eventLines) (*EventsResult, error) {
	facts, err := events.facts(ctx)
	if err != nil {
		return nil, err
	}
	out := &EventsResult{Results: events.results}
	if len(facts) > 0 {
		receipt, err := a.d.Ingest.Ingest(ctx, c, facts)
		if err != nil {
			return nil, err
		}
		for n, o := range receipt.Outcomes {
			r := &out.Results[events.places[n]]
			r.Outcome, r.Reason = string(o.Outcome), o.Reason
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
		events, single, err := linesOf(in.RawBody)
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
