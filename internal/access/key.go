package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"hash/crc32"
	"net/netip"
	"slices"
	"strings"
	"time"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// A key reads wh_live_<identifier>_<52 letters of secret><7 of checksum>. The
// checksum finds keys in the wrong place (a repository, a log) without asking,
// and typing errors before the database is asked.
const (
	keyPrefix   = "wh_live_"
	secretLen   = 52
	checksumLen = 7
	letters32   = "0123456789abcdefghjkmnpqrstvwxyz"
)

// NewKey is what is said when a key is made.
type NewKey struct {
	Company id.Company // id.Platform: a key of the operator
	Name    string
	Role    Role
	Scopes  []Permission // nil: all of the role
	Ends    timex.Instant
	From    []string // addresses and networks it may be used from; nil: any
}

// Key is an API key without its secret.
type Key struct {
	ID       id.ID
	Company  id.Company
	Name     string
	Role     Role
	Scopes   []Permission
	From     []string
	Created  timex.Instant
	Ends     timex.Instant // zero: never
	Ended    timex.Instant // when it was ended by somebody
	LastUsed timex.Instant
	LastFrom string
}

type keptKey struct {
	Secret   string        `json:"secret"` // SHA-256 of the whole key
	Company  id.Company    `json:"company"`
	Name     string        `json:"name"`
	Role     Role          `json:"role"`
	Scopes   []Permission  `json:"scopes,omitempty"`
	From     []string      `json:"from,omitempty"`
	Ends     timex.Instant `json:"ends,omitempty"`
	Ended    timex.Instant `json:"ended,omitempty"`
	LastUsed timex.Instant `json:"last_used,omitempty"`
	LastFrom string        `json:"last_from,omitempty"`
}

func keyShown(r *row[keptKey]) *Key {
	k := &r.Body
	return &Key{ID: r.id(), Company: k.Company, Name: k.Name, Role: k.Role, Scopes: k.Scopes, From: k.From, Created: r.rec.Created,
		Ends: k.Ends, Ended: k.Ended, LastUsed: k.LastUsed, LastFrom: k.LastFrom}
}

// check finds what is wrong with a new key.
func (n *NewKey) check(now timex.Instant) fault.Problems {
	ps := checkMembers([]Member{{n.Company, n.Role}})
	if l := len(strings.TrimSpace(n.Name)); l == 0 || l > 200 {
		ps = append(ps, fault.Problem{Path: "name", What: "a name has 1 to 200 characters", Fix: "say what the key is for"})
	}
	for _, s := range n.Scopes {
		if !n.Role.Has(s) {
			ps = append(ps, fault.Problem{Path: "scopes", Value: string(s), What: "the role does not have this permission"})
		}
	}
	if n.Ends != 0 && n.Ends <= now {
		ps = append(ps, fault.Problem{Path: "ends", What: "this is in the past"})
	}
	if len(n.From) > 50 {
		ps = append(ps, fault.Problem{Path: "from", What: "at most 50 addresses and networks can be named"})
	}
	for _, f := range n.From {
		if _, err := network(f); err != nil {
			ps = append(ps, fault.Problem{Path: "from", Value: f, What: "this is no address or network", Expected: "192.0.2.7 or 192.0.2.0/24"})
		}
	}
	return ps
}

// AddKey makes a key and gives its text, which is nowhere else.
func (g *Gate) AddKey(tx store.Tx, n NewKey) (*Key, string, error) {
	if err := n.check(tx.Now()).Err(); err != nil {
		return nil, "", err
	}
	r, err := add(g, tx, keyKind, keptKey{Company: n.Company, Name: strings.TrimSpace(n.Name), Role: n.Role, Scopes: n.Scopes, From: n.From, Ends: n.Ends})
	if err != nil {
		return nil, "", err
	}
	text := newKeyText(r.id())
	r.Body.Secret = tokenHash(text)
	if err := saveKey(tx, r); err != nil {
		return nil, "", err
	}
	return keyShown(r), text, nil
}

func saveKey(tx store.Tx, r *row[keptKey]) error {
	return r.put(tx, nil, []store.Key{memberKey(r.Body.Company)})
}

func newKeyText(i id.ID) string {
	b := make([]byte, secretLen)
	rand.Read(b)
	for n := range b {
		b[n] = letters32[b[n]&31]
	}
	head := keyPrefix + i.String() + "_" + string(b)
	return head + checksum(head)
}

func checksum(s string) string {
	v := crc32.ChecksumIEEE([]byte(s))
	out := make([]byte, checksumLen)
	for n := range out {
		out[checksumLen-1-n] = letters32[v&31]
		v >>= 5
	}
	return string(out)
}

// WellFormed tells whether a text is a key by its looks and checksum, and names
// the record that would hold it.
func WellFormed(text string) (id.ID, bool) {
	rest, ok := strings.CutPrefix(text, keyPrefix)
	if !ok {
		return id.ID{}, false
	}
	name, secret, ok := strings.Cut(rest, "_")
	if !ok || len(secret) != secretLen+checksumLen {
		return id.ID{}, false
	}
	head := text[:len(text)-checksumLen]
	if checksum(head) != text[len(head):] {
		return id.ID{}, false
	}
	i, err := id.Parse(name)
	return i, err == nil
}

// Use lets a key in. stale tells that its use should be noted (UsedKey), which
// is not done each time.
func (g *Gate) Use(tx store.Tx, text string, cl Client) (a *Actor, stale bool, err error) {
	bad := refuse(BadCredentials, "the API key is not valid")
	i, ok := WellFormed(text)
	if !ok {
		return nil, false, bad
	}
	r, err := get[keptKey](tx, keyKind, i)
	if err != nil {
		return nil, false, err
	}
	if r == nil || subtle.ConstantTimeCompare([]byte(r.Body.Secret), []byte(tokenHash(text))) != 1 {
		return nil, false, bad
	}
	k, now := &r.Body, tx.Now()
	if k.Ended != 0 || k.Ends != 0 && now >= k.Ends {
		return nil, false, refuse(BadCredentials, "the API key has ended")
	}
	if !allowed(k.From, cl.Address) {
		return nil, false, refuse(WrongAddress, "the API key may not be used from this address")
	}
	a = &Actor{Key: i, Name: "key " + i.Named("key"), Members: []Member{{k.Company, k.Role}}, Scopes: k.Scopes, Stage: Full, From: cl.Address}
	return a, now >= k.LastUsed.Add(10*time.Minute), nil
}

// UsedKey notes that a key was used.
func (g *Gate) UsedKey(tx store.Tx, key id.ID, from string) error {
	r, err := get[keptKey](tx, keyKind, key)
	if err != nil || r == nil {
		return err
	}
	r.Body.LastUsed, r.Body.LastFrom = tx.Now(), from
	return saveKey(tx, r)
}

// Keys are those of a company.
func (g *Gate) Keys(tx store.Tx, c id.Company, p store.Page) ([]*Key, error) {
	rows, err := list[keptKey](tx, keyKind, memberKey(c), p)
	if err != nil {
		return nil, err
	}
	out := make([]*Key, len(rows))
	for i, r := range rows {
		out[i] = keyShown(r)
	}
	return out, nil
}

// EndKey ends a key of a company at once.
func (g *Gate) EndKey(tx store.Tx, c id.Company, key id.ID) (*Key, error) {
	r, err := get[keptKey](tx, keyKind, key)
	if err != nil {
		return nil, err
	}
	if r == nil || r.Body.Company != c {
		return nil, fault.New(fault.NotFound, "there is no key %s", key.Named("key"))
	}
	if r.Body.Ended == 0 {
		r.Body.Ended = tx.Now()
		if err := saveKey(tx, r); err != nil {
			return nil, err
		}
	}
	return keyShown(r), nil
}

// network reads an address or a network.
func network(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Prefix(a.BitLen())
	}
	return netip.ParsePrefix(s)
}

// allowed tells whether an address is in one of the networks, or there are none.
func allowed(networks []string, address string) bool {
	if len(networks) == 0 {
		return true
	}
	a, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(networks, func(s string) bool {
		n, err := network(s)
		return err == nil && n.Contains(a.Unmap())
	})
}

// LetKey is Use in a transaction of its own, with its use noted.
func (g *Gate) LetKey(ctx context.Context, text string, cl Client) (*Actor, error) {
	var a *Actor
	var stale bool
	err := g.DB.View(ctx, func(tx store.Tx) (err error) {
		a, stale, err = g.Use(tx, text, cl)
		return err
	})
	if err == nil && stale {
		err = g.DB.Update(ctx, func(tx store.Tx) error { return g.UsedKey(tx, a.Key, cl.Address) })
	}
	return a, err
}

// SessionHolds is Resume without its use noted: a page that only listens keeps no session alive.
func (g *Gate) SessionHolds(ctx context.Context, token string, cl Client) (a *Actor, err error) {
	err = g.DB.View(ctx, func(tx store.Tx) (err error) {
		a, _, err = g.Resume(tx, token, cl)
		return err
	})
	return a, err
}

// LetSession is Resume in a transaction of its own, with its use noted.
func (g *Gate) LetSession(ctx context.Context, token string, cl Client) (*Actor, error) {
	var a *Actor
	var stale bool
	err := g.DB.View(ctx, func(tx store.Tx) (err error) {
		a, stale, err = g.Resume(tx, token, cl)
		return err
	})
	if err == nil && stale {
		err = g.DB.Update(ctx, func(tx store.Tx) error { return g.Touch(tx, a.Session) })
	}
	return a, err
}
