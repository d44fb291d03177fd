package console

import (
	"context"
	"net/http"

	"waihu/internal/access"
	"waihu/internal/fault"
	"waihu/internal/id"
	"waihu/internal/lang"
	"waihu/internal/notify"
	"waihu/internal/store"
)

// userBody is a person, or the form of a new one.
type userBody struct {
	Form    *form
	Row     *userRow // nil: a new one
	Factors string
	Roles   []roleChoice
	Langs   []option
	May     bool // change
	Self    bool
	Refused string
	Back    string
	Sent    bool   // a letter was just written
	Words   string // address of what the person did
}

// roleChoice is a role as a box to tick, with what it lets somebody do.
type roleChoice struct {
	Role    access.Role
	Name    string
	What    string
	MayGive bool
}

// rolesHere are the roles that can be held in the company, or over all.
func (v *visit) rolesHere() (out []roleChoice) {
	for _, r := range access.Roles() {
		if !r.HeldIn(v.company) {
			continue
		}
		out = append(out, roleChoice{Role: r, Name: v.say("role." + string(r)), What: v.say("role.what_" + string(r)), MayGive: access.MayGrant(v.actor, access.Member{Company: v.company, Role: r})})
	}
	return out
}

func (s *Server) newUser(w http.ResponseWriter, _ *http.Request, v *visit) error {
	return s.userForm(w, v, http.StatusOK, v.blank("lang", string(v.Tag)), "")
}

func (s *Server) userForm(w http.ResponseWriter, v *visit, status int, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	s.render(w, v, status, "user", &Page{Title: v.say("people.invite"), Lead: v.say("people.invite_why"), Here: v.here("/users"), Crumbs: v.trail(Link{v.say("nav.users"), v.here("/users")}),
		Body: userBody{Form: f, Roles: v.rolesHere(), Langs: languageOptions(v), May: true, Refused: refused, Back: v.here("/users")}})
	return nil
}

// readRoles are the boxes that are ticked.
func (v *visit) readRoles(f *form) (out []access.Role) {
	var names []string
	for _, c := range v.rolesHere() {
		names = append(names, string(c.Role))
	}
	for _, name := range f.some("role", names...) {
		out = append(out, access.Role(name))
	}
	if len(out) == 0 {
		f.wrong("role", "people.role_needed")
	}
	return out
}

func (f *form) language(name string) lang.Tag {
	return lang.Tag(f.choice(name, "", string(lang.English), string(lang.Traditional), string(lang.Simplified)))
}

// inviteUser makes an account and writes the letter that opens it.
func (s *Server) inviteUser(w http.ResponseWriter, _ *http.Request, v *visit) error {
	f, err := v.form(w)
	if err != nil {
		return err
	}
	n := access.NewUser{Email: f.line("email", 254), Name: f.line("name", 200), Lang: f.language("lang")}
	if n.Email != "" {
		if _, err := access.Address(n.Email); err != nil {
			f.wrong("email", "people.no_address")
		}
	}
	roles := v.readRoles(f)
	if !f.OK() {
		return s.userForm(w, v, http.StatusUnprocessableEntity, f, "")
	}
	err = s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		u, token, err := s.d.Gate.InviteTo(tx, v.actor, v.company, n, roles)
		if err == nil {
			err = notify.Invite(tx, s.d.System.IDs, v.company, u, token, s.d.Address)
		}
		if err != nil {
			return access.Deed{}, "", err
		}
		return access.Deed{Action: "user.add", Target: u.ID.Named("user"), After: u}, v.here("/users/" + u.ID.Named("user")), nil
	})
	if fault.KindOf(err) == fault.Conflict {
		f.wrong("email", "people.address_taken")
		return s.userForm(w, v, http.StatusConflict, f, "")
	}
	return s.refusedPerson(err, func(why string) error { return s.userForm(w, v, http.StatusForbidden, f, why) })
}

// refusedPerson shows why somebody may not be changed by the visitor.
func (s *Server) refusedPerson(err error, show func(string) error) error {
	if why, ok := refusalOf(err); ok {
		return show(why.Error())
	}
	return err
}

func (s *Server) personOf(v *visit) (out *access.User, err error) {
	i, err := id.ParseNamed("user", v.r.PathValue("user"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "there is no such person")
	}
	return out, s.d.System.DB.View(v.r.Context(), func(tx store.Tx) (err error) {
		out, err = s.d.Gate.UserOf(tx, v.company, i)
		return err
	})
}

// user shows a person.
func (s *Server) user(w http.ResponseWriter, _ *http.Request, v *visit) error {
	u, err := s.personOf(v)
	if err != nil {
		return err
	}
	return s.userPage(w, v, http.StatusOK, u, v.personForm(u), "")
}

// personForm is the form of a person as they are here.
func (v *visit) personForm(u *access.User) *form {
	f := v.blank("name", u.Name, "lang", string(u.Lang), "disabled", given(u.Disabled, "yes"))
	for _, m := range u.Within(v.company).Members {
		f.Values.Add("role", string(m.Role))
	}
	return f.remember()
}

func (s *Server) userPage(w http.ResponseWriter, v *visit, status int, u *access.User, f *form, refused string) error {
	if _, err := f.Once(); err != nil {
		return err
	}
	row := v.rowOf(u)
	b := userBody{Form: f, Row: &row, Factors: v.factors(u), Roles: v.rolesHere(), Langs: languageOptions(v), Self: u.ID == v.actor.User, Refused: refused, Back: v.here("/users")}
	b.Sent = v.r.URL.Query().Get("reset") != ""
	b.May = v.may(access.UserWrite) && access.MayChange(v.actor, u) == nil
	if v.may(access.AuditRead) {
		b.Words = v.here("/log?actor=" + queryEscape(u.ID.Named("user")))
	}
	s.render(w, v, status, "user", &Page{Title: u.Name, Lead: u.Email, Here: v.here("/users"), Crumbs: v.trail(Link{v.say("nav.users"), v.here("/users")}), Body: b})
	return nil
}

// changeUser changes a person, their roles here, or closes the account.
func (s *Server) changeUser(w http.ResponseWriter, _ *http.Request, v *visit) error {
	u, f, err := sentAbout(w, v, s.personOf)
	if err != nil {
		return err
	}
	name, tag := f.line("name", 200), f.language("lang")
	ch := access.PersonChange{Name: &name, Lang: &tag}
	if u.ID != v.actor.User {
		disabled := f.choice("disabled", "", "yes") == "yes"
		ch.Roles, ch.Disabled = v.readRoles(f), &disabled
	}
	if !f.OK() {
		return s.userPage(w, v, http.StatusUnprocessableEntity, u, f, "")
	}
	err = s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		now, err := s.d.Gate.UserOf(tx, v.company, u.ID)
		if err == nil {
			err = f.unchanged(v.personForm(now))
		}
		if err != nil {
			return access.Deed{}, "", err
		}
		before, after, err := s.d.Gate.ChangePerson(tx, v.actor, v.company, u.ID, ch)
		return access.Deed{Action: "user.change", Target: u.ID.Named("user"), Before: before, After: after}, v.here("/users/" + u.ID.Named("user")), err
	})
	err = f.stale(err, func(status int) error { return s.userPage(w, v, status, u, f, "") })
	return s.refusedPerson(err, func(why string) error { return s.userPage(w, v, http.StatusForbidden, u, f, why) })
}

// resetUser lets a person choose a new password by letter.
func (s *Server) resetUser(w http.ResponseWriter, r *http.Request, v *visit) error {
	u, f, err := sentAbout(w, v, s.personOf)
	if err != nil {
		return err
	}
	err = s.effect(w, v, f, func(_ context.Context, tx store.Tx) (access.Deed, string, error) {
		u, token, err := s.d.Gate.Reset(tx, v.actor, v.company, u.ID)
		if err == nil {
			err = notify.Invite(tx, s.d.System.IDs, v.company, u, token, s.d.Address)
		}
		if err != nil {
			return access.Deed{}, "", err
		}
		return access.Deed{Action: "user.invite", Target: u.ID.Named("user")}, v.here("/users/" + u.ID.Named("user") + "?reset=1"), nil
	})
	return s.refusedPerson(err, func(string) error { return s.user(w, r, v) })
}
