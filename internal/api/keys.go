package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/timex"
)

// Key is an API key, without its secret.
type Key struct {
	ID       string              `json:"id" example:"key_01jd8..."`
	Company  string              `json:"company,omitempty" doc:"Absent: a key of the operator."`
	Name     string              `json:"name"`
	Role     access.Role         `json:"role"`
	Scopes   []access.Permission `json:"scopes,omitempty" doc:"Absent: all permissions of the role."`
	From     []string            `json:"from,omitempty" doc:"Addresses and networks it may be used from; absent: any."`
	Created  Time                `json:"created" format:"date-time"`
	Ends     Time                `json:"ends,omitempty" format:"date-time"`
	Ended    Time                `json:"ended,omitempty" format:"date-time" doc:"When somebody ended it."`
	LastUsed Time                `json:"last_used,omitempty" format:"date-time" doc:"To about ten minutes."`
	LastFrom string              `json:"last_from,omitempty"`
	Secret   string              `json:"key,omitempty" doc:"The key itself, shown this once."`
}

func (k *Key) withoutSecret() any {
	out := *k
	out.Secret = ""
	return &out
}

func keyOf(k *access.Key) Key {
	return Key{ID: k.ID.Named("key"), Company: companyName(k.Company), Name: k.Name, Role: k.Role, Scopes: k.Scopes, From: k.From, Created: timeOf(k.Created),
		Ends: timeOf(k.Ends), Ended: timeOf(k.Ended), LastUsed: timeOf(k.LastUsed), LastFrom: k.LastFrom}
}

// NewKey is a key to make.
type NewKey struct {
	Name   string              `json:"name" minLength:"1" maxLength:"200" doc:"What it is for."`
	Role   access.Role         `json:"role" enum:"platform_operator,finance,supervisor,inspector,agent,auditor,api,customer_admin" default:"api"`
	Scopes []access.Permission `json:"scopes,omitempty" maxItems:"60" doc:"Only these permissions of the role."`
	From   []string            `json:"from,omitempty" maxItems:"50" doc:"Only from these addresses and networks."`
	Ends   Time                `json:"ends,omitempty" format:"date-time" doc:"When it ends; absent: never."`
}

func (a *API) keyRoutes() {
	g := a.d.Gate
	read(a, op{id: "key-list", method: http.MethodGet, path: "/v1/keys", what: "API keys, without their secrets.", may: access.KeyRead, either: true},
		func(r *request, in *PageIn) (*List[Key], error) {
			p, err := in.page(false)
			if err != nil {
				return nil, err
			}
			rows, err := g.Keys(r.tx, r.company, p)
			if err != nil {
				return nil, err
			}
			return paged(in, rows, func(k *access.Key) id.ID { return k.ID }, keyOf), nil
		})
	change(a, op{id: "key-add", method: http.MethodPost, path: "/v1/keys", what: "Make an API key. It is shown this once, and not again under the same Idempotency-Key.", may: access.KeyWrite, either: true, status: http.StatusCreated},
		func(r *request, in *bodyOf[NewKey]) (*Key, error) {
			n := access.NewKey{Company: r.company, Name: in.Body.Name, Role: in.Body.Role, Scopes: in.Body.Scopes, From: in.Body.From}
			if in.Body.Ends != nil {
				n.Ends = timex.Instant(*in.Body.Ends)
			}
			k, text, err := g.KeyFor(r.tx, r.actor, n)
			if err != nil {
				return nil, err
			}
			out := keyOf(k)
			if err := r.did(access.Deed{Action: "key.add", Target: out.ID, After: out}); err != nil {
				return nil, err
			}
			out.Secret = text
			return &out, nil
		})
	type keyIn struct {
		Key string `path:"key" maxLength:"40"`
	}
	change(a, op{id: "key-end", method: http.MethodDelete, path: "/v1/keys/{key}", what: "End an API key at once.", may: access.KeyWrite, either: true},
		func(r *request, in *keyIn) (*Key, error) {
			i, err := inPath("key", in.Key)
			if err != nil {
				return nil, err
			}
			k, err := g.EndKey(r.tx, r.company, i)
			if err != nil {
				return nil, err
			}
			out := keyOf(k)
			return &out, r.did(access.Deed{Action: "key.end", Target: out.ID, After: out})
		})
}
