package access

import (
	"cmp"
	"slices"

	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/store"
)

// UserOf reads a person who has a role in a company; to whoever looks from it,
// others do not exist. From id.Platform everybody is seen.
func (g *Gate) UserOf(tx store.Tx, c id.Company, user id.ID) (*User, error) {
	u, err := g.UserByID(tx, user)
	if err != nil {
		return nil, err
	}
	if c != id.Platform && !slices.ContainsFunc(u.Members, func(m Member) bool { return m.Company == c }) {
		return nil, fault.New(fault.NotFound, "there is no user %s", user.Named("user"))
	}
	return u, nil
}

// NameOf is what a person of a company is called: by name, or by address who has none.
func (g *Gate) NameOf(tx store.Tx, c id.Company, user id.ID) (string, error) {
	u, err := g.UserOf(tx, c, user)
	if err != nil {
		return "", err
	}
	return cmp.Or(u.Name, u.Email), nil
}

// Within leaves of a person only the roles in one company, for whoever looks
// from there: where else somebody works is nobody's business.
func (u *User) Within(c id.Company) *User {
	out := *u
	if c != id.Platform {
		out.Members = slices.DeleteFunc(slices.Clone(u.Members), func(m Member) bool { return m.Company != c })
	}
	return &out
}

// MayChange tells whether an actor may change a person's account: one whose
// every role the actor could give.
func MayChange(a *Actor, u *User) error {
	for _, m := range u.Members {
		if !MayGrant(a, m) {
			return refuse(Forbidden, "this person has a role you could not give")
		}
	}
	return nil
}

// granted are roles in a company that an actor may give.
func granted(a *Actor, c id.Company, roles []Role) ([]Member, error) {
	out := make([]Member, 0, len(roles))
	for _, role := range roles {
		m := Member{c, role}
		if !MayGrant(a, m) {
			return nil, refuse(Forbidden, "you cannot give the role %s", role)
		}
		out = append(out, m)
	}
	return out, nil
}

// InviteTo makes an account with roles in a company, as far as the actor may
// give them, and gives the token of its invitation.
func (g *Gate) InviteTo(tx store.Tx, a *Actor, c id.Company, n NewUser, roles []Role) (*User, string, error) {
	var err error
	if n.Members, err = granted(a, c, roles); err != nil {
		return nil, "", err
	}
	return g.AddUser(tx, n)
}

// PersonChange is what somebody changes about a person of a company; nil leaves
// it. Roles are those in the company, in place of those there.
type PersonChange struct {
	Name     *string
	Lang     *lang.Tag
	Roles    []Role
	Disabled *bool
}

// ChangePerson changes a person of a company on behalf of an actor, and gives
// the account before and after. Nobody changes their own roles.
func (g *Gate) ChangePerson(tx store.Tx, a *Actor, c id.Company, user id.ID, ch PersonChange) (before, after *User, err error) {
	if before, err = g.UserOf(tx, c, user); err == nil {
		err = MayChange(a, before)
	}
	if err != nil {
		return nil, nil, err
	}
	if user == a.User && (ch.Roles != nil || ch.Disabled != nil) {
		return nil, nil, refuse(Forbidden, "nobody changes their own roles: a second person must")
	}
	change := Change{Name: ch.Name, Lang: ch.Lang, Disabled: ch.Disabled}
	if ch.Roles != nil {
		given, err := granted(a, c, ch.Roles)
		if err != nil {
			return nil, nil, err
		}
		change.Members = append(slices.DeleteFunc(slices.Clone(before.Members), func(m Member) bool { return m.Company == c }), given...)
	}
	after, err = g.ChangeUser(tx, user, change)
	return before, after, err
}

// Reset gives a person of a company a new invitation on behalf of an actor.
func (g *Gate) Reset(tx store.Tx, a *Actor, c id.Company, user id.ID) (*User, string, error) {
	u, err := g.UserOf(tx, c, user)
	if err == nil {
		err = MayChange(a, u)
	}
	if err != nil {
		return nil, "", err
	}
	token, err := g.Invite(tx, user)
	return u, token, err
}

// KeyFor makes a key on behalf of an actor, who has every permission it gets.
func (g *Gate) KeyFor(tx store.Tx, a *Actor, n NewKey) (*Key, string, error) {
	scopes := n.Scopes
	if scopes == nil {
		scopes = n.Role.Permissions()
	}
	for _, p := range scopes {
		if !Can(a, p, n.Company) {
			return nil, "", refuse(Forbidden, "you cannot give the permission %s", p)
		}
	}
	return g.AddKey(tx, n)
}
