package api

import (
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/notify"
)

// Member is a role in a company.
type Member struct {
	Company string      `json:"company,omitempty" maxLength:"40" doc:"co_...; absent: all companies, for the operator's own people."`
	Role    access.Role `json:"role" enum:"platform_operator,finance,supervisor,agent,auditor,api,customer_admin"`
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

// within shows of a person only the roles in one company, to whoever looks from
// that company: where else somebody works is nobody's business.
func within(u *access.User, c id.Company) User {
	out := userOf(u)
	if c == id.Platform {
		return out
	}
	out.Roles = []Member{}
	for _, m := range u.Members {
		if m.Company == c {
			out.Roles = append(out.Roles, Member{companyName(c), m.Role})
		}
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
			return paged(in, rows, func(u *access.User) id.ID { return u.ID }, func(u *access.User) User { return within(u, r.company) }), nil
		})
	read(a, op{id: "user-get", method: http.MethodGet, path: "/v1/users/{user}", what: "One person.", may: access.UserRead, either: true},
		func(r *request, in *UserIn) (*User, error) {
			u, err := a.userOfCompany(r, in.User)
			if err != nil {
				return nil, err
			}
			out := within(u, r.company)
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
			u, err := a.mine(r, in.User)
			if err != nil {
				return nil, err
			}
			token, err := g.Invite(r.tx, u.ID)
			if err != nil {
				return nil, err
			}
			if err := a.letter(r, u, token); err != nil {
				return nil, err
			}
			return &Done{true}, r.did(access.Deed{Action: "user.invite", Target: u.ID.Named("user")})
		})
}

// userOfCompany reads a person who belongs to the company; others do not exist.
func (a *API) userOfCompany(r *request, name string) (*access.User, error) {
	i, err := inPath("user", name)
	if err != nil {
		return nil, err
	}
	u, err := a.d.Gate.UserByID(r.tx, i)
	if err != nil {
		return nil, err
	}
	for _, m := range u.Members {
		if m.Company == r.company || r.company == id.Platform {
			return u, nil
		}
	}
	return nil, fault.New(fault.NotFound, "there is no user %s", name)
}

// mine reads a person whose account the caller may change: one whose every role
// the caller could give.
func (a *API) mine(r *request, name string) (*access.User, error) {
	u, err := a.userOfCompany(r, name)
	if err != nil {
		return nil, err
	}
	for _, m := range u.Members {
		if !access.MayGrant(r.actor, m) {
			return nil, &access.Refusal{Code: access.Forbidden, Msg: "this person has a role you could not give"}
		}
	}
	return u, nil
}

func (a *API) invite(r *request, in *bodyOf[NewUser]) (*User, error) {
	n := access.NewUser{Email: in.Body.Email, Name: in.Body.Name, Lang: lang.Tag(in.Body.Lang)}
	for _, role := range in.Body.Roles {
		m := access.Member{Company: r.company, Role: role}
		if !access.MayGrant(r.actor, m) {
			return nil, &access.Refusal{Code: access.Forbidden, Msg: "you cannot give the role " + string(role)}
		}
		n.Members = append(n.Members, m)
	}
	u, token, err := a.d.Gate.AddUser(r.tx, n)
	if err != nil {
		return nil, err
	}
	if err := a.letter(r, u, token); err != nil {
		return nil, err
	}
	out := userOf(u)
	return &out, r.did(access.Deed{Action: "user.add", Target: out.ID, After: out})
}

// letter sends an invitation.
func (a *API) letter(r *request, u *access.User, token string) error {
	return notify.Write(r.tx, a.d.System.IDs, r.company, notify.Letter{To: u.Email, Lang: u.Lang, Topic: "invitation", Args: map[string]string{"name": u.Name, "token": token, "address": a.d.Config.Address}})
}

func (a *API) changeUser(r *request, name string, in UserChange) (*User, error) {
	u, err := a.mine(r, name)
	if err != nil {
		return nil, err
	}
	if u.ID == r.actor.User && (in.Roles != nil || in.Disabled != nil) {
		return nil, &access.Refusal{Code: access.Forbidden, Msg: "nobody changes their own roles: a second person must"}
	}
	ch := access.Change{Name: in.Name, Disabled: in.Disabled}
	if in.Lang != nil {
		tag := lang.Tag(*in.Lang)
		ch.Lang = &tag
	}
	if in.Roles != nil {
		ch.Members = []access.Member{}
		for _, m := range u.Members {
			if m.Company != r.company {
				ch.Members = append(ch.Members, m)
			}
		}
		for _, role := range in.Roles {
			m := access.Member{Company: r.company, Role: role}
			if !access.MayGrant(r.actor, m) {
				return nil, &access.Refusal{Code: access.Forbidden, Msg: "you cannot give the role " + string(role)}
			}
			ch.Members = append(ch.Members, m)
		}
	}
	after, err := a.d.Gate.ChangeUser(r.tx, u.ID, ch)
	if err != nil {
		return nil, err
	}
	out := within(after, r.company)
	return &out, r.did(access.Deed{Action: "user.change", Target: out.ID, Before: userOf(u), After: userOf(after)})
}
