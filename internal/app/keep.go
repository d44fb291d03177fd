package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"waihu/internal/charging/ledger"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/money"
	"waihu/internal/store"
)

// load reads a record's body.
func load[T any](r *store.Record, err error) (T, *store.Record, error) {
	var body T
	if err != nil {
		return body, nil, err
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		return body, nil, fault.New(fault.Internal, "%s %s cannot be read: %v", r.Kind, r.ID, err)
	}
	return body, r, nil
}

// get reads a record by its identifier.
func get[T any](tx store.Tx, c id.Company, k store.Kind, i id.ID) (T, *store.Record, error) {
	return load[T](tx.Records().Get(c, k, i))
}

// find reads the record that has a unique key.
func find[T any](tx store.Tx, c id.Company, k store.Kind, name, value string) (T, *store.Record, error) {
	return load[T](tx.Records().ByKey(c, k, store.Key{Name: name, Value: value}))
}

// save writes a body into its record.
func save(tx store.Tx, r *store.Record, body any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return fault.New(fault.KindOf(err), "%s %s cannot be written: %v", r.Kind, r.ID, err)
	}
	r.Body = b
	return tx.Records().Put(r)
}

// pageSize is how many records are read at a time.
const pageSize = 500

// each hands out all records of a kind with an index key, in pages.
func each[T any](tx store.Tx, c id.Company, k store.Kind, key store.Key, f func(T, *store.Record) error) error {
	page := store.Page{Limit: pageSize}
	for { // bounded: After rises with every page
		list, err := tx.Records().List(c, k, key, page)
		if err != nil {
			return err
		}
		for i := range list {
			body, r, err := load[T](&list[i], nil)
			if err != nil {
				return err
			}
			if err := f(body, r); err != nil {
				return err
			}
		}
		if len(list) < pageSize {
			return nil
		}
		page.After = list[len(list)-1].ID
	}
}

// all gathers them.
func all[T any](tx store.Tx, c id.Company, k store.Kind, key store.Key) ([]T, error) {
	out := []T{}
	err := each(tx, c, k, key, func(body T, _ *store.Record) error {
		out = append(out, body)
		return nil
	})
	return out, err
}

// pageOf reads one page of them.
func pageOf[T any](tx store.Tx, c id.Company, k store.Kind, key store.Key, p store.Page) ([]T, error) {
	list, err := tx.Records().List(c, k, key, p)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(list))
	for i := range list {
		if out[i], _, err = load[T](&list[i], nil); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// newID makes an identifier of the transaction's moment.
func (s *System) newID(tx store.Tx) (id.ID, error) { return s.IDs.At(tx.Now()) }

// book puts an entry into the journal; one that moves nothing is not booked.
func (s *System) book(tx store.Tx, c id.Company, e ledger.Entry, err error) error {
	if err != nil || e.IsEmpty() {
		return err
	}
	if e.ID, err = s.newID(tx); err != nil {
		return err
	}
	e.At = tx.Now()
	_, err = tx.Journal().Append(c, e)
	return err
}

// maxKey bounds an idempotency key.
const maxKey = 255

// once does something that must have one effect only, and keeps its answer in
// the same transaction. The same key with the same request gives that answer
// again; with another request it is a Conflict.
func once[T any](tx store.Tx, c id.Company, verb, key string, request any, do func() (T, error)) (T, error) {
	var out T
	if key == "" || len(key) > maxKey {
		return out, fault.New(fault.Invalid, "%s needs an idempotency key of 1 to %d characters: what is sent twice must happen once", verb, maxKey)
	}
	asked, err := json.Marshal(request)
	if err != nil {
		return out, fault.New(fault.KindOf(err), "%s: %v", verb, err)
	}
	sum := sha256.Sum256(append([]byte(verb+"\n"), asked...))
	before, err := tx.Once().Get(c, key)
	switch {
	case err == nil && before.Request != sum:
		return out, fault.New(fault.Conflict, "key %q was used for another request: take a new key for a new request", key)
	case err == nil:
		return out, json.Unmarshal(before.Body, &out)
	case fault.KindOf(err) != fault.NotFound:
		return out, err
	}
	if err := here(tx, c); err != nil {
		return out, err
	}
	if out, err = do(); err != nil {
		return out, err
	}
	answer, err := json.Marshal(out)
	if err != nil {
		return out, fault.New(fault.KindOf(err), "%s: %v", verb, err)
	}
	return out, tx.Once().Put(c, key, store.Answer{Request: sum, Status: 200, Body: answer, At: tx.Now()})
}

func versionName(plan string, version int) string { return plan + "@" + strconv.Itoa(version) }

// digest is SHA-256 over texts, each with its length before it.
func digest(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		h.Write([]byte(strconv.Itoa(len(t)) + ":" + t))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// plus adds amounts of one currency; the zero Amount counts as nothing.
func plus(as ...money.Amount) (money.Amount, error) {
	var sum money.Amount
	for _, a := range as {
		if a.Currency().IsZero() {
			continue
		}
		if sum.Currency().IsZero() {
			sum = money.Zero(a.Currency())
		}
		var err error
		if sum, err = sum.Add(a); err != nil {
			return sum, fault.New(fault.Overflow, "%v", err)
		}
	}
	return sum, nil
}
