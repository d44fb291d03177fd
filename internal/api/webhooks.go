package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"waihu/internal/access"
	"waihu/internal/app"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/notify"
	"waihu/internal/store"
)

// Webhook is an address that events go to.
type Webhook struct {
	ID           string   `json:"id" example:"whk_01jd8..."`
	URL          string   `json:"url"`
	Topics       []string `json:"topics,omitempty" doc:"invoice.issued, invoice.*; absent: all."`
	Note         string   `json:"note,omitempty"`
	On           bool     `json:"on"`
	Off          string   `json:"off_reason,omitempty" doc:"Why it is off."`
	FailingSince Time     `json:"failing_since,omitempty" format:"date-time" doc:"After five days it is switched off."`
	LastStatus   string   `json:"last_status,omitempty"`
	Created      Time     `json:"created" format:"date-time"`
	Secret       string   `json:"secret,omitempty" doc:"Signs deliveries; shown this once."`
}

func (w *Webhook) withoutSecret() any {
	out := *w
	out.Secret = ""
	return &out
}

func webhookOf(e *notify.Endpoint) Webhook {
	return Webhook{ID: e.ID.Named("whk"), URL: e.URL, Topics: e.Topics, Note: e.Note, On: e.Disabled == "", Off: e.Disabled, FailingSince: timeOf(e.FailingSince),
		LastStatus: e.LastStatus, Created: timeOf(e.Created)}
}

// NewWebhook is one to add.
type NewWebhook struct {
	URL    string   `json:"url" maxLength:"2000" example:"https://books.example.com/waihu"`
	Topics []string `json:"topics,omitempty" maxItems:"50" doc:"invoice.issued, invoice.*; absent: all."`
	Note   string   `json:"note,omitempty" maxLength:"200"`
}

// WebhookChange changes one; what is absent stays.
type WebhookChange struct {
	URL    *string  `json:"url,omitempty" maxLength:"2000"`
	Topics []string `json:"topics,omitempty" maxItems:"50"`
	Note   *string  `json:"note,omitempty" maxLength:"200"`
	On     *bool    `json:"on,omitempty" doc:"Switching it on forgets that it failed."`
}

// Message is an event on its way outside.
type Message struct {
	ID       string          `json:"id" example:"msg_01jd8..." doc:"The webhook-id of the delivery."`
	Webhook  string          `json:"webhook,omitempty" doc:"Which webhook it is for; absent: an event that was spread over all."`
	Channel  string          `json:"channel" enum:"webhook,mail"`
	Topic    string          `json:"topic"`
	State    string          `json:"state" enum:"waiting,sent,dead"`
	Attempts int             `json:"attempts"`
	Error    string          `json:"error,omitempty" doc:"Of the last attempt."`
	Due      Time            `json:"due,omitempty" format:"date-time" doc:"When it is tried next."`
	Created  Time            `json:"created" format:"date-time"`
	Data     json.RawMessage `json:"data,omitempty"`
}

func messageOf(m store.Message) Message {
	out := Message{ID: m.ID.Named("msg"), Channel: m.Channel, Topic: m.Topic, State: m.State, Attempts: m.Attempts, Error: m.Error, Created: timeOf(m.Created)}
	if m.State == notify.Waiting {
		out.Due = timeOf(m.Due)
	}
	if m.Channel != notify.Webhook {
		return out // letters hold invitations
	}
	out.Data = m.Body
	if to, err := id.Parse(m.To); err == nil && m.To != "" {
		out.Webhook = to.Named("whk")
	}
	return out
}

// WebhookIn names a webhook in an address.
type WebhookIn struct {
	Webhook string `path:"webhook" maxLength:"40"`
}

func (a *API) webhookRoutes() {
	read(a, op{id: "webhook-list", method: http.MethodGet, path: "/v1/webhooks", what: "The company's webhooks.", may: access.WebhookRead},
		func(r *request, _ *none) (*List[Webhook], error) {
			all, err := a.d.Post.Endpoints(r.tx, r.company)
			if err != nil {
				return nil, err
			}
			out := &List[Webhook]{Items: []Webhook{}}
			for _, e := range all {
				out.Items = append(out.Items, webhookOf(e))
			}
			return out, nil
		})
	change(a, op{id: "webhook-add", method: http.MethodPost, path: "/v1/webhooks", what: "Add a webhook. Its secret is shown this once, and not again under the same Idempotency-Key.", may: access.WebhookWrite, status: http.StatusCreated},
		func(r *request, in *bodyOf[NewWebhook]) (*Webhook, error) {
			if err := knownTopics(in.Body.Topics); err != nil {
				return nil, err
			}
			e, secret, err := a.d.Post.Add(r.tx, r.company, in.Body.URL, in.Body.Topics, in.Body.Note)
			if err != nil {
				return nil, err
			}
			out := webhookOf(e)
			if err := r.did(access.Deed{Action: "webhook.add", Target: out.ID, After: out}); err != nil {
				return nil, err
			}
			out.Secret = secret
			return &out, nil
		})
	a.webhookChange(op{id: "webhook-change", method: http.MethodPatch, path: "/v1/webhooks/{webhook}", what: "Change a webhook, or switch it on or off."})
	change(a, op{id: "webhook-remove", method: http.MethodDelete, path: "/v1/webhooks/{webhook}", what: "End a webhook.", may: access.WebhookWrite},
		func(r *request, in *WebhookIn) (*Done, error) {
			before, i, err := a.webhook(r, in.Webhook)
			if err != nil {
				return nil, err
			}
			if err := a.d.Post.Remove(r.tx, r.company, i); err != nil {
				return nil, err
			}
			return &Done{true}, r.did(access.Deed{Action: "webhook.remove", Target: in.Webhook, Before: before})
		})
	change(a, op{id: "webhook-rotate", method: http.MethodPost, path: "/v1/webhooks/{webhook}/secret", what: "A new secret; for a day deliveries are signed by both.", may: access.WebhookWrite},
		func(r *request, in *WebhookIn) (*Webhook, error) {
			out, i, err := a.webhook(r, in.Webhook)
			if err != nil {
				return nil, err
			}
			secret, err := a.d.Post.Rotate(r.tx, r.company, i)
			if err != nil {
				return nil, err
			}
			if err := r.did(access.Deed{Action: "webhook.rotate", Target: in.Webhook}); err != nil {
				return nil, err
			}
			out.Secret = secret
			return out, nil
		})
	change(a, op{id: "webhook-test", method: http.MethodPost, path: "/v1/webhooks/test", what: "Send the event test.ping to every webhook that takes it.", may: access.WebhookWrite, status: http.StatusAccepted},
		func(r *request, _ *none) (*Done, error) {
			if err := notify.Announce(r.tx, a.d.System.IDs, r.company, "test.ping", map[string]string{"company": companyName(r.company)}); err != nil {
				return nil, err
			}
			return &Done{true}, r.did(access.Deed{Action: "webhook.test"})
		})
	a.messageRoutes()
}

func (a *API) webhookChange(o op) {
	type changeIn struct {
		WebhookIn
		Body WebhookChange
	}
	o.may = access.WebhookWrite
	change(a, o, func(r *request, in *changeIn) (*Webhook, error) {
		before, i, err := a.webhook(r, in.Webhook)
		if err != nil {
			return nil, err
		}
		if err := knownTopics(in.Body.Topics); err != nil {
			return nil, err
		}
		e, err := a.d.Post.Change(r.tx, r.company, i, notify.EndpointChange(in.Body))
		if err != nil {
			return nil, err
		}
		out := webhookOf(e)
		return &out, r.did(access.Deed{Action: "webhook.change", Target: out.ID, Before: before, After: out})
	})
}

// knownTopics refuses patterns that take no topic: nothing would ever be sent.
func knownTopics(patterns []string) error {
	var ps fault.Problems
	for i, p := range patterns {
		if !app.TakesTopics(p) {
			ps = append(ps, fault.Problem{Path: fmt.Sprintf("topics[%d]", i), What: "there are no such messages", Expected: strings.Join(app.Topics(), ", ") + "; invoice.* for all of a noun; * for all"})
		}
	}
	return ps.Err()
}

func (a *API) webhook(r *request, name string) (*Webhook, id.ID, error) {
	i, err := inPath("whk", name)
	if err != nil {
		return nil, i, err
	}
	e, err := a.d.Post.Endpoint(r.tx, r.company, i)
	if err != nil {
		return nil, i, err
	}
	out := webhookOf(e)
	return &out, i, nil
}

func (a *API) messageRoutes() {
	type messagesIn struct {
		PageIn
		State string `query:"state" enum:"waiting,sent,dead" default:"waiting"`
	}
	read(a, op{id: "message-list", method: http.MethodGet, path: "/v1/messages", what: "Events on their way outside, newest first.", may: access.WebhookRead},
		func(r *request, in *messagesIn) (*List[Message], error) {
			p, err := in.page(true)
			if err != nil {
				return nil, err
			}
			rows, err := r.tx.Outbox().List(r.company, in.State, p)
			if err != nil {
				return nil, err
			}
			return paged(&in.PageIn, rows, func(m store.Message) id.ID { return m.ID }, messageOf), nil
		})
	type messageIn struct {
		Message string `path:"message" maxLength:"40"`
	}
	change(a, op{id: "message-again", method: http.MethodPost, path: "/v1/messages/{message}/again", what: "Send a delivery once more.", may: access.WebhookWrite, status: http.StatusAccepted},
		func(r *request, in *messageIn) (*Message, error) {
			i, err := inPath("msg", in.Message)
			if err != nil {
				return nil, err
			}
			m, err := a.d.Post.Again(r.tx, r.company, i)
			if err != nil {
				return nil, err
			}
			out := messageOf(*m)
			return &out, r.did(access.Deed{Action: "message.again", Target: in.Message})
		})
}
