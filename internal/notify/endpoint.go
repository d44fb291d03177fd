package notify

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// EndpointKind is the kind of the records of endpoints. Their secrets are sealed
// with the key of the installation.
const EndpointKind store.Kind = "webhook"

// Bounds of endpoints.
const (
	endpointsMost = 20             // of one company
	secretOverlap = 24 * time.Hour // how long the secret before still signs after a change
)

// Endpoint is an address that a company's messages go to.
type Endpoint struct {
	ID           id.ID
	Company      id.Company
	URL          string
	Topics       []string // empty: all; "invoice.*" takes a whole noun
	Note         string
	Disabled     string // why it is off; empty: it is on
	FailingSince timex.Instant
	LastStatus   string // of the last try
	Created      timex.Instant
	Revision     int64
}

type keptEndpoint struct {
	URL          string        `json:"url"`
	Topics       []string      `json:"topics,omitempty"`
	Note         string        `json:"note,omitempty"`
	Disabled     string        `json:"disabled,omitempty"`
	FailingSince timex.Instant `json:"failing_since,omitempty"`
	LastStatus   string        `json:"last_status,omitempty"`
	Secret       string        `json:"secret"`           // sealed
	Before       string        `json:"before,omitempty"` // sealed; the one before
	BeforeEnds   timex.Instant `json:"before_ends,omitempty"`
}

// Post keeps endpoints and sends what is due.
type Post struct {
	DB    store.DB
	IDs   *id.Maker
	Seal  *access.Sealer
	Guard *Guard
	HTTPS bool // only https addresses are taken
	Mail  Mailer
}

func shownEndpoint(rec *store.Record) (*Endpoint, *keptEndpoint, error) {
	var k keptEndpoint
	if err := json.Unmarshal(rec.Body, &k); err != nil {
		return nil, nil, err
	}
	return &Endpoint{ID: rec.ID, Company: rec.Company, URL: k.URL, Topics: k.Topics, Note: k.Note, Disabled: k.Disabled, FailingSince: k.FailingSince,
		LastStatus: k.LastStatus, Created: rec.Created, Revision: rec.Revision}, &k, nil
}

func saveEndpoint(tx store.Tx, rec *store.Record, k *keptEndpoint) (err error) {
	if rec.Body, err = json.Marshal(k); err != nil {
		return err
	}
	return tx.Records().Put(rec)
}

// checkURL finds what is wrong with an address, as far as its text tells; where
// it leads is looked at when it is connected to.
func (p *Post) checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && (p.HTTPS || u.Scheme != "http") || u.User != nil || len(s) > 2000 {
		return fault.Problem{Path: "url", What: "this is no address that messages can be sent to", Expected: "https://..., without a name and password in it"}
	}
	return p.checkHost(u.Hostname())
}

// checkHost refuses where no delivery would go, as far as it can be told without a
// look-up; the rest is found at delivery. A number that is no address is one in an
// old form that some resolvers read, and a way around this.
func (p *Post) checkHost(host string) error {
	if p.Guard == nil {
		return nil
	}
	a, err := netip.ParseAddr(host)
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	switch {
	case err == nil:
		err = p.Guard.Check(a)
	case name == "localhost" || strings.HasSuffix(name, ".localhost"):
		if err = p.Guard.Check(netip.AddrFrom4([4]byte{127, 0, 0, 1})); err != nil && p.Guard.Check(netip.IPv6Loopback()) == nil {
			err = nil
		}
	case endsInNumber(name):
		err = fault.New(fault.Invalid, "the host is a number, and no address of four decimal numbers: no delivery goes there")
	default:
		return nil
	}
	if err != nil {
		return fault.Problem{Path: "url", Value: host, What: err.Error(), Expected: "an address of the public internet, or one that webhooks.allowed of the configuration names"}
	}
	return nil
}

// endsInNumber tells whether the last part of a name is a number: no name of the
// public internet ends so.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	return err == nil || last != "" && strings.Trim(last, "0123456789") == ""
}

// Add makes an endpoint and gives its secret, which is shown this once.
func (p *Post) Add(tx store.Tx, c id.Company, address string, topics []string, note string) (*Endpoint, string, error) {
	if err := p.checkURL(address); err != nil {
		return nil, "", err
	}
	there, err := p.Endpoints(tx, c)
	if err != nil {
		return nil, "", err
	}
	if len(there) >= endpointsMost {
		return nil, "", fault.New(fault.Conflict, "there are %d webhooks already: end one first", endpointsMost)
	}
	i, err := p.IDs.At(tx.Now())
	if err != nil {
		return nil, "", err
	}
	secret := newSecret()
	rec := &store.Record{Company: c, Kind: EndpointKind, ID: i}
	k := &keptEndpoint{URL: address, Topics: topics, Note: note, Secret: p.Seal.Seal([]byte(secret), "webhook")}
	if err := saveEndpoint(tx, rec, k); err != nil {
		return nil, "", err
	}
	e, _, err := shownEndpoint(rec)
	return e, secret, err
}

// Endpoints are all of a company.
func (p *Post) Endpoints(tx store.Tx, c id.Company) ([]*Endpoint, error) {
	recs, err := tx.Records().List(c, EndpointKind, store.Key{}, store.Page{Limit: store.MaxPage})
	if err != nil {
		return nil, err
	}
	out := make([]*Endpoint, len(recs))
	for i := range recs {
		if out[i], _, err = shownEndpoint(&recs[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Endpoint reads one.
func (p *Post) Endpoint(tx store.Tx, c id.Company, i id.ID) (*Endpoint, error) {
	rec, err := tx.Records().Get(c, EndpointKind, i)
	if err != nil {
		return nil, err
	}
	e, _, err := shownEndpoint(rec)
	return e, err
}

// EndpointChange is what can be changed; nil leaves it. Switching it on forgets
// that it failed.
type EndpointChange struct {
	URL    *string
	Topics []string
	Note   *string
	On     *bool
}

// Change changes an endpoint.
func (p *Post) Change(tx store.Tx, c id.Company, i id.ID, ch EndpointChange) (*Endpoint, error) {
	return p.edit(tx, c, i, func(k *keptEndpoint) error {
		if ch.URL != nil {
			if err := p.checkURL(*ch.URL); err != nil {
				return err
			}
			k.URL = *ch.URL
		}
		if ch.Topics != nil {
			k.Topics = ch.Topics
		}
		if ch.Note != nil {
			k.Note = *ch.Note
		}
		if ch.On != nil {
			k.Disabled, k.FailingSince = "", 0
			if !*ch.On {
				k.Disabled = "switched off"
			}
		}
		return nil
	})
}

func (p *Post) edit(tx store.Tx, c id.Company, i id.ID, change func(*keptEndpoint) error) (*Endpoint, error) {
	rec, err := tx.Records().Get(c, EndpointKind, i)
	if err != nil {
		return nil, err
	}
	_, k, err := shownEndpoint(rec)
	if err != nil {
		return nil, err
	}
	if err := change(k); err != nil {
		return nil, err
	}
	if err := saveEndpoint(tx, rec, k); err != nil {
		return nil, err
	}
	e, _, err := shownEndpoint(rec)
	return e, err
}

// Remove ends an endpoint for good.
func (p *Post) Remove(tx store.Tx, c id.Company, i id.ID) error {
	return tx.Records().Delete(c, EndpointKind, i)
}

// Rotate gives an endpoint a new secret, shown this once. For a day deliveries
// are signed by both.
func (p *Post) Rotate(tx store.Tx, c id.Company, i id.ID) (string, error) {
	secret := newSecret()
	_, err := p.edit(tx, c, i, func(k *keptEndpoint) error {
		k.Before, k.BeforeEnds = k.Secret, tx.Now().Add(secretOverlap)
		k.Secret = p.Seal.Seal([]byte(secret), "webhook")
		return nil
	})
	return secret, err
}

// secrets are those that count now, newest first.
func (p *Post) secrets(k *keptEndpoint, now timex.Instant) ([]string, error) {
	sealed := []string{k.Secret}
	if k.Before != "" && now < k.BeforeEnds {
		sealed = append(sealed, k.Before)
	}
	out := make([]string, len(sealed))
	for i, s := range sealed {
		b, err := p.Seal.Open(s, "webhook")
		if err != nil {
			return nil, err
		}
		out[i] = string(b)
	}
	return out, nil
}

// takes tells whether an endpoint wants a topic.
func (e *Endpoint) takes(topic string) bool {
	return e.Disabled == "" && (len(e.Topics) == 0 || slices.ContainsFunc(e.Topics, func(t string) bool {
		noun, whole := strings.CutSuffix(t, ".*")
		return t == topic || t == "*" || whole && strings.HasPrefix(topic, noun+".")
	}))
}
