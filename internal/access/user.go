package access

import (
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
	"waihu/internal/timex"
)

// NewUser is what is said about a person when an account is made.
type NewUser struct {
	Email   string
	Name    string
	Lang    lang.Tag
	Members []Member
}

// User is a person as others may see them.
type User struct {
	ID       id.ID
	Email    string
	Name     string
	Lang     lang.Tag
	Members  []Member
	Disabled bool
	TOTP     bool // one-time codes are set up
	Passkeys int
	Codes    int // lookup codes left
	LastIn   timex.Instant
	Created  timex.Instant
	Revision int64
}

// account is what is kept of a person.
type account struct {
	Email      string        `json:"email"`
	Name       string        `json:"name"`
	Lang       lang.Tag      `json:"lang,omitempty"`
	Members    []Member      `json:"members"`
	Disabled   bool          `json:"disabled,omitempty"`
	Password   string        `json:"password,omitempty"` // PHC string
	MustChange bool          `json:"must_change,omitempty"`
	Invite     string        `json:"invite,omitempty"` // hash of the token that lets the first password be set
	InviteEnds timex.Instant `json:"invite_ends,omitempty"`
	TOTP       string        `json:"totp,omitempty"`     // sealed secret
	TOTPTried  string        `json:"totp_new,omitempty"` // sealed secret that was not confirmed yet
	TOTPFor    id.ID         `json:"totp_for,omitzero"`  // session that secret was made in
	TOTPStep   uint64        `json:"totp_step,omitempty"`
	Codes      []string      `json:"codes,omitempty"` // hashes of lookup codes
	Passkeys   []passkey     `json:"passkeys,omitempty"`
	Outside    string        `json:"outside,omitempty"` // issuer and subject at another system's log-in
	LastIn     timex.Instant `json:"last_in,omitempty"`
}

// staff tells whether the person has a role over all companies.
func (a *account) staff() bool {
	return slices.ContainsFunc(a.Members, func(m Member) bool { return m.Company == id.Platform })
}

// needsFactor tells whether the person's roles ask for a second factor.
func (a *account) needsFactor() bool {
	return slices.ContainsFunc(a.Members, func(m Member) bool { return m.Role.staff() || m.Role == CustomerAdmin })
}

func (a *account) hasFactor() bool { return a.TOTP != "" || len(a.Passkeys) > 0 }

func (a *account) keys() (unique, index []store.Key) {
	unique = []store.Key{{Name: "email", Value: a.Email}}
	if a.Outside != "" {
		unique = append(unique, store.Key{Name: "outside", Value: a.Outside})
	}
	if a.Invite != "" {
		unique = append(unique, store.Key{Name: "invite", Value: a.Invite})
	}
	for _, k := range a.Passkeys {
		unique = append(unique, store.Key{Name: "passkey", Value: k.handle()})
	}
	for _, m := range a.Members {
		index = append(index, memberKey(m.Company))
	}
	return unique, index
}

func memberKey(c id.Company) store.Key { return store.Key{Name: "company", Value: c.String()} }

func shown(r *row[account]) *User {
	a := &r.Body
	return &User{ID: r.id(), Email: a.Email, Name: a.Name, Lang: a.Lang, Members: a.Members, Disabled: a.Disabled,
		TOTP: a.TOTP != "", Passkeys: len(a.Passkeys), Codes: len(a.Codes), LastIn: a.LastIn, Created: r.rec.Created, Revision: r.rec.Revision}
}

func save(tx store.Tx, r *row[account]) error {
	unique, index := r.Body.keys()
	return r.put(tx, unique, index)
}

// Address brings an e-mail address into the one form it is kept in.
func Address(s string) (string, error) {
	a, err := mail.ParseAddress(strings.TrimSpace(s))
	if err != nil || a.Name != "" || len(a.Address) > 254 {
		return "", fault.Problem{Path: "email", What: "this is no e-mail address", Expected: "name@example.com"}
	}
	return strings.ToLower(a.Address), nil
}

// checkMembers finds roles where they cannot be held.
func checkMembers(ms []Member) fault.Problems {
	var ps fault.Problems
	if len(ms) == 0 {
		ps = append(ps, fault.Problem{Path: "roles", What: "nobody is without a role", Expected: "a company and a role"})
	}
	for _, m := range ms {
		switch {
		case !slices.Contains(Roles(), m.Role):
			ps = append(ps, fault.Problem{Path: "roles", Value: string(m.Role), What: "there is no such role", Expected: strings.Join(Role("").Choices(), ", ")})
		case !m.Role.HeldIn(m.Company) && m.Role.staff():
			ps = append(ps, fault.Problem{Path: "roles", Value: string(m.Role), What: "this role is for the operator's own people and is held over all companies"})
		case !m.Role.HeldIn(m.Company):
			ps = append(ps, fault.Problem{Path: "roles", Value: string(m.Role), What: "this role is held in one company"})
		}
	}
	return ps
}

// checkName finds what is wrong with a person's name: it is one line of letters,
// greeted with and written into logs.
func checkName(name string) fault.Problems {
	if l := utf8.RuneCountInString(name); l == 0 || l > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Problems{{Path: "name", What: "a name has 1 to 200 characters, and no line breaks, tabs or other control characters"}}
	}
	return nil
}

// inviteDays is how long an invitation can be taken up.
const inviteDays = 7

// AddUser makes an account without a password and gives the token that lets its
// owner choose one, within a week.
func (g *Gate) AddUser(tx store.Tx, n NewUser) (*User, string, error) {
	a := account{Name: strings.TrimSpace(n.Name), Lang: n.Lang, Members: n.Members}
	ps := checkMembers(n.Members)
	var err error
	if a.Email, err = Address(n.Email); err != nil {
		ps = append(ps, err.(fault.Problem))
	}
	ps = append(ps, checkName(a.Name)...)
	if err := ps.Err(); err != nil {
		return nil, "", err
	}
	token := newToken()
	a.Invite, a.InviteEnds = tokenHash(token), tx.Now().Add(inviteDays*day)
	r, err := add(g, tx, userKind, a)
	if err != nil {
		return nil, "", err
	}
	if err := save(tx, r); err != nil {
		return nil, "", err
	}
	return shown(r), token, nil
}

// Invite gives an account a new invitation, such as after a forgotten password:
// its owner's sessions end, and what proved them before is asked for again.
func (g *Gate) Invite(tx store.Tx, user id.ID) (string, error) {
	r, err := g.account(tx, user)
	if err != nil {
		return "", err
	}
	token := newToken()
	r.Body.Invite, r.Body.InviteEnds = tokenHash(token), tx.Now().Add(inviteDays*day)
	if err := save(tx, r); err != nil {
		return "", err
	}
	return token, g.endSessions(tx, user, id.ID{})
}

// UserByID reads a person.
func (g *Gate) UserByID(tx store.Tx, user id.ID) (*User, error) {
	r, err := g.account(tx, user)
	if err != nil {
		return nil, err
	}
	return shown(r), nil
}

// UserByEmail reads a person by address.
func (g *Gate) UserByEmail(tx store.Tx, email string) (*User, error) {
	email, err := Address(email)
	if err != nil {
		return nil, err
	}
	r, err := find[account](tx, userKind, store.Key{Name: "email", Value: email})
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fault.New(fault.NotFound, "there is no account of that address")
	}
	return shown(r), nil
}

func (g *Gate) account(tx store.Tx, user id.ID) (*row[account], error) {
	r, err := get[account](tx, userKind, user)
	if err == nil && r == nil {
		err = fault.New(fault.NotFound, "there is no user %s", user.Named("user"))
	}
	return r, err
}

// Users are the people of a company; of id.Platform the operator's own.
func (g *Gate) Users(tx store.Tx, c id.Company, p store.Page) ([]*User, error) {
	rows, err := list[account](tx, userKind, memberKey(c), p)
	if err != nil {
		return nil, err
	}
	out := make([]*User, len(rows))
	for i, r := range rows {
		out[i] = shown(r)
	}
	return out, nil
}

// Change is what can be changed about a person by others; nil leaves it.
type Change struct {
	Name     *string
	Lang     *lang.Tag
	Members  []Member
	Disabled *bool
}

// ChangeUser changes a person. Where rights change or the account is closed,
// the person's sessions end.
func (g *Gate) ChangeUser(tx store.Tx, user id.ID, c Change) (*User, error) {
	r, err := g.account(tx, user)
	if err != nil {
		return nil, err
	}
	end := false
	if c.Name != nil {
		r.Body.Name = strings.TrimSpace(*c.Name)
		if err := checkName(r.Body.Name).Err(); err != nil {
			return nil, err
		}
	}
	if c.Lang != nil {
		r.Body.Lang = *c.Lang
	}
	if c.Members != nil && !slices.Equal(c.Members, r.Body.Members) {
		if err := checkMembers(c.Members).Err(); err != nil {
			return nil, err
		}
		r.Body.Members, end = c.Members, true
	}
	if c.Disabled != nil && *c.Disabled != r.Body.Disabled {
		r.Body.Disabled, end = *c.Disabled, true
	}
	if err := save(tx, r); err != nil {
		return nil, err
	}
	if end {
		if err := g.endSessions(tx, user, id.ID{}); err != nil {
			return nil, err
		}
	}
	return shown(r), nil
}

// MayGrant tells whether an actor may give a role in a company: nobody gives
// what they do not have.
func MayGrant(a *Actor, m Member) bool {
	if !Can(a, RoleGrant, m.Company) {
		return false
	}
	for _, p := range m.Role.Permissions() {
		if !Can(a, p, m.Company) {
			return false
		}
	}
	return true
}
