package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// Channels of messages.
const (
	Webhook = "webhook" // To: identifier of the endpoint; empty: every endpoint that takes the topic
	Mail    = "mail"    // To: the address
)

// States of messages.
const (
	Waiting = "waiting"
	Sent    = "sent"
	Dead    = "dead"
)

// ladder is how long after each failed try the next one comes; the first try is
// at once. After the last the message is dead, and can be sent again by hand.
var ladder = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// Bounds of keeping messages.
const (
	givenUp     = 5 * 24 * time.Hour
	answerShown = 200 // characters of an error that are kept
	answerRead  = 4 << 10
)

// Announce puts an event for a company's own systems into the outbox, in the
// transaction that made it happen.
func Announce(tx store.Tx, ids *id.Maker, c id.Company, topic string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	i, err := ids.At(tx.Now())
	if err != nil {
		return err
	}
	return tx.Outbox().Add(&store.Message{Company: c, ID: i, Channel: Webhook, Topic: topic, Body: b, Due: tx.Now(), State: Waiting, Created: tx.Now()})
}

// deliver sends one message and notes what became of it.
func (p *Post) deliver(ctx context.Context, m *store.Message) error {
	switch {
	case m.Channel == Webhook && m.To == "":
		return p.spread(ctx, m)
	case m.Channel == Webhook:
		return p.post(ctx, m)
	}
	return p.settle(ctx, m, p.mail(ctx, m), nil)
}

// spread makes a message for each endpoint that takes the topic. The identifier
// a receiver sees is that of its own message.
func (p *Post) spread(ctx context.Context, m *store.Message) error {
	return p.DB.Update(ctx, func(tx store.Tx) error {
		ends, err := p.Endpoints(tx, m.Company)
		if err != nil {
			return err
		}
		for _, e := range ends {
			if !e.takes(m.Topic) {
				continue
			}
			i, err := p.IDs.At(tx.Now())
			if err != nil {
				return err
			}
			if err := tx.Outbox().Add(&store.Message{Company: m.Company, ID: i, Channel: Webhook, To: e.ID.String(), Topic: m.Topic, Body: m.Body, Due: tx.Now(), State: Waiting, Created: m.Created}); err != nil {
				return err
			}
		}
		done := *m
		done.State, done.Attempts = Sent, m.Attempts+1
		return tx.Outbox().Update(&done)
	})
}

// envelope is the body of a delivery.
type envelope struct {
	Type      string          `json:"type"`
	Timestamp timex.Instant   `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// post sends a message to its endpoint.
func (p *Post) post(ctx context.Context, m *store.Message) error {
	to, err := id.Parse(m.To)
	if err != nil {
		return p.settle(ctx, m, err, nil)
	}
	var url string
	var secrets []string
	var now timex.Instant
	err = p.DB.View(ctx, func(tx store.Tx) error {
		rec, err := tx.Records().Get(m.Company, EndpointKind, to)
		if err != nil {
			return err
		}
		e, k, err := shownEndpoint(rec)
		if err != nil {
			return err
		}
		if e.Disabled != "" {
			return fault.New(fault.NotFound, "the webhook is off: %s", e.Disabled)
		}
		now, url = tx.Now(), e.URL
		secrets, err = p.secrets(k, now)
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		dead := *m
		dead.State, dead.Error = Dead, "the webhook is off or was ended"
		return p.DB.Update(ctx, func(tx store.Tx) error { return tx.Outbox().Update(&dead) })
	}
	if err != nil {
		return err
	}
	body, err := json.Marshal(envelope{m.Topic, m.Created, m.Body})
	if err != nil {
		return err
	}
	return p.settle(ctx, m, p.send(ctx, url, secrets, m.ID.Named("msg"), now, body), &to)
}

// send makes one delivery; an answer of 2xx is success.
func (p *Post) send(ctx context.Context, url string, secrets []string, name string, now timex.Instant, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return fault.New(fault.Invalid, "the address of the webhook cannot be used")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Waihu-Webhooks/1")
	if err := Sign(req.Header, secrets, name, now.Time(), body); err != nil {
		return err
	}
	client := p.Guard.Client()
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, answerRead))
	switch {
	case res.StatusCode == http.StatusGone:
		return errGone
	case res.StatusCode/100 == 2:
		return nil
	case res.StatusCode/100 == 3:
		return fmt.Errorf("the receiver answered %d: redirects are not followed, give the final address", res.StatusCode)
	}
	return fmt.Errorf("the receiver answered %d", res.StatusCode)
}

// errGone is a receiver that wants nothing any more.
var errGone = errors.New("the receiver answered 410: it wants no more messages")

// settle notes what became of a try, of the message and of its endpoint.
func (p *Post) settle(ctx context.Context, m *store.Message, failure error, endpoint *id.ID) error {
	return p.DB.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		next := *m
		next.Attempts++
		next.Error = ""
		switch {
		case failure == nil:
			next.State = Sent
		case ctx.Err() != nil:
			next.Attempts-- // the service stops: that is not the receiver's fault
			next.Due = tx.Now()
		case errors.Is(failure, errGone) || next.Attempts > len(ladder):
			next.State = Dead
		default:
			next.Due = tx.Now().Add(ladder[next.Attempts-1])
		}
		if failure != nil {
			next.Error = fault.Shorten(failure.Error(), answerShown)
		}
		if err := tx.Outbox().Update(&next); err != nil {
			return err
		}
		if endpoint == nil || ctx.Err() != nil {
			return nil
		}
		return p.judge(tx, m.Company, *endpoint, failure)
	})
}

// judge notes on an endpoint how a try went, and switches it off after five days
// without a success.
func (p *Post) judge(tx store.Tx, c id.Company, i id.ID, failure error) error {
	e, err := p.Endpoint(tx, c, i)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if failure == nil && e.FailingSince == 0 && e.LastStatus == "delivered" {
		return nil
	}
	off := ""
	e, err = p.edit(tx, c, i, func(k *keptEndpoint) error {
		if failure == nil {
			k.FailingSince, k.LastStatus = 0, "delivered"
			return nil
		}
		k.LastStatus = fault.Shorten(failure.Error(), answerShown)
		if k.FailingSince == 0 {
			k.FailingSince = tx.Now()
		}
		switch {
		case k.Disabled != "": // by another message of the same round
		case errors.Is(failure, errGone):
			off = "the receiver wants no more messages"
		case tx.Now() >= k.FailingSince.Add(givenUp):
			off = "it failed for five days"
		}
		if off != "" {
			k.Disabled = off
		}
		return nil
	})
	if err != nil || off == "" {
		return err
	}
	return p.tellOff(tx, e, off)
}

// tellOff writes into the audit log and to the company's people that a webhook
// was switched off.
func (p *Post) tellOff(tx store.Tx, e *Endpoint, why string) error {
	err := access.Record(tx, access.System("webhooks"), access.Deed{Company: e.Company, Action: "webhook.off", Target: e.ID.Named("whk"), Reason: why})
	if err != nil {
		return err
	}
	gate := access.Gate{DB: p.DB, IDs: p.IDs}
	users, err := gate.Users(tx, e.Company, store.Page{})
	if err != nil {
		return err
	}
	for _, u := range users {
		for _, m := range u.Members {
			if m.Company == e.Company && m.Role == access.CustomerAdmin && !u.Disabled {
				if err := Write(tx, p.IDs, e.Company, Letter{To: u.Email, Lang: u.Lang, Topic: "webhook_off", Args: map[string]string{"url": e.URL, "name": u.Name}}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Again sends a message once more, whatever became of it, to the endpoint it was
// for.
func (p *Post) Again(tx store.Tx, c id.Company, i id.ID) (*store.Message, error) {
	m, err := tx.Outbox().Get(c, i)
	if err != nil {
		return nil, err
	}
	if m.Channel == Webhook && m.To == "" {
		return nil, fault.New(fault.Conflict, "this is an event, not a delivery: send one of its deliveries again")
	}
	m.State, m.Due, m.Attempts, m.Error = Waiting, tx.Now(), 0, ""
	return m, tx.Outbox().Update(m)
}
