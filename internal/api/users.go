package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/notify"
)

// Member is a role in a company.
type Member struct {
	Company string      `json:"company,omitempty" maxLength:"40" doc:"co_...; absent: all companies, for the operator's own people."`
	Role    access.Role `json:"role" enum:"platform_operator,finance,supervisor,inspector,agent,auditor,api,customer_admin"`
}

// User is a person.
type User struct {
	ID       string   `json:"id" example:"user_01jd8..."`
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Lang     lang.Tag `json:"lang,omitempty"`
	Roles    []Member `json:"roles"`
	Disabled bool     `json:"disabled"`
	TOTP     bool     `json:"one_time_codes" doc:"Whether one-time codes are set up."`
	Passkeys int      `json:"passkeys"`
	Codes    int      `json:"codes_left" doc:"Lookup codes that are left."`
	LastIn   Time     `json:"last_in,omitempty" format:"date-time"`
	Created  Time     `json:"created" format:"date-time"`
}

func userOf(u *access.User) User {
	out := User{ID: u.ID.Named("user"), Email: u.Email, Name: u.Name, Lang: u.Lang, Roles: []Member{}, Disabled: u.Disabled, TOTP: u.TOTP, Passkeys: u.Passkeys,
		Codes: u.Codes, LastIn: timeOf(u.LastIn), Created: timeOf(u.Created)}
	for _, m := range u.Members {
		out.Roles = append(out.Roles, Member{companyName(m.Company), m.Role})
	}
	return out
}

// NewUser is a person to invite.
type NewUser struct {
	Email string        `json:"email" format:"email" maxLength:"254"`
	Name  string        `json:"name" minLength:"1" maxLength:"200"`
	Lang  string        `json:"lang,omitempty" enum:"en,zh-Hant,zh-Hans"`
	Roles []access.Role `json:"roles" minItems:"1" maxItems:"7" doc:"Roles in the company the request is about."`
}

// UserChange changes a person; what is absent stays.
type UserChange struct {
	Name     *string       `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Lang     *string       `json:"lang,omitempty" enum:"en,zh-Hant,zh-Hans"`
	Roles    []access.Role `json:"roles,omitempty" maxItems:"7" doc:"Roles in the company the request is about, in place of those there."`
	Disabled *bool         `json:"disabled,omitempty" doc:"Whether the person is kept out."`
}

// UserIn names a person in an address.
type UserIn struct {
	User string `path:"user" maxLength:"40"`
}

func (a *API) userRoutes() {
	g := a.d.Gate
	read(a, op{id: "user-list", method: http.MethodGet, path: "/v1/users", what: "The company's people.", may: access.UserRead, either: true},
		func(r *request, in *PageIn) (*List[User], error) {
			p, err := in.page(false)
			if err != nil {
				return nil, err
			}
			rows, err := g.Users(r.tx, r.company, p)
			if err != nil {
				return nil, err
			}
			return paged(in, rows, func(u *access.User) id.ID { return u.ID }, func(u *access.User) User { return userOf(u.Within(r.company)) }), nil
		})
	read(a, op{id: "user-get", method: http.MethodGet, path: "/v1/users/{user}", what: "One person.", may: access.UserRead, either: true},
		func(r *request, in *UserIn) (*User, error) {
			u, err := a.userOfCompany(r, in.User)
			if err != nil {
				return nil, err
			}
			out := userOf(u.Within(r.company))
			return &out, nil
		})
	change(a, op{id: "user-invite", method: http.MethodPost, path: "/v1/users", what: "Invite a person: a letter lets them choose a password.", may: access.UserWrite, either: true, status: http.StatusCreated}, a.invite)
	type changeIn struct {
		UserIn
		Body UserChange
	}
	change(a, op{id: "user-change", method: http.MethodPatch, path: "/v1/users/{user}", what: "Change a person or their roles. Sessions end where rights change.", may: access.UserWrite, either: true},
		func(r *request, in *changeIn) (*User, error) { return a.changeUser(r, in.User, in.Body) })
	change(a, op{id: "user-reset", method: http.MethodPost, path: "/v1/users/{user}/invitation", what: "Let a person choose a new password. Their sessions end.", may: access.UserWrite, either: true, status: http.StatusAccepted},
		func(r *request, in *UserIn) (*Done, error) {
			i, err := inPath("user", in.User)
			if err != nil {
				return nil, err
			}
			u, token, err := g.Reset(r.tx, r.actor, r.company, i)
			if err == nil {
				err = a.letter(r, u, token)
			}
			if err != nil {
				return nil, err
			}
			return &Done{true}, r.did(access.Deed{Action: "user.invite", Target: in.User})
		})
}

// userOfCompany reads a person who belongs to the company; others do not exist.
func (a *API) userOfCompany(r *request, name string) (*access.User, error) {
	i, err := inPath("user", name)
	if err != nil {
		return nil, err
	}
	return a.d.Gate.UserOf(r.tx, r.company, i)
}

func (a *API) invite(r *request, in *bodyOf[NewUser]) (*User, error) {
	n := access.NewUser{Email: in.Body.Email, Name: in.Body.Name, Lang: lang.Tag(in.Body.Lang)}
	u, token, err := a.d.Gate.InviteTo(r.tx, r.actor, r.company, n, in.Body.Roles)
	if err == nil {
		err = a.letter(r, u, token)
	}
	if err != nil {
		return nil, err
	}
	out := userOf(u)
	return &out, r.did(access.Deed{Action: "user.add", Target: out.ID, After: out})
}

// letter sends an invitation.
func (a *API) letter(r *request, u *access.User, token string) error {
	return notify.Invite(r.tx, a.d.System.IDs, r.company, u, token, a.d.Config.Address)
}

func (a *API) changeUser(r *request, name string, in UserChange) (*User, error) {
	i, err := inPath("user", name)
	if err != nil {
		return nil, err
	}
	ch := access.PersonChange{Name: in.Name, Roles: in.Roles, Disabled: in.Disabled}
	if in.Lang != nil {
		tag := lang.Tag(*in.Lang)
		ch.Lang = &tag
	}
	before, after, err := a.d.Gate.ChangePerson(r.tx, r.actor, r.company, i, ch)
	if err != nil {
		return nil, err
	}
	out := userOf(after.Within(r.company))
	return &out, r.did(access.Deed{Action: "user.change", Target: out.ID, Before: userOf(before), After: userOf(after)})
}
