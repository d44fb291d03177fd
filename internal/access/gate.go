package access

import (
	"encoding/json"
	"fmt"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
)

// Kinds of the records this room keeps, all under id.Platform: a person may
// belong to several companies, and a key or a session is looked for before its
// company is known.
const (
	userKind     store.Kind = "user"
	sessionKind  store.Kind = "session"
	keyKind      store.Kind = "key"
	lineKind     store.Kind = "line"
	attemptsKind store.Kind = "attempts"
	flowKind     store.Kind = "login_flow"
	approvalKind store.Kind = "approval"
)

// Gate lets people and keys in. It is safe for many goroutines at once.
type Gate struct {
	DB     store.DB
	IDs    *id.Maker
	Seal   *Sealer
	Hasher *Hasher
	Policy Policy

	Passkeys *Passkeys // nil: none
	Provider *Provider // another system's log-in; nil: none
}

// Policy is what an installation decides.
type Policy struct {
	SecondFactor bool // staff and customer admins need one
	SecondPerson bool // changes of price, credits, refunds need one
}

// row is a noun in its record.
type row[T any] struct {
	rec  store.Record
	Body T
}

func (r *row[T]) id() id.ID { return r.rec.ID }

// find reads the record of a key; nil without error where there is none.
func find[T any](tx store.Tx, k store.Kind, key store.Key) (*row[T], error) {
	rec, err := tx.Records().ByKey(id.Platform, k, key)
	return opened[T](rec, err)
}

// get reads a record; nil without error where there is none.
func get[T any](tx store.Tx, k store.Kind, i id.ID) (*row[T], error) {
	rec, err := tx.Records().Get(id.Platform, k, i)
	return opened[T](rec, err)
}

func opened[T any](rec *store.Record, err error) (*row[T], error) {
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, nil
		}
		return nil, err
	}
	return decoded[T](rec)
}

func decoded[T any](rec *store.Record) (*row[T], error) {
	r := &row[T]{rec: *rec}
	if err := json.Unmarshal(rec.Body, &r.Body); err != nil {
		return nil, fmt.Errorf("access: record %s %s: %w", rec.Kind, rec.ID, err)
	}
	return r, nil
}

// list reads records of a kind with an index key, at most 1000.
func list[T any](tx store.Tx, k store.Kind, key store.Key, p store.Page) ([]*row[T], error) {
	if p.Limit == 0 {
		p.Limit = 1000
	}
	recs, err := tx.Records().List(id.Platform, k, key, p)
	if err != nil {
		return nil, err
	}
	out := make([]*row[T], len(recs))
	for i := range recs {
		if out[i], err = decoded[T](&recs[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// put writes a noun under its keys.
func (r *row[T]) put(tx store.Tx, unique, index []store.Key) error {
	body, err := json.Marshal(r.Body)
	if err != nil {
		return err
	}
	r.rec.Body, r.rec.Unique, r.rec.Index = body, unique, index
	return tx.Records().Put(&r.rec)
}

// add makes the row of a new noun.
func add[T any](g *Gate, tx store.Tx, k store.Kind, body T) (*row[T], error) {
	i, err := g.IDs.At(tx.Now())
	if err != nil {
		return nil, err
	}
	return &row[T]{rec: store.Record{Company: id.Platform, Kind: k, ID: i}, Body: body}, nil
}
