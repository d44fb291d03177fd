package api

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

const (
	onceHeader  = "Idempotency-Key"
	onceLongest = 255
)

// flights are the keys whose requests this process is working on.
type flights struct {
	mu  sync.Mutex
	now map[string]bool
}

func newFlights() *flights { return &flights{now: map[string]bool{}} }

func (f *flights) begin(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now[key] {
		return false
	}
	f.now[key] = true
	return true
}

func (f *flights) end(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.now, key)
}

// once runs a change under its idempotency key: the effect, its audit entry and
// the answer are one transaction. Only success is kept: what failed had no
// effect, and is tried anew.
func once[I, O any](a *API, ctx context.Context, c *caller, company id.Company, o op, in *I, f func(*request, *I) (*O, error)) (*answer[O], error) {
	switch {
	case c.onceKey == "":
		return nil, &refused{400, "idempotency_key_missing", "the header Idempotency-Key is missing: choose a new one for each effect, and the same one to try again"}
	case len(c.onceKey) > onceLongest:
		return nil, &refused{400, "idempotency_key_invalid", "the Idempotency-Key is longer than 255 characters"}
	}
	request, err := digest(o, in)
	if err != nil {
		return nil, err
	}
	name := company.String() + " " + c.onceKey
	if !a.flights.begin(name) {
		return nil, &refused{409, "idempotency_in_flight", "a request with this Idempotency-Key is being worked on: ask again in a moment"}
	}
	defer a.flights.end(name)
	out, late, err := effectOnce(a, ctx, c, company, o, in, f, request)
	if fault.KindOf(err) == fault.Conflict {
		// Another node may have been first: then its answer is there now.
		if there, replayErr := replay[O](a, ctx, company, c.onceKey, request); there != nil || replayErr != nil {
			return there, replayErr
		}
	}
	if err == nil && late != nil {
		late()
	}
	return out, err
}

func effectOnce[I, O any](a *API, ctx context.Context, c *caller, company id.Company, o op, in *I, f func(*request, *I) (*O, error), request [32]byte) (out *answer[O], late func(), err error) {
	err = a.d.System.DB.Update(ctx, func(tx store.Tx) error {
		if out, err = replayed[O](tx, company, c.onceKey, request); out != nil || err != nil {
			return err
		}
		r := a.in(ctx, tx, c, company)
		made, err := effect(r, o, in, f)
		if err != nil {
			return err
		}
		body, err := json.Marshal(lasting(made))
		if err != nil {
			return err
		}
		out, late = &answer[O]{Status: o.status, Body: *made}, r.late
		return tx.Once().Put(company, c.onceKey, store.Answer{Request: request, Status: o.status, Body: body, At: tx.Now()})
	})
	if err != nil {
		return nil, nil, err
	}
	return out, late, nil
}

// secretive is an answer with something in it that is shown once.
type secretive interface{ withoutSecret() any }

// lasting is an answer as it is kept: a secret is in none, since what is kept is
// in backups and exports too.
func lasting(made any) any {
	if s, is := made.(secretive); is {
		return s.withoutSecret()
	}
	return made
}

func replay[O any](a *API, ctx context.Context, company id.Company, key string, request [32]byte) (out *answer[O], err error) {
	err = a.d.System.DB.View(ctx, func(tx store.Tx) (err error) {
		out, err = replayed[O](tx, company, key, request)
		return err
	})
	return out, err
}

// replayed is the answer that was given under a key; nil: none was.
func replayed[O any](tx store.Tx, company id.Company, key string, request [32]byte) (*answer[O], error) {
	was, err := tx.Once().Get(company, key)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if was.Request != request {
		return nil, &refused{422, "idempotency_key_reused", "this Idempotency-Key was used for another request: choose a new one"}
	}
	out := &answer[O]{Status: was.Status, Replayed: "true"}
	return out, json.Unmarshal(was.Body, &out.Body)
}

// digest tells whether two requests ask for the same.
func digest(o op, in any) ([32]byte, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(append([]byte(o.id+"\n"), b...)), nil
}
