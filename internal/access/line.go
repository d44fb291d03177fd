package access

import (
	"context"
	"crypto/md5" //nolint:gosec // the digest telephones speak (RFC 7616)
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// LineRealm is the realm that lines log in to. It is part of what is kept of their
// secret: another one would shut every desk telephone out.
const LineRealm = "waihu"

// NextCall is what a desk telephone dials for the call that waits longest for its
// holder: the name of a call is nothing for a keypad.
const NextCall = "1"

// Bounds of lines.
const (
	mostLines    = 5  // of a person, in one company: as many telephones as register of an account
	keptLines    = 50 // of a person, those included that have ended: of more, the first that ended is forgotten
	lineSecret   = 24 // letters of 5 random bits
	maxLineName  = 100
	linePurpose  = "line"
	lineNamed    = "tel"
	lineOfPerson = "holder"
)

// Line is the log-in of a desk telephone: it holds until somebody ends it.
type Line struct {
	ID      id.ID
	Company id.Company
	User    id.ID
	Name    string // where the telephone stands, for people
	Created timex.Instant
	Ended   timex.Instant // zero: it holds
}

// Account is what the telephone logs in as.
func (l *Line) Account() string { return l.ID.Named(lineNamed) }

type keptLine struct {
	Company id.Company    `json:"company"`
	User    id.ID         `json:"user"`
	Name    string        `json:"name"`
	Secret  string        `json:"secret,omitempty"` // sealed: MD5 of account, realm and secret (HA1), which a digest is checked with; none once it has ended
	Ended   timex.Instant `json:"ended,omitempty"`
}

func lineShown(r *row[keptLine]) *Line {
	k := &r.Body
	return &Line{ID: r.id(), Company: k.Company, User: k.User, Name: k.Name, Created: r.rec.Created, Ended: k.Ended}
}

func holderKey(c id.Company, user id.ID) store.Key {
	return store.Key{Name: lineOfPerson, Value: c.String() + " " + user.String()}
}

func saveLine(tx store.Tx, r *row[keptLine]) error {
	return r.put(tx, nil, []store.Key{holderKey(r.Body.Company, r.Body.User)})
}

// AddLine makes a line for a person's telephone and gives its secret, which is nowhere
// else.
func (g *Gate) AddLine(tx store.Tx, c id.Company, user id.ID, name string) (*Line, string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > maxLineName || strings.ContainsFunc(name, unicode.IsControl) {
		return nil, "", fault.Problem{Path: "name", What: "a telephone's name has 1 to 100 characters in one line", Fix: "say where it stands"}
	}
	before, err := g.Lines(tx, c, user)
	if err != nil {
		return nil, "", err
	}
	ended := slices.DeleteFunc(slices.Clone(before), func(l *Line) bool { return l.Ended == 0 })
	if len(before)-len(ended) >= mostLines {
		return nil, "", fault.New(fault.Conflict, "a person has at most %d telephones: end one that is not used", mostLines)
	}
	if len(before) >= keptLines {
		if err := tx.Records().Delete(id.Platform, lineKind, ended[0].ID); err != nil {
			return nil, "", err
		}
	}
	r, err := add(g, tx, lineKind, keptLine{Company: c, User: user, Name: name})
	if err != nil {
		return nil, "", err
	}
	secret := make([]byte, lineSecret)
	rand.Read(secret)
	for i := range secret {
		secret[i] = letters32[secret[i]&31]
	}
	sum := md5.Sum([]byte(r.id().Named(lineNamed) + ":" + LineRealm + ":" + string(secret)))
	r.Body.Secret = g.Seal.Seal([]byte(hex.EncodeToString(sum[:])), linePurpose)
	if err := saveLine(tx, r); err != nil {
		return nil, "", err
	}
	return lineShown(r), string(secret), nil
}

// Lines are those of a person in a company, the oldest first.
func (g *Gate) Lines(tx store.Tx, c id.Company, user id.ID) ([]*Line, error) {
	rows, err := list[keptLine](tx, lineKind, holderKey(c, user), store.Page{})
	if err != nil {
		return nil, err
	}
	out := make([]*Line, len(rows))
	for i, r := range rows {
		out[i] = lineShown(r)
	}
	return out, nil
}

// EndLine ends a line of a person at once: its telephone places no further call.
func (g *Gate) EndLine(tx store.Tx, c id.Company, user, line id.ID) (*Line, error) {
	r, err := get[keptLine](tx, lineKind, line)
	if err != nil {
		return nil, err
	}
	if r == nil || r.Body.Company != c || r.Body.User != user {
		return nil, fault.New(fault.NotFound, "there is no telephone %s", line.Named(lineNamed))
	}
	if r.Body.Ended == 0 {
		r.Body.Ended, r.Body.Secret = tx.Now(), ""
		if err := saveLine(tx, r); err != nil {
			return nil, err
		}
	}
	return lineShown(r), nil
}

// LineDigest is what the digest of a line's log-in is checked with, in LineRealm; false:
// there is no such line, it has ended, or its holder may not call any more.
func (g *Gate) LineDigest(ctx context.Context, account string) (ha1 string, good bool, err error) {
	err = g.DB.View(ctx, func(tx store.Tx) error {
		good = false
		r, err := g.lineThatHolds(tx, account)
		if r == nil || err != nil {
			return err
		}
		b, err := g.Seal.Open(r.Body.Secret, linePurpose)
		ha1, good = string(b), err == nil
		return err
	})
	return ha1, good, err
}

// LineHolder is whose a line is that holds.
func (g *Gate) LineHolder(ctx context.Context, account string) (c id.Company, user id.ID, err error) {
	err = g.DB.View(ctx, func(tx store.Tx) error {
		r, err := g.lineThatHolds(tx, account)
		if err == nil && r == nil {
			err = fault.New(fault.NotFound, "there is no telephone %q, or it has ended", fault.Shorten(account, 60))
		}
		if err == nil {
			c, user = r.Body.Company, r.Body.User
		}
		return err
	})
	return c, user, err
}

// lineThatHolds is a line whose holder may call; nil without error where there is none.
func (g *Gate) lineThatHolds(tx store.Tx, name string) (*row[keptLine], error) {
	i, err := id.ParseNamed(lineNamed, name)
	if err != nil {
		return nil, nil
	}
	r, err := get[keptLine](tx, lineKind, i)
	if err != nil || r == nil || r.Body.Ended != 0 {
		return nil, err
	}
	u, err := get[account](tx, userKind, r.Body.User)
	if err != nil || u == nil || u.Body.Disabled || !slices.ContainsFunc(u.Body.Members, func(m Member) bool {
		return (m.Company == r.Body.Company || m.Company == id.Platform) && m.Role.Has(CallPlace)
	}) {
		return nil, err
	}
	return r, nil
}
